use super::legend::swatch_class;
use super::placed::{At, placed, point};
use super::shown::PlotOf;
use crate::changing::changing_text;
use crate::page::chart::hit::{Hit, SeriesHit};
use leptos::prelude::*;
use tarn_chart::Rect;

/// The datum that the pointer or the keys are at: a crosshair and a dot on lines, else what the datum fills; and the datum in
/// words. For eyes only; screen readers have the table.
#[component]
pub fn Tip(
    hit: Memo<Option<Hit>>,
    plot: PlotOf,
    crosshair: bool,
    /// Whether the words are shown.
    speaks: Signal<bool>,
    /// Beyond it they stand at the left.
    middle: Signal<f64>,
) -> impl IntoView {
    let px = |value: f64| format!("{value}px");
    let area = move || plot.with(|plot| plot.as_ref().map(|plot| plot.area)).unwrap_or_default();
    let at = move || hit.with(|hit| hit.as_ref().map_or(0.0, |hit| hit.x));
    let dot = move || hit.with(|hit| hit.as_ref().and_then(|hit| hit.y));
    let filled = move || hit.with(|hit| hit.as_ref().and_then(|hit| hit.area)).unwrap_or_default();
    // On the side with more room.
    let leftwards = move || at() > middle.get();
    let series = move || hit.with(|hit| hit.as_ref().map(|hit| hit.series.clone())).unwrap_or_default();
    let of_series = move || hit.with(|hit| hit.as_ref().is_some_and(|hit| !hit.series.is_empty()));
    let beside = move || match (crosshair || of_series(), leftwards()) {
        (true, _) => at(),
        (false, true) => filled().left,
        (false, false) => filled().right,
    };
    let top = move || match (crosshair, of_series()) {
        (true, _) => area().top,
        (false, true) => filled().bottom,
        (false, false) => filled().top,
    };
    let row = |SeriesHit { place, label, value, .. }: SeriesHit| {
        view! { <span class="chart-tip-row"><i class=swatch_class(place)></i><span>{label}</span><b>{value}</b></span> }
    };
    view! {
        <div class="chart-hover" class:chart-off=move || hit.with(Option::is_none) aria-hidden="true">
            {(!crosshair).then(|| view! {
                <i class="chart-datum" use:placed=At::new(filled)></i>
            })}
            {crosshair.then(|| view! {
                <i class="chart-crosshair" use:placed=At::new(move || Rect { left: at(), right: f64::NAN, ..area() })></i>
                {move || {
                    let marks = series().into_iter().filter_map(|series| Some((series.y?, series.place)));
                    let mark = |(y, place): (f64, Option<u32>)| {
                        view! { <i class=format!("chart-dot {}", swatch_class(place)) style:left=move || px(at()) style:top=px(y)></i> }
                    };
                    marks.map(mark).collect_view()
                }}
                <i class="chart-dot" class:chart-off=move || dot().is_none() use:placed=At::new(move || point(at(), dot().unwrap_or(0.0)))></i>
            })}
            <span class="chart-tip" class:chart-off=move || !speaks.get() class:chart-tip-series=of_series class:chart-tip-leftwards=leftwards use:placed=At::new(move || point(beside(), top()))>
                <span>{changing_text(move || hit.with(|hit| hit.as_ref().map(|hit| hit.label.clone())).unwrap_or_default())}</span>
                " "
                <b>{changing_text(move || hit.with(|hit| hit.as_ref().map(|hit| hit.value.clone())).unwrap_or_default())}</b>
                {move || series().into_iter().map(row).collect_view()}
            </span>
        </div>
    }
}
