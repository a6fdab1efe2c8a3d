use crate::group::Grouping;
use crate::order::nulls_last;
use crate::plan::{Plan, Prepared};
use crate::run::measure_values;
use crate::vector::{Lanes, Vector};
use crate::{Query, Table, Top, order};
use std::sync::Arc;
use tarn_dashboard::{Expr, MAX_SERIES, Scalar};
use tarn_decode::sort_numbers;
use tarn_protocol::QueryError;

const NO_RANK: u32 = u32::MAX;

/// The values of a key that are shown, and their order.
pub(crate) struct Ranking {
    pub key: usize,
    /// By code: its place among the shown values, or [`NO_RANK`].
    ranks: Vec<u32>,
    /// The shown values in their order.
    pub values: Vec<Scalar>,
    /// How many there are before the limit.
    pub n_values: u64,
}

impl Ranking {
    /// The greatest values of a key. Of the first key only those for which the
    /// condition on groups holds.
    pub fn find(
        table: &Table,
        plan: &Plan,
        query: &Query,
        prepared: &Prepared,
        top: Top,
        grouping: &Arc<Grouping>,
    ) -> Result<Self, QueryError> {
        let Top { key, limit, by_rows, in_own_order } = top;
        let rows = plan.partial(prepared.selection, grouping, None).map_or(&[][..], |partial| &partial.rows);
        let first = usize::from(grouping.first_left_out);
        let codes: Vec<u32> = (0..).zip(rows).skip(first).filter(|(_, n)| **n > 0).map(|(code, _)| code).collect();
        let measures = measure_values(table, plan, query, prepared, grouping, &codes)?;
        let mut found: Vec<u32> = (0..codes.len() as u32).collect();
        if let (Some(_), Some(holds), 0) = (&query.having, measures.last(), key) {
            found.retain(|at| is_true(holds, *at as usize));
        }
        let column = grouping.keys.first();
        let has_value = |code: u32| column.and_then(|column| column.coded()?.value_index(code)).is_some();
        sort_numbers(&mut found, &mut |a, b| {
            let (a, b) = (a as usize, b as usize);
            let by_measure = measures
                .first()
                .map(|vector| nulls_last(vector.is_valid(a), vector.is_valid(b), true, || order::compare_lanes(&vector.lanes, a, b)));
            let by_key = nulls_last(has_value(codes[a]), has_value(codes[b]), false, || codes[a].cmp(&codes[b]));
            if by_rows {
                return rows[codes[b] as usize].cmp(&rows[codes[a] as usize]).then(by_key);
            }
            by_measure.unwrap_or(std::cmp::Ordering::Equal).then(by_key)
        });
        let n_values = found.len() as u64;
        found.truncate(limit as usize);
        if in_own_order {
            sort_numbers(&mut found, &mut |a, b| {
                let (a, b) = (codes[a as usize], codes[b as usize]);
                nulls_last(has_value(a), has_value(b), false, || a.cmp(&b))
            });
        }
        let mut ranks = vec![NO_RANK; rows.len()];
        for (rank, at) in found.iter().enumerate() {
            ranks[codes[*at as usize] as usize] = rank as u32;
        }
        let values = found.iter().map(|at| column.map_or(Scalar::Null, |column| column.value(codes[*at as usize]))).collect();
        Ok(Self { key, ranks, values, n_values })
    }

    pub fn rank(&self, code: u32) -> u32 {
        self.ranks.get(code as usize).copied().unwrap_or(NO_RANK)
    }

    pub fn shows(&self, code: u32) -> bool {
        self.rank(code) != NO_RANK
    }
}

/// Whether a condition on groups holds in a row.
pub(crate) fn is_true(holds: &Vector, row: usize) -> bool {
    matches!(&holds.lanes, Lanes::Bool(lanes) if lanes[row]) && holds.is_valid(row)
}

impl Table {
    /// The most frequent values over all rows that are here, at most [`MAX_SERIES`], null not counted; ties in the order of values.
    /// Counted once.
    pub fn most_frequent(&mut self, expr: &Expr) -> Result<Arc<Vec<Scalar>>, QueryError> {
        if let Some(values) = self.derived.frequent.get(expr) {
            return Ok(values);
        }
        let (key, counts) = self.counts(expr, &[])?;
        let Some(coded) = key.coded() else { return Ok(Arc::default()) };
        let mut found: Vec<u32> = counts.occurring().filter(|code| coded.value_index(*code).is_some()).collect();
        let count = |code: u32| counts.rows[code as usize];
        sort_numbers(&mut found, &mut |a, b| count(b).cmp(&count(a)).then(a.cmp(&b)));
        let values = found.into_iter().take(MAX_SERIES as usize).map(|code| key.value(code)).collect();
        Ok(self.derived.frequent.insert(expr.clone(), values))
    }
}
