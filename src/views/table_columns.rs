//! Which columns of a table are shown, in which order and how wide.
use super::table_cells::Column;
use crate::state::{App, Choice};
use crate::strings;
use leptos::prelude::*;
use tarn_dashboard::{Phrase, View};

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

/// The left edges of pinned columns by their widths, as far as together they leave the others room: at least two fifths of the table.
pub fn left_edges(widths: impl Iterator<Item = f64>, table_width: f64) -> Vec<f64> {
    let mut end = 0.0;
    let edges = widths.map(|width| {
        end += width;
        (end - width, end)
    });
    edges.take_while(|(_, end)| *end <= table_width * 0.6).map(|(edge, _)| edge).collect()
}

/// Pins a column that is not, and the other way round.
fn pinned(shown: &[u32], n_pinned: usize, position: u32) -> Option<Vec<u32>> {
    let mut pins = shown[..n_pinned].to_vec();
    match pins.iter().position(|own| *own == position) {
        Some(at) => _ = pins.remove(at),
        None => pins.push(position),
    }
    // As without a choice.
    (pins.len() != 1 || shown.first() != pins.first()).then_some(pins)
}

/// Shows or hides one column; a table keeps at least one.
fn toggled(all: &[u32], shown: &[u32], position: u32) -> Vec<u32> {
    if shown.contains(&position) {
        let rest: Vec<u32> = shown.iter().copied().filter(|other| *other != position).collect();
        return if rest.is_empty() { shown.to_vec() } else { rest };
    }
    // Back at its place among those that stand before it in the author's order.
    let before: Vec<u32> = all.iter().copied().take_while(|other| *other != position).collect();
    let at = shown.iter().rposition(|other| before.contains(other)).map_or(0, |at| at + 1);
    let mut shown = shown.to_vec();
    shown.insert(at, position);
    shown
}

/// One place to the left or to the right.
fn moved(shown: &[u32], position: u32, right: bool) -> Vec<u32> {
    let mut shown = shown.to_vec();
    if let Some(at) = shown.iter().position(|other| *other == position) {
        let to = if right { at + 1 } else { at.wrapping_sub(1) };
        if to < shown.len() {
            shown.swap(at, to);
        }
    }
    shown
}

/// A line per column: whether it is shown, and two buttons that move it.
#[component]
pub fn ColumnChoice(app: App, view: &'static View) -> impl IntoView {
    let all = super::table::plan(app, view);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_hidden_shown_again_and_moved() {
        let all = [0, 1, 2, 3];
        assert_eq!(toggled(&all, &all, 2), [0, 1, 3]);
        assert_eq!(toggled(&all, &[3, 0], 1), [3, 0, 1], "after its neighbour of before");
        assert_eq!(toggled(&all, &[1], 0), [0, 1]);
        assert_eq!(toggled(&all, &[1], 1), [1], "one stays");
        assert_eq!(moved(&all, 0, true), [1, 0, 2, 3]);
        assert_eq!(moved(&all, 0, false), all);
        assert_eq!(moved(&all, 3, true), all);
    }

    #[test]
    fn columns_are_pinned_in_front_and_let_go() {
        assert_eq!(pinned(&[0, 1, 2], 1, 2), Some(vec![0, 2]));
        assert_eq!(pinned(&[0, 2, 1], 2, 0), Some(vec![2]));
        assert_eq!(pinned(&[0, 2, 1], 2, 2), None, "the first one is pinned anyway");
        assert_eq!(pinned(&[0, 1, 2], 1, 0), Some(vec![]));
    }

    #[test]
    fn pinned_columns_leave_room_for_the_others() {
        assert_eq!(left_edges([100.0, 80.0].into_iter(), 328.0), [0.0, 100.0]);
        assert_eq!(left_edges([100.0, 80.0, 60.0].into_iter(), 328.0), [0.0, 100.0]);
        assert_eq!(left_edges([250.0, 10.0].into_iter(), 328.0), [0.0; 0]);
    }
}
