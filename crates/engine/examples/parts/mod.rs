//! What the examples share: a Parquet file as a table, and measures.
#![allow(dead_code, reason = "no example uses all of it")]
use bytes::Bytes;
use std::sync::Arc;
use std::time::Instant;
use tarn_dashboard::{Aggregate, AggregateFunction, Column, ColumnType, DataType, Expr, Measure, Node, NumberFormat};
use tarn_decode::{FooterStep, read_footer};
use tarn_engine::{Table, TableBuilder};

pub type Failure = Box<dyn std::error::Error>;

pub fn millis(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}

/// These columns of the file, name and type.
pub fn read(path: &str, columns: &[(&str, ColumnType)]) -> Result<Table, Failure> {
    let file = Bytes::from(std::fs::read(path)?);
    let FooterStep::Ready(footer) = read_footer(file.len() as u64, &file)? else { return Err("an incomplete file".into()) };
    let contract: Vec<Column> =
        columns.iter().map(|(name, column_type)| Column { name: (*name).into(), column_type: *column_type, nullable: true }).collect();
    let projection = footer.projection(&columns.iter().map(|(name, _)| *name).collect::<Vec<_>>())?;
    let mut builder = TableBuilder::new(&contract);
    for (group, ranges) in projection.ranges().iter().enumerate() {
        let chunks: Vec<Bytes> = ranges.iter().map(|range| file.slice(range.start as usize..range.end as usize)).collect();
        builder.add_rows(projection.n_rows(group)?)?;
        for place in 0..contract.len() {
            for block in projection.read(group, place, &chunks)? {
                builder.append(place, projection.field(place).ok_or("no such column")?, block?)?;
            }
        }
    }
    Ok(builder.finish()?)
}

pub fn column(name: &str, data_type: DataType) -> Expr {
    Expr { data_type, node: Node::Column(name.into()) }
}

pub fn aggregate(function: AggregateFunction, argument: Option<Expr>, filter: Option<Expr>, data_type: DataType) -> Aggregate {
    Aggregate { function, argument, filter, data_type }
}

/// A measure that is one aggregate.
pub fn simple(name: &str, aggregate: Aggregate) -> Arc<Measure> {
    let value = Expr { data_type: aggregate.data_type, node: Node::Aggregate(0) };
    measure_of(name, vec![aggregate], value)
}

pub fn measure_of(name: &str, aggregates: Vec<Aggregate>, value: Expr) -> Arc<Measure> {
    Arc::new(Measure {
        name: name.into(),
        label: name.into(),
        aggregates,
        value,
        format: NumberFormat::default(),
        good: None,
        window: None,
        sql: String::new(),
    })
}
