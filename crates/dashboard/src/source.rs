use crate::{DataType, Expr, Measure};
use serde::{Deserialize, Serialize};

/// Where rows come from, how long they stay fresh, and what they promise to look like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    pub name: String,
    pub location: Location,
    /// Seconds after a successful validation during which no request is made. There is no source without one.
    pub ttl_secs: u32,
    /// Seconds after which data is called expired and is never passed off as current. At least `ttl_secs`.
    pub max_stale_secs: u32,
    /// The contract, in the author's order.
    pub columns: Vec<Column>,
    /// The column that periods and sparklines run over: a date or timestamp.
    pub time: Option<String>,
    pub dimensions: Vec<Dimension>,
    /// Those that pages may show; measures that only serve others are expanded into them.
    pub measures: Vec<Measure>,
}

/// URLs are relative to the page unless absolute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Location {
    Manifest(String),
    Parquet(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    pub nullable: bool,
}

/// A type of the contract. A snapshot may be narrower where widening loses nothing (int32 for int64, float for double).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    Boolean,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Float,
    Double,
    Decimal { precision: u8, scale: u8 },
    Date,
    Time,
    Timestamp,
    Timestamptz,
    String,
    Binary,
    Uuid,
}

impl ColumnType {
    /// The type that expressions see.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::Int8 | Self::Int16 | Self::Int32 | Self::Int64 | Self::Uint8 | Self::Uint16 | Self::Uint32 => DataType::Int64,
            Self::Uint64 => DataType::Decimal { precision: 20, scale: 0 },
            Self::Float | Self::Double => DataType::Float64,
            Self::Decimal { precision, scale } => DataType::Decimal { precision, scale },
            Self::Date => DataType::Date,
            Self::Time => DataType::Time,
            Self::Timestamp => DataType::Timestamp,
            Self::Timestamptz => DataType::TimestampTz,
            Self::String | Self::Uuid => DataType::String,
            Self::Binary => DataType::Binary,
        }
    }
}

/// A named expression over columns, for grouping and filtering.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dimension {
    pub name: String,
    pub label: String,
    pub expr: Expr,
    /// As the author wrote it, for people who ask.
    pub sql: String,
}
