//! Long tables that the page shows a stretch of at a time.
use std::ops::Range;
use tarn_dashboard::Order;
use tarn_engine::LongTable;
use tarn_protocol::{ResultTable, ViewResult};

/// Of so many a page can scroll without asking the data again.
const MAX_TABLES: usize = 4;
/// Older ones go where all together take more.
const MAX_BYTES: usize = 160 << 20;

/// The newest long tables, by the tokens of their answers.
#[derive(Default)]
pub(crate) struct LongTables {
    /// The one that was used last at the end.
    tables: Vec<LongAnswer>,
}

/// A long table and what else its answer says.
pub(crate) struct LongAnswer {
    pub token: u64,
    /// Stands for everything that the answer depends on but its order.
    pub question: u64,
    pub table: LongTable,
    /// Without rows.
    pub result: ViewResult,
}

impl LongTables {
    pub fn put(&mut self, answer: LongAnswer) {
        self.tables.retain(|own| own.token != answer.token);
        self.tables.push(answer);
        while self.tables.len() > 1 && (self.tables.len() > MAX_TABLES || self.memory_bytes() > MAX_BYTES) {
            self.tables.remove(0);
        }
    }

    pub fn holds(&self, token: u64) -> bool {
        self.tables.iter().any(|own| own.token == token)
    }

    /// The answer to a question in another order than that in which it was given. `None`: none is held.
    pub fn in_order(&self, question: u64, order: &[Order]) -> Option<(LongTable, ViewResult)> {
        let known = self.tables.iter().find(|own| own.question == question)?;
        Some((known.table.in_order(order), known.result.clone()))
    }

    /// `None`: it is not held.
    pub fn rows(&mut self, token: u64, range: Range<u32>) -> Option<ResultTable> {
        let at = self.tables.iter().position(|own| own.token == token)?;
        let used = self.tables.remove(at);
        let rows = used.table.rows(range);
        self.tables.push(used);
        Some(rows)
    }

    pub fn forget(&mut self) {
        self.tables.clear();
    }

    pub fn memory_bytes(&self) -> usize {
        LongTable::memory_bytes(self.tables.iter().map(|own| &own.table))
    }
}
