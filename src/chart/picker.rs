use super::placed::{At, placed, tabbed};
use super::shown::PlotOf;
use crate::page::chart::Place;
use crate::page::strings::fill;
use leptos::prelude::*;
use tarn_dashboard::Phrase;
use web_sys::{KeyboardEvent, MouseEvent};

/// Walks the data of a chart with the keys, says what stands there, and chooses it: by click, Enter or Space; with Ctrl,
/// Command or Shift it is added to what is chosen. Escape takes the choice away.
#[component]
pub fn Picker(
    /// How many columns and rows there are.
    size: Signal<(usize, usize)>,
    /// Where the keys are; `None` while the pointer leads.
    current: RwSignal<Option<Place>>,
    /// The datum under the pointer.
    pointed: Signal<Option<Place>>,
    plot: PlotOf,
    /// The current datum in words.
    said: Signal<String>,
    /// A datum, and whether it is added to what is chosen. Without one: nothing is chosen any more or, with `true`, the viewer
    /// goes a level up. `None` where nothing can be chosen.
    on_choose: Option<Callback<(Option<Place>, bool)>>,
    title: Signal<String>,
    /// Whether Tab leads to it.
    is_active: Signal<bool>,
    /// The datum to begin with where the keys come from another chart.
    entry: StoredValue<Option<Place>>,
    /// Goes on in another chart beside it, at a datum; false where there is none.
    on_leave: Callback<((i32, i32), Place), bool>,
) -> impl IntoView {
    let click = move |event: MouseEvent| {
        let (Some(on_choose), Some(place)) = (on_choose, pointed.get_untracked()) else { return };
        on_choose.run((Some(place), event.ctrl_key() || event.meta_key() || event.shift_key()));
    };
    let key = move |event: KeyboardEvent| {
        let (columns, rows) = size.get_untracked();
        if columns == 0 || rows == 0 {
            return;
        }
        if event.ctrl_key() && event.key().starts_with("Arrow") {
            return;
        }
        let (column, row) = current.get_untracked().map_or((0, 0), |(column, row)| (column.min(columns - 1), row.min(rows - 1)));
        let (last, lowest) = (columns - 1, rows - 1);
        let beyond = match event.key().as_str() {
            "ArrowRight" if column == last => Some(((1, 0), (0, row))),
            "ArrowLeft" if column == 0 => Some(((-1, 0), (last, row))),
            "ArrowDown" if row == lowest => Some(((0, 1), (column, 0))),
            "ArrowUp" if row == 0 => Some(((0, -1), (column, lowest))),
            _ => None,
        };
        if beyond.is_some_and(|beyond| on_leave.run(beyond)) {
            return event.prevent_default();
        }
        let next = match event.key().as_str() {
            "ArrowRight" => ((column + 1).min(columns - 1), row),
            "ArrowLeft" => (column.saturating_sub(1), row),
            "ArrowDown" => (column, (row + 1).min(rows - 1)),
            "ArrowUp" => (column, row.saturating_sub(1)),
            "Home" => (0, row),
            "End" => (columns - 1, row),
            name @ ("Enter" | " " | "Escape" | "Backspace") => {
                let Some(on_choose) = on_choose else { return };
                event.prevent_default();
                let place = matches!(name, "Enter" | " ").then_some((column, row));
                return on_choose.run((place, name == "Backspace" || event.ctrl_key() || event.meta_key() || event.shift_key()));
            }
            _ => return,
        };
        event.prevent_default();
        current.set(Some(next));
    };
    let area = move || plot.with(|plot| plot.as_ref().map(|plot| plot.area)).unwrap_or_default();
    view! {
        <div
            class="chart-picker"
            class:chart-chooses=on_choose.is_some()
            role="application"
            aria-label=move || title.with(|title| fill(Phrase::ArrowKeysWalk, &[("title", title)]))
            use:placed=At::new(area)
            use:tabbed=is_active
            on:click=click
            on:keydown=key
            on:focus=move |_| {
                let entry = entry.try_update_value(Option::take).flatten();
                if entry.is_some() || pointed.get_untracked().is_none() {
                    current.set(Some(entry.or(current.get_untracked()).unwrap_or_default()));
                }
            }
            on:blur=move |_| current.set(None)
        >
            <span class="visually-hidden" role="status">{said}</span>
        </div>
    }
}
