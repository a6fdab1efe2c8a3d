use super::date_range::DateRangeMenu;
use super::number_range::NumberRangeMenu;
use super::parameter::ParameterMenu;
use super::popover::Popover;
use super::simple::{BooleanMenu, SearchMenu};
use super::top::TopMenu;
use super::value_list::ValueListMenu;
use super::value_text::{comparison_text, value_text};
use crate::changing::changing_view;
use crate::page::strings;
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::{Filter, FilterKind, Phrase};

/// A filter as one chip: its name, its value, its menu, and × when it is set to something else than its default.
#[component]
pub fn Chip(app: App, filter: &'static Filter) -> impl IntoView {
    let value = app.selections.signal(&filter.id);
    let active = move || value.with(Option::is_some);
    let clearable = move || value.with(|value| value.is_some() && *value != filter.default && *value != filter.cleared());
    let text = Memo::new(move |_| value.with(|value| value_text(app, filter, value.as_ref())));
    let note = Memo::new(move |_| value.with(|value| value.as_ref().and_then(|_| comparison_text(app, filter))));
    let compared = move || active() && app.selections.comparison(filter).is_some();
    let unsaid = move || compared() && app.sources.domain(&filter.id).is_none();
    let menu = format!("menu-{}", filter.id);
    let anchor = NodeRef::<leptos::html::Div>::new();
    view! {
        <div class="chip" class:active=active class:compared=compared class:unsaid=unsaid data-filter=filter.id.clone() node_ref=anchor>
            <button
                class="chip-open"
                type="button"
                popovertarget=menu.clone()
                aria-haspopup="dialog"
            >
                <span class="chip-label">{filter.label.clone()}</span>" "
                <b class="chip-value">{text}</b>
                {changing_view(move || Some(view! { <span class="chip-note">{note.get()?}</span> }.into_any()))}
                <Show when=move || !active()><span class="chip-arrow" aria-hidden="true">"▾"</span></Show>
            </button>
            <Show when=clearable>
                <button class="chip-clear" type="button" aria-label=strings::fill(Phrase::ClearFilter, &[("filter", &filter.label)]) on:click=move |_| app.selections.set(&filter.id, None)>
                    "×"
                </button>
            </Show>
            <Popover id=menu label=filter.label.clone() anchor>
                {changing_view(move || Some((app.later.get()?.filter_menu)(app, filter, value)))}
            </Popover>
        </div>
    }
}

/// The menu that a chip opens, by the kind of its filter.
pub fn filter_menu(app: App, filter: &'static Filter, value: Signal<Option<tarn_dashboard::FilterValue>>) -> AnyView {
    match filter.kind {
        FilterKind::DateRange => view! { <DateRangeMenu app filter value /> }.into_any(),
        FilterKind::Range => view! { <NumberRangeMenu app filter value /> }.into_any(),
        FilterKind::MultiSelect | FilterKind::Select => view! { <ValueListMenu app filter value /> }.into_any(),
        FilterKind::Search => view! { <SearchMenu app filter value /> }.into_any(),
        FilterKind::Boolean => view! { <BooleanMenu app filter value /> }.into_any(),
        FilterKind::Top => view! { <TopMenu app filter value /> }.into_any(),
        FilterKind::Parameter => view! { <ParameterMenu app filter value /> }.into_any(),
    }
}
