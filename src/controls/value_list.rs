use crate::state::App;
use crate::{strings, text};
use leptos::prelude::*;
use tarn_dashboard::{Filter, FilterKind, FilterValue, Scalar};
use tarn_protocol::{OptionRow, OptionsRequest};

/// Values that are fetched for the list; more are found by searching.
const LIMIT: u32 = 200;

/// The values of a set filter with their row counts under the other filters: search, all, only, clear.
#[component]
pub fn ValueListMenu(app: App, filter: &'static Filter, value: Signal<Option<FilterValue>>) -> impl IntoView {
    let search = RwSignal::new(String::new());
    // Asks again when the search or another filter changes.
    Effect::new(move |_| {
        let page = app.current_page();
        let mut selections = app.selections.in_force(page);
        selections.retain(|(id, _)| *id != filter.id);
        let request =
            OptionsRequest { seq: 0, page: page.id.clone(), filter: filter.id.clone(), selections, search: search.get(), limit: LIMIT };
        app.link.with_value(|link| link.options(request));
    });
    let answer = Memo::new(move |_| app.menu.with(|menu| menu.clone().filter(|menu| menu.filter == filter.id)));
    let rows = Memo::new(move |_| answer.get().and_then(|answer| answer.rows.ok()).unwrap_or_default());
    let remark = move || match answer.get().map(|answer| (answer.rows, answer.n_matching)) {
        None => strings::LOADING.to_owned(),
        Some((Err(error), _)) => error.what(),
        Some((Ok(rows), _)) if rows.is_empty() => strings::APPLY_NOTHING_FOUND.to_owned(),
        Some((Ok(rows), n)) if n > rows.len() as u64 => strings::and_more(n - rows.len() as u64),
        Some(_) => String::new(),
    };
    view! {
        <label class="single">
            <span class="visually-hidden">{strings::SEARCH}</span>
            <input type="search" maxlength="200" placeholder=strings::SEARCH on:input=move |event| search.set(event_target_value(&event)) />
        </label>
        <ul class="values">
            <For
                each=move || rows.get()
                key=|row| (text::scalar_key(&row.value), row.count)
                children=move |row| view! { <ValueRow app filter value row /> }
            />
        </ul>
        <div class="menu-foot">
            <span class="muted">{remark}</span>
            <button class="link" type="button" disabled=move || value.with(Option::is_none) on:click=move |_| app.selections.set(&filter.id, None)>
                {strings::ALL}
            </button>
        </div>
    }
}

#[component]
fn ValueRow(app: App, filter: &'static Filter, value: Signal<Option<FilterValue>>, row: OptionRow) -> impl IntoView {
    let single = filter.kind == FilterKind::Select;
    let this = StoredValue::new(row.value.clone());
    let checked = move || value.with(|value| this.with_value(|this| chosen(value.as_ref()).contains(this)));
    let only = move || app.selections.set(&filter.id, Some(FilterValue::Set(vec![this.get_value()])));
    let toggle = move |_| {
        let mut values = value.with_untracked(|value| chosen(value.as_ref()).to_vec());
        let this = this.get_value();
        match values.iter().position(|value| *value == this) {
            Some(at) => _ = values.remove(at),
            None if single => values = vec![this],
            None => values.push(this),
        }
        app.selections.set(&filter.id, (!values.is_empty()).then_some(FilterValue::Set(values)));
    };
    let label = text::scalar(&row.value, &filter.format);
    view! {
        <li>
            <label>
                <input type=if single { "radio" } else { "checkbox" } prop:checked=checked on:change=toggle />
                <span class="value-name">{label}</span>
                <span class="value-count">{text::count(row.count)}</span>
            </label>
            <button class="link value-only" type="button" on:click=move |_| only()>{strings::ONLY}</button>
        </li>
    }
}

fn chosen(value: Option<&FilterValue>) -> &[Scalar] {
    match value {
        Some(FilterValue::Set(values)) => values,
        _ => &[],
    }
}
