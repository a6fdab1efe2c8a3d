//! Aggregates that counts and sums of codes do not give: a pass of its own for each.
use crate::aggregate::exact;
use crate::bitmap::Bitmap;
use crate::codes::Codes;
use crate::column::Column;
use crate::digits::sort_by_digits;
use crate::group::Grouping;
use crate::partial::gather;
use crate::selection::{Selected, for_each_chunk};
use crate::vector::{Lanes, Vector, decimal_to_float, float_from_scalar, scale_of};
use tarn_dashboard::{Aggregate, AggregateFunction, DataType, Scalar};
use tarn_protocol::QueryError;

/// Bits of a table of (cell, value) pairs; above, the pairs are sorted instead.
const MAX_PAIR_BITS: u64 = 1 << 26;

/// The rows to aggregate: who is selected, and in which cell.
struct Rows<'a> {
    mask: Option<&'a Bitmap>,
    grouping: &'a Grouping,
    n_rows: usize,
}

/// The aggregate's value in each of the cells.
pub(crate) fn scan(
    aggregate: &Aggregate,
    column: &Column,
    time: Option<&Column>,
    grouping: &Grouping,
    mask: Option<&Bitmap>,
    cells: &[u32],
    n_rows: usize,
) -> Result<Vector, QueryError> {
    use AggregateFunction as F;
    let rows = Rows { mask, grouping, n_rows };
    match aggregate.function {
        F::Count => {
            let mut counts = vec![0i64; grouping.n_cells];
            rows.for_each_valid(column, |cell, _, _| counts[cell] += 1);
            Ok(pick(cells, |cell| Scalar::Int(counts.get(cell).copied().unwrap_or(0)), DataType::Int64))
        }
        F::CountDistinct => {
            let counts = distinct(&rows, column);
            Ok(pick(cells, |cell| Scalar::Int(counts.get(cell).copied().unwrap_or(0)), DataType::Int64))
        }
        F::Sum | F::Avg if column.data_type == DataType::Float64 => {
            let mut sums = vec![(0.0f64, 0u32); grouping.n_cells];
            rows.for_each_valid(column, |cell, block, row| {
                if let Lanes::Float(lanes) = &block.lanes {
                    sums[cell].0 += lanes[row];
                    sums[cell].1 += 1;
                }
            });
            let sums: Vec<(f64, u32)> = cells.iter().map(|cell| sums.get(*cell as usize).copied().unwrap_or_default()).collect();
            let value = |(sum, n): &(f64, u32)| if aggregate.function == F::Avg && *n > 0 { sum / f64::from(*n) } else { *sum };
            let mut vector = Vector::new(Lanes::Float(sums.iter().map(value).collect()));
            sums.iter().enumerate().filter(|(_, (_, n))| *n == 0).for_each(|(row, _)| vector.invalidate(row));
            Ok(vector)
        }
        F::Sum | F::Avg if column.data_type.is_numeric() => {
            let mut sums = vec![(0i128, 0u32); grouping.n_cells];
            let mut overflowed = false;
            rows.for_each_valid(column, |cell, block, row| {
                let value = match &block.lanes {
                    Lanes::Int(lanes) => i128::from(lanes[row]),
                    Lanes::Decimal(lanes) => lanes[row],
                    _ => 0,
                };
                let (sum, beyond) = sums[cell].0.overflowing_add(value);
                overflowed |= beyond;
                sums[cell] = (sum, sums[cell].1 + 1);
            });
            if overflowed {
                // Beyond every type; `exact` words the error.
                sums = vec![(i128::MAX, 1); grouping.n_cells];
            }
            let totals: Vec<(i128, u32)> = cells.iter().map(|cell| sums.get(*cell as usize).copied().unwrap_or_default()).collect();
            exact(aggregate, column.data_type, &totals)
        }
        F::Min | F::Max => {
            let best = extremes(&rows, column, aggregate.function == F::Max);
            Ok(pick(cells, |cell| best.get(cell).copied().flatten().map_or(Scalar::Null, |code| column.value(code)), aggregate.data_type))
        }
        F::Median | F::QuantileCont(_) if column.data_type.is_numeric() || column.data_type.is_temporal() => {
            let fraction = if let F::QuantileCont(fraction) = aggregate.function { fraction } else { 0.5 };
            let values = quantiles(&rows, column, fraction);
            Ok(pick(cells, |cell| values.get(cell).cloned().unwrap_or(Scalar::Null), aggregate.data_type))
        }
        F::Stddev | F::Variance if column.data_type.is_numeric() => {
            let variances = variances(&rows, column);
            let root = |variance: f64| if aggregate.function == F::Stddev { variance.sqrt() } else { variance };
            Ok(pick(
                cells,
                |cell| variances.get(cell).copied().flatten().map_or(Scalar::Null, |variance| Scalar::Float(root(variance))),
                DataType::Float64,
            ))
        }
        F::First | F::Last | F::AnyValue => {
            let found = first(&rows, column, time, aggregate.function == F::Last);
            Ok(pick(cells, |cell| found.get(cell).copied().flatten().map_or(Scalar::Null, |code| column.value(code)), aggregate.data_type))
        }
        _ => Err(QueryError::Unsupported { what: format!("{:?} of values of this type", aggregate.function).to_lowercase() }),
    }
}

/// Values of the cells as a vector; cells out of range are groups without rows.
fn pick(cells: &[u32], value: impl Fn(usize) -> Scalar, data_type: DataType) -> Vector {
    let scalars: Vec<Scalar> = cells.iter().map(|cell| value(*cell as usize)).collect();
    Vector::from_scalars(data_type, &scalars)
}

impl Rows<'_> {
    /// Calls with the cell and the place in a block of values of each selected row whose value is not null.
    fn for_each_valid(&self, column: &Column, mut each: impl FnMut(usize, &Vector, usize)) {
        let mut cells = Vec::new();
        for_each_chunk(self.mask, self.n_rows, |chunk, selected| {
            let block = column.read(chunk.clone());
            self.cells(selected, &mut cells);
            let mut cells = cells.iter();
            selected.for_each(|row| {
                let cell = cells.next().map_or(0, |cell| *cell as usize);
                if block.is_valid(row - chunk.start) {
                    each(cell, &block, row - chunk.start);
                }
            });
        });
    }

    /// Calls with the cell, the code and the row of each selected row of a coded column whose value is not null.
    fn for_each_code(&self, column: &Column, mut each: impl FnMut(u32, u32, usize)) {
        let Some(coded) = column.coded() else { return };
        let first = u32::from(coded.nullable);
        let (mut cells, mut codes) = (Vec::new(), Vec::new());
        for_each_chunk(self.mask, self.n_rows, |_, selected| {
            self.cells(selected, &mut cells);
            gather(&coded.codes, selected, &mut codes);
            let mut pairs = cells.iter().zip(&codes);
            selected.for_each(|row| {
                if let Some((cell, code)) = pairs.next().filter(|(_, code)| **code >= first) {
                    each(*cell, *code, row);
                }
            });
        });
    }

    fn cells(&self, selected: Selected, cells: &mut Vec<u32>) {
        match self.grouping.codes() {
            Some(codes) => gather(codes, selected, cells),
            None => {
                cells.clear();
                cells.resize(selected.len(), 0);
            }
        }
    }
}

fn distinct(rows: &Rows, column: &Column) -> Vec<i64> {
    let mut counts = vec![0; rows.grouping.n_cells];
    let domain = column.coded().map_or(0, |coded| u64::from(coded.domain));
    let n_pairs = domain * rows.grouping.n_cells as u64;
    if n_pairs <= MAX_PAIR_BITS {
        let mut seen = vec![0u64; n_pairs.div_ceil(64) as usize];
        rows.for_each_code(column, |cell, code, _| {
            let pair = u64::from(cell) * domain + u64::from(code);
            let (word, bit) = (&mut seen[(pair / 64) as usize], 1 << (pair % 64));
            counts[cell as usize] += i64::from(*word & bit == 0);
            *word |= bit;
        });
        return counts;
    }
    let mut pairs = pairs(rows, column);
    pairs.dedup();
    pairs.iter().for_each(|pair| counts[(pair >> 32) as usize] += 1);
    counts
}

/// Cell and code of each row in one number, sorted.
fn pairs(rows: &Rows, column: &Column) -> Vec<u64> {
    let mut pairs = Vec::new();
    rows.for_each_code(column, |cell, code, _| pairs.push(u64::from(cell) << 32 | u64::from(code)));
    sort_by_digits(&mut pairs);
    pairs
}

fn extremes(rows: &Rows, column: &Column, greatest: bool) -> Vec<Option<u32>> {
    let mut best: Vec<Option<u32>> = vec![None; rows.grouping.n_cells];
    rows.for_each_code(column, |cell, code, _| {
        let best = &mut best[cell as usize];
        let so_far = best.unwrap_or(code);
        *best = Some(if greatest { so_far.max(code) } else { so_far.min(code) });
    });
    best
}

/// Between the two values next to the fraction's place, linearly.
fn quantiles(rows: &Rows, column: &Column, fraction: f64) -> Vec<Scalar> {
    let mut found = vec![Scalar::Null; rows.grouping.n_cells];
    let pairs = pairs(rows, column);
    for group in pairs.chunk_by(|a, b| a >> 32 == b >> 32) {
        let place = (group.len() - 1) as f64 * fraction;
        let (low, high) = (place.floor() as usize, place.ceil() as usize);
        let (low_value, high_value) = (column.value(group[low] as u32), column.value(group[high] as u32));
        let value = if low == high { low_value } else { between(column.data_type, &low_value, &high_value, place - low as f64) };
        found[(group[0] >> 32) as usize] = value;
    }
    found
}

/// As DuckDB: decimals are cut, instants rounded.
fn between(data_type: DataType, low: &Scalar, high: &Scalar, part: f64) -> Scalar {
    let precision = if let DataType::Decimal { precision, .. } = data_type { precision } else { 0 };
    match (low, high) {
        (Scalar::Decimal { unscaled: low, scale }, Scalar::Decimal { unscaled: high, .. }) => {
            // DuckDB cuts the sum up to 18 digits, reckoned with one rounding, and the distance beyond.
            let distance = high.saturating_sub(*low) as f64;
            let unscaled = match precision {
                ..=18 => distance.mul_add(part, *low as f64) as i128,
                _ => low.saturating_add((distance * part) as i128),
            };
            Scalar::Decimal { unscaled, scale: *scale }
        }
        (Scalar::Timestamp(low), Scalar::Timestamp(high)) => {
            Scalar::Timestamp(low.wrapping_add((high.wrapping_sub(*low) as f64 * part).round() as i64))
        }
        _ => match (float_from_scalar(low), float_from_scalar(high)) {
            (Some(low), Some(high)) => Scalar::Float(low * (1.0 - part) + high * part),
            _ => Scalar::Null,
        },
    }
}

/// Sample variances. Exact up to the last division for integers and decimals whose squares can be added up in 128 bits, so that
/// equal groups have equal variances; Welford's method in the order of the rows otherwise.
fn variances(rows: &Rows, column: &Column) -> Vec<Option<f64>> {
    let scale = scale_of(column.data_type);
    let mut moments = vec![Some(Moments::default()); rows.grouping.n_cells];
    let mut welford = vec![(0u32, 0.0f64, 0.0f64); rows.grouping.n_cells];
    rows.for_each_valid(column, |cell, block, row| {
        let (value, unscaled) = match &block.lanes {
            Lanes::Int(lanes) => (lanes[row] as f64, Some(i128::from(lanes[row]))),
            Lanes::Float(lanes) => (lanes[row], None),
            Lanes::Decimal(lanes) => (decimal_to_float(lanes[row], scale), Some(lanes[row])),
            _ => return,
        };
        let (n, mean, squares) = &mut welford[cell];
        *n += 1;
        let off = value - *mean;
        *mean += off / f64::from(*n);
        *squares += off * (value - *mean);
        moments[cell] = moments[cell].zip(unscaled).and_then(|(moments, value)| moments.with(value));
    });
    let variance = |((n, _, squares), moments): ((u32, f64, f64), Option<Moments>)| {
        let exact = || Some(moments?.variance()? / 10f64.powi(2 * i32::from(scale)));
        (n >= 2).then(|| exact().unwrap_or(squares / f64::from(n - 1)))
    };
    welford.into_iter().zip(moments).map(variance).collect()
}

/// Count, sum and sum of squares of integers.
#[derive(Clone, Copy, Default)]
struct Moments {
    n: i128,
    sum: i128,
    squares: i128,
}

impl Moments {
    fn with(self, value: i128) -> Option<Self> {
        let squares = self.squares.checked_add(value.checked_mul(value)?)?;
        Some(Self { n: self.n + 1, sum: self.sum.checked_add(value)?, squares })
    }

    /// Of at least two values; `None` where it does not fit.
    fn variance(self) -> Option<f64> {
        let deviations = self.n.checked_mul(self.squares)?.checked_sub(self.sum.checked_mul(self.sum)?)?;
        Some(deviations as f64 / (self.n * (self.n - 1)) as f64)
    }
}

/// The code in the row with the least (or greatest) time; without a time, in the first row.
fn first(rows: &Rows, column: &Column, time: Option<&Column>, last: bool) -> Vec<Option<u32>> {
    let mut found: Vec<Option<(u32, u32)>> = vec![None; rows.grouping.n_cells];
    let times = time.and_then(|time| time.coded());
    let time_of = |codes: &Codes, row: usize| codes.get(row);
    rows.for_each_code(column, |cell, code, row| {
        let at = match times {
            Some(times) if times.value_index(time_of(&times.codes, row)).is_none() => return,
            Some(times) => time_of(&times.codes, row),
            None => 0,
        };
        let best = &mut found[cell as usize];
        let better = best.is_none_or(|(best, _)| if last { at >= best } else { at < best });
        if better {
            *best = Some((at, code));
        }
    });
    found.into_iter().map(|found| found.map(|(_, code)| code)).collect()
}
