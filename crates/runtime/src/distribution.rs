//! How the values of a number are spread, for its control.
use crate::plan::number;
use std::sync::Arc;
use tarn_dashboard::{DataType, Filter, Measure, Scalar};
use tarn_engine::{Clause, KeyBucket, Query, QueryKey, Table};
use tarn_protocol::{OptionRow, QueryError};

/// The control shows at most about this many.
const MAX_BINS: f64 = 40.0;
/// On each side this share of the rows may lie outside of the bulk.
const TAIL: f64 = 0.005;
/// Looks for the bulk: so many times, each in so many steps of what the one before left.
const LOOKS: usize = 4;
const STEPS: f64 = 1_000.0;

/// `[from, to)` in bins of that width.
#[derive(Clone, Copy)]
struct Bins {
    from: f64,
    to: f64,
    width: f64,
}

impl Bins {
    fn one(from: f64, to: f64) -> Self {
        Self { from, to, width: to - from }
    }
}

/// Rows by bins of a round width over the unfiltered data, and how many bins there are. A few values far away would flatten all
/// others: then what lies beyond the bulk is one wide bin on each side. The last row only says where the last bin ends.
pub(crate) fn distribution(table: &mut Table, filter: &Filter, clauses: &[Clause]) -> Result<(Vec<OptionRow>, u64), QueryError> {
    let (min, max) = table.min_max(&filter.expr)?;
    let (Some(min), Some(max)) = (number(&min), number(&max)) else { return Ok((vec![], 0)) };
    let (low, high) = bulk(table, filter, (min, max))?;
    let width = round_width((high - low) / MAX_BINS, filter.expr.data_type == DataType::Int64);
    let down = |at: f64| (at / width).floor() * width;
    let after = |from: f64, at: f64| from + (((at - from) / width).floor() + 1.0) * width;
    let inner = Bins { from: down(low), to: after(down(low), high), width };
    let mut parts = vec![];
    if min < inner.from {
        parts.push(Bins::one(down(min), inner.from));
    }
    parts.push(inner);
    if max >= inner.to {
        parts.push(Bins::one(inner.to, after(inner.to, max)));
    }
    let end = parts.last().map_or(inner.to, |part| part.to);
    let counted = count(table, filter, clauses, &parts)?;
    let n_bins = counted.len() as u64;
    let rows = counted.into_iter().chain([(end, 0)]).map(|(edge, count)| OptionRow { value: Scalar::Float(edge), count });
    Ok((rows.collect(), n_bins))
}

/// Ends between which nearly all rows lie; the least and the greatest value unless that is more than twice as far.
fn bulk(table: &mut Table, filter: &Filter, (min, max): (f64, f64)) -> Result<(f64, f64), QueryError> {
    let (mut low, mut high) = (min, max);
    let (mut below, mut above, mut n_rows) = (0, 0, 0);
    // Nearly all rows have one value, as far as was looked: around it nothing would be seen of the others.
    let mut one_place = false;
    for look in 0..LOOKS {
        let width = (high - low) / STEPS;
        if width <= 0.0 || !width.is_finite() {
            break;
        }
        // One step more, so that the greatest value lies in it.
        let bins = count(table, filter, &[], &[Bins { from: low, to: low + width * (STEPS + 1.0), width }])?;
        if look == 0 {
            n_rows = bins.iter().map(|(_, count)| count).sum();
        }
        let tail = (n_rows as f64 * TAIL) as u64;
        let (mut first, mut last) = (0, bins.len());
        while first < last && below + bins[first].1 <= tail {
            below += bins[first].1;
            first += 1;
        }
        while last > first && above + bins[last - 1].1 <= tail {
            above += bins[last - 1].1;
            last -= 1;
        }
        one_place = last <= first + 1;
        let narrower = (low + first as f64 * width, (low + last as f64 * width).min(high));
        let gained = (high - low) > 2.0 * (narrower.1 - narrower.0);
        (low, high) = narrower;
        if !gained {
            break;
        }
    }
    Ok(if max - min > 2.0 * (high - low) && !one_place { (low, high) } else { (min, max) })
}

/// The lower edge of every bin and the rows in it.
fn count(table: &mut Table, filter: &Filter, clauses: &[Clause], parts: &[Bins]) -> Result<Vec<(f64, u64)>, QueryError> {
    let query = |Bins { from, to, width }: &Bins| Query {
        keys: vec![QueryKey {
            name: filter.field.clone(),
            expr: filter.expr.clone(),
            bucket: KeyBucket::Bins { from: *from, to: *to, width: *width },
        }],
        measures: vec![Arc::new(Measure::row_count())],
        clauses: clauses.to_vec(),
        ..Query::default()
    };
    let queries: Vec<Query> = parts.iter().map(query).collect();
    let mut counted = vec![];
    for result in tarn_engine::run(table, &queries) {
        let bins = result?.table;
        let [edges, counts] = bins.columns.as_slice() else { continue };
        let row = |row| Some((edges.number(row)?, counts.number(row).unwrap_or(0.0) as u64));
        counted.extend((0..bins.n_rows as usize).filter_map(row));
    }
    Ok(counted)
}

/// One, two or five times a power of ten, at least that wide; whole for whole numbers.
fn round_width(least: f64, whole: bool) -> f64 {
    if least.is_nan() || least <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(least.log10().floor());
    let width = [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|width| *width >= least).unwrap_or(power * 10.0);
    if whole { width.max(1.0) } else { width }
}

#[cfg(test)]
mod tests {
    use super::round_width;

    #[test]
    fn bins_have_round_widths() {
        let widths = [(0.0, false), (0.013, false), (3.1, true), (0.2, true), (47.0, true), (50.1, false)]
            .map(|(least, whole)| round_width(least, whole));
        assert_eq!(widths, [1.0, 0.02, 5.0, 1.0, 50.0, 100.0]);
    }
}
