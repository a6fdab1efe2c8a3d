use crate::{Expr, NumberFormat, Period, Scalar};
use serde::{Deserialize, Serialize};

/// One filter object, whatever sets it: control, click, brush, chip, URL or host page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    pub id: String,
    pub label: String,
    pub source: String,
    /// The column or dimension, by its name in the file.
    pub field: String,
    pub expr: Expr,
    pub kind: FilterKind,
    pub default: Option<FilterValue>,
    /// For date ranges: what changes are measured against.
    pub compare: Option<Comparison>,
    pub format: NumberFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterKind {
    DateRange,
    Range,
    MultiSelect,
    Select,
    Search,
    Boolean,
}

/// What a viewer chose. Clearing a filter removes the value; there is no "empty" value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterValue {
    /// A relative period, resolved against the newest complete day of the data.
    Period(Period),
    /// Microseconds since 1970, `[from, to)`; an end that is `None` is open.
    DateRange {
        from: Option<i64>,
        to: Option<i64>,
    },
    /// `[from, to)`; an end that is `None` is open.
    Range {
        from: Option<f64>,
        to: Option<f64>,
    },
    /// Never empty. `Scalar::Null` selects the null rows. For `select`, exactly one value.
    Set(Vec<Scalar>),
    /// Case-insensitive substring.
    Text(String),
    Boolean(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The interval of the same length that ends where the chosen one starts; whole months against whole months.
    PreviousPeriod,
    PreviousYear,
}
