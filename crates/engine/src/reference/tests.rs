use super::query::Answer;
use super::random::{Random, measure_of};
use super::{Rows, run as reference};
use crate::{Clause, KeyBucket, Query, QueryKey, QueryResult, Table, prepare, run};
use proptest::prelude::*;
use tarn_dashboard::{Aggregate, AggregateFunction, ColumnSearch, DataType, Expr, Node, OrderBy, Scalar};
use tarn_protocol::{QueryError, ResultTable};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Several queries of one change, then more over what is cached by now.
    #[test]
    fn queries_are_answered_as_row_by_row(seed in any::<u64>(), n_rows in prop_oneof![0usize..40, 40usize..400]) {
        check(seed, n_rows, 3);
    }
}

/// A row beyond all bins has a sum that overflows; the totals of a search are of other rows.
#[test]
fn what_a_search_leaves_out_fails_nothing() {
    check(15_438_670_399_324_735_157, 346, 3);
    // Nor those of row groups: a row without a time is in one, but in none of the groups.
    check(14_730_768_384_045_867_978, 28, 3);
}

#[test]
fn queries_over_many_chunks_are_answered_as_row_by_row() {
    for seed in 0..20 {
        check(seed, 9_000, 2);
    }
}

#[test]
fn an_argument_may_fail_in_rows_outside_of_the_bins() {
    check(13_548_480_327_832_119_835, 36, 3);
}

#[test]
fn equal_variances_are_equal_whatever_the_order_of_rows() {
    let values = [-19, 14, -20, 4];
    let row = |a: i64, b: i64| {
        let nulls = [Scalar::Null, Scalar::Null, Scalar::Null, Scalar::Null, Scalar::Null, Scalar::Null];
        [Scalar::Int(a), Scalar::Int(b)].into_iter().chain(nulls).collect::<Vec<_>>()
    };
    let backwards = values.iter().rev().map(|value| row(1, *value));
    let (mut table, _) = Random::new(1).table_of(backwards.chain(values.iter().map(|value| row(2, *value))).collect());
    let column = |name: &str| Expr { data_type: DataType::Int64, node: Node::Column(name.into()) };
    let variance = measure_of(
        "spread",
        Aggregate { function: AggregateFunction::Variance, argument: Some(column("b")), filter: None, data_type: DataType::Float64 },
    );
    let key = QueryKey { name: "a".into(), expr: column("a"), bucket: KeyBucket::Value };
    let query = Query { keys: vec![key], measures: vec![variance.into()], ..Query::default() };
    let found = answer(run(&mut table, &[query])[0].as_ref().unwrap());
    assert_eq!(found.rows[0][1], found.rows[1][1]);
    assert!(is_close(&found.rows[0][1], &Scalar::Float(3_451.0 / 12.0)), "{found:?}");
}

fn check(seed: u64, n_rows: usize, n_rounds: usize) {
    let mut random = Random::new(seed);
    let (mut table, rows) = random.table(n_rows);
    for _ in 0..n_rounds {
        let mut queries: Vec<Query> = (0..1 + random.below(4)).map(|_| random.query()).collect();
        if random.below(3) == 0 {
            queries[0] = if random.below(2) == 0 { random.panel_query() } else { random.series_query() };
        }
        if random.below(2) == 0 {
            let clauses = random.clauses();
            queries.iter_mut().for_each(|query| query.clauses.clone_from(&clauses));
        }
        // Some of the answers come in parts.
        for (at, query) in (seed..).zip(&mut queries).filter(|(at, _)| at % 2 == 0) {
            query.first = Some(((at / 2 % 7) as u32, (at / 2 % 4) as u32));
        }
        for (at, query) in (seed..).zip(&mut queries).filter(|(at, _)| at % 3 == 0) {
            query.search = search(query, at / 3);
        }
        if let Some(clause) = queries.iter().flat_map(|query| &query.clauses).next().filter(|_| random.below(2) == 0) {
            index(&mut table, &queries, &clause.expr, random.below(8));
        }
        for (query, result) in queries.iter().zip(run(&mut table, &queries)) {
            compare(&rows, query, result);
        }
        // What has to be made again changes nothing.
        if seed.is_multiple_of(2) {
            table.forget_unused((seed / 2 % 3) as u16);
        }
    }
}

/// What somebody may look for in one or two columns of an answer.
fn search(query: &Query, seed: u64) -> Vec<(OrderBy, ColumnSearch)> {
    let n_columns = (query.keys.len() + query.measures.len()) as u64;
    let one = |seed: u64| {
        let at = (seed % n_columns) as usize;
        let (by, data_type) = match at.checked_sub(query.keys.len()) {
            Some(measure) => (OrderBy::Measure(measure as u32), query.measures[measure].data_type()),
            None => (OrderBy::Key(at as u32), query.keys[at].expr.data_type),
        };
        let is_bin = query.keys.get(at).is_some_and(|key| matches!(key.bucket, KeyBucket::Bins { .. }));
        let is_number = is_bin || data_type.is_numeric();
        let texts = if is_number { [">0", "<=3", ">=-2 <5", "1"] } else { ["a", "B", "ä", "2"] };
        // Of times only their text.
        let is_time = data_type.is_temporal() && !is_bin || matches!(data_type, DataType::Boolean);
        let found = ColumnSearch::parse(texts[(seed / n_columns % 4) as usize], is_number).filter(|_| !is_time);
        found.map(|search| (by, search))
    };
    [one(seed), one(seed / 5).filter(|_| seed.is_multiple_of(2))].into_iter().flatten().collect()
}

/// Every row group ends where its keys do.
fn ends_with_its_keys(result: &QueryResult) -> bool {
    result.subtotals.iter().enumerate().all(|(depth, level)| {
        let keys =
            |row: u32| result.table.columns[..=depth].iter().map(|column| format!("{:?}", column.scalar(row as usize))).collect::<Vec<_>>();
        let expected: Vec<u32> =
            (1..=result.table.n_rows).filter(|end| *end == result.table.n_rows || keys(*end) != keys(end - 1)).collect();
        level.ends == expected
    })
}

fn compare(rows: &Rows, query: &Query, result: Result<QueryResult, QueryError>) {
    match (reference(rows, query), result) {
        (Ok(expected), Ok(found)) => {
            assert_same(&expected, &answer(&found), query);
            assert!(ends_with_its_keys(&found), "{found:?}");
        }
        (Err(_), Err(QueryError::Overflow { .. })) => {}
        (expected, found) => panic!("expected {expected:?}\nfound    {found:?}\n{query:?}"),
    }
}

/// Some or all of the steps.
fn index(table: &mut Table, queries: &[Query], axis: &Expr, n_steps: u64) {
    for _ in 0..n_steps {
        if !matches!(prepare(table, queries, axis), Ok(true)) {
            return;
        }
    }
}

/// Gestures: one clause of queries takes one test after the other along an index.
#[test]
fn gestures_are_answered_as_row_by_row() {
    for seed in 0..150 {
        let mut random = Random::new(seed);
        let (mut table, rows) = random.table(if seed % 10 == 0 { 9_000 } else { 300 });
        let shared = random.clauses();
        let active = random.clause();
        let mut queries: Vec<Query> = (0..1 + random.below(4)).map(|_| random.query()).collect();
        for query in &mut queries {
            query.clauses = shared.iter().filter(|clause| clause.expr != active.expr).cloned().collect();
        }
        index(&mut table, &queries, &active.expr, 100);
        for _ in 0..4 {
            let test = random.test_of(&active.expr);
            let clause = Clause { test, ..active.clone() };
            let moved: Vec<Query> = queries.iter().map(|query| with(query, &clause)).collect();
            for (query, result) in moved.iter().zip(run(&mut table, &moved)) {
                compare(&rows, query, result);
            }
        }
    }
}

fn with(query: &Query, clause: &Clause) -> Query {
    Query { clauses: query.clauses.iter().chain([clause]).cloned().collect(), ..query.clone() }
}

fn answer(result: &QueryResult) -> Answer {
    let row = |table: &ResultTable, row: usize| -> Vec<Scalar> { table.columns.iter().map(|column| column.scalar(row)).collect() };
    let all = |table: &ResultTable| (0..table.n_rows as usize).map(|index| row(table, index)).collect::<Vec<_>>();
    let mut rows = all(&result.table);
    if let Some(long) = &result.long {
        let stretches = (0..=long.n_rows()).step_by(3).map(|from| all(&long.rows(from..from + 3)));
        let found: Vec<_> = stretches.flatten().collect();
        assert_eq!(format!("{rows:?}"), format!("{:?}", &found[..rows.len()]), "it begins with its first rows");
        assert_eq!(found.len(), long.n_rows() as usize);
        rows = found;
    }
    Answer {
        rows,
        other: result.other.as_ref().map_or_else(Vec::new, |other| (0..other.n_rows as usize).map(|index| row(other, index)).collect()),
        totals: result.totals.as_ref().map_or_else(Vec::new, |totals| row(totals, 0)),
        subtotals: result
            .subtotals
            .iter()
            .map(|level| (0..level.table.n_rows as usize).map(|index| row(&level.table, index)).collect())
            .collect(),
        n_groups: result.n_groups,
        rows_matched: result.rows_matched,
    }
}

fn assert_same(expected: &Answer, found: &Answer, query: &Query) {
    let same_row = |a: &Vec<Scalar>, b: &Vec<Scalar>| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_close(a, b));
    let same = expected.n_groups == found.n_groups
        && expected.rows_matched == found.rows_matched
        && expected.rows.len() == found.rows.len()
        && expected.rows.iter().zip(&found.rows).all(|(a, b)| same_row(a, b))
        && expected.other.len() == found.other.len()
        && expected.other.iter().zip(&found.other).all(|(a, b)| same_row(a, b))
        && expected.subtotals.len() == found.subtotals.len()
        && expected.subtotals.iter().zip(&found.subtotals).all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_row(a, b)))
        && same_row(&expected.totals, &found.totals);
    assert!(same, "expected {expected:?}\nfound    {found:?}\n{query:?}");
}

/// Equal; doubles up to the rounding of sums in another order.
fn is_close(a: &Scalar, b: &Scalar) -> bool {
    match (a, b) {
        (Scalar::Float(a), Scalar::Float(b)) => {
            a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
        }
        _ => a == b,
    }
}
