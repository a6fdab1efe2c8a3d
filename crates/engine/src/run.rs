use crate::aggregate::{value_together, values};
use crate::bitmap::Bitmap;
use crate::eval::{Block, evaluate};
use crate::group::Grouping;
use crate::long::LongTable;
use crate::order::Ordered;
use crate::plan::{Plan, Prepared};
use crate::rows::Groups;
use crate::search::keep_found;
use crate::subtotal::Nesting;
use crate::top::{Ranking, is_true};
use crate::vector::{Lanes, Vector};
use crate::window::windowed_by;
use crate::{Query, QueryResult, Table};
use std::sync::Arc;
use tarn_dashboard::{DataType, Measure, Node, Scalar};
use tarn_protocol::{QueryError, ResultColumn, ResultTable, Values};

/// Answers all queries of one change together, in their order. Queries with the same clauses share their passes.
pub fn run(table: &mut Table, queries: &[Query]) -> Vec<Result<QueryResult, QueryError>> {
    run_timed(table, queries, &|| 0.0, &mut vec![])
}

/// The same; `spent` is given the time by that clock that each took: its own preparation and result, and an equal share of each
/// pass over rows that several queries need.
pub fn run_timed(
    table: &mut Table,
    queries: &[Query],
    clock: &dyn Fn() -> f64,
    spent: &mut Vec<f64>,
) -> Vec<Result<QueryResult, QueryError>> {
    table.derived.sweep(1, u16::MAX);
    let mut plan = Plan::default();
    let mut since = clock();
    let lap: &mut dyn FnMut() -> f64 = &mut || {
        let now = clock();
        now - std::mem::replace(&mut since, now)
    };
    let mut prepared: Vec<Result<Prepared, QueryError>> = Vec::new();
    for query in queries {
        prepared.push(plan.prepare(table, query));
        spent.push(lap());
    }
    for index in 0..plan.selections.len() {
        plan.execute_of(table, index);
        let needs = |one: &Result<Prepared, QueryError>| one.as_ref().is_ok_and(|one| one.needs(index));
        let share = lap() / prepared.iter().filter(|one| needs(one)).count() as f64;
        for (one, ms) in prepared.iter().zip(spent.iter_mut()) {
            *ms += if needs(one) { share } else { 0.0 };
        }
    }
    let mut one = |(query, prepared): (&Query, Result<Prepared, QueryError>)| {
        let prepared = prepared?;
        let (mut result, cut) = answer(table, &plan, query, &prepared)?;
        if query.other && !cut.is_empty() {
            result.other = Some(match merged(table, &plan, query, &prepared, &cut)? {
                Some(merged) => merged,
                None => together(table, query, prepared.grouping.rows_of(&cut, table.n_rows()))?,
            });
        }
        Ok(result)
    };
    let mut results = Vec::new();
    for (of_query, ms) in queries.iter().zip(prepared).zip(spent) {
        results.push(one(of_query));
        *ms += lap();
    }
    results
}

/// The measures over the rows of some cells, from what is counted of each. `None` where that does not tell them.
fn merged(table: &Table, plan: &Plan, query: &Query, prepared: &Prepared, cells: &[u32]) -> Result<Option<ResultTable>, QueryError> {
    if !query.tops.is_empty() || query.measures.iter().any(|measure| measure.window.is_some()) {
        return Ok(None);
    }
    let mut columns = Vec::new();
    for (measure, planned) in query.measures.iter().zip(&prepared.aggregates) {
        let aggregates = measure.aggregates.iter().zip(planned);
        let aggregates: Option<Vec<_>> =
            aggregates.map(|(aggregate, planned)| value_together(plan, planned, aggregate, &prepared.grouping, cells)).collect();
        let Some(aggregates) = aggregates else { return Ok(None) };
        let aggregates: Vec<Vector> = aggregates.into_iter().collect::<Result<_, _>>()?;
        columns.push(measure_column(measure, &measure_value(table, measure, aggregates, 1)?, &[0]));
    }
    Ok(Some(ResultTable { columns, n_rows: 1 }))
}

/// The measures over some of the rows that pass the query's clauses; by its other keys where the last one is of a top.
fn together(table: &mut Table, query: &Query, rows: Bitmap) -> Result<ResultTable, QueryError> {
    let mut keys = if query.tops.is_empty() { Vec::new() } else { query.keys.clone() };
    keys.pop();
    let (measures, clauses) = (query.measures.clone(), query.clauses.clone());
    let query = Query { keys, measures, clauses, time: query.time.clone(), ..Query::default() };
    let mut plan = Plan::over(rows);
    let prepared = plan.prepare(table, &query)?;
    plan.execute(table);
    Ok(answer(table, &plan, &query, &prepared)?.0.table)
}

/// The result, without the row of others, and the cells of the groups beyond the limit.
fn answer(table: &mut Table, plan: &Plan, query: &Query, prepared: &Prepared) -> Result<(QueryResult, Vec<u32>), QueryError> {
    plan.selection(prepared.selection).mask()?;
    let tops = query.tops.iter().zip(&prepared.tops);
    let rankings = tops.map(|(top, grouping)| Ranking::find(table, plan, query, prepared, *top, grouping));
    let rankings = rankings.collect::<Result<Vec<_>, _>>()?;
    let groups = Groups::find(plan, query, prepared, &rankings)?;
    let measures = measure_values(table, plan, query, prepared, &prepared.grouping, &groups.cells)?;
    let mut found: Vec<u32> = (0..groups.cells.len() as u32).collect();
    if let (Some(_), Some(holds), []) = (&query.having, measures.last(), rankings.as_slice()) {
        found.retain(|row| is_true(holds, *row as usize));
    }
    // The cells of what is found.
    let searched = query.is_searched().then(|| {
        keep_found(query, &prepared.grouping, &groups, &measures, &mut found);
        found.iter().map(|row| groups.cells[*row as usize]).collect::<Vec<u32>>()
    });
    let n_groups = rankings.last().map_or(found.len() as u64, |ranking| ranking.n_values);
    let nesting = match &searched {
        Some(cells) if query.n_levels() > 0 => {
            Nesting::within_rows(table, query, prepared.grouping.rows_of(cells, table.n_rows()), &groups)?
        }
        _ => Nesting::find(table, plan, query, prepared, &groups)?,
    };
    let (grouping, within) = (&*prepared.grouping, nesting.within());
    let ordered = Ordered { query, grouping, groups: &groups, measures: &measures, rankings: &rankings, within: &within };
    let (rows, others) = ordered.limited(found);
    // What is windowed goes along all rows.
    let is_plain = rankings.is_empty() && within.is_empty() && query.measures.iter().all(|measure| measure.window.is_none());
    let first = query.first.filter(|(whole, _)| is_plain && rows.len() > *whole as usize).map(|(_, first)| first as usize);
    let shown = &rows[..first.unwrap_or(rows.len()).min(rows.len())];
    let mut columns = columns(query, grouping, &groups, &measures, shown);
    for ((measure, vector), column) in query.measures.iter().zip(&measures).zip(columns.iter_mut().skip(query.keys.len())) {
        let Some(window) = measure.window else { continue };
        // Every panel and every series has an axis of its own to go along.
        let series_of = |row: u32| {
            let place = |ranking: &Ranking| groups.codes.get(ranking.key).map_or(0, |codes| ranking.rank(codes[row as usize]));
            rankings.iter().fold(0, |series, ranking| series * ranking.values.len() as u32 + place(ranking))
        };
        let values = windowed_by(measure, window, vector, &rows, series_of)?;
        *column = result_column(&measure.name, measure.data_type(), values.into_iter());
    }
    let subtotals = nesting.of_shown(query, &rows);
    let totals = match (&prepared.total, &searched) {
        (None, Some(cells)) if query.totals => Some(match merged(table, plan, query, prepared, cells)? {
            Some(merged) => merged,
            None => together(table, query, prepared.grouping.rows_of(cells, table.n_rows()))?,
        }),
        (None, _) => None,
        (Some(total), _) => {
            let measures = measure_values(table, plan, query, prepared, total, &[0])?;
            let columns = query.measures.iter().zip(&measures).map(|(measure, vector)| measure_column(measure, vector, &[0])).collect();
            Some(ResultTable { columns, n_rows: 1 })
        }
    };
    let rows_matched = plan.selection(prepared.selection).n_selected;
    let cut = match rankings.as_slice() {
        [] => others.iter().map(|row| groups.cells[*row as usize]).collect(),
        rankings => Groups::cut(plan, prepared, rankings),
    };
    let tops = rankings.into_iter().map(|ranking| (ranking.values, ranking.n_values)).collect();
    let table = ResultTable { columns, n_rows: shown.len() as u32 };
    let long = first.map(|_| LongTable::new(query, prepared.grouping.clone(), groups, measures, (rows, others)));
    Ok((QueryResult { table, long, totals, other: None, subtotals, tops, n_groups, rows_matched }, cut))
}

/// Keys and measures of some of the groups.
pub(crate) fn columns(query: &Query, grouping: &Grouping, groups: &Groups, measures: &[Vector], rows: &[u32]) -> Vec<ResultColumn> {
    let keys = query.keys.iter().zip(&grouping.keys).zip(&groups.codes).map(|((key, column), codes)| {
        result_column(&key.name, column.data_type, rows.iter().map(|row| column.value(codes[*row as usize])))
    });
    let measures = query.measures.iter().zip(measures).map(|(measure, vector)| measure_column(measure, vector, rows));
    keys.chain(measures).collect()
}

/// Every measure's value in each of the cells.
pub(crate) fn measure_values(
    table: &Table,
    plan: &Plan,
    query: &Query,
    prepared: &Prepared,
    grouping: &Arc<Grouping>,
    cells: &[u32],
) -> Result<Vec<Vector>, QueryError> {
    let one = |(measure, planned): (&Arc<Measure>, &Vec<_>)| {
        let aggregates = measure.aggregates.iter().zip(planned);
        let aggregates: Vec<Vector> = aggregates
            .map(|(aggregate, planned)| values(plan, planned, aggregate, grouping, cells, table.n_rows()))
            .collect::<Result<_, _>>()?;
        measure_value(table, measure, aggregates, cells.len())
    };
    query.measures.iter().chain(&query.having).zip(&prepared.aggregates).map(one).collect()
}

fn measure_value(table: &Table, measure: &Measure, mut aggregates: Vec<Vector>, len: usize) -> Result<Vector, QueryError> {
    let value = match measure.value.node {
        // As it is, without a copy.
        Node::Aggregate(0) if aggregates.len() == 1 => aggregates.remove(0),
        _ => evaluate(&measure.value, &Block { len, column: &|_| None, aggregates: &aggregates, zone: &table.zone })?,
    };
    match value.failed {
        Some(failed) => Err(failed.error),
        None => Ok(value),
    }
}

fn measure_column(measure: &Measure, vector: &Vector, rows: &[u32]) -> ResultColumn {
    let data_type = measure.data_type();
    result_column(&measure.name, data_type, rows.iter().map(|row| vector.scalar(data_type, *row as usize)))
}

pub(crate) fn result_column(name: &str, data_type: DataType, values: impl Iterator<Item = Scalar>) -> ResultColumn {
    let scalars: Vec<Scalar> = values.collect();
    let vector = Vector::from_scalars(data_type, &scalars);
    let values = match vector.lanes {
        Lanes::Bool(lanes) => Values::Boolean(lanes),
        Lanes::Int(lanes) => Values::Int(lanes),
        Lanes::Float(lanes) => Values::Float(lanes),
        Lanes::Decimal(lanes) => Values::Decimal(lanes),
        Lanes::Text(texts) => Values::String(texts.iter().map(str::to_owned).collect()),
        Lanes::Interval(lanes) => {
            Values::String(lanes.iter().map(|lane| format!("{} months {} days {} µs", lane.months, lane.days, lane.micros)).collect())
        }
    };
    ResultColumn { name: name.to_owned(), data_type, values, validity: vector.valid }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::reference::random::Random;

    #[test]
    fn time_is_the_querys_own_and_a_share_of_what_is_done_for_several() {
        let mut random = Random::new(3);
        let (mut table, _) = random.table(300);
        let other = Query { clauses: vec![], ..random.query() };
        let same = Query { clauses: vec![], ..Query::default() };
        let now = std::cell::Cell::new(0.0);
        // Every stretch of work takes one.
        let clock = || {
            now.set(now.get() + 1.0);
            now.get()
        };
        let queries = [same.clone(), same, other];
        let mut spent = vec![];
        run_timed(&mut table, &queries, &clock, &mut spent);
        let all: f64 = spent.iter().sum();
        assert!((all - (now.get() - 1.0)).abs() < 1e-9, "nothing is lost or counted twice: {spent:?}");
        assert_eq!(spent[0], spent[1]);
        assert!(spent[0] > 2.0 && spent[0] < 3.0, "preparing, a result, and a part of the pass: {spent:?}");
    }

    /// What is counted of cells against their rows.
    #[test]
    fn others_from_cells_are_others_from_rows() {
        let mut n_merged = 0;
        for seed in 0..500 {
            let mut random = Random::new(seed);
            let (mut table, _) = random.table(300);
            let query = Query { limit: Some(2), other: true, having: None, ..random.query() };
            let Some(Ok(found)) = run(&mut table, std::slice::from_ref(&query)).pop() else { continue };
            let mut plan = Plan::default();
            let prepared = plan.prepare(&mut table, &query).unwrap();
            plan.execute(&mut table);
            let cut = answer(&mut table, &plan, &query, &prepared).unwrap().1;
            n_merged += usize::from(!cut.is_empty() && merged(&table, &plan, &query, &prepared, &cut).unwrap().is_some());
            let rows = prepared.grouping.rows_of(&cut, table.n_rows());
            let expected = if cut.is_empty() { None } else { Some(together(&mut table, &query, rows).unwrap()) };
            // As text, where NaN equals itself.
            assert_eq!(format!("{:?}", found.other), format!("{expected:?}"), "seed {seed}: {query:?}");
        }
        assert!(n_merged > 20, "{n_merged} from cells");
    }
}
