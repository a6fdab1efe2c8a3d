use crate::column::{Coded, Column, Values};
use crate::eval::text_of;
use crate::group::Grouping;
use crate::partial::{CodeSum, Partial};
use crate::plan::{How, Plan, Planned};
use crate::scan::scan;
use crate::vector::{Lanes, Vector, decimal_to_float, scale_of};
use std::sync::Arc;
use tarn_dashboard::{Aggregate, AggregateFunction, DataType};
use tarn_protocol::QueryError;

/// The cell of a filled group: it has no rows.
pub(crate) const NO_CELL: u32 = u32::MAX;

/// An aggregate's value in each of the cells.
pub(crate) fn values(
    plan: &Plan,
    planned: &Planned,
    aggregate: &Aggregate,
    grouping: &Arc<Grouping>,
    cells: &[u32],
    n_rows: usize,
) -> Result<Vector, QueryError> {
    plan.selection(planned.selection).mask()?;
    match &planned.how {
        How::Rows | How::Valid(_) | How::CodeSums(_) => from_totals(planned, aggregate, &totals(plan, planned, grouping, cells)),
        How::Distinct(combinations) => {
            let finer = combinations.iter().find(|(own, _)| Arc::ptr_eq(own, grouping)).map(|(_, finer)| finer);
            let counts = finer.map_or_else(Vec::new, |finer| distinct(plan.partial(planned.selection, finer, None), grouping, finer));
            Ok(Vector::new(Lanes::Int(cells.iter().map(|cell| counts.get(*cell as usize).copied().unwrap_or(0)).collect())))
        }
        How::Scan { column, time } => {
            scan(aggregate, column, time.as_deref(), grouping, plan.selection(planned.selection).mask()?, cells, n_rows)
        }
    }
}

/// An aggregate's value over all of the cells together; `None` for one that counts and sums of the cells do not tell.
pub(crate) fn value_together(
    plan: &Plan,
    planned: &Planned,
    aggregate: &Aggregate,
    grouping: &Arc<Grouping>,
    cells: &[u32],
) -> Option<Result<Vector, QueryError>> {
    if matches!(planned.how, How::Distinct(_) | How::Scan { .. }) {
        return None;
    }
    let totals = totals(plan, planned, grouping, cells);
    let total = totals.iter().fold((0, 0), |(total, count), (own, n)| (total + own, count + n));
    Some(from_totals(planned, aggregate, &[total]))
}

/// Sums and counts of the argument's values, or counts of rows, per cell.
fn totals(plan: &Plan, planned: &Planned, grouping: &Arc<Grouping>, cells: &[u32]) -> Vec<(i128, u32)> {
    match &planned.how {
        How::Valid(column) | How::CodeSums(column) => {
            let sums = sums_of(plan.partial(planned.selection, grouping, Some(column)), cells);
            sums.iter().map(|sum| (sum.total(column), sum.valid(column))).collect()
        }
        _ => {
            let partial = plan.partial(planned.selection, grouping, None);
            let count = |cell: &u32| partial.and_then(|partial| partial.rows.get(*cell as usize)).copied().unwrap_or(0);
            cells.iter().map(|cell| (0, count(cell))).collect()
        }
    }
}

fn from_totals(planned: &Planned, aggregate: &Aggregate, totals: &[(i128, u32)]) -> Result<Vector, QueryError> {
    match &planned.how {
        How::CodeSums(column) => exact(aggregate, column.data_type, totals),
        _ => Ok(Vector::new(Lanes::Int(totals.iter().map(|(_, count)| i64::from(*count)).collect()))),
    }
}

/// How many values of the last key of `finer` occur in each cell of `grouping`, whose keys are the others. Null is no value.
fn distinct(partial: Option<&Partial>, grouping: &Grouping, finer: &Grouping) -> Vec<i64> {
    let mut counts = vec![0; grouping.n_cells];
    let rows = partial.map_or(&[][..], |partial| &partial.rows);
    for (cell, _) in coarser_cells(grouping, finer).iter().zip(rows).filter(|(_, n_rows)| **n_rows > 0) {
        counts.iter_mut().skip(*cell as usize).take(1).for_each(|count| *count += 1);
    }
    counts
}

/// The cell of `grouping`, whose keys are all but the last of `finer`'s, for every cell of that; [`NO_CELL`] where the last key is null.
pub(crate) fn coarser_cells(grouping: &Grouping, finer: &Grouping) -> Vec<u32> {
    let n_keys = grouping.keys.len();
    let mut cells = vec![NO_CELL; finer.n_cells];
    let Some(values) = finer.keys.get(n_keys).and_then(|key| key.coded()) else { return cells };
    let mut cell = 0;
    for combination in u32::from(finer.first_left_out)..finer.n_cells as u32 {
        match n_keys {
            0 => {}
            1 => cell = finer.part(0, combination),
            // Both are in the order of the keys' codes, and in both every combination of them that occurs has its cell.
            n_keys => {
                let differs = |key| combination == 1 || finer.part(key, combination) != finer.part(key, combination - 1);
                cell += u32::from((0..n_keys).any(differs));
            }
        }
        if values.value_index(finer.part(n_keys, combination)).is_some() {
            cells[combination as usize] = cell;
        }
    }
    cells
}

struct CellSum {
    rows: u32,
    sum: CodeSum,
}

fn sums_of(partial: Option<&Partial>, cells: &[u32]) -> Vec<CellSum> {
    let sum = |cell: &u32| {
        let found = partial.and_then(|partial| Some((*partial.rows.get(*cell as usize)?, *partial.sums.get(*cell as usize)?)));
        let (rows, sum) = found.unwrap_or_default();
        CellSum { rows, sum }
    };
    cells.iter().map(sum).collect()
}

impl CellSum {
    fn valid(&self, column: &Column) -> u32 {
        if column.coded().is_some_and(|coded| coded.nullable) { self.sum.nonzero } else { self.rows }
    }

    /// The exact sum of the values whose codes were added up.
    fn total(&self, column: &Column) -> i128 {
        let Some(Coded { nullable, values: Values::Linear { base, step }, .. }) = column.coded() else { return 0 };
        let valid = i128::from(self.valid(column));
        // Values of a nullable column start at code 1.
        let indexes = i128::from(self.sum.sum) - if *nullable { valid } else { 0 };
        i128::from(*base) * valid + i128::from(*step) * indexes
    }
}

/// Sums and averages from exact sums and counts of values; null where there is none. A sum beyond the type fails where it is used.
pub(crate) fn exact(aggregate: &Aggregate, argument_type: DataType, totals: &[(i128, u32)]) -> Result<Vector, QueryError> {
    let scale = scale_of(argument_type);
    let beyond = || {
        let name = if aggregate.function == AggregateFunction::Avg { "avg" } else { "sum" };
        QueryError::Overflow { expression: format!("{name}({})", aggregate.argument.as_ref().map(text_of).unwrap_or_default()) }
    };
    let mut failed: Vec<bool> = Vec::new();
    let lanes = match (aggregate.function, aggregate.data_type) {
        // In DuckDB's order, whose rounding it is then.
        (AggregateFunction::Avg, _) => Lanes::Float(
            totals
                .iter()
                .map(|(total, n)| if *n == 0 { 0.0 } else { *total as f64 / 10f64.powi(i32::from(scale)) / f64::from(*n) })
                .collect(),
        ),
        (_, DataType::Float64) => Lanes::Float(totals.iter().map(|(total, _)| decimal_to_float(*total, scale)).collect()),
        (_, DataType::Decimal { precision, .. }) => {
            let limit = crate::vector::power_of_ten(precision).unwrap_or(i128::MAX).unsigned_abs();
            let fit = |(total, _): &(i128, u32)| Some(*total).filter(|total| total.unsigned_abs() < limit);
            failed = totals.iter().map(|total| fit(total).is_none()).collect();
            Lanes::Decimal(totals.iter().map(|total| fit(total).unwrap_or_default()).collect())
        }
        _ => {
            failed = totals.iter().map(|(total, _)| i64::try_from(*total).is_err()).collect();
            Lanes::Int(totals.iter().map(|(total, _)| i64::try_from(*total).unwrap_or_default()).collect())
        }
    };
    let mut vector = Vector::new(lanes);
    for (row, _) in failed.iter().enumerate().filter(|(_, failed)| **failed) {
        vector.fail(row, beyond);
    }
    for (row, _) in totals.iter().enumerate().filter(|(_, (_, n))| *n == 0) {
        vector.invalidate(row);
    }
    Ok(vector)
}
