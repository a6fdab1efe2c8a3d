use super::button::preset_button;
use super::day_field::DayField;
use super::menu_foot::MenuFoot;
use crate::page::{entry, strings};
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::{Comparison, DAY_MICROS, Filter, FilterValue, Period, Phrase, TimeUnit, Weekday};
use tarn_protocol::FieldDomain;

const UNITS: [TimeUnit; 5] = [TimeUnit::Day, TimeUnit::Week(Weekday::Monday), TimeUnit::Month, TimeUnit::Quarter, TimeUnit::Year];

/// Presets, the last so many days or other units, a first and a last day, and what the period is compared with.
#[component]
pub fn DateRangeMenu(app: App, filter: &'static Filter, value: Signal<Option<FilterValue>>) -> impl IntoView {
    let ends = move || value.with(|value| super::value_text::interval(app, filter, value.as_ref()));
    let data = Memo::new(move |_| match app.sources.domain(&filter.id) {
        Some(FieldDomain::Dates { min, max, .. }) => Some((min, max)),
        _ => None,
    });
    let wrong = RwSignal::new(String::new());
    let write = move |from: Option<i64>, to: Option<i64>| {
        let ordered = from.zip(to).is_none_or(|(from, to)| from < to);
        let value = (from.is_some() || to.is_some()).then_some(FilterValue::DateRange { from, to });
        if ordered {
            app.selections.set(&filter.id, value);
        } else {
            wrong.set(strings::say(Phrase::DaysWrong).to_owned());
        }
    };
    let set_first = Callback::new(move |day: Option<i64>| write(day, untrack(ends).1));
    let set_last = Callback::new(move |day: Option<i64>| write(untrack(ends).0, day.map(|day| day + DAY_MICROS)));
    let first = Signal::derive(move || ends().0);
    let last = Signal::derive(move || ends().1.map(entry::last_day));
    let presets = strings::PRESETS.into_iter().filter_map(move |(label, text)| {
        let period = FilterValue::Period(Period::parse(text)?);
        let wanted = period.clone();
        let pressed = Signal::derive(move || value.with(|value| value.as_ref() == Some(&wanted)));
        let choose = Callback::new(move |()| app.selections.set(&filter.id, Some(period.clone())));
        Some(preset_button(strings::say(label).to_owned(), pressed, choose))
    });
    view! {
        <div class="presets">{presets.collect_view()}</div>
        <LastUnits app filter value />
        <div class="pair">
            <DayField label=strings::say(Phrase::FirstDay) day=first domain=data on_change=set_first wrong />
            <DayField label=strings::say(Phrase::LastDay) day=last domain=data on_change=set_last wrong />
        </div>
        <CompareWith app filter />
        <MenuFoot app filter value remark=wrong />
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
            <span>{strings::say(Phrase::Last)}</span>
            <input
                type="number"
                min="1"
                max="100000"
                aria-label=strings::say(Phrase::HowMany)
                prop:value=move || now.get().0.map(|count| count.to_string()).unwrap_or_default()
                on:change=move |event| set(event_target_value(&event).parse().ok(), now.get_untracked().1)
            />
            <select
                aria-label=strings::say(Phrase::Unit)
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
        let pressed = Signal::derive(move || app.selections.comparison(filter) == comparison);
        let choose = Callback::new(move |()| app.selections.compare(filter, comparison));
        preset_button(strings::comparison(comparison).to_owned(), pressed, choose)
    });
    view! {
        <p class="menu-label" id=format!("compare-{}", filter.id)>{strings::say(Phrase::CompareWith)}</p>
        <div class="presets" role="group" aria-labelledby=format!("compare-{}", filter.id)>{buttons.collect_view()}</div>
    }
}
