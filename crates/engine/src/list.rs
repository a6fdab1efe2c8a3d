use crate::bitmap::Bitmap;
use crate::plan::Plan;
use crate::run::result_column;
use crate::{Clause, Query, Table};
use tarn_dashboard::{Expr, Scalar};
use tarn_protocol::{QueryError, ResultTable};

/// The rows that pass all clauses, in the table's order: the values of these expressions. It looks each value up by its row, so it
/// is for rows of which a query has told that they are few.
pub fn list(table: &mut Table, columns: &[(String, Expr)], clauses: &[Clause]) -> Result<ResultTable, QueryError> {
    let mask = table.mask_of_all(clauses)?;
    let rows: Vec<usize> = match &mask {
        None => (0..table.n_rows()).collect(),
        Some(mask) => set_bits(mask).collect(),
    };
    list_rows(table, columns, &rows)
}

/// The first `limit` of the rows that a group of the query counts, in the table's order, and how many there are. `values` are those of
/// the query's first keys; without any it is every row that passes the clauses.
pub fn behind(
    table: &mut Table,
    query: &Query,
    values: &[Scalar],
    columns: &[(String, Expr)],
    limit: usize,
) -> Result<(ResultTable, u64), QueryError> {
    let keys = query.keys.iter().take(values.len()).cloned().collect();
    let query = Query { keys, clauses: query.clauses.clone(), ..Query::default() };
    let mut plan = Plan::default();
    let prepared = plan.prepare(table, &query)?;
    let grouping = &prepared.grouping;
    // By key, the codes of its value.
    let of_value = |(key, value): (usize, &Scalar)| {
        let column = &grouping.keys[key];
        let domain = column.coded().map_or(0, |coded| coded.domain);
        (0..domain).map(|code| same(&column.value(code), value)).collect::<Vec<bool>>()
    };
    let wanted: Vec<Vec<bool>> = values.iter().enumerate().map(of_value).collect();
    let is_wanted = |cell: &u32| wanted.iter().enumerate().all(|(key, codes)| codes[grouping.part(key, *cell) as usize]);
    let first = u32::from(grouping.first_left_out);
    let cells: Vec<u32> = (first..grouping.n_cells as u32).filter(is_wanted).collect();
    let mut rows = if values.is_empty() { Bitmap::all(table.n_rows()) } else { grouping.rows_of(&cells, table.n_rows()) };
    if let Some(mask) = plan.mask_of(table, prepared.selection)? {
        rows = rows.and(&mask);
    }
    let n_rows = set_bits(&rows).count() as u64;
    let rows: Vec<usize> = set_bits(&rows).take(limit).collect();
    Ok((list_rows(table, columns, &rows)?, n_rows))
}

/// NaN is itself.
fn same(a: &Scalar, b: &Scalar) -> bool {
    matches!((a, b), (Scalar::Float(a), Scalar::Float(b)) if a.is_nan() && b.is_nan()) || a == b
}

fn list_rows(table: &mut Table, columns: &[(String, Expr)], rows: &[usize]) -> Result<ResultTable, QueryError> {
    let one = |(name, expr): &(String, Expr)| {
        let column = table.evaluated(expr)?;
        if let Some((failed, error)) = &column.failed
            && rows.iter().any(|row| failed.get(*row))
        {
            return Err(error.clone());
        }
        let values = rows.iter().map(|row| column.read(*row..*row + 1).scalar(column.data_type, 0));
        Ok(result_column(name, column.data_type, values))
    };
    let columns = columns.iter().map(one).collect::<Result<_, _>>()?;
    Ok(ResultTable { columns, n_rows: rows.len() as u32 })
}

fn set_bits(mask: &Bitmap) -> impl Iterator<Item = usize> {
    mask.words().iter().enumerate().flat_map(|(at, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = left.trailing_zeros() as usize;
            left &= left.checked_sub(1)?;
            Some(at * 64 + bit)
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::reference::random::{Random, measure_of};
    use crate::{KeyBucket, QueryKey, run};
    use std::collections::BTreeMap;
    use tarn_dashboard::{Aggregate, AggregateFunction, DataType, Node};

    /// The listed rows, counted, are the groups of a query by their values.
    #[test]
    fn listed_rows_are_those_that_a_query_counts() {
        let mut n_listed = 0;
        for seed in 0..300 {
            let mut random = Random::new(seed);
            let (mut table, _) = random.table(200);
            let clauses = random.query().clauses;
            let column = |name: &str, data_type| (name.to_owned(), Expr { data_type, node: Node::Column(name.into()) });
            let columns = [column("b", DataType::Int64), column("s", DataType::String)];
            let key = |(name, expr): &(String, Expr)| QueryKey { name: name.clone(), expr: expr.clone(), bucket: KeyBucket::Value };
            let count = Aggregate { function: AggregateFunction::Count, argument: None, filter: None, data_type: DataType::Int64 };
            let query = Query {
                keys: columns.iter().map(key).collect(),
                measures: vec![measure_of("n", count).into()],
                clauses: clauses.clone(),
                ..Query::default()
            };
            let grouped = run(&mut table, &[query]).remove(0);
            let listed = list(&mut table, &columns, &clauses);
            assert_eq!(grouped.is_err(), listed.is_err(), "seed {seed}");
            let (Ok(grouped), Ok(listed)) = (grouped, listed) else { continue };
            let row = |table: &ResultTable, row: usize| format!("{:?}", [table.columns[0].scalar(row), table.columns[1].scalar(row)]);
            let mut counts: BTreeMap<String, f64> = BTreeMap::new();
            for at in 0..listed.n_rows as usize {
                *counts.entry(row(&listed, at)).or_default() += 1.0;
            }
            let expected = 0..grouped.table.n_rows as usize;
            let expected: BTreeMap<String, f64> =
                expected.map(|at| (row(&grouped.table, at), grouped.table.columns[2].number(at).unwrap())).collect();
            assert_eq!(counts, expected, "seed {seed}");
            n_listed += listed.n_rows;
        }
        assert!(n_listed > 1000, "{n_listed} rows");
    }

    /// Of every group, and of all that share its first key: as many rows as it counts, each with the group's values.
    #[test]
    fn rows_behind_a_group_are_those_that_it_counts() {
        let mut n_groups = 0;
        for seed in 0..300 {
            let mut random = Random::new(seed);
            let (mut table, _) = random.table(120);
            let count = Aggregate { function: AggregateFunction::Count, argument: None, filter: None, data_type: DataType::Int64 };
            let asked = random.query();
            let query = Query {
                keys: asked.keys.into_iter().filter(|key| !matches!(key.bucket, KeyBucket::Time { fill: true, .. })).collect(),
                measures: vec![measure_of("n", count).into()],
                clauses: asked.clauses,
                ..Query::default()
            };
            let Ok(grouped) = run(&mut table, std::slice::from_ref(&query)).remove(0) else { continue };
            let columns: Vec<_> = query.keys.iter().map(|key| (key.name.clone(), key.expr.clone())).collect();
            let counts = |row: usize| grouped.table.columns.last().unwrap().number(row).unwrap() as u64;
            let keys = |row: usize| grouped.table.columns[..query.keys.len()].iter().map(|column| column.scalar(row)).collect::<Vec<_>>();
            for row in 0..grouped.table.n_rows as usize {
                let Ok((listed, n_rows)) = behind(&mut table, &query, &keys(row), &columns, 5) else { continue };
                assert_eq!((n_rows, listed.n_rows), (counts(row), counts(row).min(5) as u32), "seed {seed}: {:?}", keys(row));
                let plain = query.keys.iter().enumerate().filter(|(_, key)| key.bucket == KeyBucket::Value);
                for (at, _) in plain {
                    let same_value = |listed_row: u32| same(&listed.columns[at].scalar(listed_row as usize), &keys(row)[at]);
                    assert!((0..listed.n_rows).all(same_value), "seed {seed}");
                }
                n_groups += 1;
            }
            let all = (0..grouped.table.n_rows as usize).map(counts).sum::<u64>();
            if query.keys.iter().all(|key| key.bucket == KeyBucket::Value) {
                assert_eq!(behind(&mut table, &query, &[], &columns, 0).map(|(_, n)| n).ok(), Some(all), "seed {seed}");
            }
        }
        assert!(n_groups > 2000, "{n_groups} groups");
    }
}
