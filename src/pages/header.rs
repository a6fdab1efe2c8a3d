use super::freshness::freshness_word;
use crate::changing::changing_text;
use crate::identity;
use crate::page::{strings, text};
use crate::state::{self, App, SourceSlot};
use crate::theme::Theming;
use leptos::prelude::*;
use std::time::Duration;
use tarn_coordinator::Freshness;
use tarn_dashboard::Phrase;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Who stays at a tab for so long may be about to open its page; who passes over it is gone by then.
const DWELL: Duration = Duration::from_millis(80);

/// Title, pages, freshness of the page's sources, Share and the theme.
#[component]
pub fn Header(app: App, theming: Theming) -> impl IntoView {
    let sources = Memo::new(move |_| {
        let page = app.current_page();
        app.sources
            .iter()
            .map(|slot| slot.source.name.as_str())
            .filter(|name| page.views().any(|view| view.source == **name))
            .collect::<Vec<_>>()
    });
    let staying = StoredValue::new(None::<TimeoutHandle>);
    let leave = move || staying.update_value(|staying| _ = staying.take().inspect(TimeoutHandle::clear));
    view! {
        <header class="page-head">
            <h1>{app.dashboard.title.clone()}</h1>
            <nav aria-label=strings::say(Phrase::Pages)>
                {app.dashboard.pages.iter().map(|page| {
                    let current = move || app.page.with(|id| *id == page.id).then_some("page");
                    let open = move |event: leptos::ev::MouseEvent| {
                        event.prevent_default();
                        app.open_page(&page.id);
                    };
                    let stay = move || {
                        let prefetch = move || if app.page.with_untracked(|id| *id != page.id) { app.prefetch(page) };
                        leave();
                        staying.set_value(set_timeout_with_handle(prefetch, DWELL).ok());
                    };
                    view! {
                        <a
                            class="tab"
                            href=format!("?page={}", page.id)
                            aria-current=current
                            on:click=open
                            on:focus=move |_| stay()
                            on:pointerenter=move |_| stay()
                            on:pointerleave=move |_| leave()
                        >
                            {page.title.clone()}
                        </a>
                    }
                }).collect_view()}
            </nav>
            <div class="head-end">
                <For each=move || sources.get() key=|name| *name children=move |name| {
                    let named = sources.with_untracked(|sources| sources.len() > 1);
                    app.sources.slot(name).map(|slot| view! { <SourceFreshness app known=slot named /> })
                } />
                {share_button(app, false)}
                {state::can_be_pinned(app).then(|| share_button(app, true))}
                {identity::name().map(|name| view! {
                    <button class="button" type="button" title=strings::fill(Phrase::SignedInAs, &[("name", &name)]) on:click=|_| identity::sign_out()>{strings::say(Phrase::SignOut)}</button>
                })}
                <button
                    class="button theme-button"
                    type="button"
                    aria-label=move || theming.choice.get().label()
                    title=move || theming.choice.get().label()
                    on:click=move |_| theming.next()
                >
                    "◐"
                </button>
            </div>
        </header>
    }
}

#[component]
fn SourceFreshness(app: App, known: SourceSlot, named: bool) -> impl IntoView {
    let freshness = move || known.freshness.get();
    let words = Memo::new(move |_| {
        let (newest, validated_at, next_expected_at, error) = known.status.with(|status| {
            let status = status.as_ref()?;
            Some((
                status.newest,
                status.validated_at,
                status.next_expected_at,
                status.error.as_ref().map(|error| error.what_in(strings::catalogue())),
            ))
        })?;
        let age = validated_at.map(|at| strings::fill(Phrase::Refreshed, &[("age", &strings::age((app.sources.now.get() - at) / 1e3))]));
        let newest = newest.map(|at| strings::fill(Phrase::DataTo, &[("day", &text::day(at))]));
        let now = app.sources.now.get();
        let late = next_expected_at
            .filter(|due| *due < now)
            .map(|due| strings::fill(Phrase::RefreshLate, &[("age", &strings::age((now - due) / 1e3))]));
        let failed = error.map(|what| strings::fill(Phrase::RefreshFailed, &[("what", &what)]));
        Some([newest, age, late, failed].into_iter().flatten().collect::<Vec<_>>().join(" · "))
    });
    let loading = move || match known.progress.get() {
        Some((done, total)) if total > 0 => {
            strings::fill(Phrase::LoadingBytes, &[("done", &text::bytes(done)), ("total", &text::bytes(total))])
        }
        _ => strings::say(Phrase::Loading).to_owned(),
    };
    let state = move || freshness().map(Freshness::name);
    let failed = move || known.status.with(|status| status.as_ref().is_some_and(|status| status.error.is_some()));
    view! {
        <p class="freshness" class:failed=failed data-source=known.source.name.clone() data-freshness=state>
            <span class="dot" aria-hidden="true"></span>
            {named.then(|| format!("{} · ", known.source.name))}
            {changing_text(move || words.get().unwrap_or_else(loading))}
            {changing_text(move || {
                let unusual = freshness().filter(|freshness| *freshness != Freshness::Fresh);
                unusual.map(|freshness| format!(" · {}", freshness_word(freshness))).unwrap_or_default()
            })}
        </p>
    }
}

/// Copies the address; with `pins` it keeps showing the snapshot that is shown now.
fn share_button(app: App, pins: bool) -> AnyView {
    let copied = RwSignal::new(false);
    let share = move |_| {
        let link = state::share_link(app, pins);
        spawn_local(async move {
            let clipboard = window().navigator().clipboard();
            // Absent outside a secure context.
            let written = if clipboard.is_undefined() { false } else { JsFuture::from(clipboard.write_text(&link)).await.is_ok() };
            if written {
                copied.set(true);
                set_timeout(move || copied.set(false), Duration::from_secs(2));
            } else {
                app.notice.set(Some(strings::say(Phrase::LinkNotCopied).to_owned()));
            }
        });
    };
    let label = if pins { Phrase::SharePinned } else { Phrase::Share };
    view! {
        <button class="button" type="button" on:click=share>{changing_text(move || strings::say(if copied.get() { Phrase::LinkCopied } else { label }).to_owned())}</button>
    }
    .into_any()
}
