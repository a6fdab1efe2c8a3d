use super::button::preset_button;
use super::day_field::DayField;
use super::menu_foot::MenuFoot;
use crate::page::{entry, strings, text};
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::{DAY_MICROS, DataType, Filter, FilterValue, Parameter, Phrase, Scalar, parse_number};

/// More values than these stand in a list that opens.
const BUTTONS: usize = 8;

/// A value that expressions read: chosen from a list, or typed within its limits.
#[component]
pub fn ParameterMenu(app: App, filter: &'static Filter, value: Signal<Option<FilterValue>>) -> impl IntoView {
    let now = Memo::new(move |_| match value.get() {
        Some(FilterValue::Set(mut values)) => values.pop(),
        _ => None,
    });
    let wrong = RwSignal::new(String::new());
    let write = Callback::new(move |value: Scalar| {
        let allowed = filter.parameter.as_ref().is_none_or(|parameter| parameter.allows(&value));
        wrong.set(if allowed { String::new() } else { limits(filter) });
        if allowed {
            app.selections.set(&filter.id, Some(FilterValue::Set(vec![value])));
        }
    });
    let values: Vec<Scalar> = match (&filter.parameter, filter.expr.data_type) {
        (Some(parameter), _) if !parameter.values.is_empty() => parameter.values.clone(),
        (_, DataType::Boolean) => vec![Scalar::Boolean(true), Scalar::Boolean(false)],
        _ => vec![],
    };
    let control = match filter.expr.data_type {
        _ if !values.is_empty() => view! { <Choice filter values now write /> }.into_any(),
        DataType::Date => view! { <Day filter now write wrong /> }.into_any(),
        _ => view! { <Number filter now write wrong /> }.into_any(),
    };
    view! {
        {control}
        <MenuFoot app filter value remark=wrong />
    }
}

/// `From 0 to 180 min.`
fn limits(filter: &Filter) -> String {
    let Some(Parameter { min, max, .. }) = &filter.parameter else { return String::new() };
    let written = |bound: &Option<Scalar>| bound.as_ref().map(|bound| text::field(&filter.expr, &filter.format, bound));
    match (written(min), written(max)) {
        (Some(min), Some(max)) => strings::fill(Phrase::Within, &[("min", &min), ("max", &max)]),
        (Some(min), None) => strings::fill(Phrase::AtLeast, &[("min", &min)]),
        (None, Some(max)) => strings::fill(Phrase::AtMost, &[("max", &max)]),
        (None, None) => String::new(),
    }
}

#[component]
fn Choice(filter: &'static Filter, values: Vec<Scalar>, now: Memo<Option<Scalar>>, write: Callback<Scalar>) -> impl IntoView {
    let label = |value: &Scalar| text::field(&filter.expr, &filter.format, value);
    if values.len() <= BUTTONS {
        let buttons = values.into_iter().map(|value| {
            let (shown, wanted) = (label(&value), value.clone());
            let pressed = Signal::derive(move || now.with(|now| now.as_ref() == Some(&wanted)));
            preset_button(shown, pressed, Callback::new(move |()| write.run(value.clone())))
        });
        return view! { <div class="presets" role="group" aria-label=filter.label.clone()>{buttons.collect_view()}</div> }.into_any();
    }
    let options = values.iter().enumerate().map(|(at, value)| {
        let wanted = value.clone();
        view! { <option value=at.to_string() selected=move || now.with(|now| now.as_ref() == Some(&wanted))>{label(value)}</option> }
    });
    let options = options.collect_view();
    let choose = move |at: String| {
        if let Some(value) = at.parse().ok().and_then(|at: usize| values.get(at)) {
            write.run(value.clone());
        }
    };
    view! {
        <label class="single">
            {filter.label.clone()}
            <select on:change=move |event| choose(event_target_value(&event))>{options}</select>
        </label>
    }
    .into_any()
}

#[component]
fn Day(filter: &'static Filter, now: Memo<Option<Scalar>>, write: Callback<Scalar>, wrong: RwSignal<String>) -> impl IntoView {
    let at = |value: &Scalar| if let Scalar::Date(days) = value { Some(i64::from(*days) * DAY_MICROS) } else { None };
    let bound = move |bound: fn(&Parameter) -> &Option<Scalar>| bound(filter.parameter.as_ref()?).as_ref().and_then(at);
    let domain = move || Some((bound(|parameter| &parameter.min)?, bound(|parameter| &parameter.max)?));
    let on_change = Callback::new(move |day: Option<i64>| {
        if let Some(days) = day.and_then(|day| i32::try_from(day.div_euclid(DAY_MICROS)).ok()) {
            write.run(Scalar::Date(days));
        }
    });
    let day = Signal::derive(move || now.with(|now| now.as_ref().and_then(at)));
    let label: &'static str = &filter.label;
    view! { <div class="single"><DayField label day domain=Signal::derive(domain) on_change wrong /></div> }
}

/// A field, and a slider where there are two ends.
#[component]
fn Number(filter: &'static Filter, now: Memo<Option<Scalar>>, write: Callback<Scalar>, wrong: RwSignal<String>) -> impl IntoView {
    let whole = filter.expr.data_type == DataType::Int64;
    let scalar = move |number: f64| if whole { Scalar::Int(number.round() as i64) } else { Scalar::Float(number) };
    let number = |value: &Scalar| match value {
        Scalar::Int(value) => Some(*value as f64),
        Scalar::Float(value) => Some(*value),
        _ => None,
    };
    let shown = move || now.with(|now| now.as_ref().and_then(number));
    let typed = move |entry: String| match entry::parse_number(&entry).filter(|number| !whole || number.fract() == 0.0) {
        Some(number) => write.run(scalar(number)),
        None => wrong.set(strings::say(if whole { Phrase::NotWhole } else { Phrase::NotANumber }).to_owned()),
    };
    let ends = filter.parameter.as_ref().and_then(|parameter| Some((number(parameter.min.as_ref()?)?, number(parameter.max.as_ref()?)?)));
    let step = filter.parameter.as_ref().and_then(|parameter| parameter.step);
    let slider = ends.map(|(min, max)| {
        let step = step.unwrap_or(if whole { 1.0 } else { (max - min) / 100.0 });
        let words = move || now.with(|now| now.as_ref().map(|now| text::field(&filter.expr, &filter.format, now)));
        view! {
            <input
                type="range"
                min=min
                max=max
                step=step
                prop:value=move || shown().unwrap_or(min).to_string()
                aria-label=filter.label.clone()
                aria-valuetext=words
                on:input=move |event| {
                    if let Some(number) = parse_number(&event_target_value(&event)) {
                        write.run(scalar(number));
                    }
                }
            />
        }
    });
    view! {
        <label class="single">
            {filter.label.clone()}
            <input
                type="text"
                inputmode="decimal"
                autocomplete="off"
                prop:value=move || shown().map(entry::number).unwrap_or_default()
                aria-invalid=move || (!wrong.with(String::is_empty)).to_string()
                on:change=move |event| typed(event_target_value(&event))
            />
        </label>
        {slider}
    }
}
