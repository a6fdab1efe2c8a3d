use super::developer::Developer;
use super::footer::Footer;
use super::grid::Grid;
use super::header::Header;
use super::notice::Notice;
use crate::controls::FilterBar;
use crate::page::text;
use crate::state::{self, App, forget_readers, set_if_changed};
use crate::theme::Theming;
use leptos::prelude::*;
use leptos::reactive::graph::Source;
use std::time::Duration;
use wasm_bindgen::JsCast as _;

/// Tells the worker which filter the pointer or the focus is at: a view that selects it, or its chip with its menu.
fn reach(app: App, target: Option<web_sys::EventTarget>) {
    let element = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let holder = element.and_then(|element| element.closest("[data-selects], [data-filter]").ok().flatten());
    let filter = holder.and_then(|holder| holder.get_attribute("data-selects").or_else(|| holder.get_attribute("data-filter")));
    app.link.with_value(|link| link.set_at_hand(filter.as_deref()));
}

/// Everything on the screen, and the effects of the state: requests, address, title.
#[component]
pub fn Shell(app: App) -> impl IntoView {
    let theming = Theming::start(&app.dashboard.theme);
    let instant = RwSignal::new(None);
    provide_context(crate::chart::ChartContext {
        theme: theming.colours.into(),
        locale: text::locale(),
        instant,
        printing: theming.printing,
    });

    // Two pages are never in memory: the effects of the former one end before the next one is made, which takes another turn.
    let (left, made) = (RwSignal::new(()), RwSignal::new(app.page.get_untracked()));
    Effect::new(move |_| {
        left.track();
        set_if_changed(made, app.page.get_untracked());
        // Its charts are gone.
        let of_charts: [&dyn Source; 3] = [&theming.colours, &theming.printing, &instant];
        forget_readers(of_charts.into_iter());
    });
    Effect::new(move |_| _ = app.request());
    Effect::new(move |before: Option<()>| state::write_url(app, before.is_some()));
    Effect::new(move |_| document().set_title(&format!("{} · {}", app.current_page().title, app.dashboard.title)));
    state::follow_history(app);
    window_event_listener(leptos::ev::visibilitychange, move |_| {
        app.link.with_value(|link| link.set_visible(!document().hidden()));
        if document().hidden() {
            app.forget_gone_readers();
        }
    });
    let hold = move |hold| app.link.with_value(|link| link.set_hold(hold));
    window_event_listener(leptos::ev::pointerdown, move |_| hold(true));
    window_event_listener(leptos::ev::pointerup, move |_| hold(false));
    window_event_listener(leptos::ev::pointercancel, move |_| hold(false));
    window_event_listener(leptos::ev::blur, move |_| hold(false));
    window_event_listener(leptos::ev::pointerover, move |event| reach(app, event.target()));
    window_event_listener(leptos::ev::focusin, move |event| reach(app, event.target()));
    set_interval(move || app.sources.set_now(crate::link::now()), Duration::from_secs(1));

    view! {
        <Header app theming />
        <main id="main">
            <FilterBar app />
            <Notice app />
            <Grid app left made />
        </main>
        <Footer app />
        <Developer app />
    }
}
