use super::hit::Hit;
use leptos::prelude::*;
use tarn_chart::Plot;

/// The datum that the pointer or the keys are at: a crosshair and a dot on lines, else what the datum fills; and the datum in
/// words. For eyes only; screen readers have the table.
#[component]
pub fn Tip(hit: Memo<Option<Hit>>, plot: RwSignal<Option<Plot>>, crosshair: bool) -> impl IntoView {
    let px = |value: f64| format!("{value}px");
    let area = move || plot.with(|plot| plot.as_ref().map(|plot| plot.area)).unwrap_or_default();
    let at = move || hit.with(|hit| hit.as_ref().map_or(0.0, |hit| hit.x));
    let dot = move || hit.with(|hit| hit.as_ref().and_then(|hit| hit.y));
    let filled = move || hit.with(|hit| hit.as_ref().and_then(|hit| hit.area)).unwrap_or_default();
    // Beside the datum, on the side with more room.
    let leftwards = move || at() > (area().left + area().right) / 2.0;
    let beside = move || match (crosshair, leftwards()) {
        (true, _) => at(),
        (false, true) => filled().left,
        (false, false) => filled().right,
    };
    let top = move || if crosshair { area().top } else { filled().top };
    view! {
        <div class="chart-hover" class:chart-off=move || hit.with(Option::is_none) aria-hidden="true">
            {(!crosshair).then(|| view! {
                <i
                    class="chart-datum"
                    style:left=move || px(filled().left)
                    style:width=move || px(filled().width())
                    style:top=move || px(filled().top)
                    style:height=move || px(filled().height())
                ></i>
            })}
            {crosshair.then(|| view! {
                <i class="chart-crosshair" style:left=move || px(at()) style:top=move || px(area().top) style:height=move || px(area().height())></i>
                <i class="chart-dot" class:chart-off=move || dot().is_none() style:left=move || px(at()) style:top=move || px(dot().unwrap_or(0.0))></i>
            })}
            <span class="chart-tip" class:chart-tip-leftwards=leftwards style:left=move || px(beside()) style:top=move || px(top())>
                <span>{move || hit.with(|hit| hit.as_ref().map(|hit| hit.label.clone()))}</span>
                " "
                <b>{move || hit.with(|hit| hit.as_ref().map(|hit| hit.value.clone()))}</b>
            </span>
        </div>
    }
}
