//! A table of a million groups, sorted by each of its columns: `cargo run --release -p tarn-engine --example long_table`. With a
//! file of `bench/make_users.py`, from its bytes to the first answer.
use bytes::Bytes;
use std::sync::Arc;
use std::time::Instant;
use tarn_dashboard::{Aggregate, AggregateFunction, Column, ColumnType, DataType, Expr, Measure, Node, NumberFormat, Order, OrderBy};
use tarn_decode::{Block, Field, FieldType, FooterStep, Values, read_footer};
use tarn_engine::{KeyBucket, Query, QueryKey, Table, TableBuilder, run};

const N_ROWS: i64 = 1_000_000;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    if let Some(path) = std::env::args().nth(1) {
        return of_file(&path);
    }
    let mut table = table()?;
    let keys = vec![QueryKey { name: "id".into(), expr: column("id"), bucket: KeyBucket::Value }];
    let measures = vec![sum("amount", "amount"), sum("id", "weight")];
    let orders = [("measure", OrderBy::Measure(0)), ("key", OrderBy::Key(0)), ("measure again", OrderBy::Measure(0))];
    for limit in [500, N_ROWS as u32] {
        for (name, by) in &orders {
            let order = vec![Order { by: by.clone(), descending: true }];
            let query = Query { keys: keys.clone(), measures: measures.clone(), order, limit: Some(limit), ..Query::default() };
            let started = Instant::now();
            let result = run(&mut table, &[query]).remove(0).map_err(|error| format!("{error:?}"))?;
            let ms = started.elapsed().as_secs_f64() * 1e3;
            println!("{} of {} groups by {name}: {ms:.0} ms", result.table.n_rows, result.n_groups);
        }
    }
    Ok(())
}

/// The table of `bench/dashboards/tables.yaml`, three times.
fn of_file(path: &str) -> Result<(), Failure> {
    let contract =
        [("name", ColumnType::String), ("region", ColumnType::String), ("amount", ColumnType::Int64), ("score", ColumnType::Float)]
            .map(|(name, column_type)| Column { name: name.into(), column_type, nullable: name == "score" });
    let file = Bytes::from(std::fs::read(path)?);
    let millis = |started: Instant| started.elapsed().as_secs_f64() * 1e3;
    for _ in 0..3 {
        let FooterStep::Ready(footer) = read_footer(file.len() as u64, &file)? else { return Err("an incomplete file".into()) };
        let projection = footer.projection(&contract.iter().map(|column| column.name.as_str()).collect::<Vec<_>>())?;
        let mut builder = TableBuilder::new(&contract);
        let (mut decode_ms, mut append_ms) = ([0.0; 4], [0.0; 4]);
        for (group, ranges) in projection.ranges().iter().enumerate() {
            let chunks: Vec<Bytes> = ranges.iter().map(|range| file.slice(range.start as usize..range.end as usize)).collect();
            builder.add_rows(projection.n_rows(group)?)?;
            for place in 0..contract.len() {
                let started = Instant::now();
                let blocks = projection.read(group, place, &chunks)?.collect::<Result<Vec<Block>, _>>()?;
                decode_ms[place] += millis(started);
                let started = Instant::now();
                for block in blocks {
                    builder.append(place, projection.field(place).ok_or("no such column")?, block)?;
                }
                append_ms[place] += millis(started);
            }
        }
        let started = Instant::now();
        let mut table = builder.finish()?;
        let finish_ms = millis(started);
        let key = |name: &str| QueryKey {
            name: name.into(),
            expr: Expr { data_type: DataType::String, node: Node::Column(name.into()) },
            bucket: KeyBucket::Value,
        };
        let count = Aggregate { function: AggregateFunction::Count, argument: None, filter: None, data_type: DataType::Int64 };
        let score = Expr { data_type: DataType::Float64, node: Node::Column("score".into()) };
        let mean = Aggregate { function: AggregateFunction::Avg, argument: Some(score), filter: None, data_type: DataType::Float64 };
        let query = Query {
            keys: vec![key("name"), key("region")],
            measures: vec![sum("amount", "spent"), measure("mean", mean), measure("visits", count)],
            order: vec![Order { by: OrderBy::Measure(0), descending: true }],
            limit: Some(N_ROWS as u32),
            totals: true,
            first: Some((100_000, 2_000)),
            ..Query::default()
        };
        let started = Instant::now();
        let result = run(&mut table, &[query]).remove(0).map_err(|error| format!("{error:?}"))?;
        let query_ms = millis(started);
        println!(
            "{} rows: decoded in {decode_ms:.0?} ms, taken in in {append_ms:.0?}, joined in {finish_ms:.0}, answered in {query_ms:.0}",
            result.n_groups
        );
    }
    Ok(())
}

/// Every row has an id of its own, scrambled, and an amount.
fn table() -> Result<Table, Failure> {
    let column = |name: &str| Column { name: name.into(), column_type: ColumnType::Int64, nullable: false };
    let mut builder = TableBuilder::new(&[column("id"), column("amount")]);
    builder.add_rows(N_ROWS as usize)?;
    for (place, name, factor) in [(0, "id", 7_919), (1, "amount", 104_729)] {
        let values = (0..N_ROWS).map(|row| row * factor % 1_000_003).collect();
        let field = Field { name: name.into(), field_type: FieldType::Int64, nullable: false };
        builder.append(place, &field, Block::Plain { values: Values::Ints(values), valid: None })?;
    }
    Ok(builder.finish()?)
}

fn column(name: &str) -> Expr {
    Expr { data_type: DataType::Int64, node: Node::Column(name.into()) }
}

fn sum(of: &str, name: &str) -> Arc<Measure> {
    let aggregate = Aggregate { function: AggregateFunction::Sum, argument: Some(column(of)), filter: None, data_type: DataType::Int64 };
    measure(name, aggregate)
}

fn measure(name: &str, aggregate: Aggregate) -> Arc<Measure> {
    Arc::new(Measure {
        name: name.into(),
        label: name.into(),
        value: Expr { data_type: aggregate.data_type, node: Node::Aggregate(0) },
        aggregates: vec![aggregate],
        format: NumberFormat::default(),
        good: None,
        window: None,
        sql: String::new(),
    })
}
