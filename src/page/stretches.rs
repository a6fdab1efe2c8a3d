//! Where the rows of a table are: in its result or, of a long table, in stretches that are asked for as the viewer comes near them.
use super::table_lines::Line;
use super::table_window::POOL;
use std::sync::Arc;
use tarn_protocol::{ResultTable, ViewResult};

/// Rows of a stretch.
pub const STRETCH: u32 = 500;
/// Rows before and after what is shown that are asked for, too.
const AHEAD: usize = 250;
/// Stretches that are kept.
const KEPT: usize = 12;

/// Stretches of one answer: of another one there is none.
#[derive(Clone, Default)]
pub struct Stretches {
    pub token: u64,
    /// By number, the one that came last at the end.
    held: Vec<(u32, Arc<ResultTable>)>,
    pub is_asked: bool,
}

impl Stretches {
    /// None yet, of that answer.
    pub fn of(token: u64) -> Self {
        Self { token, ..Self::default() }
    }

    /// The stretch to ask for next; one at a time.
    pub fn lacks(&self, n_here: u32, first: usize, last: usize) -> Option<u32> {
        let number = |row: usize| row.min(last) as u32 / STRETCH;
        let near = [first, first + POOL, first.saturating_sub(AHEAD), first + POOL + AHEAD].map(number);
        let is_here = |number: u32| (number + 1) * STRETCH <= n_here || self.held.iter().any(|(held, _)| *held == number);
        near.into_iter().find(|number| !self.is_asked && !is_here(*number))
    }

    pub fn take(&mut self, token: u64, number: u32, table: ResultTable) {
        if self.token != token {
            return;
        }
        self.is_asked = false;
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

/// Whether a stretch has one of the rows of the pool.
pub fn is_in_sight(number: u32, first: usize) -> bool {
    (first as u32 / STRETCH..=(first + POOL) as u32 / STRETCH).contains(&number)
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
        let mut stretches = Stretches::of(1);
        let row = |stretches: &Stretches, token, row| stretches.find(&result(token), row).map(|(table, row)| (table.n_rows, row));
        assert_eq!(row(&stretches, 1, 1_999), Some((2_000, 1_999)));
        assert_eq!(row(&stretches, 1, 2_000), None);
        assert_eq!(stretches.lacks(2_000, 1_000, 9_999), None);
        assert_eq!(stretches.lacks(2_000, 5_200, 9_999), Some(10), "what is in sight first");
        assert_eq!(stretches.lacks(2_000, 1_990, 9_999), Some(4));
        stretches.is_asked = true;
        assert_eq!(stretches.lacks(2_000, 5_200, 9_999), None, "one at a time");
        stretches.take(2, 4, table(500));
        assert_eq!(row(&stretches, 1, 2_000), None, "of another answer");
        stretches.take(1, 4, table(500));
        assert_eq!(row(&stretches, 1, 2_003), Some((500, 3)));
        assert_eq!(stretches.lacks(2_000, 1_990, 9_999), None);
        assert_eq!(stretches.lacks(2_000, 2_300, 9_999), Some(5), "then what is near");
        assert_eq!(row(&stretches, 2, 2_003), None, "not of the answer that is shown");
        for number in 5..5 + KEPT as u32 {
            stretches.take(1, number, table(500));
        }
        assert_eq!((row(&stretches, 1, 2_003), stretches.held.len()), (None, KEPT), "the oldest goes");
    }
}
