//! Where the rows of a table are: in its result or, of a long table, in stretches that are asked for as the viewer comes near them.
use super::table_groups::Line;
use super::table_window::POOL;
use crate::state::App;
use leptos::prelude::*;
use std::sync::Arc;
use tarn_dashboard::View;
use tarn_protocol::{ResultTable, ViewResult};

/// Rows of a stretch.
const STRETCH: u32 = 500;
/// Rows before and after what is shown that are asked for, too.
const AHEAD: usize = 250;
/// Stretches that are kept.
const KEPT: usize = 12;

/// Stretches of one answer: of another one there is none.
#[derive(Clone, Default)]
pub struct Stretches {
    token: u64,
    /// By number, the one that came last at the end.
    held: Vec<(u32, Arc<ResultTable>)>,
    asked: Vec<u32>,
}

impl Stretches {
    /// Asks for what the rows from `first` on lack. Reads the result's signal.
    pub fn want(app: App, view: &'static View, result: &ViewResult, stretches: RwSignal<Self>, first: usize) {
        let Some(long) = &result.long else { return };
        let (token, last) = (long.token, long.n_rows.saturating_sub(1));
        if stretches.with_untracked(|stretches| stretches.token != token) {
            stretches.set(Self { token, ..Self::default() });
        }
        let ahead = (first + POOL + AHEAD).min(last as usize) as u32;
        for number in first.saturating_sub(AHEAD) as u32 / STRETCH..=ahead / STRETCH {
            let from = number * STRETCH;
            let is_here = from + STRETCH <= result.table.n_rows;
            let is_known = stretches.with_untracked(|own| own.asked.contains(&number) || own.held.iter().any(|(held, _)| *held == number));
            if is_here || is_known {
                continue;
            }
            stretches.update_untracked(|stretches| stretches.asked.push(number));
            app.rows(app.run_of(view), token, from, STRETCH, move |table| {
                // The view may have gone meanwhile.
                let _ = stretches.try_update(|stretches| stretches.take(token, number, table));
            });
        }
    }

    fn take(&mut self, token: u64, number: u32, table: Option<ResultTable>) {
        if self.token != token {
            return;
        }
        self.asked.retain(|asked| *asked != number);
        let Some(table) = table else { return };
        if self.held.len() == KEPT {
            self.held.remove(0);
        }
        self.held.push((number, Arc::new(table)));
    }

    /// Where the row is; `None` while it is on its way.
    fn find<'a>(&'a self, result: &'a ViewResult, row: usize) -> Option<(&'a ResultTable, usize)> {
        match &result.long {
            Some(long) if row >= result.table.n_rows as usize => {
                let number = row as u32 / STRETCH;
                let held = self.held.iter().find(|(held, _)| *held == number).filter(|_| self.token == long.token);
                held.map(|(_, table)| (&**table, row - (number * STRETCH) as usize))
            }
            _ => Some((&result.table, row)),
        }
    }

    /// The table of a line, and its row in it.
    pub fn place<'a>(&'a self, result: &'a ViewResult, line: Line) -> Option<(&'a ResultTable, usize)> {
        match result.subtotals.get(line.level) {
            Some(level) => Some((&level.table, line.row)),
            None => self.find(result, line.row),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tarn_protocol::Long;

    fn table(n_rows: u32) -> ResultTable {
        ResultTable { columns: vec![], n_rows }
    }

    #[test]
    fn rows_are_of_the_answer_that_is_shown() {
        let result =
            |token| ViewResult { table: table(2_000), long: Some(Long { token, n_rows: 10_000, maxima: vec![] }), ..ViewResult::default() };
        let mut stretches = Stretches { token: 1, ..Stretches::default() };
        let row = |stretches: &Stretches, token, row| stretches.find(&result(token), row).map(|(table, row)| (table.n_rows, row));
        assert_eq!(row(&stretches, 1, 1_999), Some((2_000, 1_999)));
        assert_eq!(row(&stretches, 1, 2_000), None);
        stretches.take(2, 4, Some(table(500)));
        assert_eq!(row(&stretches, 1, 2_000), None, "of another answer");
        stretches.take(1, 4, Some(table(500)));
        assert_eq!(row(&stretches, 1, 2_003), Some((500, 3)));
        assert_eq!(row(&stretches, 2, 2_003), None, "not of the answer that is shown");
        for number in 5..5 + KEPT as u32 {
            stretches.take(1, number, Some(table(500)));
        }
        assert_eq!((row(&stretches, 1, 2_003), stretches.held.len()), (None, KEPT), "the oldest goes");
    }
}
