//! Columns that stand in the names of a file's folders instead of in the file: `region=EU/year=2026/part-0.parquet`, as Hive,
//! Spark and DuckDB divide a table.
use percent_encoding::percent_decode_str;
use tarn_dashboard::{Civil, Column, ColumnType, DataType, Scalar};
use tarn_protocol::LoadErrorKind;

/// The name of a missing value in a folder's name, as Hive, Spark and DuckDB write it.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// Column and value of each folder `column=value` of a file's path; `None` is null.
pub fn folder_values(path: &str) -> Vec<(String, Option<String>)> {
    let folders = path.rsplit_once(['/', '\\']).map_or("", |(folders, _)| folders);
    let pairs = folders.split(['/', '\\']).filter_map(|folder| {
        let (name, value) = folder.split_once('=')?;
        let value = (value != NULL).then(|| percent_decode_str(value).decode_utf8_lossy().into_owned());
        Some((percent_decode_str(name).decode_utf8_lossy().into_owned(), value))
    });
    pairs.collect()
}

/// The same of an address, which writes the names once more with percent signs. The last counts where several have one name.
pub fn folder_value(url: &str, column: &str) -> Option<Option<String>> {
    // What every file inside a bare folder pays for this is one look for the sign.
    if !url.contains('=') {
        return None;
    }
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1.split(['?', '#']).next().unwrap_or_default(),
        None => url,
    };
    let values = folder_values(&percent_decode_str(path).decode_utf8_lossy());
    values.into_iter().rev().find(|(name, _)| name == column).map(|(_, value)| value)
}

/// A folder's value as one of the type; `None` where it is none. Dates and instants are written as in ISO 8601, instants also
/// with a space for the `T`.
pub fn folder_scalar(text: &str, data_type: DataType) -> Option<Scalar> {
    Some(match data_type {
        DataType::Boolean if text.eq_ignore_ascii_case("true") => Scalar::Boolean(true),
        DataType::Boolean if text.eq_ignore_ascii_case("false") => Scalar::Boolean(false),
        DataType::Int64 => Scalar::Int(text.parse().ok()?),
        DataType::Float64 => Scalar::Float(text.parse().ok()?),
        DataType::Date => Scalar::Date(i32::try_from(Civil::parse_date(text)?.days()).ok()?),
        DataType::Timestamp | DataType::TimestampTz => Scalar::Timestamp(Civil::parse_instant(&text.replacen(' ', "T", 1))?.to_micros()?),
        DataType::String => Scalar::String(text.to_owned()),
        _ => return None,
    })
}

/// The value that all rows of the file have in a column that its folders name and it does not hold. An error where it is no
/// value of the contract's type.
pub fn column_of_folder(url: &str, column: &Column) -> Option<Result<Scalar, LoadErrorKind>> {
    let text = match folder_value(url, &column.name)? {
        Some(text) => text,
        None if column.nullable => return Some(Ok(Scalar::Null)),
        None => return Some(Err(LoadErrorKind::NullsInColumn { column: column.name.clone() })),
    };
    let value = folder_scalar(&text, column.column_type.data_type()).filter(|value| fits(value, column.column_type));
    Some(value.ok_or_else(|| LoadErrorKind::ColumnType {
        column: column.name.clone(),
        expected: crate::contract::expected_name(column.column_type),
        found: format!("`{text}` in the folder's name"),
    }))
}

fn fits(value: &Scalar, column_type: ColumnType) -> bool {
    let Scalar::Int(value) = *value else { return true };
    match column_type {
        ColumnType::Int8 => i8::try_from(value).is_ok(),
        ColumnType::Int16 => i16::try_from(value).is_ok(),
        ColumnType::Int32 => i32::try_from(value).is_ok(),
        ColumnType::Uint8 => u8::try_from(value).is_ok(),
        ColumnType::Uint16 => u16::try_from(value).is_ok(),
        ColumnType::Uint32 => u32::try_from(value).is_ok(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_addresses_and_paths_name_values() {
        let value = |url: &str, column: &str| folder_value(url, column);
        let url = "https://a=b.example/t/region=New%2520York/day=2026-03-01/part-0=1.parquet?x=1";
        assert_eq!(value(url, "region"), Some(Some("New York".to_owned())), "what Hive escaped was escaped for the address");
        assert_eq!(value(url, "day"), Some(Some("2026-03-01".to_owned())));
        assert_eq!(value(url, "part-0"), None, "the file's own name is no folder");
        assert_eq!([value(url, "x"), value(url, "a")], [None, None], "nor are the question and the host");
        assert_eq!(value("t/region=New York/x.parquet", "region"), Some(Some("New York".to_owned())));
        assert_eq!(value("t/share=100%2525/x.parquet", "share"), Some(Some("100%".to_owned())));
        assert_eq!(value("t/city=Z%C3%BCrich/x.parquet", "city"), Some(Some("Zürich".to_owned())));
        assert_eq!(value("t/region=__HIVE_DEFAULT_PARTITION__/x.parquet", "region"), Some(None));
        assert_eq!(value("t/a=1/a=2/x.parquet", "a"), Some(Some("2".to_owned())));
        assert_eq!(value("t/a=b=c/x.parquet", "a"), Some(Some("b=c".to_owned())));
        assert_eq!(value("data\\region=EU\\x.parquet", "region"), Some(Some("EU".to_owned())));
    }

    #[test]
    fn values_have_the_type_of_the_contract() {
        let column = |column_type, nullable| Column { name: "p".into(), column_type, nullable };
        let read = |text: &str, column_type| column_of_folder(&format!("t/p={text}/x.parquet"), &column(column_type, true));
        assert_eq!(read("01", ColumnType::Int8), Some(Ok(Scalar::Int(1))));
        assert_eq!(read("01", ColumnType::String), Some(Ok(Scalar::String("01".into()))));
        assert_eq!(read("1.5", ColumnType::Double), Some(Ok(Scalar::Float(1.5))));
        assert_eq!(read("True", ColumnType::Boolean), Some(Ok(Scalar::Boolean(true))));
        assert_eq!(read("1970-01-03", ColumnType::Date), Some(Ok(Scalar::Date(2))));
        assert_eq!(read("1970-01-01 00%3A00%3A01", ColumnType::Timestamp), Some(Ok(Scalar::Timestamp(1_000_000))));
        let found = |text: &str, expected: &str| {
            let found = format!("`{text}` in the folder's name");
            Some(Err(LoadErrorKind::ColumnType { column: "p".into(), expected: expected.into(), found }))
        };
        assert_eq!(read("300", ColumnType::Int8), found("300", "int8"));
        assert_eq!(read("EU", ColumnType::Int64), found("EU", "int64"));
        assert_eq!(read("12:00", ColumnType::Time), found("12:00", "time"));
        assert_eq!(column_of_folder("t/x.parquet", &column(ColumnType::Int8, true)), None);
        let null = "t/p=__HIVE_DEFAULT_PARTITION__/x.parquet";
        assert_eq!(column_of_folder(null, &column(ColumnType::Int8, true)), Some(Ok(Scalar::Null)));
        assert_eq!(
            column_of_folder(null, &column(ColumnType::Int8, false)),
            Some(Err(LoadErrorKind::NullsInColumn { column: "p".into() }))
        );
    }
}
