use arrow_schema::{DataType, Schema};
use tarn_dashboard::{Column, ColumnType};
use tarn_protocol::LoadErrorKind;

/// Whether a file keeps what the dashboard was promised about the columns: each is there and its type can be widened without
/// loss. Extra columns do not matter. Nulls show only when the values are read.
pub fn check_contract(schema: &Schema, columns: &[Column]) -> Result<(), LoadErrorKind> {
    for column in columns {
        let Some((_, field)) = schema.fields().find(&column.name) else {
            let available = schema.fields().iter().map(|field| field.name().clone()).collect();
            return Err(LoadErrorKind::MissingColumn { column: column.name.clone(), available });
        };
        if !widens(field.data_type(), column.column_type) {
            let expected = expected_name(column.column_type);
            return Err(LoadErrorKind::ColumnType { column: column.name.clone(), expected, found: type_name(field.data_type()) });
        }
    }
    Ok(())
}

/// Whether every value of `found` is a value of `contract`.
fn widens(found: &DataType, contract: ColumnType) -> bool {
    use DataType as D;
    match contract {
        ColumnType::Boolean => matches!(found, D::Boolean),
        ColumnType::Int8 => matches!(found, D::Int8),
        ColumnType::Int16 => matches!(found, D::Int8 | D::Int16 | D::UInt8),
        ColumnType::Int32 => matches!(found, D::Int8 | D::Int16 | D::Int32 | D::UInt8 | D::UInt16),
        ColumnType::Int64 => matches!(found, D::Int8 | D::Int16 | D::Int32 | D::Int64 | D::UInt8 | D::UInt16 | D::UInt32),
        ColumnType::Uint8 => matches!(found, D::UInt8),
        ColumnType::Uint16 => matches!(found, D::UInt8 | D::UInt16),
        ColumnType::Uint32 => matches!(found, D::UInt8 | D::UInt16 | D::UInt32),
        ColumnType::Uint64 => matches!(found, D::UInt8 | D::UInt16 | D::UInt32 | D::UInt64),
        ColumnType::Float => matches!(found, D::Float16 | D::Float32),
        ColumnType::Double => matches!(found, D::Float16 | D::Float32 | D::Float64),
        ColumnType::Decimal { precision, scale } => match found {
            D::Decimal32(p, s) | D::Decimal64(p, s) | D::Decimal128(p, s) | D::Decimal256(p, s) => {
                let (p, s, precision, scale) = (i16::from(*p), i16::from(*s), i16::from(precision), i16::from(scale));
                s <= scale && p - s <= precision - scale
            }
            _ => false,
        },
        ColumnType::Date => matches!(found, D::Date32 | D::Date64),
        ColumnType::Time => matches!(found, D::Time32(_) | D::Time64(_)),
        ColumnType::Timestamp => matches!(found, D::Timestamp(_, None)),
        ColumnType::Timestamptz => matches!(found, D::Timestamp(_, Some(_))),
        ColumnType::String => is_string(found),
        ColumnType::Binary => matches!(found, D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_)),
        ColumnType::Uuid => matches!(found, D::FixedSizeBinary(16)),
    }
}

fn is_string(found: &DataType) -> bool {
    match found {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_string(values),
        _ => false,
    }
}

/// The type as the dashboard file writes it.
fn expected_name(column_type: ColumnType) -> String {
    let name = match column_type {
        ColumnType::Boolean => "boolean",
        ColumnType::Int8 => "int8",
        ColumnType::Int16 => "int16",
        ColumnType::Int32 => "int32",
        ColumnType::Int64 => "int64",
        ColumnType::Uint8 => "uint8",
        ColumnType::Uint16 => "uint16",
        ColumnType::Uint32 => "uint32",
        ColumnType::Uint64 => "uint64",
        ColumnType::Float => "float",
        ColumnType::Double => "double",
        ColumnType::Decimal { precision, scale } => return format!("decimal({precision}, {scale})"),
        ColumnType::Date => "date",
        ColumnType::Time => "time",
        ColumnType::Timestamp => "timestamp",
        ColumnType::Timestamptz => "timestamptz",
        ColumnType::String => "string",
        ColumnType::Binary => "binary",
        ColumnType::Uuid => "uuid",
    };
    name.to_owned()
}

/// The file's type in the words of the dashboard file.
pub fn type_name(found: &DataType) -> String {
    use DataType as D;
    let name = match found {
        D::Boolean => "boolean",
        D::Int8 => "int8",
        D::Int16 => "int16",
        D::Int32 => "int32",
        D::Int64 => "int64",
        D::UInt8 => "uint8",
        D::UInt16 => "uint16",
        D::UInt32 => "uint32",
        D::UInt64 => "uint64",
        D::Float16 | D::Float32 => "float",
        D::Float64 => "double",
        D::Decimal32(p, s) | D::Decimal64(p, s) | D::Decimal128(p, s) | D::Decimal256(p, s) => return format!("decimal({p}, {s})"),
        D::Date32 | D::Date64 => "date",
        D::Time32(_) | D::Time64(_) => "time",
        D::Timestamp(_, None) => "timestamp",
        D::Timestamp(_, Some(_)) => "timestamptz",
        D::Interval(_) | D::Duration(_) => "interval",
        D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_) => "binary",
        D::List(_) | D::LargeList(_) | D::FixedSizeList(..) | D::ListView(_) | D::LargeListView(_) => "list",
        D::Struct(_) => "struct",
        D::Map(..) => "map",
        found if is_string(found) => "string",
        _ => "another type",
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_schema::{Field, TimeUnit};

    fn column(name: &str, column_type: ColumnType) -> Column {
        Column { name: name.into(), column_type, nullable: true }
    }

    fn check(found: DataType, contract: ColumnType) -> Result<(), LoadErrorKind> {
        let schema = Schema::new(vec![Field::new("extra", DataType::Utf8, true), Field::new("x", found, true)]);
        check_contract(&schema, &[column("x", contract)])
    }

    #[test]
    fn lossless_widening_keeps_the_contract() {
        for (found, contract) in [
            (DataType::Int32, ColumnType::Int64),
            (DataType::UInt32, ColumnType::Int64),
            (DataType::Float32, ColumnType::Double),
            (DataType::Decimal128(9, 2), ColumnType::Decimal { precision: 18, scale: 4 }),
            (DataType::Timestamp(TimeUnit::Nanosecond, None), ColumnType::Timestamp),
            (DataType::LargeUtf8, ColumnType::String),
            (DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)), ColumnType::String),
        ] {
            assert_eq!(check(found.clone(), contract), Ok(()), "{found} as {contract:?}");
        }
    }

    #[test]
    fn everything_else_breaks_it() {
        for (found, contract, names) in [
            (DataType::Int64, ColumnType::Int32, ["int32", "int64"]),
            (DataType::UInt64, ColumnType::Int64, ["int64", "uint64"]),
            (DataType::Utf8, ColumnType::Int64, ["int64", "string"]),
            (DataType::Decimal128(18, 4), ColumnType::Decimal { precision: 18, scale: 2 }, ["decimal(18, 2)", "decimal(18, 4)"]),
            (DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), ColumnType::Timestamp, ["timestamp", "timestamptz"]),
            (DataType::Date32, ColumnType::Timestamp, ["timestamp", "date"]),
        ] {
            let [expected, found_name] = names.map(str::to_owned);
            assert_eq!(check(found, contract), Err(LoadErrorKind::ColumnType { column: "x".into(), expected, found: found_name }));
        }
    }

    #[test]
    fn missing_column_names_those_that_are_there() {
        let schema = Schema::new(vec![Field::new("delay", DataType::Int64, true), Field::new("date", DataType::Date32, true)]);
        let error = check_contract(&schema, &[column("delays", ColumnType::Int64)]);
        assert_eq!(error, Err(LoadErrorKind::MissingColumn { column: "delays".into(), available: vec!["delay".into(), "date".into()] }));
    }
}
