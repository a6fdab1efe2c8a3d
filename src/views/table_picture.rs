//! The first lines of a table as a picture.
use super::table_cells::{Cell, Column, footer_cells};
use crate::chart::{ChartContext, table_drawing};
use crate::page::picture::Drawing;
use crate::page::stretches::Stretches;
use crate::page::table_lines::Lines;
use crate::page::{strings, text};
use leptos::prelude::*;
use tarn_chart::{TableCell, TextTable, Theme};
use tarn_dashboard::Phrase;
use tarn_protocol::ViewResult;

/// More lines are left out, and said to be.
const MOST_LINES: usize = 50;

pub fn table_picture(
    context: &ChartContext,
    columns: &[&'static Column],
    (lines, stretches): (&Lines, &Stretches),
    maxima: &[f64],
    result: &ViewResult,
) -> Option<Drawing> {
    let theme = context.theme.get_untracked();
    let heads: Vec<(String, bool)> = columns.iter().map(|column| (column.label.clone(), column.is_number && column.is_measure())).collect();
    let n_shown = lines.n_lines().min(MOST_LINES);
    let (mut drawn, mut n_rows) = (vec![], 0);
    for line in (0..n_shown).filter_map(|at| lines.get(at)) {
        n_rows += u64::from(line.open.is_none());
        let Some(place) = stretches.place(result, line) else { break };
        let cells = columns.iter().zip(maxima).map(|(column, maximum)| cell(&theme, column.cell(result, line, place, *maximum)));
        drawn.push(cells.collect());
    }
    let mut n_foot = 0;
    for is_total in [false, true] {
        let words = footer_cells(columns, Some(result), is_total);
        if !words.is_empty() {
            n_foot += 1;
            drawn.push(words.into_iter().map(|text| TableCell { text, ink: theme.ink, ground: None }).collect());
        }
    }
    let is_part = lines.n_lines() > n_shown || result.n_groups > u64::from(result.n_rows());
    let note =
        is_part.then(|| strings::fill(Phrase::ShowingRows, &[("shown", &text::count(n_rows)), ("all", &text::count(result.n_groups))]));
    table_drawing(&TextTable { heads: &heads, lines: &drawn, n_foot, note: &note.unwrap_or_default() }, context)
}

/// As it looks on the page.
fn cell(theme: &Theme, cell: Cell) -> TableCell {
    let ink = if cell.warns { theme.warn } else { theme.ink };
    let ground = match (cell.tone, cell.share) {
        (Some((bad, strength)), _) => Some((theme.card.mixed(if bad { theme.bad } else { theme.good }, strength * 0.32), 1.0)),
        (None, share) => share.map(|share| (theme.accent_soft, share)),
    };
    TableCell { text: cell.text, ink: if cell.outer { theme.muted } else { ink }, ground }
}
