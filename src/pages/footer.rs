use super::freshness::freshness_word;
use crate::boot::boot_value;
use crate::changing::changing_text;
use crate::page::{strings, text};
use crate::state::App;
use leptos::prelude::*;
use std::time::Duration;
use tarn_dashboard::{NumberFormat, Phrase};

/// A pause in the changes before the count is read out.
const QUIET: Duration = Duration::from_millis(800);

/// How much was looked at and what it cost; the count is announced politely.
#[component]
pub fn Footer(app: App) -> impl IntoView {
    // A viewer's own file comes from no network, and is kept nowhere on purpose.
    let explored = boot_value("explored").is_some();
    // One line per source of the page: rows, snapshot, bytes.
    let lines = Memo::new(move |_| {
        let page = app.current_page();
        let of_page = app.sources.iter().filter(|slot| page.views().any(|view| view.source == slot.source.name));
        of_page
            .filter_map(|slot| {
                let counts = page.views().filter(|view| view.source == slot.source.name).find_map(|view| {
                    // A view that selects a filter does not apply it: its count is another one.
                    let result = app.results.slot(&view.id)?.result;
                    if !view.selects.is_empty() {
                        return None;
                    }
                    result.with(|result| result.as_ref().map(|result| (result.rows_matched, result.rows_total)))
                });
                let status = slot.status.get()?;
                let noun = slot.source.name.replace('_', " ");
                let snapshot = status.snapshot.as_deref()?.chars().take(24).collect::<String>();
                let created =
                    status.created_at.map(|at| tarn_chart::format_instant((at / 1e3).floor() as i64 * 1_000_000, &text::locale()));
                let parts = [
                    counts.map(|(matched, total)| {
                        strings::fill(
                            Phrase::OfRows,
                            &[("matched", &text::count(matched)), ("total", &text::count(total)), ("noun", &noun)],
                        )
                    }),
                    Some(strings::fill(Phrase::Snapshot, &[("name", &created.unwrap_or(snapshot))])),
                    (!explored).then(|| {
                        strings::fill(
                            Phrase::BytesRead,
                            &[
                                ("read", &text::bytes(status.bytes_fetched + status.bytes_from_cache)),
                                ("fetched", &text::bytes(status.bytes_fetched)),
                            ],
                        )
                    }),
                    status.cache_notice.filter(|_| !explored).map(|notice| strings::say(notice.phrase()).to_owned()),
                ];
                Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
            })
            .collect::<Vec<_>>()
    });
    let took = move || {
        let format = NumberFormat { decimals: Some(1), ..NumberFormat::default() };
        app.results.query_ms.get().map(|ms| strings::fill(Phrase::QueryTook, &[("ms", &text::number(&format, ms))]))
    };
    let announced = RwSignal::new(String::new());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let words = lines.with(|lines| lines.first().and_then(|line| line.split(" · ").next().map(str::to_owned)));
        timer.update_value(|timer| {
            timer.take().inspect(TimeoutHandle::clear);
            *timer = set_timeout_with_handle(move || announced.set(words.unwrap_or_default()), QUIET).ok();
        });
    });
    view! {
        <footer class="page-foot">
            <p>
                {changing_text(move || lines.get().join(" · "))}
                {changing_text(move || {
                    (!lines.with(Vec::is_empty)).then(took).flatten().map(|took| format!(" · {took}")).unwrap_or_default()
                })}
            </p>
            <p class="print-foot">{changing_text(move || printed(app))}</p>
            <p class="visually-hidden" role="status" aria-live="polite">{announced}</p>
        </footer>
    }
}

/// What a sheet of paper has to say of its numbers: the filters, and how fresh the data is.
fn printed(app: App) -> String {
    let page = app.current_page();
    let in_force: Vec<String> = page.filters_in_force().into_iter().map(str::to_owned).collect();
    let mut parts = crate::export::filters(app, &in_force);
    for slot in app.sources.iter().filter(|slot| page.views().any(|view| view.source == slot.source.name)) {
        let Some(status) = slot.status.get() else { continue };
        parts.extend(status.newest.map(|at| strings::fill(Phrase::DataTo, &[("day", &text::day(at))])));
        parts.extend(status.validated_at.map(|at| {
            let at = tarn_chart::format_instant((at / 1e3).floor() as i64 * 1_000_000, &text::locale());
            strings::fill(Phrase::Confirmed, &[("at", &at)])
        }));
        parts.extend(slot.freshness.get().map(|freshness| freshness_word(freshness).to_owned()));
    }
    parts.join(" · ")
}
