use crate::state::App;
use crate::{strings, text};
use leptos::prelude::*;
use tarn_dashboard::{Filter, FilterValue, Period};
use tarn_protocol::FieldDomain;

const DAY_MICROS: i64 = 86_400_000_000;

/// Presets, and a first and a last day.
#[component]
pub fn DateRangeMenu(app: App, filter: &'static Filter, value: Signal<Option<FilterValue>>) -> impl IntoView {
    let domain = app.sources.domain(&filter.id);
    let ends = move || value.with(|value| super::value_text::interval(app, filter, value.as_ref()));
    let first = move || ends().0.map(text::iso_date).unwrap_or_default();
    let last = move || ends().1.map(|to| text::iso_date(to - 1)).unwrap_or_default();
    let bound = move |end: fn(i64, i64) -> i64| match domain.get() {
        Some(FieldDomain::Dates { min, max, .. }) => text::iso_date(end(min, max)),
        _ => String::new(),
    };
    let write = move |from: Option<i64>, to: Option<i64>| {
        let ordered = from.zip(to).is_none_or(|(from, to)| from < to);
        let value = (from.is_some() || to.is_some()).then_some(FilterValue::DateRange { from, to });
        if ordered {
            app.selections.set(&filter.id, value);
        }
    };
    let set_first = move |day: String| write(text::parse_iso_date(&day), untrack(ends).1);
    let set_last = move |day: String| write(untrack(ends).0, text::parse_iso_date(&day).map(|day| day + DAY_MICROS));
    let presets = strings::PRESETS.into_iter().filter_map(move |(label, text)| {
        let period = FilterValue::Period(Period::parse(text)?);
        let wanted = period.clone();
        let pressed = move || value.with(|value| value.as_ref() == Some(&wanted)).to_string();
        let choose = move |_| app.selections.set(&filter.id, Some(period.clone()));
        Some(view! { <button class="preset" type="button" aria-pressed=pressed on:click=choose>{label}</button> })
    });
    view! {
        <div class="presets">
            {presets.collect_view()}
            <button class="preset" type="button" aria-pressed=move || value.with(Option::is_none).to_string() on:click=move |_| app.selections.set(&filter.id, None)>
                {strings::WHOLE_TIME}
            </button>
        </div>
        <div class="pair">
            <label>
                {strings::FIRST_DAY}
                <input
                    type="date"
                    min=move || bound(|min, _| min)
                    max=move || bound(|_, max| max)
                    prop:value=first
                    on:change=move |event| set_first(event_target_value(&event))
                />
            </label>
            <label>
                {strings::LAST_DAY}
                <input
                    type="date"
                    min=move || bound(|min, _| min)
                    max=move || bound(|_, max| max)
                    prop:value=last
                    on:change=move |event| set_last(event_target_value(&event))
                />
            </label>
        </div>
    }
}
