//! Results by everything that they depend on: the snapshot and the inputs. Nothing in it can be outdated, only unused.
use std::collections::HashMap;
use tarn_protocol::{ResultTable, Values, ViewResult};

const MAX_BYTES: usize = 16 << 20;

#[derive(Default)]
pub(crate) struct ResultCache {
    entries: HashMap<Vec<u8>, Entry>,
    bytes: usize,
    clock: u64,
}

struct Entry {
    result: ViewResult,
    bytes: usize,
    used: u64,
}

impl ResultCache {
    pub fn get(&mut self, key: &[u8]) -> Option<ViewResult> {
        let entry = self.entries.get_mut(key)?;
        self.clock += 1;
        entry.used = self.clock;
        Some(entry.result.clone())
    }

    /// Results that would take more than a quarter of the budget are not kept.
    pub fn put(&mut self, key: Vec<u8>, result: &ViewResult) {
        let bytes = key.len() + size(result);
        if bytes > MAX_BYTES / 4 {
            return;
        }
        self.clock += 1;
        self.bytes += bytes;
        if let Some(old) = self.entries.insert(key, Entry { result: result.clone(), bytes, used: self.clock }) {
            self.bytes -= old.bytes;
        }
        while self.bytes > MAX_BYTES {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| key.clone());
            let Some(entry) = oldest.and_then(|key| self.entries.remove(&key)) else { break };
            self.bytes -= entry.bytes;
        }
    }
}

/// About how much a result holds.
fn size(result: &ViewResult) -> usize {
    let tables = [Some(&result.table), result.totals.as_ref(), result.other.as_ref(), result.series.as_ref()];
    let levels = result.subtotals.iter().map(|level| table_size(&level.table) + level.ends.len() * 4);
    200 + tables.into_iter().flatten().map(table_size).sum::<usize>() + levels.sum::<usize>()
}

fn table_size(table: &ResultTable) -> usize {
    let columns = table.columns.iter().map(|column| {
        let values = match &column.values {
            Values::Int(values) => values.len() * 8,
            Values::Float(values) => values.len() * 8,
            Values::Decimal(values) => values.len() * 16,
            Values::Boolean(values) => values.len(),
            Values::String(values) => values.iter().map(|text| text.len() + size_of::<String>()).sum(),
        };
        100 + values + column.validity.as_ref().map_or(0, Vec::len)
    });
    columns.sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tarn_dashboard::DataType;
    use tarn_protocol::ResultColumn;

    fn result(n: usize) -> ViewResult {
        let column = ResultColumn { name: "x".into(), data_type: DataType::Int64, values: Values::Int(vec![1; n]), validity: None };
        let table = ResultTable { columns: vec![column], n_rows: n as u32 };
        ViewResult { table, ..ViewResult::default() }
    }

    #[test]
    fn least_recently_used_goes_first() {
        let mut cache = ResultCache::default();
        // Five of these fit into the budget.
        let large = result(MAX_BYTES / 8 / 5 - 1_000);
        for key in 0..5u8 {
            cache.put(vec![key], &large);
        }
        assert!(cache.get(&[0]).is_some());
        cache.put(vec![5], &large);
        let held: Vec<bool> = (0..6u8).map(|key| cache.entries.contains_key([key].as_slice())).collect();
        assert_eq!(held, [true, false, true, true, true, true]);
        assert!(cache.bytes <= MAX_BYTES);
    }

    #[test]
    fn replaced_and_oversized_results_are_counted_right() {
        let mut cache = ResultCache::default();
        cache.put(vec![1], &result(1_000));
        let bytes = cache.bytes;
        cache.put(vec![1], &result(1_000));
        assert_eq!(cache.bytes, bytes);
        cache.put(vec![2], &result(MAX_BYTES));
        assert_eq!(cache.bytes, bytes);
        assert_eq!(cache.get(&[1]).unwrap().table.n_rows, 1_000);
    }
}
