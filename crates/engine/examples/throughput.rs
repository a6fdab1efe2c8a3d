//! Rows per second of four kinds of questions, beside what the machine's memory carries:
//! `cargo run --release -p tarn-engine --example throughput KEYS.parquet`, with a file of `bench/make_keys.py`.
//!
//! Prints one JSON object: by question `ms`, the middle of eleven times, and `bytes`, what the columns hold that it reads; and `copied`
//! and `summed`, bytes per second of copying and of adding up memory.
mod parts;

use parts::{Failure, aggregate, column, millis, read, simple};
use std::hint::black_box;
use std::time::Instant;
use tarn_dashboard::{AggregateFunction, ColumnType, DataType, Order, OrderBy};
use tarn_engine::{Clause, KeyBucket, Query, QueryKey, Test, run};

const TIMES: u32 = 11;
/// Larger than any cache.
const BUFFER: usize = 32 << 20;

fn main() -> Result<(), Failure> {
    let path = std::env::args().nth(1).ok_or("throughput KEYS.parquet")?;
    let (key, kind, value) = (("key", ColumnType::Int64), ("kind", ColumnType::String), ("value", ColumnType::Int64));
    let count = || simple("rows", aggregate(AggregateFunction::Count, None, None, DataType::Int64));
    let total = || simple("total", aggregate(AggregateFunction::Sum, Some(column("value", DataType::Int64)), None, DataType::Int64));
    let distinct = aggregate(AggregateFunction::CountDistinct, Some(column("key", DataType::Int64)), None, DataType::Int64);
    let by = |name: &str, data_type| vec![QueryKey { name: name.into(), expr: column(name, data_type), bucket: KeyBucket::Value }];
    let greatest =
        |query: Query, limit| Query { order: vec![Order { by: OrderBy::Measure(0), descending: true }], limit: Some(limit), ..query };
    let asked = [
        ("scan", vec![value], Query { measures: vec![count()], ..Query::default() }),
        (
            "groups",
            vec![kind, value],
            greatest(Query { keys: by("kind", DataType::String), measures: vec![total()], ..Query::default() }, 20),
        ),
        ("keys", vec![key, value], greatest(Query { keys: by("key", DataType::Int64), measures: vec![total()], ..Query::default() }, 10)),
        ("distinct", vec![key, value], Query { measures: vec![simple("keys", distinct)], ..Query::default() }),
    ];
    let mut told = vec![];
    for (name, columns, query) in asked {
        let mut table = read(&path, &columns)?;
        let bytes = table.memory_bytes();
        let ms = middle(|time| {
            // Each time other rows, of which the engine knows nothing.
            let from = f64::from(time * 90);
            let test = Test::Range { from: Some(from), to: Some(from + 90.0) };
            let clause = Clause { filter: "value".into(), expr: column("value", DataType::Int64), test };
            let query = Query { clauses: vec![clause], ..query.clone() };
            let results: Result<Vec<_>, _> = run(&mut table, &[query]).into_iter().collect();
            black_box(results.map_err(|error| format!("{error:?}"))?);
            Ok(())
        })?;
        told.push(format!(r#""{name}": {{"ms": {ms:.3}, "bytes": {bytes}}}"#));
    }
    let from = vec![1u64; BUFFER];
    let mut to = vec![0u64; BUFFER];
    let n_bytes = (BUFFER * size_of::<u64>()) as f64;
    let copied = middle(|_| {
        to.copy_from_slice(black_box(&from));
        black_box(&to);
        Ok(())
    })?;
    let summed = middle(|_| {
        black_box(black_box(&from).iter().sum::<u64>());
        Ok(())
    })?;
    println!("{{{}, \"copied\": {:.0}, \"summed\": {:.0}}}", told.join(", "), n_bytes / copied * 1e3, n_bytes / summed * 1e3);
    Ok(())
}

/// The middle of the times that it takes, in milliseconds.
fn middle(mut each: impl FnMut(u32) -> Result<(), Failure>) -> Result<f64, Failure> {
    let mut times = vec![];
    for time in 0..TIMES {
        let started = Instant::now();
        each(time)?;
        times.push(millis(started));
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}
