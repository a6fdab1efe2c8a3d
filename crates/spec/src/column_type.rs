use tarn_dashboard::ColumnType;

/// The names of the types in `schema:`, the short one first.
pub(crate) const NAMES: [(&str, ColumnType); 33] = [
    ("boolean", ColumnType::Boolean),
    ("bool", ColumnType::Boolean),
    ("int8", ColumnType::Int8),
    ("tinyint", ColumnType::Int8),
    ("int16", ColumnType::Int16),
    ("smallint", ColumnType::Int16),
    ("int32", ColumnType::Int32),
    ("int", ColumnType::Int32),
    ("integer", ColumnType::Int32),
    ("int64", ColumnType::Int64),
    ("bigint", ColumnType::Int64),
    ("uint8", ColumnType::Uint8),
    ("utinyint", ColumnType::Uint8),
    ("uint16", ColumnType::Uint16),
    ("usmallint", ColumnType::Uint16),
    ("uint32", ColumnType::Uint32),
    ("uinteger", ColumnType::Uint32),
    ("uint64", ColumnType::Uint64),
    ("ubigint", ColumnType::Uint64),
    ("float", ColumnType::Float),
    ("real", ColumnType::Float),
    ("double", ColumnType::Double),
    ("date", ColumnType::Date),
    ("time", ColumnType::Time),
    ("timestamp", ColumnType::Timestamp),
    ("datetime", ColumnType::Timestamp),
    ("timestamptz", ColumnType::Timestamptz),
    ("string", ColumnType::String),
    ("varchar", ColumnType::String),
    ("text", ColumnType::String),
    ("binary", ColumnType::Binary),
    ("blob", ColumnType::Binary),
    ("uuid", ColumnType::Uuid),
];

/// A type as written in `schema:`, without the `!`. `decimal(18, 2)` has its digits in brackets.
pub(crate) fn parse(text: &str) -> Option<ColumnType> {
    let text = text.trim().to_ascii_lowercase();
    if let Some((_, found)) = NAMES.iter().find(|(name, _)| *name == text) {
        return Some(*found);
    }
    let digits = text.strip_prefix("decimal").or_else(|| text.strip_prefix("numeric"))?.trim();
    let (precision, scale) = digits.strip_prefix('(')?.strip_suffix(')')?.split_once(',')?;
    let (precision, scale) = (precision.trim().parse().ok()?, scale.trim().parse().ok()?);
    ((1..=38).contains(&precision) && scale <= precision).then_some(ColumnType::Decimal { precision, scale })
}
