//! Answers what a filter can be set to: the values of a set, the distribution of a number.
use crate::host::Host;
use crate::plan::number;
use crate::prune::{Lacking, lacks_spans};
use crate::runtime::Shared;
use crate::selection::resolve;
use std::sync::Arc;
use tarn_dashboard::{DataType, Filter, FilterKind, Measure, Scalar};
use tarn_engine::{Clause, KeyBucket, Query, QueryKey, QueryResult, Table};
use tarn_protocol::{LoadError, OptionRow, Options, OptionsRequest, QueryError};

/// The menu of a number shows at most about this many.
const MAX_BINS: f64 = 40.0;

/// Fails with what has to be loaded first: row groups that were left out and matter to the answer.
pub(crate) fn answer<H: Host>(shared: &Shared<H>, request: &OptionsRequest, failed: Vec<LoadError>) -> Result<Options, Vec<Lacking>> {
    let nothing = |rows| Options { seq: request.seq, filter: request.filter.clone(), offset: request.offset, rows, n_matching: 0 };
    let (Some(filter), Some(page)) = (shared.dashboard.filter(&request.filter), shared.page(&request.page)) else {
        return Ok(nothing(Ok(vec![])));
    };
    if let Some(error) = failed.into_iter().find(|error| error.source == filter.source) {
        return Ok(nothing(Err(error)));
    }
    let others = resolve(shared, page, &request.selections, &[]);
    let others = others.iter().filter(|selection| selection.filter.source == filter.source && selection.filter.id != filter.id);
    let clauses: Vec<Clause> = others.map(|selection| selection.clause()).collect();
    let Some(slot) = shared.slot(&filter.source) else { return Ok(nothing(Ok(vec![]))) };
    if let Some(lacks) = lacks_spans(shared, slot, page) {
        return Err(vec![lacks]);
    }
    let mut state = slot.state.borrow_mut();
    let Some(snapshot) = &mut state.snapshot else { return Ok(nothing(Ok(vec![]))) };
    if let Some(groups) = snapshot.lacks([clauses.as_slice()].into_iter()) {
        return Err(vec![Lacking { source: filter.source.clone(), groups }]);
    }
    let table = &mut snapshot.table;
    let mut ask = |clauses: &[Clause]| match filter.kind {
        FilterKind::Range => distribution(table, filter, clauses),
        _ => tarn_engine::options(
            table,
            &filter.expr,
            clauses,
            &request.search,
            request.offset..request.offset.saturating_add(request.limit),
        ),
    };
    // Where the other filters fail, the values can still be listed without them.
    Ok(match ask(&clauses).or_else(|_| ask(&[])) {
        Ok((rows, n_matching)) => Options { n_matching, ..nothing(Ok(rows)) },
        Err(_) => nothing(Ok(vec![])),
    })
}

/// Rows by bins of a round width between the least and the greatest value of the unfiltered data.
fn distribution(table: &mut Table, filter: &Filter, clauses: &[Clause]) -> Result<(Vec<OptionRow>, u64), QueryError> {
    let (min, max) = table.min_max(&filter.expr)?;
    let (Some(min), Some(max)) = (number(&min), number(&max)) else { return Ok((vec![], 0)) };
    let width = round_width((max - min) / MAX_BINS, filter.expr.data_type == DataType::Int64);
    let from = (min / width).floor() * width;
    let to = from + (((max - from) / width).floor() + 1.0) * width;
    let key = QueryKey { name: filter.field.clone(), expr: filter.expr.clone(), bucket: KeyBucket::Bins { from, to, width } };
    let query = Query {
        keys: vec![key],
        measures: vec![Arc::new(Measure::row_count())],
        clauses: clauses.to_vec(),
        order: vec![],
        having: None,
        limit: None,
        tops: vec![],
        other: false,
        totals: false,
        time: None,
    };
    let Some(result) = tarn_engine::run(table, &[query]).into_iter().next() else { return Ok((vec![], 0)) };
    let QueryResult { table: bins, .. } = result?;
    let [edges, counts] = bins.columns.as_slice() else { return Ok((vec![], 0)) };
    let row = |row| OptionRow { value: Scalar::Float(edges.number(row).unwrap_or(from)), count: counts.number(row).unwrap_or(0.0) as u64 };
    // The last row only says where the last bin ends.
    let end = OptionRow { value: Scalar::Float(to), count: 0 };
    Ok(((0..bins.n_rows as usize).map(row).chain([end]).collect(), u64::from(bins.n_rows)))
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
