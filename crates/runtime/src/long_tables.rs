//! Long tables that the page shows a stretch of at a time.
use std::ops::Range;
use tarn_engine::LongTable;
use tarn_protocol::ResultTable;

/// Of so many a page can scroll without asking the data again.
const MAX_TABLES: usize = 4;
/// Older ones go where all together take more.
const MAX_BYTES: usize = 160 << 20;

/// The newest long tables, by the tokens of their answers.
#[derive(Default)]
pub(crate) struct LongTables {
    /// The one that was used last at the end.
    tables: Vec<(u64, LongTable)>,
}

impl LongTables {
    pub fn put(&mut self, token: u64, table: LongTable) {
        self.tables.retain(|(own, _)| *own != token);
        self.tables.push((token, table));
        while self.tables.len() > 1 && (self.tables.len() > MAX_TABLES || self.memory_bytes() > MAX_BYTES) {
            self.tables.remove(0);
        }
    }

    pub fn holds(&self, token: u64) -> bool {
        self.tables.iter().any(|(own, _)| *own == token)
    }

    /// `None`: it is not held.
    pub fn rows(&mut self, token: u64, range: Range<u32>) -> Option<ResultTable> {
        let at = self.tables.iter().position(|(own, _)| *own == token)?;
        let used = self.tables.remove(at);
        let rows = used.1.rows(range);
        self.tables.push(used);
        Some(rows)
    }

    pub fn forget(&mut self) {
        self.tables.clear();
    }

    pub fn memory_bytes(&self) -> usize {
        self.tables.iter().map(|(_, table)| table.memory_bytes()).sum()
    }
}
