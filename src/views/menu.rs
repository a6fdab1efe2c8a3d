use super::behind::{RowsBehind, show};
use super::drawn::turn;
use super::table_groups::open_all;
use super::table_search::toggle_search;
use crate::changing::changing_text;
use crate::controls::Popover;
use crate::export;
use crate::page::chart::words::shown_in_part;
use crate::page::picture::{Drawing, framed};
use crate::page::rows;
use crate::page::{entry, strings, text};
use crate::state::App;
use leptos::{html, prelude::*};
use std::sync::Arc;
use tarn_dashboard::{Phrase, Subtotals, View, ViewKind};
use tarn_protocol::ViewResult;
use wasm_bindgen_futures::spawn_local;

/// More rows are not copied: no spreadsheet takes many more.
const MOST_COPIED: u32 = 100_000;

/// Draws the view as a standalone SVG; `None` while there is nothing to draw.
pub type Picture = Callback<(), Option<Drawing>>;

/// See [`ViewMenu`].
pub fn view_menu(app: App, view: &'static View, result: Signal<Option<Arc<ViewResult>>>, picture: RwSignal<Option<Picture>>) -> AnyView {
    view! { <ViewMenu app view result picture /> }.into_any()
}

/// What can be taken away from a view, and how it is shown where the viewer may choose.
#[component]
fn ViewMenu(app: App, view: &'static View, result: Signal<Option<Arc<ViewResult>>>, picture: RwSignal<Option<Picture>>) -> impl IntoView {
    let anchor = NodeRef::<html::Div>::new();
    let scale = RwSignal::new(2.0);
    let name = move |extension: &str| format!("{}.{extension}", view.id);
    let csv = move |with_notes: bool| {
        let Some(result) = result.get_untracked() else { return };
        let notes = if with_notes { export::notes(app, view, &result) } else { vec![] };
        let name = name("csv");
        let save = move |texts: Option<js_sys::Array>| match texts {
            Some(texts) => export::save_texts(&name, "text/csv", &texts),
            None => rows_changed(app),
        };
        export::all_rows(app, view, result.clone(), rows::csv(&result, &notes), rows::CSV, u32::MAX, Box::new(save));
    };
    let copy = move |_| copy_rows(app, view, result);
    let theme = expect_context::<crate::chart::ChartContext>().theme;
    let svg = move || {
        let chart = picture.get_untracked()?.run(())?;
        let result = result.get_untracked()?;
        let mut notes = untrack(|| export::filters(app, &result.filters_applied));
        notes.extend(shown_in_part(view, &result));
        Some(framed(&chart, &view.title, &notes.join(" · "), &theme.get_untracked()))
    };
    let save_svg = move |_| {
        if let Some(svg) = svg() {
            export::save_text(&name("svg"), "image/svg+xml", &svg);
        }
    };
    let save_png = move |_| {
        if let Some(svg) = svg() {
            export::save_png(name("png"), &svg, scale.get_untracked());
        }
    };
    let item = |label: &'static str, run: Callback<()>| view! { <button class="menu-item" type="button" on:click=move |_| run.run(())>{label}</button> };
    let id = format!("menu-of-{}", view.id);
    let behind = RwSignal::new((String::new(), None));
    let is_kpi = view.kind == ViewKind::Kpi;
    let is_chart = !is_kpi && view.kind != ViewKind::Table;
    let choice = app.choices.signal(&view.id);
    view! {
        <div class="view-menu" node_ref=anchor>
            <button class="icon-button" type="button" popovertarget=id.clone() aria-haspopup="dialog" aria-label=strings::fill(Phrase::MoreOf, &[("view", &view.title)])>"⋯"</button>
            <Popover id label=view.title.clone() anchor>
                {item(strings::say(Phrase::CopyRows), Callback::new(copy))}
                {item(strings::say(Phrase::SaveCsv), Callback::new(move |()| csv(false)))}
                {item(strings::say(Phrase::SaveCsvWithNotes), Callback::new(move |()| csv(true)))}
                {is_chart.then(|| view! {
                    <button class="menu-item" type="button" on:click=move |_| turn(app, &view.id)>
                        {changing_text(move || strings::say(if choice.with(|choice| choice.as_table) { Phrase::ShowAsChart } else { Phrase::ShowAsTable }).to_owned())}
                    </button>
                })}
                {is_kpi.then(|| item(strings::say(Phrase::RowsBehind), Callback::new(move |()| show(app, view, behind, view.title.clone(), vec![]))))}
                {item(strings::say(Phrase::SaveSvg), Callback::new(save_svg))}
                <div class="menu-pair">
                    {item(strings::say(Phrase::SavePng), Callback::new(save_png))}
                    <label>
                        {strings::say(Phrase::Scale)}
                        <input
                            type="text"
                            inputmode="decimal"
                            autocomplete="off"
                            prop:value=move || entry::number(scale.get())
                            on:change=move |event| {
                                if let Some(chosen) = entry::parse_number(&event_target_value(&event)) {
                                    scale.set(chosen.clamp(0.5, 10.0));
                                }
                            }
                        />
                    </label>
                </div>
                {(view.subtotals != Subtotals::None).then(|| view! {
                    {item(strings::say(Phrase::OpenAllGroups), Callback::new(move |()| open_all(app, view, true)))}
                    {item(strings::say(Phrase::CloseAllGroups), Callback::new(move |()| open_all(app, view, false)))}
                })}
                {view.limit.map(|own| view! { <RowLimit app view own /> })}
                {(view.kind == ViewKind::Table).then(|| view! {
                    {item(strings::say(Phrase::SearchColumns), Callback::new(move |()| toggle_search(app, view)))}
                    <super::table_columns::ColumnChoice app view />
                })}
            </Popover>
            {is_kpi.then(|| view! { <RowsBehind view behind anchor /> })}
        </div>
    }
}

/// How many rows the view shows: the top so many in its order.
#[component]
fn RowLimit(app: App, view: &'static View, own: u32) -> impl IntoView {
    let choice = app.choices.signal(&view.id);
    let set = move |entry: String| {
        let chosen = entry.parse().ok().filter(|limit| (1..=view.most_rows()).contains(limit) && *limit != own);
        app.choices.update(&view.id, |choice| choice.limit = chosen);
    };
    view! {
        <label class="menu-number">
            {strings::say(Phrase::RowsShown)}
            <input
                type="number"
                min=1
                max=view.most_rows()
                prop:value=move || choice.with(|choice| choice.limit.unwrap_or(own)).to_string()
                on:change=move |event| set(event_target_value(&event))
            />
        </label>
    }
}

/// The view's rows on the clipboard, as a spreadsheet takes them; of a long table the first [`MOST_COPIED`].
pub fn copy_rows(app: App, view: &'static View, result: Signal<Option<Arc<ViewResult>>>) {
    let Some(result) = result.get_untracked() else { return };
    let all = result.n_rows();
    let copy = move |texts: Option<js_sys::Array>| {
        let Some(texts) = texts else { return rows_changed(app) };
        spawn_local(async move {
            let copied = export::copy(&String::from(texts.join(""))).await;
            let words = match all {
                _ if !copied => strings::say(Phrase::RowsNotCopied).to_owned(),
                all if all > MOST_COPIED => strings::fill(
                    Phrase::RowsCopiedInPart,
                    &[("shown", &text::count(MOST_COPIED.into())), ("all", &text::count(all.into()))],
                ),
                all => strings::count(Phrase::RowsCopied, u64::from(all), &[]),
            };
            app.notice.set(Some(words));
        });
    };
    export::all_rows(app, view, result.clone(), rows::tsv(&result), rows::TSV, MOST_COPIED, Box::new(copy));
}

fn rows_changed(app: App) {
    app.notice.set(Some(strings::say(Phrase::RowsChanged).to_owned()));
}
