//! Which columns of a table are shown, in which order and how wide.
use super::table_cells::{Column, columns};
use crate::page::choice::Choice;
use crate::page::strings;
use crate::page::table_columns::{moved, pinned, toggled};
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::{Phrase, View};

/// How the columns of a view are shown; kept as long as the dashboard that they describe.
pub fn plan(app: App, view: &'static View) -> &'static [Column] {
    type Plans = Vec<(String, &'static [Column])>;
    thread_local! {
        static PLANS: std::cell::RefCell<Plans> = const { std::cell::RefCell::new(vec![]) };
    }
    PLANS.with_borrow_mut(|plans| {
        if let Some((_, plan)) = plans.iter().find(|(id, _)| *id == view.id) {
            return *plan;
        }
        let plan: &'static [Column] = Box::leak(columns(app.dashboard, view).into_boxed_slice());
        plans.push((view.id.clone(), plan));
        plan
    })
}

/// The columns that the viewer sees, in the viewer's order; the author's where nothing was chosen. Those that are pinned come first:
/// so many.
pub fn shown(all: &'static [Column], choice: &Choice) -> (Vec<&'static Column>, usize) {
    let chosen: Vec<&'static Column> = match &choice.columns {
        Some(chosen) => chosen.iter().filter_map(|position| all.iter().find(|column| column.position == *position)).collect(),
        None => all.iter().collect(),
    };
    let Some(pins) = &choice.pins else { return (chosen, 1) };
    let (mut columns, others): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|column| pins.contains(&column.position));
    let n_pinned = columns.len();
    columns.extend(others);
    (columns, n_pinned)
}

/// A line per column: whether it is shown, and two buttons that move it.
#[component]
pub fn ColumnChoice(app: App, view: &'static View) -> impl IntoView {
    let all = plan(app, view);
    let positions: Vec<u32> = all.iter().map(|column| column.position).collect();
    let positions = StoredValue::new(positions);
    let choice = app.choices.signal(&view.id);
    let now = move || choice.with(|choice| shown(all, choice).0.iter().map(|column| column.position).collect::<Vec<u32>>());
    let n_pinned = move || choice.with(|choice| shown(all, choice).1);
    let set = move |columns: Vec<u32>| {
        let chosen = positions.with_value(|all| (*all != columns).then_some(columns));
        app.choices.update(&view.id, |choice| choice.columns = chosen);
    };
    let lines = move || {
        let mut ordered = now();
        ordered.extend(positions.get_value().into_iter().filter(|position| !ordered.contains(position)).collect::<Vec<_>>());
        ordered.into_iter().filter_map(|position| all.iter().find(|column| column.position == position)).collect::<Vec<_>>()
    };
    view! {
        <p class="menu-label">{strings::say(Phrase::Columns)}</p>
        <ul class="column-choice">
            <For each=lines key=|column| column.position children=move |column| {
                let position = column.position;
                let is_shown = move || now().contains(&position);
                let toggle = move |_| set(positions.with_value(|all| toggled(all, &untrack(now), position)));
                let shift = move |right: bool| set(moved(&untrack(now), position, right));
                let is_pinned = move || now().iter().position(|shown| *shown == position).is_some_and(|at| at < n_pinned());
                let pin = move |_| {
                    let pins = untrack(|| pinned(&now(), n_pinned(), position));
                    app.choices.update(&view.id, |choice| choice.pins = pins);
                };
                view! {
                    <li>
                        <label><input type="checkbox" prop:checked=is_shown on:change=toggle />{column.label.clone()}</label>
                        <button class="icon-button" type="button" aria-pressed=move || is_pinned().to_string() aria-label=strings::fill(Phrase::PinColumn, &[("column", &column.label)]) disabled=move || !is_shown() on:click=pin>"⇤"</button>
                        <button class="icon-button" type="button" aria-label=strings::fill(Phrase::MoveLeft, &[("column", &column.label)]) disabled=move || !is_shown() on:click=move |_| shift(false)>"←"</button>
                        <button class="icon-button" type="button" aria-label=strings::fill(Phrase::MoveRight, &[("column", &column.label)]) disabled=move || !is_shown() on:click=move |_| shift(true)>"→"</button>
                    </li>
                }
            } />
        </ul>
    }
}
