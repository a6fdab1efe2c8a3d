use super::menu_foot::MenuFoot;
use crate::page::value_list::{chosen, row_at, toggled};
use crate::page::{strings, text};
use crate::state::App;
use leptos::{html, prelude::*};
use tarn_dashboard::{Filter, FilterKind, FilterValue, Phrase};
use tarn_protocol::OptionsRequest;
use web_sys::KeyboardEvent;

/// Fixed by the style sheet, in pixels.
const ROW_HEIGHT: f64 = 32.0;
/// Rows that exist: what the list shows at once, and one that is cut.
const POOL: usize = 10;
/// Values asked for at once, and the step of their first one: scrolling within them needs no question.
const WINDOW: usize = 300;
const STEP: usize = 100;

/// The values of a set filter with their row counts under the other filters. However many there are, only those in sight are
/// rows of the page, and only a window of them is fetched. Arrows walk the list from the search field, Enter chooses.
#[component]
pub fn ValueListMenu(app: App, filter: &'static Filter, value: Signal<Option<FilterValue>>) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let top = RwSignal::new(0usize);
    let current = RwSignal::new(0usize);
    let list = NodeRef::<html::Div>::new();
    // Changes at every STEP rows only.
    let offset = Memo::new(move |_| (top.get() / STEP).saturating_sub(1) * STEP);
    Effect::new(move |_| {
        let page = app.current_page();
        let mut selections = app.selections.in_force(page);
        selections.retain(|(id, _)| *id != filter.id);
        let request = OptionsRequest {
            seq: 0,
            page: page.id.clone(),
            filter: filter.id.clone(),
            selections,
            search: search.get(),
            offset: offset.get() as u32,
            limit: WINDOW as u32,
        };
        app.link.with_value(|link| link.options(request));
    });
    let answer = Memo::new(move |_| app.menu.with(|menu| menu.clone().filter(|menu| menu.filter == filter.id)));
    let n_rows = Memo::new(move |_| answer.with(|answer| answer.as_ref().map_or(0, |answer| answer.n_matching as usize)));
    let scroll_to = move |row: usize| {
        if let Some(list) = list.get_untracked() {
            let (above, height) = (row as f64 * ROW_HEIGHT, f64::from(list.client_height()));
            // Not `clamp`: a list without a height has its ends the wrong way round.
            let shown = f64::from(list.scroll_top()).max(above + ROW_HEIGHT - height).min(above);
            list.set_scroll_top(shown as i32);
        }
    };
    let on_scroll = move |_| {
        if let Some(list) = list.get_untracked() {
            top.set((f64::from(list.scroll_top()) / ROW_HEIGHT) as usize);
        }
    };
    let type_search = move |text: String| {
        current.set(0);
        scroll_to(0);
        search.set(text);
    };
    let choose = move |row: usize, only: bool| {
        let Some(row) = answer.with_untracked(|answer| row_at(answer.as_ref(), row).cloned()) else { return };
        let values = value.with_untracked(|value| toggled(chosen(value.as_ref()), row.value, only || filter.kind == FilterKind::Select));
        app.selections.set(&filter.id, (!values.is_empty()).then_some(FilterValue::Set(values)));
    };
    let walk = move |event: KeyboardEvent| {
        let (last, now) = (n_rows.get_untracked().saturating_sub(1), current.get_untracked());
        let next = match event.key().as_str() {
            "ArrowDown" => (now + 1).min(last),
            "ArrowUp" => now.saturating_sub(1),
            "PageDown" => (now + POOL - 2).min(last),
            "PageUp" => now.saturating_sub(POOL - 2),
            "Home" if event.ctrl_key() => 0,
            "End" if event.ctrl_key() => last,
            "Enter" => {
                event.prevent_default();
                return choose(now, event.shift_key());
            }
            _ => return,
        };
        event.prevent_default();
        current.set(next);
        scroll_to(next);
    };
    let remark = move || match answer.get().map(|answer| (answer.rows, answer.n_matching)) {
        None => strings::say(Phrase::Loading).to_owned(),
        Some((Err(error), _)) => error.what_in(strings::catalogue()),
        Some((Ok(_), 0)) => strings::say(Phrase::NoValueMatches).to_owned(),
        Some((Ok(_), n)) => strings::count(Phrase::NValues, n, &[]),
    };
    let option_id = move |row: usize| format!("value-{}-{}", filter.id, row % (POOL * 2));
    let list_id = format!("values-{}", filter.id);
    let option = move |slot: usize| {
        let index = move || top.get() + slot;
        let row = Memo::new(move |_| answer.with(|answer| row_at(answer.as_ref(), index()).cloned()));
        let beyond = move || index() >= n_rows.get();
        let is_chosen =
            move || value.with(|value| row.with(|row| row.as_ref().is_some_and(|row| chosen(value.as_ref()).contains(&row.value))));
        let name =
            move || row.with(|row| row.as_ref().map_or("…".to_owned(), |row| text::field(&filter.expr, &filter.format, &row.value)));
        let count = move || row.with(|row| row.as_ref().map(|row| text::count(row.count)));
        view! {
            <div
                class="value"
                class:gone=beyond
                class:current=move || index() == current.get()
                class:single=move || filter.kind == FilterKind::Select
                role="option"
                id=move || option_id(index())
                aria-selected=move || is_chosen().to_string()
                aria-posinset=move || index() + 1
                aria-setsize=move || n_rows.get()
                on:click=move |_| {
                    current.set(untrack(index));
                    choose(untrack(index), false);
                }
            >
                <i class="tick" aria-hidden="true"></i>
                <span class="value-name">{name}</span>
                <span class="value-count">{count}</span>
                <span class="link value-only" aria-hidden="true" on:click=move |event| {
                    event.stop_propagation();
                    choose(untrack(index), true);
                }>{strings::say(Phrase::Only)}</span>
            </div>
        }
    };
    view! {
        <label class="single">
            <span class="visually-hidden">{strings::fill(Phrase::SearchValues, &[("filter", &filter.label)])}</span>
            <input
                type="search"
                maxlength="200"
                placeholder=strings::say(Phrase::Search)
                role="combobox"
                aria-expanded="true"
                aria-autocomplete="list"
                aria-controls=list_id.clone()
                aria-activedescendant=move || (n_rows.get() > 0).then(|| option_id(current.get()))
                title=strings::say(Phrase::ListKeys)
                on:input=move |event| type_search(event_target_value(&event))
                on:keydown=walk
            />
        </label>
        <div
            class="values"
            id=list_id
            role="listbox"
            aria-label=filter.label.clone()
            aria-multiselectable=(filter.kind != FilterKind::Select).to_string()
            node_ref=list
            on:scroll=on_scroll
        >
            <div role="presentation" style:height=move || format!("{}px", n_rows.get() as f64 * ROW_HEIGHT)>
                <div role="presentation" style:transform=move || format!("translateY({}px)", top.get() as f64 * ROW_HEIGHT)>
                    {(0..POOL).map(option).collect_view()}
                </div>
            </div>
        </div>
        <MenuFoot app filter value remark=Signal::derive(remark) />
    }
}
