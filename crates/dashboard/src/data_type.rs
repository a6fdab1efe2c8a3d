use serde::{Deserialize, Serialize};

/// The type of an expression's values. Integers of every width are computed as `Int64`; an overflow is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataType {
    /// The type of a bare `null`; casts to every other type.
    Null,
    Boolean,
    Int64,
    Float64,
    /// `precision` decimal digits (at most 38), `scale` of them behind the point.
    Decimal {
        precision: u8,
        scale: u8,
    },
    /// Days since 1970-01-01.
    Date,
    /// Microseconds since midnight.
    Time,
    /// Microseconds since 1970-01-01T00:00:00, wall time of no zone: never shifted.
    Timestamp,
    /// Microseconds since 1970-01-01T00:00:00Z, an instant.
    TimestampTz,
    Interval,
    String,
    Binary,
}

impl DataType {
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Int64 | Self::Float64 | Self::Decimal { .. })
    }

    /// Whether values lie on the calendar: dates and both kinds of timestamp.
    pub fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp | Self::TimestampTz)
    }
}

/// One value. `Scalar::Null` belongs to every type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scalar {
    Null,
    Boolean(bool),
    Int(i64),
    Float(f64),
    /// `unscaled / 10^scale`.
    Decimal {
        unscaled: i128,
        scale: u8,
    },
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970-01-01, wall time or UTC according to the column's type.
    Timestamp(i64),
    /// As in SQL, the three parts are kept apart: months and days have no fixed length.
    Interval {
        months: i32,
        days: i32,
        micros: i64,
    },
    String(String),
}

impl Scalar {
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}
