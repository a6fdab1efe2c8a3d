//! A table of a million groups, sorted by each of its columns: `cargo run --release -p tarn-engine --example long_table`.
use std::sync::Arc;
use std::time::Instant;
use tarn_dashboard::{Aggregate, AggregateFunction, Column, ColumnType, DataType, Expr, Measure, Node, NumberFormat, Order, OrderBy};
use tarn_decode::{Block, Field, FieldType, Values};
use tarn_engine::{KeyBucket, Query, QueryKey, Table, TableBuilder, run};

const N_ROWS: i64 = 1_000_000;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
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
    Arc::new(Measure {
        name: name.into(),
        label: name.into(),
        aggregates: vec![aggregate],
        value: Expr { data_type: DataType::Int64, node: Node::Aggregate(0) },
        format: NumberFormat::default(),
        good: None,
        window: None,
        sql: String::new(),
    })
}
