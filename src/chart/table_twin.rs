use super::data::ChartData;
use super::words::{self, bin_text, moment};
use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::{Locale, format_number};
use tarn_dashboard::NumberFormat;

/// The chart's numbers as a table, for those who cannot or would not read it from the picture. It is made when it is opened:
/// hundreds of rows that nobody sees would cost a frame at every brush move.
#[component]
pub fn TableTwin(
    data: Memo<Option<Arc<ChartData>>>,
    key_label: String,
    value_label: String,
    format: StoredValue<NumberFormat>,
    locale: StoredValue<Arc<Locale>>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let rows = move || {
        let data = data.get()?;
        let rows = locale.with_value(|locale| format.with_value(|format| rows(&data, format, locale)));
        let row = |(label, value): (String, String)| view! { <tr><th scope="row">{label}</th><td>{value}</td></tr> };
        Some(rows.into_iter().map(row).collect_view())
    };
    let toggle = move |_| open.update(|open| *open = !*open);
    view! {
        <div class="chart-table" class:chart-open=move || open.get()>
            <button type="button" class="chart-table-button" on:click=toggle>
                {move || if open.get() { words::CHART } else { words::TABLE }}
            </button>
            <Show when=move || open.get() fallback=|| ()>
                <div class="chart-table-scroll" tabindex="0">
                    <table>
                        <thead><tr><th scope="col">{key_label.clone()}</th><th scope="col">{value_label.clone()}</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </Show>
        </div>
    }
}

fn rows(data: &ChartData, format: &NumberFormat, locale: &Locale) -> Vec<(String, String)> {
    let number =
        |value: Option<f64>| value.map_or_else(|| crate::strings::NO_VALUE.to_owned(), |value| format_number(format, value, locale));
    match data {
        ChartData::Line { points, grain } => points.iter().map(|point| (moment(point.from, *grain, locale), number(point.value))).collect(),
        ChartData::Bins(bins) => bins.values.iter().enumerate().map(|(i, value)| (bin_text(bins, i, locale), number(*value))).collect(),
        ChartData::Bars(bars) => bars.iter().map(|bar| (bar.label.clone(), bar.text.clone())).collect(),
    }
}
