use super::placed::{At, placed};
use super::roving::{focus, walked};
use super::shown::{DataOf, PlotOf};
use crate::page::chart::Place;
use crate::page::chart::data::ChartData;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::{Locale, Rect};
use tarn_dashboard::{FilterValue, Scalar};
use web_sys::{KeyboardEvent, MouseEvent};

/// A button over every row: a click selects it alone or, when it was that, nothing; with Ctrl, Command or Shift it is added
/// or taken away. In a hierarchy a click goes a level down; Backspace, and Escape where nothing is selected, a level up. The rows are one stop of the Tab key; arrows walk among them.
#[component]
pub fn BarButtons(
    data: DataOf,
    plot: PlotOf,
    selection: Signal<Option<FilterValue>>,
    on_select: Callback<Option<FilterValue>>,
    /// Goes down the view's hierarchy by a row, or up; false where there is no such level.
    on_step: Callback<Option<Scalar>, bool>,
    locale: StoredValue<Arc<Locale>>,
    title: Signal<String>,
    /// Whether Tab leads to it.
    is_active: Signal<bool>,
    /// Goes on in another chart beside it, at a row; false where there is none.
    on_leave: Callback<((i32, i32), Place), bool>,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    let current = RwSignal::new(0usize);
    let n_rows = Memo::new(move |_| data.with(|data| data.as_ref().map_or(0, |data| data.n_rows())));
    let keyed = move |row: usize| {
        data.with(|data| {
            data.as_ref().and_then(|data| locale.with_value(|locale| data.row(row, locale).map(|(key, text)| (key.clone(), text))))
        })
    };
    let selected = move |row: usize| {
        let key = keyed(row);
        selection.with(|selection| matches!((selection, key), (Some(FilterValue::Set(values)), Some((key, _))) if values.contains(&key)))
    };
    let choose = move |row: usize, event: MouseEvent| {
        let Some((key, _)) = untrack(|| keyed(row)) else { return };
        current.set(row);
        let adds = event.ctrl_key() || event.meta_key() || event.shift_key();
        if !adds && on_step.run(Some(key.clone())) {
            return;
        }
        on_select.run(selection.with_untracked(|selection| chosen(selection.as_ref(), key, adds)));
    };
    let walk = move |event: KeyboardEvent| {
        let last = n_rows.get_untracked().saturating_sub(1);
        let (name, is_selected) = (event.key(), selection.with_untracked(Option::is_some));
        if name == "Escape" && is_selected {
            event.prevent_default();
            return on_select.run(None);
        }
        if (name == "Escape" || name == "Backspace") && on_step.run(None) {
            return event.prevent_default();
        }
        if event.ctrl_key() {
            return;
        }
        let row = current.get_untracked().min(last);
        let beyond = match name.as_str() {
            "ArrowRight" => Some(((1, 0), row)),
            "ArrowLeft" => Some(((-1, 0), row)),
            "ArrowDown" if row == last => Some(((0, 1), 0)),
            "ArrowUp" if row == 0 => Some(((0, -1), usize::MAX)),
            _ => None,
        };
        if beyond.is_some_and(|(by, row)| on_leave.run((by, (0, row)))) {
            return event.prevent_default();
        }
        let Some(next) = walked(&name, current.get_untracked(), last) else { return };
        event.prevent_default();
        current.set(next);
        focus(list.get_untracked().and_then(|list| list.children().item(next as u32)));
    };
    let button = move |row: usize| {
        let text = move || keyed(row).map(|(_, text)| text);
        // What the tooltip says is not said again.
        let title =
            move || text().filter(|_| data.with(|data| !matches!(data.as_deref(), Some(ChartData::Series(_) | ChartData::Boxes(_)))));
        let rect = move || plot.with(|plot| plot.as_ref().and_then(|plot| plot.rows.get(row).copied())).unwrap_or_default();
        view! {
            <button
                type="button"
                class="chart-row"
                tabindex=move || if is_active.get() && current.get().min(n_rows.get().saturating_sub(1)) == row { "0" } else { "-1" }
                aria-pressed=move || selected(row).to_string()
                aria-label=text
                title=title
                use:placed=At::new(move || Rect { left: 0.0, right: f64::NAN, ..rect() })
                on:click=move |event| choose(row, event)
                on:focus=move |_| current.set(row)
            ></button>
        }
    };
    view! {
        <div class="chart-rows" role="group" aria-label=title node_ref=list on:keydown=walk>
            {move || (0..n_rows.get()).map(button).collect_view()}
        </div>
    }
}

/// The set after a click on a row, or nothing.
fn chosen(selection: Option<&FilterValue>, key: Scalar, adds: bool) -> Option<FilterValue> {
    let mut values = match selection {
        Some(FilterValue::Set(values)) => values.clone(),
        _ => vec![],
    };
    let was_selected = values.contains(&key);
    match (adds, was_selected) {
        (true, true) => values.retain(|value| *value != key),
        (true, false) => values.push(key),
        (false, true) if values.len() == 1 => values.clear(),
        (false, _) => values = vec![key],
    }
    (!values.is_empty()).then_some(FilterValue::Set(values))
}
