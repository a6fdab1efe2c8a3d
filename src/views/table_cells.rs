use crate::page::table_lines::Line;
use crate::page::{strings, text};
use tarn_chart::{format_date, format_scalar};
use tarn_dashboard::{Bucket, CellStyle, Dashboard, Expr, NumberFormat, NumberStyle, OrderBy, Phrase, Scalar, TimeUnit, View};
use tarn_protocol::{ResultColumn, ResultTable, ViewResult};

/// How one column of a table is shown.
pub struct Column {
    pub label: String,
    /// In the result, and in the viewer's order: keys, then measures.
    pub position: u32,
    pub is_number: bool,
    /// Whether a search in it compares numbers.
    pub counts: bool,
    pub bar: bool,
    /// Of a key.
    expr: Option<&'static Expr>,
    format: NumberFormat,
    grain: Option<TimeUnit>,
    tone: Option<(f64, f64)>,
    warn: Option<(f64, bool)>,
}

/// One cell, ready to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    pub text: String,
    /// Of the column's largest value, 0 to 1.
    pub share: Option<f64>,
    /// Whether on the bad side, and how far from the middle, 0 to 1.
    pub tone: Option<(bool, f64)>,
    pub warns: bool,
    /// A key of a row group that the line is in.
    pub outer: bool,
    /// Its value is on its way.
    pub waits: bool,
}

impl Cell {
    /// The first of a row says the row's number meanwhile.
    pub fn waiting(column: usize, row: usize) -> Self {
        let text = if column == 0 { text::count(row as u64 + 1) } else { String::new() };
        Self { text, waits: true, ..Self::default() }
    }
}

pub fn columns(dashboard: &Dashboard, view: &'static View) -> Vec<Column> {
    let keys = view.keys.iter().map(|key| Column {
        label: key.label.clone(),
        position: 0,
        counts: false,
        is_number: key.expr.data_type.is_numeric() && !matches!(key.bucket, Bucket::Time { .. }),
        bar: false,
        expr: Some(&key.expr),
        format: key.format.clone(),
        grain: if let Bucket::Time { grains } = &key.bucket { grains.first().copied() } else { None },
        tone: None,
        warn: None,
    });
    let source = dashboard.source(&view.source);
    let measures = view.measures.iter().filter_map(|name| {
        let measure = source?.measure(name)?;
        let styles = || view.styles.iter().filter(|(styled, _)| styled == name).map(|(_, style)| style);
        let (label, format) = unit_in_header(&measure.label, &measure.format);
        Some(Column {
            label,
            position: 0,
            counts: false,
            is_number: true,
            bar: styles().any(|style| *style == CellStyle::Bar),
            expr: None,
            format,
            grain: None,
            tone: styles().find_map(|style| if let CellStyle::GoodBad { from, to } = style { Some((*from, *to)) } else { None }),
            warn: styles()
                .find_map(|style| if let CellStyle::Warn { threshold, below } = style { Some((*threshold, *below)) } else { None }),
        })
    });
    let mut columns: Vec<Column> = keys.chain(measures).collect();
    for (position, column) in columns.iter_mut().enumerate() {
        column.position = position as u32;
        column.counts = dashboard.counts(view, column.position);
    }
    columns
}

/// The words of the row of totals, or of that of other groups, column by column; empty where there is none.
pub fn footer_cells(columns: &[&Column], result: Option<&ViewResult>, is_total: bool) -> Vec<String> {
    let found = result.and_then(|result| Some((result, if is_total { result.totals.as_ref() } else { result.other.as_ref() }?)));
    let Some((result, measures)) = found else { return vec![] };
    let n_keys = result.table.columns.len() - measures.columns.len();
    let words = columns.iter().enumerate().map(|(i, column)| match (column.position as usize).checked_sub(n_keys) {
        Some(measure) => measures
            .columns
            .get(measure)
            .map(|values| format_scalar(&column.format, &values.scalar(0), &text::locale()))
            .unwrap_or_default(),
        None if i == 0 => strings::say(match is_total {
            true if result.searched => Phrase::TotalFound,
            true => Phrase::Total,
            false => Phrase::Other,
        })
        .to_owned(),
        None => String::new(),
    });
    words.collect()
}

impl Column {
    pub fn class(&self) -> String {
        let classes = [
            (self.is_number && self.expr.is_none(), "number"),
            (self.is_number && self.expr.is_some(), "number-key"),
            (self.bar, "bar-cell"),
        ];
        classes.into_iter().filter(|(is, _)| *is).map(|(_, class)| class).collect::<Vec<_>>().join(" ")
    }

    /// What somebody could search for.
    pub fn search_example(&self) -> &'static str {
        match (self.counts, self.format.style) {
            (false, _) => "",
            (true, NumberStyle::Percent) => "> 10 %",
            (true, _) => "> 100",
        }
    }

    pub fn is_measure(&self) -> bool {
        self.expr.is_none()
    }

    /// Whether the view's own order begins with this column, and then whether it is descending.
    pub fn default_order(&self, view: &View) -> Option<bool> {
        let order = view.order.first()?;
        let position = match order.by {
            OrderBy::Key(key) => key,
            OrderBy::Measure(measure) => measure + view.keys.len() as u32,
        };
        (position == self.position).then_some(order.descending)
    }

    /// The largest value, for bars. 0 without bars.
    pub fn maximum(&self, result: Option<&ViewResult>) -> f64 {
        if let Some(long) = result.and_then(|result| result.long.as_ref()) {
            return long.maxima.get(self.position as usize).copied().unwrap_or(0.0);
        }
        let Some((values, result)) = result.filter(|_| self.bar).and_then(|result| Some((self.values(result)?, result))) else {
            return 0.0;
        };
        (0..result.table.n_rows as usize).filter_map(|row| values.number(row)).fold(0.0, f64::max)
    }

    /// The cell of a line, whose values are in that row of that table.
    pub fn cell(&self, result: &ViewResult, line: Line, (table, row): (&ResultTable, usize), maximum: f64) -> Cell {
        let is_row = line.open.is_none();
        let Some(values) = self.values_of(result, table, line) else { return Cell::default() };
        let number = if self.expr.is_some() { None } else { values.number(row) };
        Cell {
            text: self.text(values.scalar(row)),
            waits: false,
            outer: self.expr.is_some() && (self.position as usize) < line.level,
            share: number.filter(|_| self.bar && is_row).map(|number| if maximum > 0.0 { (number / maximum).clamp(0.0, 1.0) } else { 0.0 }),
            tone: number.zip(self.tone).map(|(number, (from, to))| {
                let distance = (((number - from) / (to - from)).clamp(0.0, 1.0) - 0.5) * 2.0;
                (distance > 0.0, distance.abs())
            }),
            warns: number
                .zip(self.warn)
                .is_some_and(|(number, (threshold, below))| if below { number < threshold } else { number > threshold }),
        }
    }

    /// Nothing for a key that a row group has not.
    fn values_of<'a>(&self, result: &ViewResult, table: &'a ResultTable, line: Line) -> Option<&'a ResultColumn> {
        let place = self.position as usize;
        let missing = result.table.columns.len() - table.columns.len();
        let place = match self.expr {
            Some(_) if line.level < result.subtotals.len() => Some(place).filter(|place| *place <= line.level)?,
            Some(_) => place,
            None => place - missing,
        };
        table.columns.get(place)
    }

    fn values<'a>(&self, result: &'a ViewResult) -> Option<&'a ResultColumn> {
        result.table.columns.get(self.position as usize)
    }

    pub fn text(&self, value: Scalar) -> String {
        match (value, self.grain) {
            (Scalar::Timestamp(at), Some(grain)) => format_date(at, grain, &text::locale()),
            (Scalar::Date(days), Some(grain)) => format_date(i64::from(days) * 86_400_000_000, grain, &text::locale()),
            (value, _) => match self.expr {
                Some(expr) => text::field(expr, &self.format, &value),
                None => format_scalar(&self.format, &value, &text::locale()),
            },
        }
    }
}

/// The unit is said once, in the header, and not in every row.
fn unit_in_header(label: &str, format: &NumberFormat) -> (String, NumberFormat) {
    match format.suffix.strip_prefix([' ', '\u{a0}']).filter(|unit| !unit.is_empty()) {
        Some(unit) => (format!("{label}, {unit}"), NumberFormat { suffix: String::new(), ..format.clone() }),
        None => (label.to_owned(), format.clone()),
    }
}
