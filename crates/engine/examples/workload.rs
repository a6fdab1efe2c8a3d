//! Measures the seven linked views of the flights dashboard: `cargo run --release -p tarn-engine --example workload [FILE]`.
//!
//! Without a Parquet file of flights, as many random rows. Prints milliseconds from a filter change to the results of all
//! other views, for brush moves, categories and date windows.
mod parts;

use parts::{Failure, aggregate, column, measure_of, millis, read, simple};
use std::sync::Arc;
use std::time::Instant;
use tarn_dashboard::{
    AggregateFunction, Column, ColumnType, DataType, DatePart, Expr, Function, Measure, Node, Order, OrderBy, Scalar, TimeUnit,
};
use tarn_decode::{Block, Field, FieldType, Places, Texts, Values};
use tarn_engine::{Clause, KeyBucket, Query, QueryKey, Table, TableBuilder, Test, Tiling, prepare, run, tile};

const DAY_MICROS: i64 = 86_400_000_000;

/// Name, steps, the view that the filter belongs to, and the filter at each step.
type Gesture<'a> = (&'a str, usize, &'a str, &'a dyn Fn(usize) -> Clauses);

fn main() -> Result<(), Failure> {
    let started = Instant::now();
    let mut table = match std::env::args().nth(1) {
        Some(path) => read(&path, &COLUMNS)?,
        None => synthetic(3_000_000)?,
    };
    println!(
        "{} rows in {:.0} ms, {:.1} bytes a row",
        table.n_rows(),
        millis(started),
        table.memory_bytes() as f64 / table.n_rows() as f64
    );

    let started = Instant::now();
    results(&mut table, &Clauses::default(), None)?;
    println!("first results {:.1} ms", millis(started));

    let brush = |step: usize| {
        let from = -60.0 + 1.2 * step as f64;
        let test = Test::Range { from: Some(from), to: Some(from + 60.0) };
        let delay = Clause { filter: "delay".into(), expr: column("delay", DataType::Int64), test };
        Clauses { delay: Some(delay), ..Clauses::default() }
    };
    let origins = top_origins(&mut table)?;
    let pick = |step: usize| {
        let test = Test::Set(vec![origins[step].clone()]);
        let origin = Clause { filter: "origin".into(), expr: column("origin", DataType::String), test };
        Clauses { origin: Some(origin), ..Clauses::default() }
    };
    let window = |step: usize| {
        let from = 978_307_200_000_000 + 5 * step as i64 * DAY_MICROS;
        let test = Test::Instants { from: Some(from), to: Some(from + 30 * DAY_MICROS) };
        let date = Clause { filter: "period".into(), expr: column("date", DataType::Timestamp), test };
        Clauses { date: Some(date), ..Clauses::default() }
    };
    for indexed in [false, true] {
        println!("{}", if indexed { "indexed" } else { "over the rows" });
        let gestures: [Gesture; 3] = [("brush", 100, "H1", &brush), ("category", origins.len(), "B1", &pick), ("date", 20, "L", &window)];
        for (name, n_steps, active, clauses) in gestures {
            if indexed {
                tiles(&mut table, active, &clauses(0))?;
                index(&mut table, active, &clauses(0))?;
            }
            measure(name, n_steps, |step| results(&mut table, &clauses(step), Some(active)))?;
        }
    }
    println!("{:.1} bytes a row with everything derived", table.memory_bytes() as f64 / table.n_rows() as f64);
    Ok(())
}

/// The filter in force, by the view that it comes from.
#[derive(Default)]
struct Clauses {
    delay: Option<Clause>,
    origin: Option<Clause>,
    date: Option<Clause>,
}

/// Results of all views but the active one.
fn results(table: &mut Table, clauses: &Clauses, active: Option<&str>) -> Result<u64, Failure> {
    let clauses: Vec<Clause> = [&clauses.delay, &clauses.origin, &clauses.date].into_iter().flatten().cloned().collect();
    let queries: Vec<Query> = views()
        .into_iter()
        .filter(|(name, _)| Some(*name) != active)
        .map(|(_, query)| Query { clauses: clauses.clone(), ..query })
        .collect();
    let mut checksum = 0;
    for result in run(table, &queries) {
        let result = result.map_err(|error| format!("{error:?}"))?;
        checksum += result.rows_matched + u64::from(result.table.n_rows);
    }
    Ok(checksum)
}

fn views() -> Vec<(&'static str, Query)> {
    let delay = || column("delay", DataType::Int64);
    let hour =
        Expr { data_type: DataType::Int64, node: Node::Call(Function::Extract(DatePart::Hour), vec![column("date", DataType::Timestamp)]) };
    let bins = |expr, from, to, width| QueryKey { name: "bin".into(), expr, bucket: KeyBucket::Bins { from, to, width } };
    let value = |name: &str| QueryKey { name: name.into(), expr: column(name, DataType::String), bucket: KeyBucket::Value };
    let day = QueryKey {
        name: "date".into(),
        expr: column("date", DataType::Timestamp),
        bucket: KeyBucket::Time { unit: TimeUnit::Day, fill: true },
    };
    let late = call(Function::Greater, DataType::Boolean, vec![delay(), literal(Scalar::Int(15))]);
    let count = || aggregate(AggregateFunction::Count, None, None, DataType::Int64);
    let flights = simple("flights", count());
    let average = simple("avg_delay", aggregate(AggregateFunction::Avg, Some(delay()), None, DataType::Float64));
    let late_share = measure_of(
        "late_share",
        vec![aggregate(AggregateFunction::Count, None, Some(late), DataType::Int64), count()],
        call(Function::Divide, DataType::Float64, vec![nth(0), nth(1)]),
    );
    let by_count = vec![Order { by: OrderBy::Measure(0), descending: true }];
    let query = |keys: Vec<QueryKey>, measures: &[&Arc<Measure>], order: Vec<Order>, limit| Query {
        keys,
        measures: measures.iter().map(|measure| Arc::clone(measure)).collect(),
        order,
        limit,
        time: Some("date".into()),
        ..Query::default()
    };
    vec![
        ("K", query(vec![], &[&flights, &average, &late_share], vec![], None)),
        ("L", query(vec![day], &[&flights], vec![], None)),
        ("H1", query(vec![bins(delay(), -60.0, 180.0, 10.0)], &[&flights], vec![], None)),
        ("H2", query(vec![bins(column("distance", DataType::Int64), 0.0, 5000.0, 200.0)], &[&flights], vec![], None)),
        ("H3", query(vec![bins(hour, 0.0, 24.0, 1.0)], &[&flights], vec![], None)),
        ("B1", query(vec![value("origin")], &[&flights], by_count.clone(), Some(20))),
        ("B2", query(vec![value("destination")], &[&flights, &average], by_count, Some(20))),
    ]
}

fn top_origins(table: &mut Table) -> Result<Vec<Scalar>, Failure> {
    let rows = tarn_engine::options(table, &column("origin", DataType::String), &[], "", 0..20).map_err(|error| format!("{error:?}"))?.0;
    Ok(rows.into_iter().map(|row| row.value).collect())
}

/// Lays out what a page answers any test of the clause's expression from; prints what it took.
fn tiles(table: &mut Table, active: &str, clauses: &Clauses) -> Result<(), Failure> {
    let queries: Vec<Query> = views().into_iter().filter(|(name, _)| *name != active).map(|(_, query)| query).collect();
    let Some(clause) = [&clauses.delay, &clauses.origin, &clauses.date].into_iter().flatten().next() else { return Ok(()) };
    let (started, mut longest, mut tiling) = (Instant::now(), 0f64, Tiling::default());
    loop {
        let step = Instant::now();
        let tiled = tile(table, &queries, &clause.expr, &mut tiling).map_err(|error| format!("{error:?}"))?;
        longest = longest.max(millis(step));
        let Some(tiled) = tiled else { continue };
        let (n_told, bytes) = (tiled.questions.iter().flatten().count(), tiled.tiles.iter().map(|tile| tile.n_bytes()).sum::<usize>());
        let megabytes = bytes as f64 / 1e6;
        println!(
            "  {} tiles of {n_told} views in {:.1} ms, longest step {longest:.1} ms, {megabytes:.1} MB",
            tiled.tiles.len(),
            millis(started)
        );
        return Ok(());
    }
}

/// Prepares for any test of the clause's expression; prints what it took.
fn index(table: &mut Table, active: &str, clauses: &Clauses) -> Result<(), Failure> {
    let clauses: Vec<Clause> = [&clauses.delay, &clauses.origin, &clauses.date].into_iter().flatten().cloned().collect();
    let queries: Vec<Query> =
        views().into_iter().filter(|(name, _)| *name != active).map(|(_, query)| Query { clauses: clauses.clone(), ..query }).collect();
    let Some(clause) = clauses.first() else { return Ok(()) };
    let (started, mut longest) = (Instant::now(), 0f64);
    let before = table.memory_bytes();
    let mut goes_on = true;
    while goes_on {
        let step = Instant::now();
        goes_on = prepare(table, &queries, &clause.expr).map_err(|error| format!("{error:?}"))?;
        longest = longest.max(millis(step));
    }
    let megabytes = (table.memory_bytes() - before) as f64 / 1e6;
    println!("  index in {:.1} ms, longest step {longest:.1} ms, {megabytes:.1} MB", millis(started));
    Ok(())
}

fn measure(name: &str, n_steps: usize, mut step: impl FnMut(usize) -> Result<u64, Failure>) -> Result<(), Failure> {
    let mut times = Vec::new();
    for index in 0..n_steps {
        let started = Instant::now();
        step(index)?;
        times.push(millis(started));
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    println!("{name}: p50 {:.1} ms, p95 {:.1} ms, max {:.1} ms", at(0.5), at(0.95), at(1.0));
    Ok(())
}

const COLUMNS: [(&str, ColumnType); 5] = [
    ("date", ColumnType::Timestamp),
    ("delay", ColumnType::Int64),
    ("distance", ColumnType::Int64),
    ("origin", ColumnType::String),
    ("destination", ColumnType::String),
];

fn synthetic(n_rows: i64) -> Result<Table, Failure> {
    let mut state = 42u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut airports = Texts::default();
    for airport in 0..300 {
        airports.text.push_str(&format!("A{airport:03}"));
        airports.ends.push(airports.text.len() as u32);
    }
    let field = |name: &str, field_type| Field { name: name.into(), field_type, nullable: true };
    let plain = |values: Vec<i64>| Block::Plain { values: Values::Ints(values), valid: None };
    let mut builder = TableBuilder::new(&COLUMNS.map(|(name, column_type)| Column { name: name.into(), column_type, nullable: true }));
    for start in (0..n_rows).step_by(50_000) {
        let rows = start..(start + 50_000).min(n_rows);
        builder.add_rows((rows.end - rows.start) as usize)?;
        let date = rows.clone().map(|row| (978_307_200_000_000 + row * 181 * DAY_MICROS / n_rows) / 60_000_000 * 60_000_000);
        builder.append(0, &field("date", FieldType::Timestamp), plain(date.collect()))?;
        let delay = rows.clone().map(|_| (random(60) + random(60)) as i64 - 40);
        builder.append(1, &field("delay", FieldType::Int16), plain(delay.collect()))?;
        let distance = rows.clone().map(|_| random(2_500) as i64);
        builder.append(2, &field("distance", FieldType::Int16), plain(distance.collect()))?;
        for (place, name) in [(3, "origin"), (4, "destination")] {
            let places = Places::U16(rows.clone().map(|_| (random(300) * random(300) / 300) as u16 + 1).collect());
            let values = Values::Texts(airports.clone());
            builder.append(place, &field(name, FieldType::String), Block::Dictionary { values, places, has_nulls: false })?;
        }
    }
    Ok(builder.finish()?)
}

fn literal(value: Scalar) -> Expr {
    Expr { data_type: DataType::Int64, node: Node::Literal(value) }
}

fn call(function: Function, data_type: DataType, arguments: Vec<Expr>) -> Expr {
    Expr { data_type, node: Node::Call(function, arguments) }
}

fn nth(index: u32) -> Expr {
    Expr { data_type: DataType::Int64, node: Node::Aggregate(index) }
}
