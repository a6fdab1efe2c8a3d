//! The data's own rows behind a number: a few of them, with the columns that the page has anyway.
use crate::changing::changing_view;
use crate::controls::Popover;
use crate::page::{strings, text};
use crate::state::App;
use leptos::{html, prelude::*};
use tarn_chart::format_scalar;
use tarn_dashboard::{NumberFormat, Phrase, Scalar, View};
use tarn_protocol::ResultTable;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

/// More are not shown.
const MOST: u32 = 100;

/// The words of the keys and, once it is there, the answer: the first rows and how many there are.
pub type Behind = RwSignal<(String, Option<Option<(ResultTable, u64)>>)>;

/// Asks for the rows that have these first keys, which words tell, and opens the dialog.
pub fn show(app: App, view: &'static View, behind: Behind, words: String, keys: Vec<Scalar>) {
    behind.set((words, None));
    app.behind(app.run_of(view), keys, MOST, move |answer| {
        // The view may have gone meanwhile.
        let _ = behind.try_update(|(_, shown)| *shown = Some(answer));
    });
    if let Some(dialog) = document().get_element_by_id(&id(view)).and_then(|dialog| dialog.dyn_into::<HtmlElement>().ok()) {
        // Fails only when it is open already.
        let _ = dialog.show_popover();
    }
}

fn id(view: &View) -> String {
    format!("rows-behind-{}", view.id)
}

#[component]
pub fn RowsBehind(view: &'static View, behind: Behind, anchor: NodeRef<html::Div>) -> impl IntoView {
    let rows = move || {
        let (words, answer) = behind.get();
        let told = |words: &str| Some(view! { <p class="muted" role="status">{words.to_owned()}</p> }.into_any());
        let Some((table, all)) = (match answer {
            None => return told(strings::say(Phrase::Loading)),
            Some(answer) => answer,
        }) else {
            return told(strings::say(Phrase::RowsChanged));
        };
        let shown = strings::fill(Phrase::ShowingRows, &[("shown", &text::count(table.n_rows.into())), ("all", &text::count(all))]);
        let class = |number: bool| number.then_some("number");
        let heads = table
            .columns
            .iter()
            .map(|column| view! { <th scope="col" class=class(column.data_type.is_numeric())>{column.name.clone()}</th> }.into_any());
        let row = |row: usize| {
            let cells = table.columns.iter().map(|column| {
                let value = format_scalar(&NumberFormat::default(), &column.scalar(row), &text::locale());
                view! { <td class=class(column.data_type.is_numeric())>{value}</td> }.into_any()
            });
            view! { <tr>{cells.collect_view()}</tr> }.into_any()
        };
        Some(
            view! {
                <p class="muted" role="status">{format!("{words}: {shown}")}</p>
                <div class="rows-behind" tabindex="0" role="group" aria-label=words>
                    <table>
                        <thead><tr>{heads.collect_view()}</tr></thead>
                        <tbody>{(0..table.n_rows as usize).map(row).collect_view()}</tbody>
                    </table>
                </div>
            }
            .into_any(),
        )
    };
    view! {
        <Popover id=id(view) label=strings::say(Phrase::RowsBehind).to_owned() anchor>
            {changing_view(rows)}
        </Popover>
    }
}
