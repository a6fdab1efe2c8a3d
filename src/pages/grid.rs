use crate::changing::changing_view;
use crate::page::strings;
use crate::state::App;
use crate::views::ViewFrame;
use leptos::prelude::*;
use tarn_dashboard::{Phrase, View, ViewKind};

/// Columns of the page; the style sheet regroups them on narrow screens.
const COLUMNS: usize = 12;

/// The views of the page, row by row. Those of another page are made when `made` says so, which is asked for by `left` once the former
/// ones are on their way out.
#[component]
pub fn Grid(app: App, left: RwSignal<()>, made: RwSignal<String>) -> impl IntoView {
    changing_view(move || {
        let page = app.current_page();
        if app.page.get() != made.get() {
            left.set(());
            return None;
        }
        if page.views().next().is_none() {
            return Some(view! { <p class="nothing">{strings::say(Phrase::NothingToShow)}</p> }.into_any());
        }
        let rows = page.rows.iter().map(|row| {
            // Where the page shows two per row, an odd last one takes both places.
            let mut halves = row.iter().filter(|view| !matches!(view.kind, ViewKind::Line | ViewKind::Area | ViewKind::Table));
            let odd = (row.len() > 1 && halves.clone().count() % 2 == 1).then(|| halves.next_back().map(|view| view.id.as_str())).flatten();
            let views = row.iter().zip(spans(row));
            views.map(|(view, span)| view! { <ViewFrame app view span last_odd=odd == Some(view.id.as_str()) /> }).collect_view()
        });
        Some(view! { <div class="grid">{rows.collect_view()}</div> }.into_any())
    })
}

/// How many columns each view of a row takes: by its share of the width, at least one, all together the whole row.
fn spans(row: &[View]) -> Vec<u8> {
    let total: f64 = row.iter().map(|view| view.width.max(0.01)).sum();
    let mut edge = 0.0;
    let mut taken = 0;
    let spans = row.iter().enumerate().map(|(i, view)| {
        edge += view.width.max(0.01) / total * COLUMNS as f64;
        let left = row.len() - i - 1;
        let end = (edge.round() as usize).clamp(taken + 1, COLUMNS.saturating_sub(left).max(taken + 1));
        let span = end - taken;
        taken = end;
        span.min(COLUMNS) as u8
    });
    spans.collect()
}
