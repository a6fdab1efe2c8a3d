//! The page of a Tarn dashboard: controls write selections, one effect asks the data worker, views read its results.
mod api;
mod boot;
mod boot_error;
mod changing;
mod chart;
mod controls;
mod day_form;
mod export;
mod identity;
mod later;
mod link;
mod locale;
mod page;
mod pages;
mod state;
mod theme;
mod views;

use leptos::{mount::mount_to, prelude::*};
use std::any::Any;
use std::cell::RefCell;

thread_local! {
    /// What is on the screen; dropped, it leaves the screen.
    static SHOWN: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

fn main() {
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    wasm_bindgen_futures::spawn_local(show());
    // `tarn serve` has put a newer dashboard where the start-up script keeps it.
    window_event_listener_untyped("tarn-dashboard", |_| wasm_bindgen_futures::spawn_local(show()));
}

/// Shows the dashboard of the start-up script, in the place of what was there.
async fn show() {
    match boot::boot().await {
        Ok(app) => {
            api::install(app);
            mount(move || view! { <pages::Shell app /> });
        }
        Err(error) => {
            api::install_failed(&boot_error::said(&error).join(" "));
            mount(move || view! { <pages::Fatal error /> });
        }
    }
}

/// Puts the page in the place of the start-up skeleton, or of a former page.
fn mount<V: IntoView + 'static>(page: impl FnOnce() -> V + 'static) {
    if let Some(skeleton) = document().get_element_by_id("tarn-boot") {
        skeleton.remove();
    }
    drop(SHOWN.take());
    if let Some(body) = document().body() {
        SHOWN.set(Some(Box::new(mount_to(body, page))));
    }
}
