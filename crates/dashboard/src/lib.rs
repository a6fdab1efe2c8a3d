//! The compiled, typed dashboard that the browser loads. The author's YAML and its SQL expressions are parsed natively by
//! `tarn-spec`; what arrives here has been checked: names are resolved, expressions are typed, casts are explicit.
//!
//! The compiled form is private to one version of Tarn ([`FORMAT`]). The text form of filter values is public and stable: it
//! stands in URLs, in `tarn query --filter` and in `window.tarn`.
mod catalogue;
mod civil;
mod column_search;
mod compiled;
mod data_type;
mod expr;
mod filter;
mod filter_text;
mod format;
mod measure;
mod number;
mod page;
mod parameter;
mod period;
mod phrase;
mod plain;
mod reads;
mod rich_text;
mod source;
mod theme;
mod time_unit;
mod view;
mod weekday;
mod zone;

pub use catalogue::{Catalogue, Plural, Wording};
pub use civil::{Civil, DAY_MICROS, days_in_month};
pub use column_search::ColumnSearch;
pub use compiled::CompiledError;
pub use data_type::{DataType, Scalar};
pub use expr::{DatePart, Expr, Function, Node};
pub use filter::{Comparison, Filter, FilterField, FilterKind, FilterValue};
pub use filter_text::{FilterTextError, interval_text, parse_interval};
pub use format::{Direction, NumberFormat, NumberStyle};
pub use measure::{Aggregate, AggregateFunction, Measure, Window};
pub use number::parse_number;
pub use page::{Dashboard, FORMAT, Page};
pub use parameter::{Parameter, ParameterValues};
pub use period::{Interval, Period};
pub use phrase::Phrase;
pub use plain::Plain;
pub use rich_text::{Block, Inline};
pub use source::{Column, ColumnType, Dimension, Location, Source};
pub use theme::ThemeProperties;
pub use time_unit::TimeUnit;
pub use view::{
    AxisScale, Bucket, CellStyle, Facet, Key, Level, MAX_SERIES, Order, OrderBy, Reference, Stack, Subtotals, Target, View, ViewKind,
    most_rows,
};
pub use weekday::Weekday;
pub use zone::Zone;
