use crate::LongTable;
use std::sync::Arc;
use tarn_dashboard::{ColumnSearch, Expr, Measure, Order, OrderBy, Scalar, TimeUnit};
use tarn_protocol::{ResultTable, RowGroups};

/// One view's question to a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Grouping, outermost first. Without keys there is one group, which exists even when no row matches.
    pub keys: Vec<QueryKey>,
    pub measures: Vec<Arc<Measure>>,
    /// A row counts when it passes all of them.
    pub clauses: Vec<Clause>,
    /// Positions in `keys` and `measures`. Ties, and an empty order, fall back to the keys, ascending. Nulls are last in
    /// either direction.
    pub order: Vec<Order>,
    /// A boolean: groups for which it is not true are left out, before the order.
    pub having: Option<Arc<Measure>>,
    /// What a viewer searches for in columns of keys and measures: other groups are as good as none, and totals and subtotals are over the
    /// rows of those that are found. Not of a query with tops or without keys.
    pub search: Vec<(OrderBy, ColumnSearch)>,
    /// Applied after the order.
    pub limit: Option<u32>,
    /// Only groups with these values of keys are shown, and in their order where the order falls back to the keys. A limit is none
    /// of such a query.
    pub tops: Vec<Top>,
    /// Whether the groups beyond the limit are wanted together, as one row; of a query with tops, those beyond the last of them,
    /// by the other keys.
    pub other: bool,
    /// Whether the measures over all matching rows are wanted too.
    pub totals: bool,
    /// Whether the groups are put together by all keys but the last, level by level, each such row group with its measures. The
    /// order is that of the outermost row groups first, then that within them; a limit counts the innermost groups. Not of a query with
    /// tops or with gaps to fill.
    pub subtotals: bool,
    /// The column that `first` and `last` go by.
    pub time: Option<String>,
    /// Of more rows than the first number only as many as the second are given at once. Not of a query with tops, with row groups
    /// or with measures that go along their axis.
    pub first: Option<(u32, u32)>,
}

impl Query {
    /// How many levels of row groups there are above the groups.
    pub(crate) fn n_levels(&self) -> usize {
        let fills = |key: &QueryKey| matches!(key.bucket, KeyBucket::Bins { .. } | KeyBucket::Time { fill: true, .. });
        let nests = self.subtotals && self.tops.is_empty() && !self.keys.iter().any(fills);
        if nests { self.keys.len().saturating_sub(1) } else { 0 }
    }

    /// Whether a search chooses groups: there is none among tops, whose values are chosen before.
    pub(crate) fn is_searched(&self) -> bool {
        !self.search.is_empty() && !self.keys.is_empty() && self.tops.is_empty()
    }
}

/// The greatest values of a key by the first measure, or by their number of rows, over all rows that pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Top {
    /// Position in the query's keys; each once, ascending, and none of a bucket that fills gaps.
    pub key: usize,
    pub limit: u32,
    pub by_rows: bool,
    /// Whether those that are shown stand in the order of the key.
    pub in_own_order: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct QueryKey {
    /// The result column's name.
    pub name: String,
    pub expr: Expr,
    pub bucket: KeyBucket,
}

/// [`tarn_dashboard::Bucket`] with everything resolved that depends on the data or the viewer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeyBucket {
    /// Every distinct value is a group; null is one too.
    Value,
    /// Truncated to the unit; null rows are left out. With `fill`, units without rows between the first and the last group
    /// become groups.
    Time { unit: TimeUnit, fill: bool },
    /// `floor((x - from) / width)`, shown as the lower edge, a double. Rows outside `[from, to)` and null rows are left out;
    /// every bin is a group.
    Bins { from: f64, to: f64, width: f64 },
}

/// One filter in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// The filter's id, for messages only.
    pub filter: String,
    pub expr: Expr,
    pub test: Test,
}

/// What a clause asks of a value. A null passes only a [`Test::Set`] that contains [`Scalar::Null`].
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Microseconds since 1970, `[from, to)`; for dates, midnight counts.
    Instants {
        from: Option<i64>,
        to: Option<i64>,
    },
    /// `[from, to)`. NaN is greater than every number: it passes when `to` is open.
    Range {
        from: Option<f64>,
        to: Option<f64>,
    },
    Set(Vec<Scalar>),
    /// Case-insensitive substring.
    Contains(String),
    Is(bool),
}

#[derive(Clone, Debug)]
pub struct QueryResult {
    /// Keys, then measures, in the query's order of rows.
    pub table: ResultTable,
    /// All rows, where `table` holds only the first of them.
    pub long: Option<LongTable>,
    /// One row: the measures over all matching rows.
    pub totals: Option<ResultTable>,
    /// The measures over the rows of the groups beyond the limit, one row; or by the other keys of a query with tops, in the order of
    /// those. `None` when there are no such groups.
    pub other: Option<ResultTable>,
    /// Where row groups are wanted: those with a row in `table`, the outermost level first. Their measures are over all of their
    /// matching rows, those beyond the limit or without a place among the groups (`having`) too.
    pub subtotals: Vec<RowGroups>,
    /// By top, the shown values of its key in their order, and how many there are.
    pub tops: Vec<(Vec<Scalar>, u64)>,
    /// Groups before the limit, filled ones included; with tops, the values of the last one's key.
    pub n_groups: u64,
    /// Rows that pass the clauses.
    pub rows_matched: u64,
}
