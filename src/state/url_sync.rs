use super::App;
use crate::page::url::{self, UrlState};
use leptos::prelude::*;
use std::cell::Cell;
use std::time::Duration;
use tarn_dashboard::{Location, Phrase, Source};
use wasm_bindgen::JsValue;

/// Changes that follow each other within this time are one entry of the history.
const BURST: Duration = Duration::from_millis(400);

thread_local! {
    static PENDING: Cell<Option<TimeoutHandle>> = const { Cell::new(None) };
    static POINTER_IS_DOWN: Cell<bool> = const { Cell::new(false) };
}

/// What the present address says.
pub fn read_url(dashboard: &tarn_dashboard::Dashboard) -> UrlState {
    let search = window().location().search().unwrap_or_default();
    let pairs = web_sys::UrlSearchParams::new_with_str(&search).map(|params| {
        let entries = js_sys::try_iter(&params).ok().flatten().into_iter().flatten().flatten();
        entries
            .filter_map(|entry| {
                let entry = js_sys::Array::from(&entry);
                Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
            })
            .collect::<Vec<_>>()
    });
    url::read(dashboard, pairs.unwrap_or_default())
}

/// Keeps the address in step: the first change of a burst (a brush drag) makes an entry in the history, the following ones
/// replace it, at the latest when the burst ends. What the page starts with replaces the address that it came with.
pub fn write_url(app: App, changed: bool) {
    let query = query(app, app.foreign_keys.get_value());
    let burst = PENDING.take().inspect(TimeoutHandle::clear).is_some();
    if !burst {
        let current = window().location().search().unwrap_or_default();
        if current == query {
            return;
        }
        put(&query, changed);
        if !changed {
            return;
        }
    }
    settle_later(query);
}

/// Ends the burst after a pause; while a pointer is held down the drag goes on, however slow.
fn settle_later(query: String) {
    let settle = move || {
        put(&query, false);
        if POINTER_IS_DOWN.get() { settle_later(query) } else { PENDING.set(None) }
    };
    PENDING.set(set_timeout_with_handle(settle, BURST).ok());
}

/// The viewer went back or forward: the address wins.
pub fn follow_history(app: App) {
    window_event_listener(leptos::ev::pointerdown, |_| POINTER_IS_DOWN.set(true));
    window_event_listener(leptos::ev::pointerup, |_| POINTER_IS_DOWN.set(false));
    window_event_listener(leptos::ev::pointercancel, |_| POINTER_IS_DOWN.set(false));
    window_event_listener(leptos::ev::popstate, move |_| {
        PENDING.take().inspect(TimeoutHandle::clear);
        apply(app, read_url(app.dashboard));
    });
}

fn apply(app: App, state: UrlState) {
    app.selections.replace(state.selections);
    app.selections.replace_comparisons(state.comparisons);
    app.choices.replace(state.choices);
    app.foreign_keys.set_value(state.foreign);
    app.open_page(state.page.as_deref().unwrap_or(&app.first_page().id));
    app.notice.set(refusal(&state.refused));
}

pub fn refusal(refused: &[String]) -> Option<String> {
    (!refused.is_empty()).then(|| crate::page::strings::fill(Phrase::AddressNotUnderstood, &[("details", &refused.join("; "))]))
}

/// The whole address, for people to pass on; with the snapshots of published sources that are shown, if those are to stay.
pub fn share_link(app: App, pins: bool) -> String {
    let location = window().location();
    let base = format!("{}{}", location.origin().unwrap_or_default(), location.pathname().unwrap_or_default());
    let mut foreign = app.foreign_keys.get_value();
    if pins {
        foreign.retain(|(key, _)| !is_pin(key));
        for (at, slot) in app.sources.iter().filter(|slot| is_published(slot.source)).enumerate() {
            let key = if at == 0 { "snapshot".to_owned() } else { format!("snapshot.{}", slot.source.name) };
            foreign.extend(slot.status.with_untracked(|status| Some((key, status.as_ref()?.snapshot.clone()?))));
        }
    }
    base + &untrack(|| query(app, foreign))
}

/// Whether its snapshots stay when there are newer ones.
fn is_published(source: &Source) -> bool {
    matches!(source.location, Location::Manifest(_))
}

/// Whether a source can be pinned.
pub fn can_be_pinned(app: App) -> bool {
    app.dashboard.sources.iter().any(is_published)
}

/// The snapshot that the address pins, where a source can be pinned.
pub fn pinned(app: App) -> Option<String> {
    let keys = app.foreign_keys.get_value();
    keys.into_iter().find(|(key, _)| is_pin(key) && can_be_pinned(app)).map(|(_, snapshot)| snapshot)
}

/// Opens the same page of the newest snapshot. The data worker was told of the other one: all starts anew.
pub fn unpin(app: App) {
    app.foreign_keys.update_value(|keys| keys.retain(|(key, _)| !is_pin(key)));
    // Refused only for addresses that are none.
    let _ = window().location().set_href(&share_link(app, false));
}

fn is_pin(key: &str) -> bool {
    key == "snapshot" || key.starts_with("snapshot.")
}

/// `?…`, or nothing when everything is at its default.
fn query(app: App, foreign: Vec<(String, String)>) -> String {
    let page = app.current_page().id.clone();
    let (selections, comparisons) = (app.selections.all(), app.selections.comparisons.get());
    let state = UrlState { page: Some(page), selections, comparisons, choices: app.choices.all(), foreign, refused: vec![] };
    let pairs = url::write(app.dashboard, &state);
    let encoded: Vec<String> = pairs.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect();
    if encoded.is_empty() { String::new() } else { format!("?{}", encoded.join("&")) }
}

/// As `encodeURIComponent`, with commas and spaces left readable.
fn encoded(text: &str) -> String {
    String::from(js_sys::encode_uri_component(text)).replace("%2C", ",").replace("%20", "+")
}

fn put(query: &str, push: bool) {
    let location = window().location();
    let url = format!("{}{query}{}", location.pathname().unwrap_or_default(), location.hash().unwrap_or_default());
    let Ok(history) = window().history() else { return };
    // Refused only when an address changes hundreds of times in seconds; the next change tries again.
    let _ = if push {
        history.push_state_with_url(&JsValue::NULL, "", Some(&url))
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&url))
    };
}
