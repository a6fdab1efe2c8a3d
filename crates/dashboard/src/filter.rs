use crate::{Expr, Measure, NumberFormat, Parameter, Period, Scalar};
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
    /// It always has a value: clearing it brings the default back, which it has.
    #[serde(default)]
    pub required: bool,
    pub format: NumberFormat,
    /// Of the kind [`FilterKind::Top`] alone: what the field's values are ranked by.
    #[serde(default)]
    pub by: Option<Measure>,
    /// Of the kind [`FilterKind::Parameter`] alone.
    #[serde(default)]
    pub parameter: Option<Parameter>,
    /// The same dimension in other sources, whose views follow the filter, too. What it offers comes from `source` alone.
    #[serde(default)]
    pub also: Vec<FilterField>,
}

/// What a filter tests in one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilterField {
    pub source: String,
    pub field: String,
    /// Of the same type as the filter's own.
    pub expr: Expr,
}

impl Filter {
    pub fn is_parameter(&self) -> bool {
        self.kind == FilterKind::Parameter
    }

    /// Source, field and expression of every source that it filters, its own first. A parameter has none.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str, &Expr)> {
        let own = (!self.is_parameter()).then_some((self.source.as_str(), self.field.as_str(), &self.expr));
        own.into_iter().chain(self.also.iter().map(|also| (also.source.as_str(), also.field.as_str(), &also.expr)))
    }

    /// The field that it filters a source by.
    pub fn field_of(&self, source: &str) -> Option<(&str, &Expr)> {
        self.fields().find(|(own, ..)| *own == source).map(|(_, field, expr)| (field, expr))
    }

    /// The value that is left when a viewer clears the filter.
    pub fn cleared(&self) -> Option<FilterValue> {
        self.default.clone().filter(|_| self.required)
    }
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
    /// A value that expressions read. It has no source and no field; its expression is its default.
    Parameter,
    /// The greatest so many of the field's values.
    Top,
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
    /// Never empty. `Scalar::Null` selects the null rows. For `select` and parameters, exactly one value.
    Set(Vec<Scalar>),
    /// Case-insensitive substring.
    Text(String),
    Boolean(bool),
    /// Rows of the so many values of the field that are greatest by the filter's measure, under all other filters in force; ties
    /// go to the lesser value.
    Top(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The interval of the same length that ends where the chosen one starts; whole months against whole months.
    PreviousPeriod,
    PreviousYear,
}

impl Comparison {
    pub const ALL: [Self; 2] = [Self::PreviousPeriod, Self::PreviousYear];

    /// Its text in the file, in addresses and in `tarn query`.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreviousPeriod => "previous period",
            Self::PreviousYear => "previous year",
        }
    }

    /// Reads a comparison, or `none`; the outer `None` for anything else.
    pub fn parse(text: &str) -> Option<Option<Self>> {
        if text == "none" {
            return Some(None);
        }
        Self::ALL.into_iter().find(|comparison| comparison.name() == text).map(Some)
    }
}
