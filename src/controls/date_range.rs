use super::menu_foot::MenuFoot;
use crate::state::App;
use crate::{strings, text};
use leptos::prelude::*;
use tarn_dashboard::{Comparison, DAY_MICROS, Filter, FilterValue, Period, TimeUnit, Weekday};
use tarn_protocol::FieldDomain;

const UNITS: [TimeUnit; 5] = [TimeUnit::Day, TimeUnit::Week(Weekday::Monday), TimeUnit::Month, TimeUnit::Quarter, TimeUnit::Year];

/// Presets, the last so many days or other units, a first and a last day, and what the period is compared with.
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
    let day = move |label: &'static str, shown: Signal<String>, set: Callback<String>| {
        view! {
            <label>
                {label}
                <input
                    type="date"
                    min=move || bound(|min, _| min)
                    max=move || bound(|_, max| max)
                    prop:value=shown
                    on:change=move |event| set.run(event_target_value(&event))
                />
            </label>
        }
    };
    view! {
        <div class="presets">{presets.collect_view()}</div>
        <LastUnits app filter value />
        <div class="pair">
            {day(strings::FIRST_DAY, Signal::derive(first), Callback::new(set_first))}
            {day(strings::LAST_DAY, Signal::derive(last), Callback::new(set_last))}
        </div>
        <CompareWith app filter />
        <MenuFoot app filter value remark=Signal::derive(String::new) />
    }
}

/// `Last 28 days`, with the number and the unit to choose.
#[component]
fn LastUnits(app: App, filter: &'static Filter, value: Signal<Option<FilterValue>>) -> impl IntoView {
    let now = Memo::new(move |_| match value.get() {
        Some(FilterValue::Period(Period::Last { count, unit })) => (Some(count), unit),
        _ => (None, TimeUnit::Day),
    });
    let set = move |count: Option<u32>, unit: TimeUnit| {
        let count = count.filter(|count| (1..=100_000).contains(count));
        if let Some(count) = count {
            app.selections.set(&filter.id, Some(FilterValue::Period(Period::Last { count, unit })));
        }
    };
    let units = UNITS.map(|unit| view! { <option value=unit.name() selected=move || now.get().1 == unit>{strings::units(unit)}</option> });
    view! {
        <div class="last-units">
            <span>{strings::LAST}</span>
            <input
                type="number"
                min="1"
                max="100000"
                aria-label=strings::HOW_MANY
                prop:value=move || now.get().0.map(|count| count.to_string()).unwrap_or_default()
                on:change=move |event| set(event_target_value(&event).parse().ok(), now.get_untracked().1)
            />
            <select
                aria-label=strings::UNIT
                on:change=move |event| {
                    if let Some(unit) = TimeUnit::from_name(&event_target_value(&event)) {
                        set(now.get_untracked().0.or(Some(1)), unit);
                    }
                }
            >
                {units.collect_view()}
            </select>
        </div>
    }
}

#[component]
fn CompareWith(app: App, filter: &'static Filter) -> impl IntoView {
    let choices = [None, Some(Comparison::PreviousPeriod), Some(Comparison::PreviousYear)];
    let buttons = choices.map(|comparison| {
        let pressed = move || (app.selections.comparison(filter) == comparison).to_string();
        let choose = move |_| app.selections.compare(filter, comparison);
        view! { <button class="preset" type="button" aria-pressed=pressed on:click=choose>{strings::comparison(comparison)}</button> }
    });
    view! {
        <p class="menu-label" id=format!("compare-{}", filter.id)>{strings::COMPARE_WITH}</p>
        <div class="presets" role="group" aria-labelledby=format!("compare-{}", filter.id)>{buttons.collect_view()}</div>
    }
}
