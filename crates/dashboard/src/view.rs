use crate::{Block, Dashboard, DataType, Expr, Measure, NumberFormat, TimeUnit};
use serde::{Deserialize, Serialize};

/// One rectangle of a page. Its query is compiled: the runtime adds filters, grain and order at run time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Unique in the dashboard and stable across reloads.
    pub id: String,
    /// Empty for a text without one.
    pub title: String,
    pub subtitle: Option<String>,
    pub kind: ViewKind,
    /// Empty for a text without measures.
    pub source: String,
    /// Grouping, outermost first. Empty for a kpi. Of a scatter plot of rows what a point is made of: across, up, its size where
    /// there is one, its colour where there are series.
    pub keys: Vec<Key>,
    /// Names in the source's measures, in the order shown.
    pub measures: Vec<String>,
    /// The order of rows before `limit`. The compiler makes it total by adding the keys, ascending, nulls last.
    pub order: Vec<Order>,
    /// Of a scatter plot of rows: more of them are shown as bins.
    pub limit: Option<u32>,
    /// A boolean: only groups for which it is true are shown. Totals are over all rows all the same.
    #[serde(default)]
    pub having: Option<Measure>,
    /// Where the last key is shown by colour, its values being series: how many are shown, those with the greatest first measure
    /// over all matching rows or, where that does not add up, with most rows. At most [`MAX_SERIES`].
    #[serde(default)]
    pub series: Option<u32>,
    /// How series, or several measures, share the view.
    #[serde(default)]
    pub stack: Stack,
    /// What the chart is repeated by.
    #[serde(default)]
    pub facet: Option<Facet>,
    /// Whether the groups beyond `limit`, or the series beyond the shown ones, are wanted together as one more.
    #[serde(default)]
    pub other: bool,
    /// Whether a row of totals over all matching rows (not only those within the limit) is wanted.
    pub totals: bool,
    /// Whether a table's rows are put together by all keys but the last, with the measures of each such row group.
    #[serde(default)]
    pub subtotals: Subtotals,
    /// The filters that this view writes, and therefore never applies: at most one for each key.
    pub selects: Vec<String>,
    /// The levels of a hierarchy that a viewer goes down, the view's own first; empty without one.
    #[serde(default)]
    pub drill: Vec<Level>,
    /// Lines and bands that the data is read against.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// Of a box plot: what its axis shows, unless all of it.
    #[serde(default)]
    pub bounds: Option<(f64, f64)>,
    /// Of the axis of values; of a heatmap's colours; of a scatter plot of the axis that runs across.
    #[serde(default)]
    pub scale: AxisScale,
    /// Of a scatter plot: of the vertical axis. Of a combo with a second axis: of that.
    #[serde(default)]
    pub scale_up: AxisScale,
    /// Of a bar chart: whether its bars stand.
    #[serde(default)]
    pub vertical: bool,
    /// What stands at the axis of values; empty where the title or a legend says it.
    #[serde(default)]
    pub measured: String,
    /// What a text says.
    #[serde(default)]
    pub text: Vec<Block>,
    /// Of a combo: how many of its measures are lines, the last ones; the others are bars.
    #[serde(default)]
    pub lines: u32,
    /// Of a combo: whether its lines have an axis of their own.
    #[serde(default)]
    pub second_axis: bool,
    /// Of a pie: whether the whole stands in its middle.
    #[serde(default)]
    pub hole: bool,
    /// Of a kpi: what its measure is compared with.
    #[serde(default)]
    pub target: Option<Target>,
    /// By measure name, for tables.
    pub styles: Vec<(String, CellStyle)>,
    /// Share of the row's width, 1 unless given.
    pub width: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewKind {
    Kpi,
    Line,
    Histogram,
    Bar,
    Table,
    Heatmap,
    Area,
    Pie,
    Text,
    Scatter,
    Combo,
    Box,
}

/// The most series of a view. More colours cannot be told apart.
pub const MAX_SERIES: u32 = 8;

/// The most rows that a view may show.
const MAX_ROWS: u32 = 100_000;
/// Of a table without row groups, which comes in parts.
const MAX_TABLE_ROWS: u32 = 4_000_000;

/// Small multiples: a panel for each value of a key, all of one query. Where a limit is of groups, it is of those over all panels or,
/// with scales of their own and without series, of each panel's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facet {
    /// The first of the query's; none of [`View::keys`].
    pub key: Key,
    /// How many are shown: those with the greatest first measure over all matching rows.
    pub limit: u32,
    /// At most that many beside each other; zero for as many as fit.
    pub columns: u32,
    /// Whether each panel has scales of its own.
    pub free: bool,
}

impl Facet {
    /// Whether panels are in the order of their values rather than of their measures.
    pub fn in_own_order(&self) -> bool {
        !matches!(self.key.expr.data_type, DataType::String | DataType::Boolean)
    }
}

/// A level of a hierarchy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// What the view is grouped by there.
    pub key: Key,
    /// What a way down from there sets.
    pub filter: String,
}

/// A line or, where its ends differ, a band.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Whether it lies on the axis that runs across, rather than on the vertical one.
    pub across: bool,
    /// Of a time axis in microseconds since 1970.
    pub from: f64,
    pub to: f64,
    /// Empty where there is none.
    pub label: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Value(f64),
    /// One of the view's measures.
    Measure(String),
}

/// How several series share a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stack {
    /// Each from zero.
    #[default]
    None,
    /// On top of each other.
    Zero,
    /// As shares of their sum.
    Normalize,
}

/// How an axis of numbers is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AxisScale {
    #[default]
    Linear,
    /// By powers of ten: without zero and what is below it.
    Log,
    /// By powers of ten on both sides of zero, and linear near it: the logarithm of one more than the number.
    Symlog,
}

impl AxisScale {
    /// Whether the number has a place on the axis.
    pub fn shows(self, value: f64) -> bool {
        value.is_finite() && (self != Self::Log || value > 0.0)
    }

    /// What the axis is linear in.
    pub fn straight(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.log10(),
            Self::Symlog => value.signum() * (value.abs() + 1.0).log10(),
        }
    }

    /// The number there; `power` is that of ten.
    pub fn value(self, straight: f64, power: fn(f64) -> f64) -> f64 {
        match self {
            Self::Linear => straight,
            Self::Log => power(straight),
            Self::Symlog => straight.signum() * (power(straight.abs()) - 1.0),
        }
    }
}

/// Row groups of a table, and how they are shown at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subtotals {
    #[default]
    None,
    Expanded,
    Collapsed,
}

impl View {
    /// The most rows that a viewer may ask of it.
    pub fn most_rows(&self) -> u32 {
        most_rows(self.kind, self.subtotals)
    }

    /// Whether a scatter plot has a point for each row, rather than for each group.
    pub fn has_row_points(&self) -> bool {
        self.kind == ViewKind::Scatter && self.keys.first().is_some_and(|key| matches!(key.bucket, Bucket::Span { .. }))
    }

    /// How the axis is divided that the rows of a scatter plot lie on by that key.
    pub fn scale_of(&self, key: &str) -> AxisScale {
        match self.keys.iter().position(|own| own.name == key) {
            Some(0) => self.scale,
            Some(1) => self.scale_up,
            _ => AxisScale::Linear,
        }
    }

    /// The keys of its query: that of its panels first.
    pub fn all_keys(&self) -> impl Iterator<Item = &Key> {
        self.facet.iter().map(|facet| &facet.key).chain(&self.keys)
    }

    /// Whether the limit of groups is one for each panel.
    pub fn limits_panels(&self) -> bool {
        self.facet.as_ref().is_some_and(|facet| match self.kind {
            ViewKind::Scatter => !self.has_row_points(),
            _ => facet.free && self.series.is_none(),
        })
    }

    /// The keys at a level of the hierarchy: one of them gives way to that of the level.
    pub fn keys_at(&self, level: u32) -> impl Iterator<Item = &Key> {
        let levels = self.drill.first().zip(self.drill.get(level as usize));
        self.keys.iter().map(move |key| match levels {
            Some((own, shown)) if own.key.name == key.name => &shown.key,
            _ => key,
        })
    }

    /// The position of the key that the hierarchy's levels stand at.
    pub fn drilled(&self) -> usize {
        self.keys.iter().position(|key| self.drill.iter().any(|level| level.key.name == key.name)).unwrap_or(0)
    }

    /// Whether the view at that level writes the filter, and therefore does not apply it.
    pub fn writes(&self, filter: &str, level: u32) -> bool {
        match self.drill.iter().position(|of| of.filter == filter) {
            Some(of) => of == level as usize,
            None => self.selects.iter().any(|selected| selected == filter),
        }
    }

    /// The view as it is at a level of its hierarchy.
    pub fn at_level(&self, level: u32) -> Self {
        let mut view = self.clone();
        view.keys = self.keys_at(level).cloned().collect();
        let others = self.selects.iter().filter(|filter| self.drill.iter().all(|of| of.filter != **filter));
        view.selects = others.chain(self.drill.get(level as usize).map(|of| &of.filter)).cloned().collect();
        view
    }
}

impl Dashboard {
    /// Whether the column of a table has numbers: keys come first, then measures.
    pub fn counts(&self, view: &View, position: u32) -> bool {
        let position = position as usize;
        match view.keys.get(position) {
            Some(key) => key.is_number(),
            None => {
                let name = view.measures.get(position - view.keys.len());
                let measure = name.and_then(|name| self.source(&view.source)?.measure(name));
                measure.is_some_and(|measure| measure.data_type().is_numeric())
            }
        }
    }
}

/// The most rows of a view of that kind.
pub fn most_rows(kind: ViewKind, subtotals: Subtotals) -> u32 {
    if kind == ViewKind::Table && subtotals == Subtotals::None { MAX_TABLE_ROWS } else { MAX_ROWS }
}

impl ViewKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Kpi => "kpi",
            Self::Line => "line",
            Self::Histogram => "histogram",
            Self::Bar => "bar",
            Self::Table => "table",
            Self::Heatmap => "heatmap",
            Self::Area => "area",
            Self::Pie => "pie",
            Self::Text => "text",
            Self::Scatter => "scatter",
            Self::Combo => "combo",
            Self::Box => "box",
        }
    }
}

impl Key {
    /// Whether its groups are numbers.
    pub fn is_number(&self) -> bool {
        matches!(self.bucket, Bucket::Bins { .. } | Bucket::Span { .. }) || self.expr.data_type.is_numeric()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key {
    pub name: String,
    pub label: String,
    pub expr: Expr,
    pub bucket: Bucket,
    pub format: NumberFormat,
}

/// How the values of a key are put together into groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// Every distinct value is a group; null is one too.
    Value,
    /// Truncated to a calendar unit; the first grain is the default, the viewer may pick another. Units without rows
    /// between the first and the last are filled. Null rows are left out.
    Time { grains: Vec<TimeUnit> },
    /// `floor((x - from) / width)`, the group's value is its lower edge. Rows outside `[from, to)` and null rows are left
    /// out; bins without rows are filled. Bounds that are `None` come from the unfiltered snapshot, widened to whole bins.
    Bins { from: Option<f64>, to: Option<f64>, width: f64 },
    /// The same with the width that makes at most that many: 1, 2 or 5 times a power of ten, of whole numbers at least 1. The first
    /// two keys of a scatter plot of rows.
    Span { from: Option<f64>, to: Option<f64>, bins: u32 },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub by: OrderBy,
    pub descending: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderBy {
    /// Position in the view's keys.
    Key(u32),
    /// Position in the view's measures.
    Measure(u32),
}

/// Conditional formatting of a table's column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellStyle {
    /// A bar behind the number, its length the share of the column's largest value.
    Bar,
    /// Background from good to bad between the two values.
    GoodBad { from: f64, to: f64 },
    /// Marked when the value is above (or, with `below`, under) the threshold.
    Warn { threshold: f64, below: bool },
}
