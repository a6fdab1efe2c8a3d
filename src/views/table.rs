use super::behind::{RowsBehind, show};
use super::menu::{Picture, copy_rows};
use super::table_cells::{Cell, Column, footer_cells};
use super::table_columns::{plan, shown};
use super::table_groups::flip;
use super::table_header::HeaderCell;
use super::table_picture::table_picture;
use super::table_rows::want;
use super::table_search::go_to_field;
use crate::changing::changing_text;
use crate::chart::ChartContext;
use crate::page::stretches::Stretches;
use crate::page::table_columns::left_edges;
use crate::page::table_lines::{Line, Lines, path};
use crate::page::table_window::{PAGE, POOL, PRINTED, ROW_HEIGHT, Reach, Scroll, first_row, spacers};
use crate::page::{strings, text};
use crate::state::{App, set_if_changed};
use leptos::{attr::custom::custom_attribute, html, prelude::*};
use std::sync::Arc;
use tarn_dashboard::{Phrase, Subtotals, View};
use tarn_protocol::ViewResult;
use web_sys::KeyboardEvent;

type Answer = Signal<Option<Arc<ViewResult>>>;

/// A sortable table with a sticky header, pinned columns and totals, walked by cells with the arrow keys; row groups open and
/// close. A pool of
/// rows follows the scroll position, so that many rows cost what a screenful costs.
#[component]
pub fn Table(app: App, view: &'static View, result: Answer, picture: RwSignal<Option<Picture>>) -> impl IntoView {
    let all = plan(app, view);
    let choice = app.choices.signal(&view.id);
    let chosen = Memo::new(move |_| choice.with(|choice| (choice.columns.clone(), choice.pins.clone())));
    let truncated = move || {
        let (shown, all, searched) = result
            .with(|result| result.as_ref().map_or((0, 0, false), |result| (u64::from(result.n_rows()), result.n_groups, result.searched)));
        let words = searched.then(|| strings::count(Phrase::RowsFound, all, &[]));
        let part = (all > shown).then(|| strings::fill(Phrase::ShowingRows, &[("shown", &text::count(shown)), ("all", &text::count(all))]));
        words.into_iter().chain(part).collect::<Vec<_>>().join(" · ")
    };
    view! {
        // Other columns are another table, made anew.
        <For each=move || [chosen.get()] key=|chosen| chosen.clone() children=move |_| {
            let (columns, n_pinned) = choice.with_untracked(|choice| shown(all, choice));
            view! { <Grid app view result columns=StoredValue::new(columns) n_pinned picture /> }
        } />
        <p class="table-note" role="status">{changing_text(truncated)}</p>
    }
}

#[component]
fn Grid(
    app: App,
    view: &'static View,
    result: Answer,
    columns: StoredValue<Vec<&'static Column>>,
    n_pinned: usize,
    picture: RwSignal<Option<Picture>>,
) -> impl IntoView {
    let n_columns = columns.with_value(Vec::len);
    let choice = app.choices.signal(&view.id);
    let nests = view.subtotals != Subtotals::None;
    let flipped = Memo::new(move |_| choice.with(|choice| choice.groups.clone()));
    let lines = Memo::new(move |_| result.with(|result| flipped.with(|flipped| Lines::find(view, result.as_deref(), flipped))));
    let n_rows = Memo::new(move |_| lines.with(Lines::n_lines));
    // With those of the footer, which are walked too.
    let n_lines = move || {
        let has_other = result.with(|result| result.as_ref().is_some_and(|result| result.other.is_some()));
        n_rows.get() + usize::from(has_other) + usize::from(view.totals)
    };
    let scroll = RwSignal::new(Scroll::default());
    let stretches = RwSignal::new(Stretches::default());
    let context: ChartContext = expect_context();
    // On paper nobody scrolls: all rows are there.
    let printing = context.printing;
    let first = Memo::new(move |_| if printing.get() { 0 } else { first_row(scroll.get().place(n_rows.get()), n_rows.get()) });
    let maxima = Memo::new(move |_| {
        result.with(|result| {
            columns.with_value(|columns| columns.iter().map(|column| column.maximum(result.as_deref())).collect::<Vec<f64>>())
        })
    });
    let shift = Memo::new(move |_| scroll.get().shift_in(n_rows.get()));
    let space = Memo::new(move |_| spacers(first.get(), n_rows.get(), shift.get()));
    let answered = RwSignal::new(());
    Effect::new(move |_| {
        result.with(|result| {
            if let Some(result) = result {
                want(app, view, result, stretches, first, answered);
            }
        });
    });
    picture.set(Some(Callback::new(move |()| {
        let (result, columns) = (result.get_untracked()?, columns.try_get_value()?);
        lines.with_untracked(|lines| {
            stretches.with_untracked(|stretches| table_picture(&context, &columns, (lines, stretches), &maxima.get_untracked(), &result))
        })
    })));
    let scroller = NodeRef::<html::Div>::new();
    // Columns are hidden behind the right edge.
    let more = RwSignal::new(false);
    // Where the pinned columns begin.
    let edges = RwSignal::new(vec![]);
    let heads = NodeRef::<html::Tr>::new();
    let look_right = move || {
        if let Some((scroller, heads)) = scroller.try_get_untracked().flatten().zip(heads.try_get_untracked().flatten()) {
            let cells = std::iter::successors(heads.first_element_child(), |cell| cell.next_element_sibling());
            let widths = cells.take(n_pinned).map(|cell| cell.get_bounding_client_rect().width());
            set_if_changed(edges, left_edges(widths, scroller.client_width().into()));
            more.set(scroller.scroll_left() + scroller.client_width() + 1 < scroller.scroll_width());
        }
    };
    let reach = move |scroller: &web_sys::HtmlDivElement| Reach {
        most: f64::from(scroller.scroll_height() - scroller.client_height()),
        n_rows: n_rows.get_untracked(),
    };
    let edge = move |column: usize| move || edges.with(|edges| edges.get(column).map(|edge| format!("{edge}px")));
    let head_height = move || heads.get_untracked().map_or(ROW_HEIGHT, |heads| heads.get_bounding_client_rect().height());
    let on_scroll = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            let top = f64::from(scroller.scroll_top());
            let moved = reach(&scroller).moved(scroll.get_untracked(), top, f64::from(scroller.client_height()));
            if moved.top != top {
                scroller.set_scroll_top(moved.top as i32);
            }
            set_if_changed(scroll, moved);
        }
        look_right();
    };
    // Other rows, another way from the scroll bar to them.
    Effect::new(move |_| {
        n_rows.track();
        request_animation_frame(move || {
            if let Some(scroller) = scroller.try_get_untracked().flatten() {
                let reached = reach(&scroller).at(f64::from(scroller.scroll_top()));
                set_if_changed(scroll, reached);
            }
        });
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| look_right());
    on_cleanup(move || resized.remove());
    // The column that a line's row group is opened in: that of its key, or the first where that is not shown.
    let toggle_of = move |line: &Line| {
        let of_key = |columns: &Vec<&'static Column>| columns.iter().position(|column| column.position as usize == line.level);
        line.open.map(|open| (columns.with_value(of_key).unwrap_or(0), open))
    };
    // Opens or closes the row group of a cell, where it may be opened so, and is not that already.
    let toggle = move |row: usize, column: usize, wanted: Option<bool>| {
        let line = lines.with_untracked(|lines| lines.get(row));
        let found = line.and_then(|line| toggle_of(&line).filter(|(at, open)| *at == column && wanted != Some(*open)).map(|_| line));
        let path = found.and_then(|line| result.with_untracked(|result| Some(path(result.as_ref()?, line.level, line.row))));
        path.map(|path| flip(app, view, path)).is_some()
    };
    // Row and column of the cell that the keys went to; a filter may leave fewer lines than that.
    let went_to = RwSignal::new((0usize, 0usize));
    let current = Memo::new(move |_| went_to.with(|(row, column)| ((*row).min(n_lines().saturating_sub(1)), *column)));
    let behind = RwSignal::new((String::new(), None));
    let frame = NodeRef::<html::Div>::new();
    // The data's rows behind a number of a line.
    let look_behind = move |row: usize, column: usize| {
        let is_number = columns.with_value(|columns| columns.get(column).is_some_and(|column| column.is_measure()));
        let found = lines.with_untracked(|lines| lines.get(row)).filter(|_| is_number && nothing_marked()).and_then(|line| {
            let n_keys = if line.open.is_some() { line.level + 1 } else { view.keys.len() };
            result.with_untracked(|result| {
                stretches.with_untracked(|stretches| {
                    let (table, row) = stretches.place(result.as_deref()?, line)?;
                    Some(table.columns.iter().take(n_keys).map(|column| column.scalar(row)).collect::<Vec<_>>())
                })
            })
        });
        if let Some(keys) = &found {
            let words = plan(app, view).iter().zip(keys).map(|(column, key)| column.text(key.clone())).collect::<Vec<_>>();
            show(app, view, behind, words.join(" · "), keys.clone());
        }
        found.is_some()
    };
    let walk = move |event: KeyboardEvent| {
        let (row, column) = current.get_untracked();
        let (last_row, last_column) = (untrack(n_lines).saturating_sub(1), n_columns.saturating_sub(1));
        let toggled = nests
            && match event.key().as_str() {
                "ArrowRight" => toggle(row, column, Some(true)),
                "ArrowLeft" => toggle(row, column, Some(false)),
                "Enter" | " " => toggle(row, column, None),
                _ => false,
            };
        if toggled || event.key() == "Enter" && look_behind(row, column) {
            return event.prevent_default();
        }
        let next = match (event.key().as_str(), event.ctrl_key() || event.meta_key()) {
            ("ArrowLeft", _) if column == 0 => (lines.with_untracked(|lines| lines.parent(row)).unwrap_or(row), 0),
            ("ArrowDown", _) => (row + 1, column),
            ("ArrowUp", _) => (row.saturating_sub(1), column),
            ("ArrowRight", _) => (row, column + 1),
            ("ArrowLeft", _) => (row, column.saturating_sub(1)),
            ("PageDown", _) => (row + PAGE, column),
            ("PageUp", _) => (row.saturating_sub(PAGE), column),
            ("Home", true) => (0, 0),
            ("End", true) => (last_row, last_column),
            ("Home", false) => (row, 0),
            ("End", false) => (row, last_column),
            ("/", false) => {
                event.prevent_default();
                let searched = columns.with_value(|columns| columns.get(column).map(|column| column.position));
                return searched.into_iter().for_each(|position| go_to_field(app, view, position));
            }
            ("c", true) if nothing_marked() => return copy_rows(app, view, result),
            _ => return,
        };
        event.prevent_default();
        let next = (next.0.min(last_row), next.1.min(last_column));
        if let Some(scroller) = scroller.get_untracked() {
            // Clear of the sticky header and totals.
            let row = next.0.min(n_rows.get_untracked().saturating_sub(1));
            let (top, height) = (row as f64 * ROW_HEIGHT, f64::from(scroller.client_height()) - head_height() - 2.0 * ROW_HEIGHT);
            let now = scroll.get_untracked().place(n_rows.get_untracked());
            if !(top - height..=top).contains(&now) {
                let wanted = reach(&scroller).to(now.clamp(top - height, top).max(0.0));
                scroller.set_scroll_top(wanted.top as i32);
                let top = f64::from(scroller.scroll_top());
                scroll.set(Scroll { top, shift: wanted.shift });
            }
        }
        went_to.set(next);
    };
    let cell_id = move |slot: usize, column: usize| format!("cell-{}-{slot}-{column}", view.id);
    let active = move || {
        let (row, column) = current.get();
        let slot = match row.checked_sub(n_rows.get()) {
            None => row.checked_sub(first.get()).filter(|slot| *slot < POOL),
            Some(_) => Some(footer_slot(view.totals && row + 1 == n_lines())).filter(|_| row < n_lines()),
        };
        slot.map(|slot| cell_id(slot, column))
    };
    // The pool grows to what the table needs and keeps that: a filter that leaves one row keeps the others for later.
    let pool = Memo::new(move |old: Option<&usize>| {
        let most = if printing.get() { PRINTED } else { POOL };
        n_rows.get().max(old.copied().unwrap_or(0)).min(most)
    });
    let rows = move |slot: usize| {
        let row = Memo::new(move |_| Some(first.get() + slot).filter(|row| *row < n_rows.get()));
        let line = Memo::new(move |_| lines.with(|lines| lines.get(first.get() + slot)));
        let cells = columns.get_value().into_iter().enumerate().map(move |(i, column)| {
            let cell = Memo::new(move |_| {
                let line = line.get()?;
                let maximum = maxima.with(|maxima| maxima.get(i).copied().unwrap_or(0.0));
                stretches.with(|stretches| {
                    result.with(|result| {
                        let result = result.as_deref()?;
                        let place = stretches.place(result, line);
                        Some(place.map_or_else(|| Cell::waiting(i, line.row), |place| column.cell(result, line, place, maximum)))
                    })
                })
            });
            let share = move || cell.with(|cell| cell.as_ref().and_then(|cell| cell.share)).map(|share| format!("{:.2}%", share * 100.0));
            let strength = move || cell.with(|cell| cell.as_ref().and_then(|cell| cell.tone)).map(|(_, strength)| format!("{strength:.3}"));
            let bad = move |wanted: bool| cell.with(|cell| cell.as_ref().and_then(|cell| cell.tone).is_some_and(|(bad, _)| bad == wanted));
            let words = move || cell.with(|cell| cell.as_ref().map(|cell| cell.text.clone()).unwrap_or_default());
            let warns = move || cell.with(|cell| cell.as_ref().is_some_and(|cell| cell.warns));
            let open = move || line.with(|line| line.as_ref().and_then(toggle_of)).filter(|(at, _)| *at == i).map(|(_, open)| open);
            let outer = move || cell.with(|cell| cell.as_ref().is_some_and(|cell| cell.outer));
            let is_current = move || current.with(|current| *current == (first.get() + slot, i));
            view! {
                <td
                    class=column.class()
                    class:pinned=move || edge(i)().is_some()
                    style:left=edge(i)
                    class:tone-good=move || bad(false)
                    class:tone-bad=move || bad(true)
                    class:cell-current=is_current
                    style:--strength=strength
                    role="gridcell"
                    id=cell_id(slot, i)
                    class:outer=outer
                    class:waits=move || cell.with(|cell| cell.as_ref().is_some_and(|cell| cell.waits))
                    aria-expanded=move || open().map(|open| open.to_string())
                    on:click=move |_| {
                        let row = first.get_untracked() + slot;
                        went_to.set((row, i));
                        if !toggle(row, i, None) {
                            look_behind(row, i);
                        }
                    }
                >
                    {column.bar.then(|| view! { <i class="bar" style:width=share></i> })}
                    <span class:warn=warns>{words}</span>
                </td>
            }
        });
        let level = move || line.get().filter(|_| nests).map(|line| line.level + 1);
        let open = move || line.get().and_then(|line| line.open);
        view! {
            <tr
                class:gone=move || row.get().is_none()
                class:group=move || open().is_some()
                aria-rowindex=move || row.get().map(|row| row + 2)
                aria-expanded=move || open().map(|open| open.to_string())
                {..custom_attribute("aria-level", level)}
            >
                {cells.collect_view()}
            </tr>
        }
    };
    let width_of = move |position: u32| {
        choice.with(|choice| choice.widths.iter().find(|(of, _)| *of == position).map(|(_, width)| format!("{width}px")))
    };
    Effect::new(move |_| {
        result.track();
        choice.track();
        first.track();
        request_animation_frame(look_right);
    });
    let above = Signal::derive(move || space.get().0);
    let below = Signal::derive(move || space.get().1);
    let spacer = move |height: Signal<f64>| {
        let pixels = move || format!("{}px", height.get());
        view! { <tr class="spacer" aria-hidden="true" class:gone=move || height.get() == 0.0><td colspan=n_columns style:height=pixels></td></tr> }
    };
    view! {
        <div class="table-frame" class:more=move || more.get() node_ref=frame>
        <div class="table-scroll" node_ref=scroller on:scroll=on_scroll>
            <table
                class:fixed=move || choice.with(|choice| !choice.widths.is_empty())
                role=if nests { "treegrid" } else { "grid" }
                tabindex="0"
                aria-label=view.title.clone()
                aria-rowcount=move || n_lines() + 1
                aria-activedescendant=active
                on:keydown=walk
            >
                <colgroup>
                    {columns.get_value().into_iter().map(|column| view! { <col style:width=move || width_of(column.position) /> }).collect_view()}
                </colgroup>
                <thead>
                    <tr node_ref=heads>
                        {columns.get_value().into_iter().enumerate().map(|(i, column)| view! { <HeaderCell app view column edge=Signal::derive(edge(i)) /> }).collect_view()}
                    </tr>
                </thead>
                <tbody>
                    {spacer(above)}
                    <For each=move || 0..pool.get() key=|slot| *slot children=rows />
                    {spacer(below)}
                </tbody>
                {(view.totals || view.other).then(|| {
                    let row = move |is_total: bool| {
                        let cells =
                            Memo::new(move |_| result.with(|result| columns.with_value(|columns| footer_cells(columns, result.as_deref(), is_total))));
                        // The last of the lines, or the one after the body's.
                        let place = move || if is_total { n_lines() - 1 } else { n_rows.get() };
                        let cell = move |(i, column): (usize, &'static Column)| {
                            let words = move || cells.with(|cells| cells.get(i).cloned().unwrap_or_default());
                            view! {
                                <td
                                    class=column.class()
                                    class:pinned=move || edge(i)().is_some()
                                    style:left=edge(i)
                                    class:cell-current=move || current.get() == (place(), i)
                                    role="gridcell"
                                    id=cell_id(footer_slot(is_total), i)
                                    on:click=move |_| went_to.set((untrack(place), i))
                                >
                                    {words}
                                </td>
                            }
                        };
                        let gone = move || !is_total && cells.with(Vec::is_empty);
                        view! { <tr class:gone=gone aria-rowindex=move || place() + 2>{columns.get_value().into_iter().enumerate().map(cell).collect_view()}</tr> }
                    };
                    view! { <tfoot>{view.other.then(|| row(false))}{view.totals.then(|| row(true))}</tfoot> }
                })}
            </table>
        </div>
        </div>
        <RowsBehind view behind anchor=frame />
    }
}

/// Beyond those of the body, however many are printed.
fn footer_slot(is_total: bool) -> usize {
    PRINTED + usize::from(is_total)
}

/// Whether a copy is meant for the table and not for marked text.
fn nothing_marked() -> bool {
    let marked = window().get_selection().ok().flatten();
    marked.is_none_or(|marked| marked.is_collapsed())
}
