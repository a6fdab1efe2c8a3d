#![allow(clippy::unwrap_used)]
use crate::{Clause, Table, TableBuilder, TableError, Test, options};
use arrow_array::{ArrayRef, Int64Array, LargeStringArray, RecordBatch, StringArray, TimestampMillisecondArray, UInt64Array};
use std::sync::Arc;
use tarn_dashboard::{Column, ColumnType, DataType, Expr, Node, Scalar};

fn table(columns: &[(&str, ColumnType)], arrays: Vec<ArrayRef>) -> Result<Table, TableError> {
    let contract: Vec<Column> =
        columns.iter().map(|(name, column_type)| Column { name: (*name).into(), column_type: *column_type, nullable: true }).collect();
    let mut builder = TableBuilder::new(&contract);
    builder.append(&RecordBatch::try_from_iter(columns.iter().map(|(name, _)| *name).zip(arrays)).unwrap())?;
    Ok(builder.finish())
}

fn column(name: &str, data_type: DataType) -> Expr {
    Expr { data_type, node: Node::Column(name.into()) }
}

fn cities() -> Table {
    let city = StringArray::from(vec![Some("Oslo"), Some("Lima"), None, Some("Lima"), Some("Rome")]);
    let count = Int64Array::from(vec![Some(i64::MIN), Some(3), Some(5), None, Some(i64::MAX)]);
    table(&[("city", ColumnType::String), ("count", ColumnType::Int64)], vec![Arc::new(city), Arc::new(count)]).unwrap()
}

#[test]
fn options_are_counted_under_the_clauses_most_frequent_first() {
    let mut table = cities();
    let city = column("city", DataType::String);
    let clause = Clause { filter: "count".into(), expr: column("count", DataType::Int64), test: Test::Range { from: Some(0.0), to: None } };
    let mut list = |clauses: &[Clause], search: &str, limit| {
        let (rows, n_matching) = options(&mut table, &city, clauses, search, 0..limit).unwrap();
        (rows.into_iter().map(|row| (row.value, row.count)).collect::<Vec<_>>(), n_matching)
    };
    let text = |text: &str| Scalar::String(text.into());
    assert_eq!(list(&[], "", 10), (vec![(text("Lima"), 2), (text("Oslo"), 1), (text("Rome"), 1), (Scalar::Null, 1)], 4));
    assert_eq!(
        list(std::slice::from_ref(&clause), "", 10),
        (vec![(text("Lima"), 1), (text("Rome"), 1), (Scalar::Null, 1), (text("Oslo"), 0)], 4)
    );
    assert_eq!(list(&[clause], "O", 1), (vec![(text("Rome"), 1)], 2));
}

#[test]
fn spans_and_distinct_values_leave_null_out() {
    let mut table = cities();
    let count = column("count", DataType::Int64);
    assert_eq!(table.min_max(&count).unwrap(), (Scalar::Int(i64::MIN), Scalar::Int(i64::MAX)));
    assert_eq!(table.distinct_count(&count).unwrap(), 4);
    assert_eq!(table.distinct_count(&column("city", DataType::String)).unwrap(), 3);
}

#[test]
fn columns_join_a_table_of_as_many_rows() {
    let mut whole = cities();
    let one = || table(&[("n", ColumnType::Uint64)], vec![Arc::new(UInt64Array::from(vec![u64::MAX]))]).unwrap();
    assert_eq!(whole.add_columns(one()), Err(TableError::RowCount { expected: 5, found: 1 }));
    let five = table(&[("n", ColumnType::Uint64)], vec![Arc::new(UInt64Array::from(vec![u64::MAX, 0, 1, 2, 3]))]).unwrap();
    whole.add_columns(five).unwrap();
    let greatest = whole.min_max(&column("n", ColumnType::Uint64.data_type())).unwrap().1;
    assert_eq!(greatest, Scalar::Decimal { unscaled: i128::from(u64::MAX), scale: 0 });
}

#[test]
fn types_are_widened_without_loss_or_refused() {
    let wide = LargeStringArray::from(vec!["x"]);
    assert!(table(&[("s", ColumnType::String)], vec![Arc::new(wide)]).is_ok());
    let text: ArrayRef = Arc::new(StringArray::from(vec!["1"]));
    assert!(matches!(table(&[("n", ColumnType::Int64)], vec![text]), Err(TableError::ColumnType { column, .. }) if column == "n"));
    let far: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![i64::MAX]));
    assert!(matches!(table(&[("t", ColumnType::Timestamp)], vec![far]), Err(TableError::OutOfRange { .. })));
    let early: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![-1]));
    let mut early = table(&[("t", ColumnType::Timestamp)], vec![early]).unwrap();
    assert_eq!(early.min_max(&column("t", DataType::Timestamp)).unwrap().0, Scalar::Timestamp(-1_000));
}
