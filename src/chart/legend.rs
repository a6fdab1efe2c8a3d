use super::keys::{Chosen, KeySelection, choose};
use super::roving::{focus, walked};
use super::surface::text_measure;
use crate::page::chart::chart_set::ChartSet;
use crate::page::chart::data::ChartData;
use crate::page::chart::step::Step;
use crate::page::strings::{count, fill};
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::{Color, TextMeasure as _, Theme};
use tarn_dashboard::{Phrase, Scalar};
use web_sys::{KeyboardEvent, MouseEvent};

/// The colours of a chart's series. Where the view selects by them each is a button: a click selects it alone or, when it was
/// that, nothing; with Ctrl, Command or Shift it is added or taken away. The list is one stop of the Tab key.
#[component]
pub fn Legend(
    set: Memo<Option<Arc<ChartSet>>>,
    /// Of the key that is shown by colour, with its position.
    color: Option<(usize, KeySelection)>,
    on_select: Callback<Chosen>,
    /// Whether the chart names its series itself.
    labelled: Signal<bool>,
    title: String,
) -> impl IntoView {
    let list = NodeRef::<html::Ul>::new();
    let current = RwSignal::new(0usize);
    let writable = color.filter(|(_, key)| key.writes.is_some());
    // Apart from the values, so that the list stays as it is, and keeps the focus, while a brush moves.
    let entries = Memo::new(move |_| set.with(|set| set.as_ref().map(|set| entries(&set.charts)).unwrap_or_default()));
    let pick = move |key: Scalar, adds: bool| {
        let Some((at, selection)) = writable else { return };
        let step = Step { key, span: None };
        let chosen = choose(&[selection], &[Some(step)], adds);
        on_select.run(chosen.into_iter().map(|(_, value)| (at, value)).collect());
    };
    let walk = move |event: KeyboardEvent| {
        let last = entries.with_untracked(|(entries, _)| entries.iter().filter(|entry| entry.2.is_some()).count()).saturating_sub(1);
        if event.key() == "Escape" {
            if let Some((at, _)) = writable.filter(|(_, selection)| selection.value.with_untracked(Option::is_some)) {
                event.prevent_default();
                on_select.run(vec![(at, None)]);
            }
            return;
        }
        let Some(next) = walked(&event.key(), current.get_untracked(), last) else { return };
        event.prevent_default();
        current.set(next);
        focus(list.get_untracked().and_then(|list| list.children().item(next as u32)?.first_element_child()));
    };
    let entry = move |(at, (label, place, key)): (usize, Entry)| {
        let swatch = view! { <i class=swatch_class(place)></i> };
        let Some((key, (_, selection))) = key.clone().zip(writable) else {
            return view! { <li>{swatch}<span>{label}</span></li> }.into_any();
        };
        let step = Step { key: key.clone(), span: None };
        let alone = {
            let step = step.clone();
            move || selection.value.with(|chosen| chosen.is_some() && step.is_in(chosen.as_ref()))
        };
        let stands_back = move || selection.value.with(|chosen| chosen.is_some() && !step.is_in(chosen.as_ref()));
        let choose = move |event: MouseEvent| {
            current.set(at);
            pick(key.clone(), event.ctrl_key() || event.meta_key() || event.shift_key());
        };
        view! {
            <li>
                <button
                    type="button"
                    tabindex=move || if current.get() == at { "0" } else { "-1" }
                    aria-pressed=move || alone().to_string()
                    class:stands-back=stands_back
                    on:click=choose
                >
                    {swatch}
                    <span>{label}</span>
                </button>
            </li>
        }
        .into_any()
    };
    let is_shown = move || entries.with(|(entries, _)| entries.len() > 1);
    let spare = move || writable.is_none() && labelled.get();
    view! {
        <ul
            class="chart-legend"
            class:visually-hidden=spare
            class:gone=move || !is_shown()
            role="list"
            aria-label=fill(Phrase::LegendOf, &[("view", &title)])
            node_ref=list
            on:keydown=walk
        >
            {move || {
                let (entries, n_left_out) = entries.get();
                let more = (n_left_out > 0).then(|| view! { <li class="muted">{count(Phrase::MoreSeries, n_left_out, &[])}</li> });
                (entries.into_iter().enumerate().map(entry).collect_view(), more)
            }}
        </ul>
    }
}

/// The entries as a picture has them: label, colour, and the width of the label.
pub fn drawn(set: &ChartSet, theme: &Theme) -> Vec<(String, Color, f64)> {
    let (entries, _) = entries(&set.charts);
    let measure = text_measure(&theme.font_family);
    let width = |label: &str| measure.as_ref().map_or(0.0, |measure| measure.width(label, theme.font_size));
    let entry = |(label, place, _): Entry| (theme.series_color(place), width(&label), label);
    if entries.len() < 2 { vec![] } else { entries.into_iter().map(entry).map(|(color, width, label)| (label, color, width)).collect() }
}

/// Label, place among the colours, and what a filter selects it by.
type Entry = (String, Option<u32>, Option<Scalar>);

/// The series, and how many are left out.
fn entries(charts: &[Arc<ChartData>]) -> (Vec<Entry>, u64) {
    let first = charts.first().map(|chart| &**chart);
    if let Some(ChartData::Scatter(data)) = first {
        let mut entries: Vec<Entry> =
            data.colors.iter().map(|color| (color.label.clone(), Some(color.place), Some(color.key.clone()))).collect();
        if data.color_key.is_some() && charts.iter().any(|chart| chart.has_other_points()) {
            entries.push((crate::page::strings::say(Phrase::Other).to_owned(), None, None));
        }
        return (entries, 0);
    }
    let Some(ChartData::Series(data)) = first else { return (vec![], 0) };
    let of = |chart: &ChartData| match chart {
        ChartData::Series(data) => data.series.iter().map(|series| (series.label.clone(), series.place, series.key.clone())).collect(),
        _ => vec![],
    };
    // Not every panel has others.
    let mut entries = of(&charts[0]);
    for entry in charts[1..].iter().flat_map(|chart| of(chart)) {
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    (entries, data.n_left_out())
}

pub fn swatch_class(place: Option<u32>) -> String {
    place.map_or_else(|| "swatch".to_owned(), |place| format!("swatch series-{}", place % tarn_dashboard::MAX_SERIES + 1))
}
