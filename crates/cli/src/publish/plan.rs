//! What `--plan` tells.
use super::{grouped, megabytes, pages::PageCost};
use crate::input::count;
use serde_json::{Value, json};
use tarn_publish::Outcome;

pub fn text(outcome: &Outcome, pages: &[PageCost]) -> String {
    let Outcome { rows, files, row_groups, bytes, files_written, bytes_written, column_bytes, .. } = outcome;
    let mut text = format!(
        "would publish {} rows in {}, {}, {}\n",
        grouped(*rows),
        count(*files, "file"),
        count(*row_groups, "row group"),
        megabytes(*bytes)
    );
    text += &format!("would write   {}, {}\n", count(*files_written, "file"), megabytes(*bytes_written));
    text += "\ncolumns, compressed\n";
    let width = column_bytes.iter().map(|(column, _)| column.len()).max().unwrap_or(0);
    for (column, bytes) in column_bytes {
        text += &format!("  {column:width$}  {:>9}\n", megabytes(*bytes));
    }
    if !pages.is_empty() {
        text += "\npages, on a first visit with the filters' defaults\n";
    }
    let width = pages.iter().map(|cost| cost.page.len()).max().unwrap_or(0);
    for cost in pages {
        text += &format!("  {:width$}  {}\n", cost.page, line(cost));
    }
    text
}

fn line(cost: &PageCost) -> String {
    if let Some(error) = &cost.error {
        return format!("would show no data: {error}");
    }
    let PageCost { row_groups, row_groups_skipped, bytes, requests, columns, .. } = cost;
    format!(
        "{:>9} in {}, {row_groups} of {}; {}",
        megabytes(*bytes),
        count(*requests as usize, "request"),
        count((row_groups + row_groups_skipped) as usize, "row group"),
        if columns.is_empty() { "no columns".to_owned() } else { columns.join(", ") }
    )
}

/// The outcome, with `pages`.
pub fn json(outcome: &Outcome, pages: &[PageCost]) -> Value {
    let mut value = json!(outcome);
    if let Value::Object(keys) = &mut value {
        keys.insert("pages".to_owned(), json!(pages));
    }
    value
}
