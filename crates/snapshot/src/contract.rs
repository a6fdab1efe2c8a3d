use crate::folders::column_of_folder;
use tarn_dashboard::{Column, ColumnType};
use tarn_decode::{Field, FieldType};
use tarn_protocol::LoadErrorKind;

/// Whether a file keeps what the dashboard was promised about the columns: each is there and its type can be widened without
/// loss. Extra columns do not matter. What the file does not hold may stand in its address, as the name of a folder. Nulls show
/// only when the values are read.
pub fn check_contract<'a>(url: &str, fields: impl Iterator<Item = &'a Field> + Clone, columns: &[Column]) -> Result<(), LoadErrorKind> {
    for column in columns {
        let Some(field) = fields.clone().find(|field| field.name == column.name) else {
            if let Some(value) = column_of_folder(url, column) {
                value?;
                continue;
            }
            let available = fields.map(|field| field.name.clone()).collect();
            return Err(LoadErrorKind::MissingColumn { column: column.name.clone(), available });
        };
        if !widens(field.field_type, column.column_type) {
            let expected = expected_name(column.column_type);
            return Err(LoadErrorKind::ColumnType { column: column.name.clone(), expected, found: type_name(field.field_type) });
        }
    }
    Ok(())
}

/// Whether every value of `found` is a value of `contract`. A column without any value fits every contract.
fn widens(found: FieldType, contract: ColumnType) -> bool {
    use FieldType as F;
    match contract {
        _ if found == F::Null => true,
        ColumnType::Boolean => matches!(found, F::Boolean),
        ColumnType::Int8 => matches!(found, F::Int8),
        ColumnType::Int16 => matches!(found, F::Int8 | F::Int16 | F::Uint8),
        ColumnType::Int32 => matches!(found, F::Int8 | F::Int16 | F::Int32 | F::Uint8 | F::Uint16),
        ColumnType::Int64 => matches!(found, F::Int8 | F::Int16 | F::Int32 | F::Int64 | F::Uint8 | F::Uint16 | F::Uint32),
        ColumnType::Uint8 => matches!(found, F::Uint8),
        ColumnType::Uint16 => matches!(found, F::Uint8 | F::Uint16),
        ColumnType::Uint32 => matches!(found, F::Uint8 | F::Uint16 | F::Uint32),
        ColumnType::Uint64 => matches!(found, F::Uint8 | F::Uint16 | F::Uint32 | F::Uint64),
        ColumnType::Float => matches!(found, F::Float),
        ColumnType::Double => matches!(found, F::Float | F::Double),
        ColumnType::Decimal { precision, scale } => match found {
            F::Decimal { precision: p, scale: s } => s <= scale && p.saturating_sub(s) <= precision.saturating_sub(scale),
            _ => false,
        },
        ColumnType::Date => matches!(found, F::Date),
        ColumnType::Time => matches!(found, F::Time),
        ColumnType::Timestamp => matches!(found, F::Timestamp),
        ColumnType::Timestamptz => matches!(found, F::Timestamptz),
        ColumnType::String => matches!(found, F::String | F::Nested(_)),
        ColumnType::Binary => matches!(found, F::Binary),
        ColumnType::Uuid => matches!(found, F::Uuid),
    }
}

/// The type as the dashboard file writes it.
pub(crate) fn expected_name(column_type: ColumnType) -> String {
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
pub fn type_name(found: FieldType) -> String {
    use FieldType as F;
    let name = match found {
        F::Null => "null",
        F::Boolean => "boolean",
        F::Int8 => "int8",
        F::Int16 => "int16",
        F::Int32 => "int32",
        F::Int64 => "int64",
        F::Uint8 => "uint8",
        F::Uint16 => "uint16",
        F::Uint32 => "uint32",
        F::Uint64 => "uint64",
        F::Float => "float",
        F::Double => "double",
        F::Decimal { precision, scale } => return format!("decimal({precision}, {scale})"),
        F::Date => "date",
        F::Time => "time",
        F::Timestamp => "timestamp",
        F::Timestamptz => "timestamptz",
        F::String => "string",
        F::Binary => "binary",
        F::Uuid => "uuid",
        F::Interval => "interval",
        F::Nested(name) => name,
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, column_type: ColumnType) -> Column {
        Column { name: name.into(), column_type, nullable: true }
    }

    fn field(name: &str, field_type: FieldType) -> Field {
        Field { name: name.into(), field_type, nullable: true }
    }

    fn check(found: FieldType, contract: ColumnType) -> Result<(), LoadErrorKind> {
        check_contract("t/x.parquet", [field("extra", FieldType::String), field("x", found)].iter(), &[column("x", contract)])
    }

    #[test]
    fn lossless_widening_keeps_the_contract() {
        for (found, contract) in [
            (FieldType::Int32, ColumnType::Int64),
            (FieldType::Uint32, ColumnType::Int64),
            (FieldType::Float, ColumnType::Double),
            (FieldType::Decimal { precision: 9, scale: 2 }, ColumnType::Decimal { precision: 18, scale: 4 }),
            (FieldType::Timestamp, ColumnType::Timestamp),
            (FieldType::Nested("list"), ColumnType::String),
            (FieldType::Null, ColumnType::Date),
        ] {
            assert_eq!(check(found, contract), Ok(()), "{found:?} as {contract:?}");
        }
    }

    #[test]
    fn everything_else_breaks_it() {
        for (found, contract, names) in [
            (FieldType::Int64, ColumnType::Int32, ["int32", "int64"]),
            (FieldType::Uint64, ColumnType::Int64, ["int64", "uint64"]),
            (FieldType::String, ColumnType::Int64, ["int64", "string"]),
            (
                FieldType::Decimal { precision: 18, scale: 4 },
                ColumnType::Decimal { precision: 18, scale: 2 },
                ["decimal(18, 2)", "decimal(18, 4)"],
            ),
            (FieldType::Timestamptz, ColumnType::Timestamp, ["timestamp", "timestamptz"]),
            (FieldType::Date, ColumnType::Timestamp, ["timestamp", "date"]),
        ] {
            let [expected, found_name] = names.map(str::to_owned);
            assert_eq!(check(found, contract), Err(LoadErrorKind::ColumnType { column: "x".into(), expected, found: found_name }));
        }
    }

    #[test]
    fn missing_column_names_those_that_are_there() {
        let fields = [field("delay", FieldType::Int64), field("date", FieldType::Date)];
        let error = check_contract("t/x.parquet", fields.iter(), &[column("delays", ColumnType::Int64)]);
        assert_eq!(error, Err(LoadErrorKind::MissingColumn { column: "delays".into(), available: vec!["delay".into(), "date".into()] }));
    }
}
