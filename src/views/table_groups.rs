//! Row groups are opened and closed.
use crate::page::table_lines::ALL;
use crate::state::App;
use tarn_dashboard::{Subtotals, View};

/// Opens what is closed, and closes what is open.
pub fn flip(app: App, view: &View, path: String) {
    app.choices.update(&view.id, |choice| match choice.groups.iter().position(|own| *own == path) {
        Some(at) => _ = choice.groups.remove(at),
        None => choice.groups.push(path),
    });
}

pub fn open_all(app: App, view: &View, open: bool) {
    let is_default = open == (view.subtotals == Subtotals::Expanded);
    app.choices.update(&view.id, |choice| choice.groups = if is_default { vec![] } else { vec![ALL.to_owned()] });
}
