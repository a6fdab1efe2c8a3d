use super::table_cells::{Column, columns, totals_cells};
use super::table_window::{POOL, ROW_HEIGHT, first_row, spacers};
use crate::state::App;
use crate::{strings, text};
use leptos::prelude::*;
use std::sync::Arc;
use tarn_dashboard::View;
use tarn_protocol::ViewResult;

/// A sortable table with a sticky header and totals. A pool of rows follows the scroll position, so that hundreds of rows
/// cost what a screenful costs.
#[component]
pub fn Table(app: App, view: &'static View, result: Signal<Option<Arc<ViewResult>>>) -> impl IntoView {
    let columns: &'static [Column] = StoredColumns::of(app, view);
    let n_rows = Memo::new(move |_| result.with(|result| result.as_ref().map_or(0, |result| result.table.n_rows as usize)));
    let scroll_top = RwSignal::new(0.0);
    let first = Memo::new(move |_| first_row(scroll_top.get(), n_rows.get()));
    let maxima =
        Memo::new(move |_| result.with(|result| columns.iter().map(|column| column.maximum(result.as_deref())).collect::<Vec<f64>>()));
    let space = Memo::new(move |_| spacers(first.get(), n_rows.get()));
    let scroller = NodeRef::<leptos::html::Div>::new();
    let on_scroll = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            scroll_top.set(f64::from(scroller.scroll_top()));
        }
    };
    // The pool grows to what the table needs and never shrinks: a filter that leaves one row keeps the others for later.
    let pool = Memo::new(move |old: Option<&usize>| n_rows.get().min(POOL).max(old.copied().unwrap_or(0)));
    let rows = move |slot: usize| {
        let row = Memo::new(move |_| Some(first.get() + slot).filter(|row| *row < n_rows.get()));
        let cells = columns.iter().enumerate().map(move |(i, column)| {
            let cell = Memo::new(move |_| {
                let row = row.get()?;
                let maximum = maxima.with(|maxima| maxima.get(i).copied().unwrap_or(0.0));
                result.with(|result| Some(column.cell(result.as_deref()?, row, maximum)))
            });
            let share = move || cell.with(|cell| cell.as_ref().and_then(|cell| cell.share)).map(|share| format!("{:.2}%", share * 100.0));
            let strength = move || cell.with(|cell| cell.as_ref().and_then(|cell| cell.tone)).map(|(_, strength)| format!("{strength:.3}"));
            let bad = move |wanted: bool| cell.with(|cell| cell.as_ref().and_then(|cell| cell.tone).is_some_and(|(bad, _)| bad == wanted));
            let words = move || cell.with(|cell| cell.as_ref().map(|cell| cell.text.clone()).unwrap_or_default());
            let warns = move || cell.with(|cell| cell.as_ref().is_some_and(|cell| cell.warns));
            view! {
                <td class=column.class() class:tone-good=move || bad(false) class:tone-bad=move || bad(true) style:--strength=strength>
                    {column.bar.then(|| view! { <i class="bar" style:width=share></i> })}
                    <span class:warn=warns>{words}</span>
                </td>
            }
        });
        view! { <tr class:gone=move || row.get().is_none() aria-rowindex=move || row.get().map(|row| row + 2)>{cells.collect_view()}</tr> }
    };
    let height = |rows: Signal<usize>| move || format!("{}px", rows.get() as f64 * ROW_HEIGHT);
    let above = Signal::derive(move || space.get().0);
    let below = Signal::derive(move || space.get().1);
    let truncated = move || {
        let (shown, all) = result.with(|result| result.as_ref().map_or((0, 0), |result| (u64::from(result.table.n_rows), result.n_groups)));
        (all > shown).then(|| strings::showing_rows(&text::count(shown), &text::count(all)))
    };
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label=view.title.clone() node_ref=scroller on:scroll=on_scroll>
            <table aria-rowcount=move || n_rows.get() + 1>
                <thead>
                    <tr>{columns.iter().map(|column| view! { <HeaderCell app view column /> }).collect_view()}</tr>
                </thead>
                <tbody>
                    <tr class="spacer" aria-hidden="true" class:gone=move || above.get() == 0><td colspan=columns.len() style:height=height(above)></td></tr>
                    <For each=move || 0..pool.get() key=|slot| *slot children=rows />
                    <tr class="spacer" aria-hidden="true" class:gone=move || below.get() == 0><td colspan=columns.len() style:height=height(below)></td></tr>
                </tbody>
                {view.totals.then(|| {
                    let cell = move |(i, column): (usize, &'static Column)| {
                        let words = move || result.with(|result| totals_cells(columns, result.as_deref()).get(i).cloned().unwrap_or_default());
                        view! { <td class=column.class()>{words}</td> }
                    };
                    view! { <tfoot><tr>{columns.iter().enumerate().map(cell).collect_view()}</tr></tfoot> }
                })}
            </table>
        </div>
        {move || truncated().map(|words| view! { <p class="table-note">{words}</p> })}
    }
}

/// Column plans live as long as the dashboard that they describe.
struct StoredColumns;

impl StoredColumns {
    fn of(app: App, view: &'static View) -> &'static [Column] {
        thread_local! {
            static PLANS: std::cell::RefCell<std::collections::BTreeMap<String, &'static [Column]>> = const { std::cell::RefCell::new(std::collections::BTreeMap::new()) };
        }
        PLANS.with_borrow_mut(|plans| {
            *plans.entry(view.id.clone()).or_insert_with(|| Box::leak(columns(app.dashboard, view).into_boxed_slice()))
        })
    }
}

#[component]
fn HeaderCell(app: App, view: &'static View, column: &'static Column) -> impl IntoView {
    let choice = app.choices.signal(&view.id);
    let default = column.default_order(view);
    let order = move || match choice.with(|choice| choice.order) {
        Some((position, descending)) => (position == column.position).then_some(descending),
        None => default,
    };
    let sort = move |_| {
        let descending = untrack(order).map_or(column.is_number, |descending| !descending);
        let chosen = (default != Some(descending)).then_some((column.position, descending));
        app.choices.update(&view.id, |choice| choice.order = chosen);
    };
    let state = move || match order() {
        Some(true) => "descending",
        Some(false) => "ascending",
        None => "none",
    };
    let arrow = move || match order() {
        Some(true) => " ↓",
        Some(false) => " ↑",
        None => "",
    };
    view! {
        <th class=column.class() scope="col" aria-sort=state>
            <button type="button" title=strings::sort_by(&column.label) on:click=sort>{column.label.clone()}<span aria-hidden="true">{arrow}</span></button>
        </th>
    }
}
