use serde::{Deserialize, Serialize};
use tarn_dashboard::{DataType, Scalar};

/// Tables with more rows come in parts, where the page may ask for more.
pub const WHOLE_ROWS: u32 = 100_000;
/// The rows that such a table begins with.
pub const FIRST_ROWS: u32 = 2_000;

/// A small table, column by column. Every column has `n_rows` values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResultTable {
    pub columns: Vec<ResultColumn>,
    pub n_rows: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultColumn {
    pub name: String,
    pub data_type: DataType,
    pub values: Values,
    /// `None`: no nulls. Where false, the value is a placeholder.
    pub validity: Option<Vec<bool>>,
}

/// The physical form follows the type: Int64, Date, Time, Timestamp(Tz) are `Int`; Float64 `Float`; Decimal `Decimal`
/// (unscaled); Boolean `Boolean`; String and everything else `String`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Values {
    Int(Vec<i64>),
    Float(Vec<f64>),
    Decimal(Vec<i128>),
    Boolean(Vec<bool>),
    String(Vec<String>),
}

/// The answer of one view.
///
/// `table` by kind, after the key of panels where there are some: kpi: one row, a column per measure and, under a comparison, `<measure>_previous` after it; line: key,
/// measures; histogram: the lower edge of each bin, measures; bar, table, heatmap and scatter: keys, measures; scatter of rows: the
/// keys of each row or, where those are many, the lower edges of each bin and its rows. The last key of a view with series is theirs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ViewResult {
    pub table: ResultTable,
    /// Of a table with more rows than come at once: `table` holds the first of them.
    pub long: Option<Long>,
    /// Whether only rows are here that a search has found; the groups, the totals and the others are those of such rows alone then.
    pub searched: bool,
    /// One row: the measures over all matching rows. Only where the view asks for totals.
    pub totals: Option<ResultTable>,
    /// One row: the measures over the rows of all groups beyond the limit; of a view with series the other series together, by its
    /// first key. Only where the view asks for it and there are such.
    pub other: Option<ResultTable>,
    /// The row groups of a table that has them, the outermost level first.
    pub subtotals: Vec<RowGroups>,
    /// For a kpi: the measure over time within the chosen period (key, measures).
    pub series: Option<ResultTable>,
    /// The shown series, the greatest first, and the place of each among the colours.
    pub colors: Vec<(Scalar, u32)>,
    /// Of a view with panels: what each of them is of, in their order; and how many there are, shown or not.
    pub panels: Vec<Scalar>,
    pub n_panels: u64,
    /// The groups that all panels show, in their order, where they are ranked.
    pub groups: Vec<Scalar>,
    /// Of a scatter plot of rows: from where to where its axes reach, across and up.
    pub spans: Vec<(f64, f64)>,
    /// How many groups there are before `limit`; of a view with series, how many series.
    pub n_groups: u64,
    /// Rows of the source that passed the filters.
    pub rows_matched: u64,
    pub rows_total: u64,
    /// The filters that were applied, so that an empty view can say which leave nothing.
    pub filters_applied: Vec<String>,
    pub snapshot: String,
}

/// What is known of a long table beside its first rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Long {
    /// Rows with the same token are of the same answer: it stands for everything that the answer depends on, and for its order.
    pub token: u64,
    pub n_rows: u32,
    /// By column, the greatest value of one with bars; 0 of others, and where none is above.
    pub maxima: Vec<f64>,
}

/// The row groups of one level, in the order of the table's rows. Every row of it is in one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RowGroups {
    /// The first keys, as many as the level is deep, then the measures at that grain: over all matching rows of the row group.
    pub table: ResultTable,
    /// By row group, how many of the table's rows stand before its end.
    pub ends: Vec<u32>,
}

impl ViewResult {
    /// Of the table, whether they are here or not.
    pub fn n_rows(&self) -> u32 {
        self.long.as_ref().map_or(self.table.n_rows, |long| long.n_rows)
    }

    /// The lines of a table with row groups as they are shown: the level (0 is the outermost; as many as there are levels of row groups
    /// is the table itself) and the row in it. A row group comes before what it holds.
    pub fn lines(&self) -> impl Iterator<Item = (usize, usize)> {
        let deepest = self.subtotals.len();
        // How many row groups of each level have begun.
        let mut begun = vec![0; deepest];
        (0..self.table.n_rows).flat_map(move |row| {
            let starts = |level: usize| begun[level] == 0 || self.subtotals[level].ends.get(begun[level] - 1) == Some(&row);
            let first = (0..deepest).find(|level| starts(*level)).unwrap_or(deepest);
            begun[first..].iter_mut().for_each(|begun| *begun += 1);
            let places: Vec<usize> = begun.iter().map(|begun| begun - 1).chain([row as usize]).collect();
            (first..=deepest).map(move |level| (level, places[level]))
        })
    }
}

impl ResultTable {
    /// Some of its rows, in that order.
    pub fn take(&self, rows: &[u32]) -> Self {
        Self { columns: self.columns.iter().map(|column| column.take(rows)).collect(), n_rows: rows.len() as u32 }
    }

    /// Each measure is followed by its value in the interval before.
    pub fn with_previous(current: Self, previous: Self) -> Self {
        let pairs = current.columns.into_iter().zip(previous.columns).flat_map(|(current, mut previous)| {
            previous.name = format!("{}_previous", current.name);
            [current, previous]
        });
        Self { columns: pairs.collect(), n_rows: current.n_rows }
    }

    pub fn column(&self, name: &str) -> Option<&ResultColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl ResultColumn {
    pub(crate) fn take(&self, rows: &[u32]) -> Self {
        fn of<T: Clone>(values: &[T], rows: &[u32]) -> Vec<T> {
            rows.iter().filter_map(|row| values.get(*row as usize).cloned()).collect()
        }
        let values = match &self.values {
            Values::Int(values) => Values::Int(of(values, rows)),
            Values::Float(values) => Values::Float(of(values, rows)),
            Values::Decimal(values) => Values::Decimal(of(values, rows)),
            Values::Boolean(values) => Values::Boolean(of(values, rows)),
            Values::String(values) => Values::String(of(values, rows)),
        };
        let validity = self.validity.as_ref().map(|validity| of(validity, rows));
        Self { name: self.name.clone(), data_type: self.data_type, values, validity }
    }

    pub fn is_valid(&self, row: usize) -> bool {
        self.validity.as_ref().is_none_or(|validity| validity.get(row).copied().unwrap_or(false))
    }

    /// The value in that row; null past the end.
    pub fn scalar(&self, row: usize) -> Scalar {
        if !self.is_valid(row) {
            return Scalar::Null;
        }
        let value = match (&self.values, self.data_type) {
            (Values::Int(values), DataType::Date) => values.get(row).map(|days| Scalar::Date(*days as i32)),
            (Values::Int(values), DataType::Time) => values.get(row).copied().map(Scalar::Time),
            (Values::Int(values), DataType::Timestamp | DataType::TimestampTz) => values.get(row).copied().map(Scalar::Timestamp),
            (Values::Int(values), _) => values.get(row).copied().map(Scalar::Int),
            (Values::Float(values), _) => values.get(row).copied().map(Scalar::Float),
            (Values::Decimal(values), DataType::Decimal { scale, .. }) => {
                values.get(row).map(|unscaled| Scalar::Decimal { unscaled: *unscaled, scale })
            }
            (Values::Decimal(values), _) => values.get(row).map(|unscaled| Scalar::Decimal { unscaled: *unscaled, scale: 0 }),
            (Values::Boolean(values), _) => values.get(row).copied().map(Scalar::Boolean),
            (Values::String(values), _) => values.get(row).cloned().map(Scalar::String),
        };
        value.unwrap_or(Scalar::Null)
    }

    /// The value as a double, for drawing: dates as days, timestamps as microseconds. `None` for null and for text.
    pub fn number(&self, row: usize) -> Option<f64> {
        if !self.is_valid(row) {
            return None;
        }
        match &self.values {
            Values::Int(values) => values.get(row).map(|value| *value as f64),
            Values::Float(values) => values.get(row).copied(),
            Values::Decimal(values) => {
                let scale = if let DataType::Decimal { scale, .. } = self.data_type { scale } else { 0 };
                values.get(row).map(|unscaled| *unscaled as f64 / 10f64.powi(i32::from(scale)))
            }
            Values::Boolean(_) | Values::String(_) => None,
        }
    }
}
