use super::button::preset_button;
use super::menu_foot::MenuFoot;
use crate::page::strings;
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::{Filter, FilterValue, Phrase};

const PRESETS: [u32; 5] = [3, 5, 10, 20, 50];

/// How many of the greatest values are kept: one of a few round numbers, or any.
#[component]
pub fn TopMenu(app: App, filter: &'static Filter, value: Signal<Option<FilterValue>>) -> impl IntoView {
    let now = Memo::new(move |_| match value.get() {
        Some(FilterValue::Top(count)) => Some(count),
        _ => None,
    });
    let write = move |text: &str| {
        if text.is_empty() {
            app.selections.set(&filter.id, None);
        } else if let Ok(value) = filter.parse_text(text) {
            app.selections.set(&filter.id, Some(value));
        }
    };
    let presets = PRESETS.map(|count| {
        let pressed = Signal::derive(move || now.get() == Some(count));
        let label = strings::count(Phrase::Top, u64::from(count), &[]);
        preset_button(label, pressed, Callback::new(move |()| write(&count.to_string())))
    });
    let by = filter.by.as_ref().map(|by| strings::fill(Phrase::RankedBy, &[("measure", &by.label)])).unwrap_or_default();
    view! {
        <div class="presets">{presets.collect_view()}</div>
        <label class="single">
            {strings::say(Phrase::HowMany)}
            <input
                type="number"
                min="1"
                max="10000"
                prop:value=move || now.get().map(|count| count.to_string()).unwrap_or_default()
                on:change=move |event| write(&event_target_value(&event))
            />
        </label>
        <MenuFoot app filter value remark=Signal::derive(move || by.clone()) />
    }
}
