//! What the viewer looks for in the columns of a table.
use super::table_cells::Column;
use crate::page::{entry, strings};
use crate::state::App;
use leptos::{html, prelude::*};
use tarn_dashboard::{ColumnSearch, Phrase, View};
use wasm_bindgen::JsCast as _;
use web_sys::{Event, HtmlElement, KeyboardEvent};

/// Shows the fields; or hides them, and with them what they look for.
pub fn toggle_search(app: App, view: &View) {
    app.choices.update(&view.id, |choice| choice.search = if choice.search.is_none() { Some(vec![]) } else { None });
}

/// The field of a column.
pub fn field_id(view: &View, position: u32) -> String {
    format!("search-{}-{position}", view.id)
}

/// Shows the fields, and goes to that of a column.
pub fn go_to_field(app: App, view: &'static View, position: u32) {
    app.choices.update(&view.id, |choice| _ = choice.search.get_or_insert_default());
    request_animation_frame(move || focus(document().get_element_by_id(&field_id(view, position))));
}

fn focus(element: Option<web_sys::Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Fails for what cannot have the focus: it stays where it is then.
        let _ = element.focus();
    }
}

/// Narrows the rows by a column while somebody types. Escape empties it, and leads back to the table from one that is empty.
#[component]
pub fn SearchField(app: App, view: &'static View, column: &'static Column) -> impl IntoView {
    let (position, is_number) = (column.position, column.counts);
    let choice = app.choices.signal(&view.id);
    let input = NodeRef::<html::Input>::new();
    let wrong = RwSignal::new(false);
    let chosen = Memo::new(move |_| {
        let text = choice.with(|choice| choice.search.iter().flatten().find(|(of, _)| *of == position).map(|(_, text)| text.clone()));
        match text {
            Some(text) if is_number => ColumnSearch::parse(&text, true).map_or(text, |search| search.text(entry::number)),
            text => text.unwrap_or_default(),
        }
    });
    let set = move |typed: &str| {
        let text = match typed.trim() {
            "" => Some(String::new()),
            typed => ColumnSearch::read(typed, is_number, entry::parse_number)
                .map(|search| if is_number { search.text(|number| number.to_string()) } else { typed.to_owned() }),
        };
        wrong.set(text.is_none());
        let Some(text) = text else { return };
        app.choices.update(&view.id, |choice| {
            let search = choice.search.get_or_insert_default();
            search.retain(|(of, _)| *of != position);
            if !text.is_empty() {
                search.push((position, text));
            }
        });
    };
    // What somebody is typing stays as it is.
    Effect::new(move |_| {
        let text = chosen.get();
        if let Some(input) = input.get() {
            let is_typed_in = document().active_element().is_some_and(|active| active.is_same_node(Some(&input)));
            if !is_typed_in {
                input.set_value(&text);
            }
        }
    });
    let key = move |event: KeyboardEvent| {
        // The keys of the table around it are not meant.
        event.stop_propagation();
        let Some(input) = input.get_untracked() else { return };
        match event.key().as_str() {
            "Escape" if !input.value().is_empty() => {
                input.set_value("");
                set("");
            }
            "Escape" | "Enter" => focus(input.closest("table").ok().flatten()),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <input
            class="column-search"
            type="text"
            autocomplete="off"
            spellcheck="false"
            maxlength="100"
            id=field_id(view, position)
            node_ref=input
            placeholder=column.search_example()
            aria-label=strings::fill(Phrase::SearchColumn, &[("column", &column.label)])
            aria-invalid=move || wrong.get().to_string()
            title=move || wrong.get().then(|| strings::say(Phrase::SearchWrong))
            on:input=move |event: Event| set(&event_target_value(&event))
            on:keydown=key
        />
    }
}
