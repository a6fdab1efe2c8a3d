//! The page of a Tarn dashboard: controls write selections, one effect asks the data worker, views read its results.
mod api;
mod boot;
mod chart;
mod controls;
mod export;
mod link;
mod locale;
mod pages;
mod state;
mod strings;
mod text;
mod theme;
mod views;

use leptos::{mount::mount_to_body, prelude::*};

fn main() {
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    wasm_bindgen_futures::spawn_local(async {
        match boot::boot().await {
            Ok(app) => {
                api::install(app);
                mount(move || view! { <pages::Shell app /> });
            }
            Err(error) => {
                let (what, hint, detail) = strings::boot_error(&error);
                api::install_failed(&[what, &hint, &detail].join(" "));
                mount(move || view! { <pages::Fatal error /> });
            }
        }
    });
}

/// Puts the page in the place of the start-up skeleton.
fn mount<V: IntoView + 'static>(page: impl FnOnce() -> V + 'static) {
    if let Some(skeleton) = document().get_element_by_id("tarn-boot") {
        skeleton.remove();
    }
    mount_to_body(page);
}
