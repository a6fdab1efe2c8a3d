use crate::day_form;
use crate::page::strings;
use crate::page::text;
use leptos::{html, prelude::*};
use tarn_dashboard::Phrase;

/// A day, typed as the dashboard's language writes it or picked from the browser's calendar; an empty field is an open end.
#[component]
pub fn DayField(
    label: &'static str,
    /// Any instant of the day, in microseconds since 1970.
    #[prop(into)]
    day: Signal<Option<i64>>,
    /// The first and the last day of the data.
    #[prop(into)]
    domain: Signal<Option<(i64, i64)>>,
    /// Midnight of the day.
    on_change: Callback<Option<i64>>,
    /// What is wrong with what was typed.
    wrong: RwSignal<String>,
) -> impl IntoView {
    let form = StoredValue::new(day_form::of_page());
    let write = move |at: i64| form.with_value(|form| form.write(at));
    let iso = move |at: Option<i64>| at.map(text::iso_date).unwrap_or_default();
    let invalid = RwSignal::new(false);
    let example = move || domain.get().map(|(first, _)| write(first)).unwrap_or_default();
    let typed = move |entry: String| {
        let read = form.with_value(|form| form.read(&entry));
        let is_wrong = read.is_none() && !entry.trim().is_empty();
        invalid.set(is_wrong);
        wrong.set(if is_wrong { strings::fill(Phrase::NotADay, &[("example", &untrack(example))]) } else { String::new() });
        if !is_wrong {
            on_change.run(read);
        }
    };
    let calendar = NodeRef::<html::Input>::new();
    let open = move |_| {
        if let Some(calendar) = calendar.get_untracked() {
            // Refused where a page is embedded from elsewhere; the field itself takes the day.
            let _ = calendar.show_picker();
        }
    };
    view! {
        <div class="day-field">
            <label>
                {label}
                <input
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    placeholder=example
                    prop:value=move || day.get().map(write).unwrap_or_default()
                    aria-invalid=move || invalid.get().to_string()
                    on:change=move |event| typed(event_target_value(&event))
                />
            </label>
            <button class="icon-button" type="button" aria-label=format!("{label}: {}", strings::say(Phrase::OpenCalendar)) on:click=open>"▦"</button>
            <input
                class="day-picker"
                type="date"
                tabindex="-1"
                aria-hidden="true"
                node_ref=calendar
                min=move || iso(domain.get().map(|(first, _)| first))
                max=move || iso(domain.get().map(|(_, last)| last))
                prop:value=move || iso(day.get())
                on:change=move |event| {
                    invalid.set(false);
                    wrong.set(String::new());
                    on_change.run(text::parse_iso_date(&event_target_value(&event)));
                }
            />
        </div>
    }
}
