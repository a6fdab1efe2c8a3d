use super::table_cells::Column;
use super::table_search::SearchField;
use crate::changing::changing_view;
use crate::page::strings;
use crate::page::table_columns::ordered;
use crate::page::url::WIDTHS;
use crate::state::App;
use leptos::{html, prelude::*};
use tarn_dashboard::{Phrase, View};
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent};

/// Pixels of a key press at the edge of a column.
const STEP: i32 = 16;

/// A column's name, which sorts: alone or, with Shift, after what it is sorted by already. Its edge changes the width.
#[component]
pub fn HeaderCell(
    app: App,
    view: &'static View,
    column: &'static Column,
    /// The left edge of a pinned one.
    edge: Signal<Option<String>>,
) -> impl IntoView {
    let choice = app.choices.signal(&view.id);
    let searches = Memo::new(move |_| choice.with(|choice| choice.search.is_some()));
    let default = column.default_order(view);
    // Its place in the order, and whether descending.
    let order = move || {
        choice.with(|choice| match choice.order.iter().position(|(position, _)| *position == column.position) {
            Some(at) => Some((at, choice.order[at].1)),
            None if choice.order.is_empty() => default.map(|descending| (0, descending)),
            None => None,
        })
    };
    let sort = move |event: MouseEvent| {
        let adds = event.shift_key();
        let descending = untrack(order).map_or(column.is_number, |(_, descending)| !descending);
        app.choices.update(&view.id, |choice| {
            choice.order = ordered(&choice.order, (column.position, descending), adds);
            if choice.order.len() == 1 && default == Some(descending) {
                choice.order.clear();
            }
        });
    };
    let state = move || match order() {
        Some((0, true)) => "descending",
        Some((0, false)) => "ascending",
        _ => "none",
    };
    let arrow = move || {
        let Some((at, descending)) = order() else { return String::new() };
        let arrow = if descending { " ↓" } else { " ↑" };
        if choice.with(|choice| choice.order.len() > 1) { format!("{arrow}{}", at + 1) } else { arrow.to_owned() }
    };
    view! {
        <th class=column.class() class:pinned=move || edge.with(Option::is_some) style:left=move || edge.get() scope="col" aria-sort=state>
            <button type="button" title=strings::fill(Phrase::SortBy, &[("column", &column.label)]) on:click=sort>{column.label.clone()}<span aria-hidden="true">{arrow}</span></button>
            <Edge app view column />
            {changing_view(move || searches.get().then(|| view! { <SearchField app view column /> }.into_any()))}
        </th>
    }
}

/// Dragged, or moved with the arrow keys; Enter gives the width back to the browser.
#[component]
fn Edge(app: App, view: &'static View, column: &'static Column) -> impl IntoView {
    let edge = NodeRef::<html::Span>::new();
    let position = column.position;
    // The pointer's place and the column's width when it was pressed.
    let pressed = RwSignal::new(None::<(i32, i32)>);
    let width = move || {
        let cell = edge.get_untracked().and_then(|edge| edge.parent_element());
        cell.map_or(100, |cell| cell.get_bounding_client_rect().width() as i32)
    };
    let set = move |width: Option<i32>| {
        app.choices.update(&view.id, |choice| {
            choice.widths.retain(|(other, _)| *other != position);
            let width = width.map(|width| width.max(0) as u32).map(|width| width.clamp(*WIDTHS.start(), *WIDTHS.end()));
            choice.widths.extend(width.map(|width| (position, width)));
        });
    };
    let press = move |event: PointerEvent| {
        if let Some(edge) = edge.get_untracked() {
            // Fails when the pointer is gone already.
            let _ = edge.set_pointer_capture(event.pointer_id());
        }
        event.prevent_default();
        pressed.set(Some((event.client_x(), width())));
    };
    let drag = move |event: PointerEvent| {
        if let Some((from, width)) = pressed.get_untracked() {
            set(Some(width + event.client_x() - from));
        }
    };
    let key = move |event: KeyboardEvent| {
        let width = match event.key().as_str() {
            "ArrowLeft" => Some(width() - STEP),
            "ArrowRight" => Some(width() + STEP),
            "Enter" => None,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        set(width);
    };
    let choice = app.choices.signal(&view.id);
    let now = move || choice.with(|choice| choice.widths.iter().find(|(other, _)| *other == position).map_or(0, |(_, width)| *width));
    view! {
        <span
            class="column-edge"
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=strings::fill(Phrase::WidthOf, &[("column", &column.label)])
            aria-valuemin=*WIDTHS.start()
            aria-valuemax=*WIDTHS.end()
            aria-valuenow=move || now().max(*WIDTHS.start())
            node_ref=edge
            on:pointerdown=press
            on:pointermove=drag
            on:pointerup=move |_| pressed.set(None)
            on:pointercancel=move |_| pressed.set(None)
            on:dblclick=move |_| set(None)
            on:keydown=key
        ></span>
    }
}
