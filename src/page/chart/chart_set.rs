use super::cut::cut;
use super::data::ChartData;
use super::grid::Steps;
use std::sync::Arc;
use tarn_chart::Locale;
use tarn_dashboard::{Bucket, Facet, Measure, Scalar, TimeUnit, View, ViewKind};
use tarn_protocol::{ResultTable, ViewResult};

/// The charts of a view: one, or one for each panel.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartSet {
    pub charts: Vec<Arc<ChartData>>,
    /// What the panels are of; empty for a chart alone.
    pub titles: Vec<String>,
    /// Of panels: at most that many beside each other, or as many as fit; and whether they share their scales.
    pub columns: u32,
    pub shared: bool,
    /// How many panels there are, shown or not.
    pub n_panels: u64,
}

impl ChartSet {
    /// `None` when there is nothing to draw.
    pub fn new(
        view: &View,
        result: &ViewResult,
        grain: Option<TimeUnit>,
        measures: &[impl AsRef<Measure>],
        locale: &Locale,
    ) -> Option<Self> {
        let cut = cut(view, result).map(|cut| ViewResult { table: result.table.take(&cut.rows), ..result.clone() });
        let result = cut.as_ref().unwrap_or(result);
        let chart = |result: &ViewResult| ChartData::new(view, result, grain, measures, locale).map(Arc::new);
        let Some(facet) = &view.facet else {
            return Some(Self { charts: vec![chart(result)?], titles: vec![], columns: 0, shared: false, n_panels: 0 });
        };
        let steps = Aligned::of(view, facet, result, grain, locale);
        let whole = without_first(&result.table);
        let own = rows_of(&result.table, &result.panels);
        let others = result.other.as_ref().map(|other| (without_first(other), rows_of(other, &result.panels)));
        let (mut charts, mut titles) = (vec![], vec![]);
        for (at, panel) in result.panels.iter().enumerate() {
            let rows = steps.iter().fold(own[at].iter().map(|row| (*row, true)).collect(), |rows, steps| steps.rows(rows));
            let panel_result = ViewResult {
                table: table_of(&whole, &rows, view.keys.len()),
                other: others.as_ref().map(|(other, rows)| other.take(&rows[at])),
                colors: result.colors.clone(),
                spans: result.spans.clone(),
                n_groups: result.n_groups,
                ..ViewResult::default()
            };
            if let Some(chart) = chart(&panel_result) {
                charts.push(chart);
                titles.push(super::super::text::field(&facet.key.expr, &facet.key.format, panel));
            }
        }
        (!charts.is_empty()).then_some(Self { charts, titles, columns: facet.columns, shared: !facet.free, n_panels: result.n_panels })
    }

    /// What lies in an interval of the time axis.
    pub fn within(mut self, shown: (f64, f64)) -> Self {
        self.charts.iter_mut().for_each(|chart| *chart = Arc::new(chart.as_ref().clone().within(shown)));
        self
    }
}

/// How panels are given the same steps of an axis of categories: those that one has not stand there without a value.
struct Aligned {
    /// By row of the result.
    place: Vec<Option<usize>>,
    /// A row of each step.
    rows: Vec<Option<u32>>,
}

impl Aligned {
    fn of(view: &View, facet: &Facet, result: &ViewResult, grain: Option<TimeUnit>, locale: &Locale) -> Vec<Self> {
        let n_aligned = match view.kind {
            // Cells are compared by their places, whatever the colours.
            ViewKind::Heatmap => 2,
            ViewKind::Bar | ViewKind::Box | ViewKind::Combo if !facet.free => 1,
            _ => 0,
        };
        let keys = view.keys.iter().zip(&result.table.columns[1..]).take(n_aligned);
        let one = |(key, column): (&tarn_dashboard::Key, &tarn_protocol::ResultColumn)| {
            let n = result.table.n_rows as usize;
            let (place, n_steps) = if result.groups.is_empty() {
                let (steps, place) = Steps::new(key, column, n, grain.unwrap_or(TimeUnit::Day), locale);
                (place, steps.steps.len())
            } else {
                let place = (0..n).map(|row| result.groups.iter().position(|group| *group == column.scalar(row)));
                (place.collect(), result.groups.len())
            };
            let mut rows = vec![None; n_steps];
            for (row, place) in (0u32..).zip(&place) {
                if let Some(place) = place {
                    rows[*place].get_or_insert(row);
                }
            }
            Self { place, rows }
        };
        keys.filter(|(key, _)| key.bucket == Bucket::Value || view.kind == ViewKind::Heatmap).map(one).collect()
    }

    /// Rows of the result in the order of the steps; those that are not the panel's own are marked so.
    fn rows(&self, own: Vec<(u32, bool)>) -> Vec<(u32, bool)> {
        let mut by_step: Vec<Vec<(u32, bool)>> = vec![vec![]; self.rows.len()];
        for row in own {
            if let Some(place) = self.place[row.0 as usize] {
                by_step[place].push(row);
            }
        }
        for (rows, one) in by_step.iter_mut().zip(&self.rows) {
            if rows.is_empty() {
                rows.extend(one.map(|row| (row, false)));
            }
        }
        by_step.concat()
    }
}

/// By panel, its rows.
fn rows_of(table: &ResultTable, panels: &[Scalar]) -> Vec<Vec<u32>> {
    let mut rows: Vec<Vec<u32>> = vec![vec![]; panels.len()];
    let Some(column) = table.columns.first() else { return rows };
    let mut last = 0;
    for row in 0..table.n_rows {
        let value = column.scalar(row as usize);
        // The rows of a panel mostly follow one another.
        if panels.get(last) != Some(&value) {
            let Some(found) = panels.iter().position(|panel| *panel == value) else { continue };
            last = found;
        }
        rows[last].push(row);
    }
    rows
}

fn without_first(table: &ResultTable) -> ResultTable {
    ResultTable { columns: table.columns.iter().skip(1).cloned().collect(), n_rows: table.n_rows }
}

fn table_of(whole: &ResultTable, rows: &[(u32, bool)], n_keys: usize) -> ResultTable {
    let mut table = whole.take(&rows.iter().map(|(row, _)| *row).collect::<Vec<_>>());
    if rows.iter().any(|(_, is_own)| !is_own) {
        for column in table.columns.iter_mut().skip(n_keys) {
            let validity = column.validity.get_or_insert_with(|| vec![true; rows.len()]);
            validity.iter_mut().zip(rows).for_each(|(valid, (_, is_own))| *valid &= is_own);
        }
    }
    table
}
