use crate::state::{self, App};
use crate::strings;
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
        {move || newer.get().then(|| view! {
            <div class="notice" role="status">
                <p>{strings::say(Phrase::NewVersion)}</p>
                <button class="link" type="button" on:click=|_| _ = window().location().reload()>{strings::say(Phrase::Reload)}</button>
                <button class="icon-button" type="button" aria-label=strings::say(Phrase::Dismiss) on:click=move |_| newer.set(false)>"×"</button>
            </div>
        })}
        {pinned.map(|snapshot| view! {
            <div class="notice" role="status" data-pinned=snapshot.clone()>
                <p>{strings::fill(Phrase::Pinned, &[("snapshot", &snapshot)])}</p>
                <button class="link" type="button" on:click=move |_| state::unpin(app)>{strings::say(Phrase::GoToNewest)}</button>
            </div>
        })}
        {move || app.notice.get().map(|words| view! {
            <div class="notice" role="status">
                <p>{words}</p>
                <button class="icon-button" type="button" aria-label=strings::say(Phrase::Dismiss) on:click=move |_| app.notice.set(None)>"×"</button>
            </div>
        })}
        {move || app.results.failed.get().map(|message| view! {
            <div class="notice" role="alert">
                <p>{strings::fill(Phrase::WorkersDied, &[("message", &message)])} " " {strings::say(Phrase::WorkersDiedHint)}</p>
                <button class="link" type="button" on:click=move |_| app.retry(&first_source())>{strings::say(Phrase::Retry)}</button>
            </div>
        })}
    }
}
