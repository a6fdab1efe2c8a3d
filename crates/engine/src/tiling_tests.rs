//! What a page tells from tiles against what the engine answers, to the last bit.
#![allow(clippy::unwrap_used)]
use crate::reference::random::{Random, measure_of};
use crate::{Clause, Query, QueryResult, Table, Test, Tiled, Tiling, run, tile};
use std::sync::Arc;
use tarn_dashboard::{Aggregate, AggregateFunction, DataType, Expr, FilterValue, Measure, Node, Scalar};
use tarn_protocol::{Bytes, MovingView, Run, Tiles, ViewResult, encode, subject};

/// `None` where a clause fails.
fn tiled(table: &mut Table, queries: &[Query], axis: &Expr) -> Option<Tiled> {
    laid_by(table, queries, axis, Tiling::default())
}

fn laid_by(table: &mut Table, queries: &[Query], axis: &Expr, mut tiling: Tiling) -> Option<Tiled> {
    for _ in 0..200 {
        if let Some(tiled) = tile(table, queries, axis, &mut tiling).ok()? {
            return Some(tiled);
        }
    }
    panic!("it does not end");
}

/// The filter's value whose test it is.
fn value_of(test: &Test) -> FilterValue {
    match test {
        Test::Instants { from, to } => FilterValue::DateRange { from: *from, to: *to },
        Test::Range { from, to } => FilterValue::Range { from: *from, to: *to },
        Test::Set(values) => FilterValue::Set(values.clone()),
        Test::Contains(text) => FilterValue::Text(text.clone()),
        Test::Is(value) => FilterValue::Boolean(*value),
    }
}

fn tiles(tiled: Tiled) -> (Tiles, Vec<usize>) {
    let (mut views, mut told) = (vec![], vec![]);
    for (at, question) in tiled.questions.into_iter().enumerate() {
        if let Some(current) = question {
            told.push(at);
            let (id, series, snapshot) = (at.to_string(), vec![], String::new());
            let (previous, is_compared, rows_total, filters_applied) = (None, false, 0, vec![]);
            views.push(MovingView { id, current, previous, is_compared, series, rows_total, filters_applied, snapshot });
        }
    }
    let subject = Bytes(subject(&Run::default(), "f"));
    let (filter, comparison, periods, axis, tiles) = ("f".to_owned(), None, vec![], tiled.axis, tiled.tiles);
    (Tiles { filter, subject, comparison, periods, axis, tiles, views, is_whole: true }, told)
}

fn told_of(tiles: &Tiles, test: &Test) -> Option<Vec<ViewResult>> {
    let run = Run { selections: vec![("f".into(), value_of(test))], ..Run::default() };
    // As it comes over the wire.
    let tiles = Tiles::decode(&encode(tiles)).unwrap();
    let answered = tiles.answer(&run)?;
    Some(answered.results.views.into_iter().map(|(_, result)| result.unwrap()).collect())
}

fn result(found: QueryResult) -> ViewResult {
    let QueryResult { table, totals, other, n_groups, rows_matched, .. } = found;
    ViewResult { table, totals, other, n_groups, rows_matched, ..ViewResult::default() }
}

#[test]
fn moves_are_told_as_the_engine_answers_them() {
    let (mut n_told, mut n_untold, mut n_failed, mut n_moves) = (0, 0, 0, 0);
    for seed in 0..1_500 {
        let mut random = Random::new(seed);
        let (mut table, _) = random.table(if seed % 20 == 0 { 9_000 } else { 300 });
        let shared = random.clauses();
        let active = random.clause();
        let mut queries: Vec<Query> = (0..1 + random.below(5)).map(|_| random.query()).collect();
        for query in &mut queries {
            query.clauses = shared.iter().filter(|clause| clause.expr != active.expr).cloned().collect();
            query.other = query.limit.is_some();
            query.subtotals &= seed % 3 == 0;
        }
        // A tile that fails takes all others along: one query at a time.
        for query in &queries {
            // In one go, in several, or in stretches of the axis.
            let tiling = Tiling::counting([16 << 20, 6_000, 3_000][seed as usize % 3]);
            let Some(tiled) = laid_by(&mut table, std::slice::from_ref(query), &active.expr, tiling) else { continue };
            let (tiles, told) = tiles(tiled);
            if told.is_empty() {
                n_untold += 1;
                continue;
            }
            for round in 0..6 {
                let mut test = random.test_of(&active.expr);
                if let (Test::Set(values), 0) = (&mut test, round) {
                    values.push(Scalar::Null);
                }
                let clause = Clause { test: test.clone(), ..active.clone() };
                let moved = Query { clauses: query.clauses.iter().chain([&clause]).cloned().collect(), ..query.clone() };
                let expected = run(&mut table, std::slice::from_ref(&moved)).pop().unwrap();
                match (told_of(&tiles, &test), expected) {
                    (Some(found), Ok(expected)) => {
                        n_told += 1;
                        let expected = result(expected);
                        assert!(
                            encode(&found[0]) == encode(&expected),
                            "seed {seed}: {moved:?}\nfound    {:?}\nexpected {expected:?}",
                            found[0]
                        );
                    }
                    (None, Err(_)) => n_failed += 1,
                    (None, Ok(_)) => n_moves += 1,
                    (Some(found), Err(error)) => panic!("seed {seed}: {moved:?}\nfound {found:?}\nexpected {error:?}"),
                }
            }
        }
    }
    assert!(n_told > 3_000 && n_moves < n_told / 4, "{n_told} told, {n_moves} not, {n_failed} failed, {n_untold} queries of other kinds");
}

/// The least of the sums is beyond the type; their average is not.
#[test]
fn sums_beyond_their_type_are_left_to_the_engine() {
    let nulls = || vec![Scalar::Null; 6];
    let rows = (0..40).map(|row| [vec![Scalar::Int(i64::MAX - row), Scalar::Int(row)], nulls()].concat()).collect();
    let (mut table, _) = Random::new(1).table_of(rows);
    let column = |name: &str| Expr { data_type: DataType::Int64, node: Node::Column(name.into()) };
    let measure =
        |function, data_type| Arc::new(measure_of("m", Aggregate { function, argument: Some(column("a")), filter: None, data_type }));
    let sum = Query { measures: vec![measure(AggregateFunction::Sum, DataType::Int64)], ..Query::default() };
    let average = Query { measures: vec![measure(AggregateFunction::Avg, DataType::Float64)], ..Query::default() };
    for (query, to, is_told) in [(&sum, 1.0, true), (&sum, 2.0, false), (&average, 2.0, true), (&sum, 0.0, true)] {
        let test = Test::Range { from: Some(0.0), to: Some(to) };
        let (tiles, told) = tiles(tiled(&mut table, std::slice::from_ref(query), &column("b")).unwrap());
        assert_eq!(told.len(), 1);
        let clause = Clause { filter: "f".into(), expr: column("b"), test: test.clone() };
        let expected = run(&mut table, &[Query { clauses: vec![clause], ..query.clone() }]).pop().unwrap();
        assert_eq!(told_of(&tiles, &test).map(|mut told| told.remove(0)), expected.ok().map(result));
        assert_eq!(told_of(&tiles, &test).is_some(), is_told);
    }
}

/// Days of a clock that has more instants than an axis has places.
#[test]
fn whole_days_of_many_instants_are_told_and_parts_of_them_are_not() {
    const HOUR: i64 = 3_600_000_000;
    let of = |row: i64| {
        [vec![Scalar::Null, Scalar::Null, Scalar::Null, Scalar::Timestamp((row - 4_000) * HOUR / 6)], vec![Scalar::Null; 4]].concat()
    };
    let (mut table, _) = Random::new(1).table_of((0..9_000).map(of).collect());
    let axis = Expr { data_type: DataType::Timestamp, node: Node::Column("t".into()) };
    let query = Query { measures: vec![Arc::new(Measure::row_count())], ..Query::default() };
    let (tiles, _) = tiles(tiled(&mut table, std::slice::from_ref(&query), &axis).unwrap());
    let mut n_told = 0;
    for (from, to) in [(0, 24), (-24, 48), (-48, 0), (-2_400, 2_400), (1, 24), (0, 25), (24, 24)] {
        let test = Test::Instants { from: Some(from * HOUR), to: Some(to * HOUR) };
        let clause = Clause { filter: "f".into(), expr: axis.clone(), test: test.clone() };
        let expected = run(&mut table, &[Query { clauses: vec![clause], ..query.clone() }]).pop().unwrap().unwrap();
        let told = told_of(&tiles, &test);
        assert_eq!(told.is_some(), from % 24 == 0 && to % 24 == 0);
        n_told += u32::from(told.is_some());
        assert!(told.is_none_or(|mut told| told.remove(0) == result(expected)), "{from} to {to}");
    }
    assert_eq!(n_told, 5);
}

/// Together, tiles are shared.
#[test]
fn queries_share_their_tiles() {
    let mut random = Random::new(5);
    let (mut table, _) = random.table(3_000);
    let axis = Expr { data_type: DataType::Int64, node: Node::Column("b".into()) };
    let count = Query { measures: vec![Arc::new(Measure::row_count())], ..Query::default() };
    let tiled = tiled(&mut table, &[count.clone(), count], &axis).unwrap();
    assert_eq!(tiled.tiles.len(), 1);
    assert!(tiled.questions.iter().all(Option::is_some));
}
