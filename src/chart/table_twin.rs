use crate::changing::changing_text;
use crate::page::chart::chart_set::ChartSet;
use crate::page::chart::data::ChartData;
use crate::page::chart::series::{OneSeries, SeriesAxis};
use crate::page::chart::words::{bin_text, moment};
use crate::page::strings;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::{Locale, format_number};
use tarn_dashboard::{NumberFormat, Phrase};

/// The chart's numbers as a table, for those who cannot or would not read it from the picture. It is made when it is opened:
/// hundreds of rows that nobody sees would cost a frame at every brush move.
#[component]
pub fn TableTwin(
    set: Memo<Option<Arc<ChartSet>>>,
    /// Of the panels, where there are some.
    facet_label: Option<String>,
    /// Of the rows.
    key_label: String,
    value_label: String,
    format: StoredValue<NumberFormat>,
    locale: StoredValue<Arc<Locale>>,
    open: Memo<bool>,
    toggle: Callback<()>,
    button: NodeRef<html::Button>,
) -> impl IntoView {
    let (key_label, facet_label) = (StoredValue::new(key_label), StoredValue::new(facet_label));
    let value_label = StoredValue::new(value_label);
    let table = move || {
        let set = set.get()?;
        let table = |data: &ChartData| {
            locale.with_value(|locale| format.with_value(|format| value_label.with_value(|label| table(data, label, format, locale))))
        };
        let (mut columns, mut rows) = (vec![], vec![]);
        for (at, chart) in set.charts.iter().enumerate() {
            let (heads, own) = table(chart);
            columns = heads;
            // The panel's name comes before what names a row in it.
            rows.extend(own.into_iter().map(|(label, mut values)| match set.titles.get(at) {
                Some(title) => {
                    values.insert(0, label);
                    (title.clone(), values)
                }
                None => (label, values),
            }));
        }
        let columns = if columns.is_empty() { vec![value_label.get_value()] } else { columns };
        let heads = facet_label
            .get_value()
            .into_iter()
            .chain([key_label.get_value()])
            .chain(columns)
            .map(|head| view! { <th scope="col">{head}</th> });
        let row = |(label, values): (String, Vec<String>)| {
            let cells = values.into_iter().map(|value| view! { <td>{value}</td> });
            view! { <tr><th scope="row">{label}</th>{cells.collect_view()}</tr> }
        };
        let body = rows.into_iter().map(row).collect_view();
        Some(view! { <table><thead><tr>{heads.collect_view()}</tr></thead><tbody>{body}</tbody></table> })
    };
    view! {
        <div class="chart-table" class:chart-open=move || open.get()>
            <button type="button" class="chart-table-button" aria-keyshortcuts="T" node_ref=button on:click=move |_| toggle.run(())>
                {changing_text(move || strings::say(if open.get() { Phrase::ShowAsChart } else { Phrase::ShowAsTable }).to_owned())}
            </button>
            <Show when=move || open.get() fallback=|| ()>
                <div class="chart-table-scroll" tabindex="0">{table}</div>
            </Show>
        </div>
    }
}

/// The heads of the columns of numbers, none where there is one that the measure names; and the rows.
fn table(data: &ChartData, value_label: &str, format: &NumberFormat, locale: &Locale) -> (Vec<String>, Vec<(String, Vec<String>)>) {
    let number = |value: Option<f64>| value.map_or_else(|| strings::NO_VALUE.to_owned(), |value| format_number(format, value, locale));
    match data {
        ChartData::Line { points, grain } => {
            let rows = points.iter().map(|point| (moment(point.from, *grain, locale), vec![number(point.value)]));
            (vec![], rows.collect())
        }
        ChartData::Bins(bins) => {
            let rows = bins.values.iter().enumerate().map(|(i, value)| (bin_text(bins, i, locale), vec![number(*value)]));
            (vec![], rows.collect())
        }
        ChartData::Boxes(boxes) => {
            let rows = boxes.rows.iter().enumerate().map(|(at, row)| (row.label.clone(), boxes.texts(at, locale)));
            (boxes.labels.clone(), rows.collect())
        }
        ChartData::Scatter(data) => data.table(value_label, locale),
        ChartData::Bars(bars) => (vec![], bars.iter().map(|bar| (bar.label.clone(), vec![bar.text.clone()])).collect()),
        ChartData::Series(data) if matches!(data.axis, SeriesAxis::Whole { .. }) => {
            let row = |(slice, series): (usize, &OneSeries)| (series.label.clone(), vec![data.slice_text(slice, locale)]);
            (vec![], data.series.iter().enumerate().map(row).collect())
        }
        ChartData::Series(data) => {
            let labels: Vec<String> = match &data.axis {
                SeriesAxis::Time { steps, grain } => steps.iter().map(|step| moment(step.from, *grain, locale)).collect(),
                SeriesAxis::Categories(categories) => categories.iter().map(|(_, label)| label.clone()).collect(),
                SeriesAxis::Whole { .. } => vec![],
            };
            let values = |step: usize| data.series.iter().map(|series| series.text(step, locale)).collect();
            let rows = labels.into_iter().enumerate().map(|(step, label)| (label, values(step)));
            (data.series.iter().map(|series| series.label.clone()).collect(), rows.collect())
        }
        ChartData::Grid(grid) => {
            let rows = grid
                .y
                .labels
                .iter()
                .enumerate()
                .map(|(row, label)| (label.clone(), (0..grid.x.labels.len()).map(|column| number(grid.cell(column, row))).collect()));
            (grid.x.labels.clone(), rows.collect())
        }
    }
}
