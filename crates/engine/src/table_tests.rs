#![allow(clippy::unwrap_used)]
use crate::reference::block;
use crate::{Clause, KeyBucket, Query, QueryKey, Table, TableBuilder, TableError, Test, options, prepare, run};
use std::sync::Arc;
use tarn_dashboard::{Column, ColumnType, DataType, Expr, Node, Scalar};
use tarn_decode::{Block, Field, FieldType, Values};

fn nullable(name: &str, column_type: ColumnType) -> Column {
    Column { name: name.into(), column_type, nullable: true }
}

fn table(columns: &[(&str, ColumnType, Vec<Scalar>)]) -> Table {
    let contract: Vec<Column> = columns.iter().map(|(name, column_type, _)| nullable(name, *column_type)).collect();
    let mut builder = TableBuilder::new(&contract);
    builder.add_rows(columns[0].2.len()).unwrap();
    for (place, (_, _, values)) in columns.iter().enumerate() {
        let (field, block) = block(&contract[place], &values.iter().collect::<Vec<_>>(), place == 0);
        builder.append(place, &field, block).unwrap();
    }
    builder.finish().unwrap()
}

/// What comes of values of a file under another type of the contract.
fn read_as(found: FieldType, values: Values, column_type: ColumnType) -> Result<Table, TableError> {
    let mut builder = TableBuilder::new(&[nullable("x", column_type)]);
    builder.add_rows(values.len())?;
    let field = Field { name: "x".into(), field_type: found, nullable: true };
    builder.append(0, &field, Block::Plain { values, valid: None })?;
    builder.finish()
}

fn column(name: &str, data_type: DataType) -> Expr {
    Expr { data_type, node: Node::Column(name.into()) }
}

fn text(text: &str) -> Scalar {
    Scalar::String(text.into())
}

fn cities() -> Table {
    let city = vec![text("Oslo"), text("Lima"), Scalar::Null, text("Lima"), text("Rome")];
    let count = vec![Scalar::Int(i64::MIN), Scalar::Int(3), Scalar::Int(5), Scalar::Null, Scalar::Int(i64::MAX)];
    table(&[("city", ColumnType::String, city), ("count", ColumnType::Int64, count)])
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
    let numbers = |numbers: &[u64]| {
        let scalars = numbers.iter().map(|number| Scalar::Decimal { unscaled: i128::from(*number), scale: 0 });
        table(&[("n", ColumnType::Uint64, scalars.collect())])
    };
    assert_eq!(whole.add_columns(numbers(&[u64::MAX])), Err(TableError::RowCount { expected: 5, found: 1 }));
    whole.add_columns(numbers(&[u64::MAX, 0, 1, 2, 3])).unwrap();
    let greatest = whole.min_max(&column("n", ColumnType::Uint64.data_type())).unwrap().1;
    assert_eq!(greatest, Scalar::Decimal { unscaled: i128::from(u64::MAX), scale: 0 });
}

#[test]
fn rows_that_were_announced_have_to_come() {
    let mut builder = TableBuilder::new(&[nullable("x", ColumnType::Int64)]);
    builder.add_rows(3).unwrap();
    let field = Field { name: "x".into(), field_type: FieldType::Int64, nullable: true };
    builder.append(0, &field, Block::Nulls(2)).unwrap();
    assert_eq!(builder.finish().err(), Some(TableError::RowCount { expected: 3, found: 2 }));
}

#[test]
fn types_are_widened_without_loss_or_refused() {
    let greatest = |table: Result<Table, TableError>, data_type| table.unwrap().min_max(&column("x", data_type)).unwrap().1;
    let decimal = ColumnType::Decimal { precision: 38, scale: 4 };
    let scaled = read_as(FieldType::Decimal { precision: 18, scale: 2 }, Values::Ints(vec![125, i64::MAX]), decimal);
    let unscaled = i128::from(i64::MAX) * 100;
    assert_eq!(greatest(scaled, decimal.data_type()), Scalar::Decimal { unscaled, scale: 4 });
    let far = read_as(FieldType::Decimal { precision: 38, scale: 0 }, Values::Decimals(vec![i128::MAX]), decimal);
    assert!(matches!(far.err(), Some(TableError::OutOfRange { column, .. }) if column == "x"));
    let number = read_as(FieldType::Uint32, Values::Ints(vec![7]), ColumnType::Uint64);
    assert_eq!(greatest(number, ColumnType::Uint64.data_type()), Scalar::Decimal { unscaled: 7, scale: 0 });
    for (found, column_type) in
        [(FieldType::Date, ColumnType::Int64), (FieldType::Uint64, ColumnType::Int64), (FieldType::Int64, ColumnType::Time)]
    {
        let refused = read_as(found, Values::Ints(vec![1]), column_type);
        assert!(matches!(refused.err(), Some(TableError::ColumnType { column, .. }) if column == "x"), "{found:?}");
    }
}

/// However the rows are cut into blocks and whether these are dictionaries, the column is the same.
#[test]
fn blocks_of_all_forms_join_to_one_column() {
    let minute = 60_000_000;
    let blocks: Vec<Vec<Scalar>> = vec![
        vec![Scalar::Timestamp(5 * minute), Scalar::Timestamp(-3 * minute), Scalar::Timestamp(5 * minute)],
        vec![Scalar::Null, Scalar::Null],
        vec![Scalar::Timestamp(60 * minute), Scalar::Null],
        vec![Scalar::Timestamp(7_000)],
        vec![Scalar::Timestamp(i64::MAX), Scalar::Timestamp(0)],
    ];
    for n_blocks in 1..=blocks.len() {
        for forms in 0..1 << n_blocks {
            let contract = nullable("at", ColumnType::Timestamp);
            let mut builder = TableBuilder::new(std::slice::from_ref(&contract));
            for (index, values) in blocks[..n_blocks].iter().enumerate() {
                let (field, block) = block(&contract, &values.iter().collect::<Vec<_>>(), forms >> index & 1 == 1);
                builder.add_rows(values.len()).unwrap();
                builder.append(0, &field, block).unwrap();
            }
            let table = builder.finish().unwrap();
            let expected: Vec<Scalar> = blocks[..n_blocks].iter().flatten().cloned().collect();
            let vector = table.column("at").unwrap().read(0..expected.len());
            let found: Vec<Scalar> = (0..expected.len()).map(|row| vector.scalar(DataType::Timestamp, row)).collect();
            assert_eq!(found, expected, "{n_blocks} blocks, forms {forms:b}");
        }
    }
}

#[test]
fn dropped_columns_are_freed_with_all_that_was_made_of_them() {
    let n = 100_000;
    let numbers = |factor: i64| (0..n).map(|row| Scalar::Int(row * factor % 1_009)).collect::<Vec<_>>();
    let mut table = table(&[("a", ColumnType::Int64, numbers(7)), ("b", ColumnType::Int64, numbers(11))]);
    let (a, b) = (column("a", DataType::Int64), column("b", DataType::Int64));
    let key = |expr: &Expr| QueryKey { name: "key".into(), expr: expr.clone(), bucket: KeyBucket::Value };
    let both = Query { keys: vec![key(&a), key(&b)], ..Query::default() };
    let of_b = Query { keys: vec![key(&b)], ..Query::default() };
    let columns = table.memory_bytes();
    let expected = format!("{:?}", run(&mut table, std::slice::from_ref(&of_b)));
    run(&mut table, std::slice::from_ref(&both)).remove(0).unwrap();
    while prepare(&mut table, std::slice::from_ref(&of_b), &a).unwrap() {}
    let dropped = Arc::downgrade(table.column("a").unwrap());
    assert!(table.memory_bytes() > 2 * columns, "{} of {columns}", table.memory_bytes());

    run(&mut table, std::slice::from_ref(&of_b)).remove(0).unwrap();
    table.forget_unused(2);
    assert!(table.memory_bytes() > 2 * columns, "used by the last two runs");
    table.keep_columns(|name| name == "b");
    assert!(dropped.upgrade().is_none(), "nobody holds the column");
    assert!(table.memory_bytes() * 19 < columns * 10, "{} of {columns}", table.memory_bytes());
    assert!(run(&mut table, std::slice::from_ref(&both)).remove(0).is_err());
    assert_eq!(format!("{:?}", run(&mut table, &[of_b])), expected);
}
