use crate::changing::changing_view;
use crate::controls::{close_button, link_button};
use crate::page::strings;
use crate::state::{self, App};
use leptos::prelude::*;
use tarn_dashboard::Phrase;

/// A remark to the viewer that can be dismissed; that there is a newer page; and, over all views, that the workers keep dying.
#[component]
pub fn Notice(app: App) -> impl IntoView {
    let first_source = move || app.sources.iter().next().map(|slot| slot.source.name.clone()).unwrap_or_default();
    let pinned = state::pinned(app);
    let newer = RwSignal::new(false);
    window_event_listener_untyped("tarn-new-version", move |_| newer.set(true));
    window_event_listener_untyped("tarn-signed-in", move |_| app.retry_failed());
    view! {
        {changing_view(move || newer.get().then(|| view! {
            <div class="notice" role="status">
                <p>{strings::say(Phrase::NewVersion)}</p>
                {link_button(strings::say(Phrase::Reload).to_owned(), Callback::new(|()| _ = window().location().reload()))}
                {close_button(strings::say(Phrase::Dismiss), Callback::new(move |()| newer.set(false)))}
            </div>
        }.into_any()))}
        {pinned.map(|snapshot| view! {
            <div class="notice" role="status" data-pinned=snapshot.clone()>
                <p>{strings::fill(Phrase::Pinned, &[("snapshot", &snapshot)])}</p>
                {link_button(strings::say(Phrase::GoToNewest).to_owned(), Callback::new(move |()| state::unpin(app)))}
            </div>
        })}
        {changing_view(move || app.notice.get().map(|words| view! {
            <div class="notice" role="status">
                <p>{words}</p>
                {close_button(strings::say(Phrase::Dismiss), Callback::new(move |()| app.notice.set(None)))}
            </div>
        }.into_any()))}
        {changing_view(move || app.results.failed.get().map(|message| view! {
            <div class="notice" role="alert">
                <p>{strings::fill(Phrase::WorkersDied, &[("message", &message)])} " " {strings::say(Phrase::WorkersDiedHint)}</p>
                {link_button(strings::say(Phrase::Retry).to_owned(), Callback::new(move |()| app.retry(&first_source())))}
            </div>
        }.into_any()))}
    }
}
