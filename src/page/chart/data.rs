use super::Place;
use super::boxes::Boxes;
use super::grid::Grid;
use super::scatter::ScatterData;
use super::series::{SeriesAxis, SeriesData, has_series};
use super::step::Step;
use tarn_chart::{LinePoint, Locale, Snap, end_of_unit, format_scalar};
use tarn_dashboard::{Bucket, DataType, DatePart, Function, Key, Measure, Node, NumberFormat, Scalar, TimeUnit, View, ViewKind};
use tarn_protocol::{ResultColumn, ViewResult};

const DAY_MICROS: f64 = 86_400e6;

/// A result as its chart needs it.
#[derive(Clone, Debug, PartialEq)]
pub enum ChartData {
    Line { points: Vec<LinePoint>, grain: TimeUnit },
    Bins(Bins),
    Bars(Vec<Bar>),
    Grid(Grid),
    Series(SeriesData),
    Scatter(ScatterData),
    Boxes(Boxes),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bins {
    pub from: f64,
    pub width: f64,
    pub values: Vec<Option<f64>>,
    /// Hours of the day.
    pub clock: bool,
    /// Whole numbers only.
    pub whole: bool,
    pub format: NumberFormat,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub key: Scalar,
    pub label: String,
    pub value: Option<f64>,
    /// The value as its format says.
    pub text: String,
}

impl ChartData {
    /// `None` when the result has no rows, or is not of this view.
    pub fn new(
        view: &View,
        result: &ViewResult,
        grain: Option<TimeUnit>,
        measures: &[impl AsRef<Measure>],
        locale: &Locale,
    ) -> Option<Self> {
        let format = &measures.first().map_or_else(NumberFormat::default, |measure| measure.as_ref().format.clone());
        if view.kind == ViewKind::Scatter {
            return ScatterData::new(view, result, measures).map(Self::Scatter);
        }
        let key = view.keys.first()?;
        let keys = result.table.columns.first()?;
        let values = view.measures.first().and_then(|name| result.table.column(name)).or(result.table.columns.get(1))?;
        let n = result.table.n_rows as usize;
        if n == 0 {
            return None;
        }
        if has_series(view) {
            return SeriesData::new(view, result, grain.unwrap_or(TimeUnit::Day), measures).map(Self::Series);
        }
        match view.kind {
            ViewKind::Line => Some(line(keys, values, n, grain.unwrap_or(TimeUnit::Day))),
            ViewKind::Histogram => bins(key, keys, values, n).map(Self::Bins),
            ViewKind::Bar => Some(Self::Bars((0..n).map(|row| bar(key, keys, values, row, format, locale)).collect())),
            ViewKind::Box => Boxes::new(view, result, measures).map(Self::Boxes),
            ViewKind::Heatmap => Grid::new(view, result, grain.unwrap_or(TimeUnit::Day), locale).map(Self::Grid),
            ViewKind::Kpi | ViewKind::Table | ViewKind::Area | ViewKind::Pie | ViewKind::Text | ViewKind::Scatter | ViewKind::Combo => None,
        }
    }

    /// What lies in an interval of the time axis; all of it where nothing does.
    pub fn within(mut self, (from, to): (f64, f64)) -> Self {
        let kept = |steps: &mut Vec<LinePoint>| {
            let (first, last) = (steps.partition_point(|step| step.to <= from), steps.partition_point(|step| step.from < to));
            let kept = if first < last { first..last } else { 0..steps.len() };
            *steps = steps[kept.clone()].to_vec();
            kept
        };
        match &mut self {
            Self::Line { points, .. } => _ = kept(points),
            Self::Series(SeriesData { axis: SeriesAxis::Time { steps, .. }, series, .. }) => {
                let kept = kept(steps);
                series.iter_mut().for_each(|series| series.values = series.values[kept.clone()].to_vec());
            }
            _ => {}
        }
        self
    }

    /// Whether it has points of a colour that is not shown.
    pub fn has_other_points(&self) -> bool {
        matches!(self, Self::Scatter(data) if data.points.iter().any(|point| point.color.is_none()))
    }

    /// How many columns and rows of data the keys can walk; none where a brush or buttons are walked.
    pub fn size(&self) -> Place {
        match self {
            Self::Grid(grid) => (grid.x.labels.len(), grid.y.labels.len()),
            Self::Scatter(data) => data.size(),
            Self::Boxes(boxes) => (1, boxes.rows.len()),
            Self::Series(data) if data.upright => (data.axis.n_steps(), 1),
            Self::Series(data) if matches!(data.axis, SeriesAxis::Whole { .. }) => (data.series.len(), 1),
            _ => (0, 0),
        }
    }

    /// Where on a time axis a datum lies.
    pub fn instant(&self, (at, _): Place) -> Option<f64> {
        match self {
            Self::Line { points: steps, .. } | Self::Series(SeriesData { axis: SeriesAxis::Time { steps, .. }, .. }) => {
                steps.get(at).map(LinePoint::middle)
            }
            _ => None,
        }
    }

    /// The values of the view's keys at a datum.
    pub fn steps(&self, (column, row): Place) -> Vec<Option<Step>> {
        match self {
            Self::Series(data) if data.upright => vec![data.step(column)],
            Self::Series(data) => vec![data.series.get(column).and_then(|series| series.step.clone())],
            Self::Scatter(data) => data.points.get(column).map_or_else(Vec::new, |point| point.steps.clone()),
            Self::Grid(grid) => vec![grid.x.steps.get(column).cloned(), grid.y.steps.get(row).cloned()],
            _ => vec![],
        }
    }

    /// How many rows of buttons there are: the bars.
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Bars(bars) => bars.len(),
            Self::Boxes(boxes) => boxes.rows.len(),
            Self::Series(SeriesData { axis: SeriesAxis::Categories(categories), .. }) => categories.len(),
            _ => 0,
        }
    }

    /// What a row's button selects, and what it says.
    pub fn row(&self, row: usize, locale: &Locale) -> Option<(&Scalar, String)> {
        match self {
            Self::Bars(bars) => bars.get(row).map(|bar| (&bar.key, format!("{}: {}", bar.label, bar.text))),
            Self::Boxes(boxes) => boxes.rows.get(row).map(|of| (&of.key, boxes.said(row, locale))),
            Self::Series(data) => {
                let SeriesAxis::Categories(categories) = &data.axis else { return None };
                let (key, label) = categories.get(row)?;
                let values = data.series.iter().map(|series| format!("{} {}", series.label, series.text(row, locale)));
                Some((key, format!("{label}: {}", values.collect::<Vec<_>>().join("; "))))
            }
            _ => None,
        }
    }

    /// Where a brush over the data may end. `None` for marks that are not brushed.
    pub fn snap(&self, pixels: f64) -> Option<Snap> {
        match self {
            Self::Line { points, .. } | Self::Series(SeriesData { axis: SeriesAxis::Time { steps: points, .. }, .. }) => {
                Some(Snap::Edges(points.iter().map(|point| point.from).chain(points.last().map(|point| point.to)).collect()))
            }
            Self::Bins(bins) => Some(Snap::for_numbers(bins.from, bins.end(), pixels, bins.whole)),
            Self::Bars(_) | Self::Grid(_) | Self::Series(_) | Self::Scatter(_) | Self::Boxes(_) => None,
        }
    }
}

impl Bins {
    pub fn end(&self) -> f64 {
        self.from + self.width * self.values.len() as f64
    }

    /// Lower and upper edge of a bin.
    pub fn edges(&self, i: usize) -> (f64, f64) {
        let from = self.from + self.width * i as f64;
        (from, from + self.width)
    }
}

fn line(keys: &ResultColumn, values: &ResultColumn, n: usize, grain: TimeUnit) -> ChartData {
    let scale = if keys.data_type == DataType::Date { DAY_MICROS } else { 1.0 };
    let points = (0..n).filter_map(|row| Some((keys.number(row)? * scale, values.number(row).filter(|value| value.is_finite()))));
    ChartData::Line { points: time_steps(points, grain), grain }
}

/// Beginnings and values in ascending order as steps of the grain.
pub fn time_steps(points: impl Iterator<Item = (f64, Option<f64>)>, grain: TimeUnit) -> Vec<LinePoint> {
    let step = |(from, value): (f64, Option<f64>)| LinePoint { from, to: end_of_unit(from as i64, grain) as f64, value };
    let mut points: Vec<LinePoint> = points.map(step).collect();
    // Right also while the answer to another grain is still on the screen.
    for i in 1..points.len() {
        points[i - 1].to = points[i].from;
    }
    points
}

fn bins(key: &Key, keys: &ResultColumn, values: &ResultColumn, n: usize) -> Option<Bins> {
    let Bucket::Bins { width, .. } = key.bucket else { return None };
    let from = keys.number(0)?;
    let clock = matches!(key.expr.node, Node::Call(Function::Extract(DatePart::Hour), _));
    let values = (0..n).map(|row| values.number(row)).collect();
    Some(Bins { from, width, values, clock, whole: key.expr.data_type == DataType::Int64, format: key.format.clone() })
}

fn bar(key: &Key, keys: &ResultColumn, values: &ResultColumn, row: usize, format: &NumberFormat, locale: &Locale) -> Bar {
    let scalar = keys.scalar(row);
    Bar {
        label: super::super::text::field(&key.expr, &key.format, &scalar),
        value: values.number(row),
        text: format_scalar(format, &values.scalar(row), locale),
        key: scalar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zoomed_axis_keeps_the_steps_that_lie_in_it_with_their_values() {
        let steps = time_steps((0..10).map(|at| (f64::from(at) * DAY_MICROS, Some(f64::from(at)))), TimeUnit::Day);
        let axis = SeriesAxis::Time { steps: steps.clone(), grain: TimeUnit::Day };
        let values = steps.iter().map(|step| step.value).collect();
        let one = super::super::series::OneSeries {
            key: None,
            label: "a".into(),
            place: None,
            step: None,
            values,
            format: NumberFormat::default(),
        };
        let series = vec![one];
        let stack = tarn_dashboard::Stack::None;
        let data =
            ChartData::Series(SeriesData { axis, series, stack, filled: false, n_series: 1, upright: false, lines: 0, second_axis: None });
        let seen = |from: f64, to: f64| match data.clone().within((from * DAY_MICROS, to * DAY_MICROS)) {
            ChartData::Series(SeriesData { axis: SeriesAxis::Time { steps, .. }, series, .. }) => {
                assert_eq!(steps.iter().map(|step| step.value).collect::<Vec<_>>(), series[0].values);
                series[0].values.iter().flatten().copied().collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(seen(2.0, 5.0), [2.0, 3.0, 4.0]);
        assert_eq!(seen(2.5, 4.5), [2.0, 3.0, 4.0], "whole steps");
        assert_eq!(seen(20.0, 30.0).len(), 10, "an axis without data shows what there is");
        let line = ChartData::Line { points: steps, grain: TimeUnit::Day }.within((8.0 * DAY_MICROS, 99.0 * DAY_MICROS));
        assert!(matches!(line, ChartData::Line { points, .. } if points.len() == 2));
    }
}
