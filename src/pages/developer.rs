//! What the page costs, for people who make dashboards: opened and closed with F8.
use crate::changing::{changing_text, changing_view};
use crate::controls::{close_button, link_button};
use crate::export;
use crate::page::{strings, text};
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::{NumberFormat, Phrase};
use wasm_bindgen_futures::spawn_local;

const SOURCE_FIGURES: [Phrase; 9] = [
    Phrase::CostSource,
    Phrase::CostRows,
    Phrase::CostNetwork,
    Phrase::CostCache,
    Phrase::CostRequests,
    Phrase::CostRowGroups,
    Phrase::CostDecoding,
    Phrase::CostMemory,
    Phrase::CostWorker,
];
const VIEW_FIGURES: [Phrase; 12] = [
    Phrase::CostView,
    Phrase::CostKind,
    Phrase::CostRows,
    Phrase::CostGroups,
    Phrase::CostMatched,
    Phrase::CostNetwork,
    Phrase::CostCache,
    Phrase::CostRowGroups,
    Phrase::CostDecoding,
    Phrase::CostKnown,
    Phrase::CostQuery,
    Phrase::CostPainting,
];

#[component]
pub fn Developer(app: App) -> impl IntoView {
    let open = RwSignal::new(false);
    window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "F8" && !event.repeat() {
            event.prevent_default();
            open.update(|open| *open = !*open);
        }
    });
    let copy = Callback::new(move |()| {
        let json = crate::api::status_json(app);
        spawn_local(async move {
            let copied = export::copy(&json).await;
            app.notice.set(Some(if copied { strings::say(Phrase::FiguresCopied) } else { strings::say(Phrase::RowsNotCopied) }.to_owned()));
        });
    });
    view! {
        <Show when=move || open.get()>
            <aside class="developer" aria-label=strings::say(Phrase::Costs)>
                <div class="popover-head">
                    <b>{strings::say(Phrase::Costs)}</b>
                    {link_button(strings::say(Phrase::CopyJson).to_owned(), copy)}
                    {close_button(strings::say(Phrase::Close), Callback::new(move |()| open.set(false)))}
                </div>
                {changing_view(move || Some((app.later.get()?.figures)(app)))}
            </aside>
        </Show>
    }
}

/// See [`Figures`].
pub fn figures(app: App) -> AnyView {
    view! { <Figures app /> }.into_any()
}

#[component]
fn Figures(app: App) -> impl IntoView {
    let ms = |ms: f64| text::number(&NumberFormat { decimals: Some(1), ..NumberFormat::default() }, ms) + " ms";
    let sources = move || {
        app.sources.iter().map(move |slot| {
            let status = slot.status.get().unwrap_or_default();
            vec![
                slot.source.name.clone(),
                text::count(status.rows),
                text::bytes(status.bytes_fetched),
                text::bytes(status.bytes_from_cache),
                text::count(u64::from(status.requests)),
                row_groups(status.row_groups_read, status.row_groups_skipped),
                ms(status.decode_ms),
                format!("{} / {}", text::bytes(status.memory_bytes), text::bytes(status.memory_budget)),
                text::bytes(status.worker_memory_bytes),
            ]
        })
    };
    let views = move || {
        // Paintings tell nobody when they are done: they are looked up every second.
        app.sources.now.track();
        app.current_page().views().map(move |view| {
            let asked = app.results.asked.with(|asked| asked.get(&view.id).copied()).unwrap_or_default();
            let result = app.results.slot(&view.id).and_then(|slot| slot.result.get());
            let filters = result.as_deref().map_or(&[][..], |result| &result.filters_applied);
            let (read, skipped) = app.sources.read_cost(app.dashboard, view, filters);
            let count =
                |of: fn(&tarn_protocol::ViewResult) -> u64| result.as_deref().map(|result| text::count(of(result))).unwrap_or_default();
            vec![
                view.id.clone(),
                view.kind.name().to_owned(),
                count(|result| u64::from(result.n_rows())),
                count(|result| result.n_groups),
                count(|result| result.rows_matched),
                text::bytes(read.bytes_fetched),
                text::bytes(read.bytes_from_cache),
                row_groups(read.row_groups_read, skipped),
                ms(read.decode_ms),
                text::count(asked.cache_hits.into()),
                ms(asked.query_ms),
                crate::chart::last_paint_ms(&view.id).map(ms).unwrap_or_default(),
            ]
        })
    };
    view! {
        {changing_view(move || Some(table(&SOURCE_FIGURES, sources().collect())))}
        {changing_view(move || Some(table(&VIEW_FIGURES, views().collect())))}
        <p class="muted">{changing_text(move || {
            let took = |query| strings::fill(Phrase::QueryTook, &[("ms", &ms(query).replace(" ms", ""))]);
            app.results.query_ms.get().map(took).unwrap_or_default()
        })}</p>
    }
}

fn row_groups(read: u32, skipped: u32) -> String {
    text::count(read.into()) + " / " + &text::count(skipped.into())
}

fn table(head: &'static [Phrase], rows: Vec<Vec<String>>) -> AnyView {
    view! {
        <div class="developer-scroll" tabindex="0" role="group" aria-label=strings::say(head[0])>
            <table>
                <thead><tr>{head.iter().map(|name| view! { <th scope="col">{strings::say(*name)}</th> }).collect_view()}</tr></thead>
                <tbody>
                    {rows.into_iter().map(|row| view! { <tr>{row.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr> }).collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}
