use super::button::preset_button;
use crate::page::strings;
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::{Filter, FilterValue, Phrase};

/// A text that rows must contain.
#[component]
pub fn SearchMenu(app: App, filter: &'static Filter, value: Signal<Option<FilterValue>>) -> impl IntoView {
    let shown = move || match value.get() {
        Some(FilterValue::Text(text)) => text,
        _ => String::new(),
    };
    let write = move |text: String| app.selections.set(&filter.id, (!text.is_empty()).then_some(FilterValue::Text(text)));
    view! {
        <label class="single">
            {strings::say(Phrase::Search)}
            <input type="search" maxlength="200" prop:value=shown on:input=move |event| write(event_target_value(&event)) />
        </label>
    }
}

/// Yes, no, or both.
#[component]
pub fn BooleanMenu(app: App, filter: &'static Filter, value: Signal<Option<FilterValue>>) -> impl IntoView {
    let choices =
        [(strings::say(Phrase::All), None), (strings::say(Phrase::AnswerYes), Some(true)), (strings::say(Phrase::AnswerNo), Some(false))];
    let buttons = choices.into_iter().map(move |(label, choice)| {
        let wanted = choice.map(FilterValue::Boolean);
        let same = wanted.clone();
        let pressed = Signal::derive(move || value.with(|value| *value == same));
        preset_button(label.to_owned(), pressed, Callback::new(move |()| app.selections.set(&filter.id, wanted.clone())))
    });
    view! { <div class="presets">{buttons.collect_view()}</div> }
}
