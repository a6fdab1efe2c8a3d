use super::data::time_steps;
use super::step::Step;
use tarn_chart::{LinePoint, Locale, Theme, ascending, format_number, turns};
use tarn_dashboard::{
    AxisScale, Bucket, DAY_MICROS, DataType, FilterValue, Measure, NumberFormat, NumberStyle, Phrase, Scalar, Stack, TimeUnit, View,
    ViewKind,
};
use tarn_protocol::{ResultColumn, ViewResult};

/// A measure by series, or several measures, over time or by category.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesData {
    pub axis: SeriesAxis,
    /// Those with a place among the colours first.
    pub series: Vec<OneSeries>,
    pub stack: Stack,
    /// Whether areas are drawn rather than lines.
    pub filled: bool,
    /// How many series there are, shown or not.
    pub n_series: u64,
    /// Whether bars stand rather than lie.
    pub upright: bool,
    /// Of a combo: how many of the series, the last ones, are lines over the others' bars.
    pub lines: usize,
    /// How the axis of their own is divided that those lines may have.
    pub second_axis: Option<AxisScale>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SeriesAxis {
    Time {
        steps: Vec<LinePoint>,
        grain: TimeUnit,
    },
    Categories(Vec<(Scalar, String)>),
    /// A pie's.
    Whole {
        hole: bool,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct OneSeries {
    /// What a filter selects it by; `None` for a measure, and for all others together.
    pub key: Option<Scalar>,
    pub label: String,
    /// Among the colours; `None` for all others together.
    pub place: Option<u32>,
    /// What a click on it chooses.
    pub step: Option<Step>,
    /// One for each step of the axis.
    pub values: Vec<Option<f64>>,
    pub format: NumberFormat,
}

impl SeriesAxis {
    pub fn n_steps(&self) -> usize {
        match self {
            Self::Time { steps, .. } => steps.len(),
            Self::Categories(categories) => categories.len(),
            Self::Whole { .. } => 1,
        }
    }
}

impl OneSeries {
    pub fn value(&self, step: usize) -> Option<f64> {
        self.values.get(step).copied().flatten()
    }

    pub fn text(&self, step: usize, locale: &Locale) -> String {
        self.value(step).map_or_else(|| super::super::strings::NO_VALUE.to_owned(), |value| format_number(&self.format, value, locale))
    }

    /// Under a selection of series, whether this is one of it.
    pub fn is_in(&self, chosen: Option<&FilterValue>) -> bool {
        match (chosen, &self.key, self.place) {
            (Some(FilterValue::Set(values)), Some(key), _) => values.contains(key),
            (Some(FilterValue::Set(_)), None, None) => false,
            _ => true,
        }
    }

    pub fn drawn(&self, chosen: Option<&FilterValue>, theme: &Theme) -> tarn_chart::Series {
        let color = theme.series_color(self.place);
        tarn_chart::Series { label: self.label.clone(), color, values: self.values.clone(), chosen: self.is_in(chosen) }
    }
}

/// Whether a view is drawn as series.
pub fn has_series(view: &View) -> bool {
    let several = view.measures.len() > 1 && matches!(view.kind, ViewKind::Line | ViewKind::Bar);
    view.series.is_some() || matches!(view.kind, ViewKind::Area | ViewKind::Combo) || view.vertical || several
}

/// The position of the key that is shown by colour.
pub fn color_key(view: &View) -> Option<usize> {
    view.series.and_then(|_| view.keys.len().checked_sub(1))
}

impl SeriesData {
    /// `None` when the result is not of this view.
    pub fn new(view: &View, result: &ViewResult, grain: TimeUnit, measures: &[impl AsRef<Measure>]) -> Option<Self> {
        let keys = Keys::new(view, result, grain)?;
        let (stack, filled) = (view.stack, view.kind == ViewKind::Area);
        let n = result.table.n_rows as usize;
        let format = |at: usize| measures.get(at).map_or_else(NumberFormat::default, |measure| measure.as_ref().format.clone());
        let values_of = |values: &ResultColumn, rows: &mut dyn Iterator<Item = (usize, usize)>| {
            let mut found = vec![None; keys.axis.n_steps()];
            for (row, step) in rows {
                found[step] = values.number(row).filter(|value| value.is_finite());
            }
            found
        };
        let mut series = vec![];
        if let Some(color) = color_key(view) {
            let (column, values) = (result.table.columns.get(color)?, result.table.columns.get(color + 1)?);
            let key = &view.keys[color];
            for (value, place) in &result.colors {
                let mut own = (0..n).filter(|row| same(&column.scalar(*row), value)).map(|row| (row, keys.step_of[row]));
                series.push(OneSeries {
                    values: values_of(values, &mut own),
                    label: super::super::text::field(&key.expr, &key.format, value),
                    key: Some(value.clone()),
                    step: Some(Step { key: value.clone(), span: None }),
                    place: Some(*place),
                    format: format(0),
                });
            }
            if let (Some(other), Some(values)) = (&result.other, result.other.as_ref().and_then(|other| other.columns.last())) {
                let mut own = (0..other.n_rows as usize).filter_map(|row| Some((row, (*keys.step_of_other.get(row)?)?)));
                let (label, values) = (super::super::strings::say(Phrase::Other).to_owned(), values_of(values, &mut own));
                series.push(OneSeries { key: None, step: None, label, place: None, values, format: format(0) });
            }
        } else {
            for (at, name) in view.measures.iter().enumerate() {
                let values = result.table.column(name)?;
                let label = measures.get(at).map_or_else(|| name.clone(), |measure| measure.as_ref().label.clone());
                let at_right = view.second_axis && at + view.lines as usize >= view.measures.len();
                let label = if at_right { super::super::strings::fill(Phrase::AtRight, &[("label", &label)]) } else { label };
                let values = values_of(values, &mut (0..n).map(|row| (row, keys.step_of[row])));
                series.push(OneSeries { key: None, step: None, label, place: Some(at as u32), values, format: format(at) });
            }
        }
        let n_series = if view.series.is_some() { result.n_groups } else { series.len() as u64 };
        let (lines, second_axis, upright) =
            (view.lines as usize, view.second_axis.then_some(view.scale_up), view.vertical || view.lines > 0);
        Some(Self { axis: keys.axis, series, stack, filled, n_series, upright, lines, second_axis })
    }

    /// A slice by its value and its share of the whole.
    pub fn slice_text(&self, slice: usize, locale: &Locale) -> String {
        let Some((of, (from, to))) = self.series.get(slice).zip(self.turns().get(slice).copied()) else { return String::new() };
        format!("{} · {}", of.text(0, locale), format_number(&share(), to - from, locale))
    }

    /// Where a pie's slices begin and end, in turns from the top.
    pub fn turns(&self) -> Vec<(f64, f64)> {
        turns(self.series.iter().map(|series| series.value(0)))
    }

    /// Whether a series, by its place, is a line of a combo.
    pub fn is_line(&self, series: usize) -> bool {
        series + self.lines >= self.series.len()
    }

    /// The step of a combo by category: what a click on it chooses.
    pub fn step(&self, at: usize) -> Option<Step> {
        match &self.axis {
            SeriesAxis::Categories(categories) => Some(Step { key: categories.get(at)?.0.clone(), span: None }),
            _ => None,
        }
    }

    /// How many series are neither shown nor part of the others.
    pub fn n_left_out(&self) -> u64 {
        if self.series.iter().any(|series| series.place.is_none()) { 0 } else { self.n_series.saturating_sub(self.series.len() as u64) }
    }
}

/// The steps of the axis, and where each row of the result and each of the others stands on it.
struct Keys {
    axis: SeriesAxis,
    step_of: Vec<usize>,
    step_of_other: Vec<Option<usize>>,
}

impl Keys {
    fn new(view: &View, result: &ViewResult, grain: TimeUnit) -> Option<Self> {
        let (key, column) = (view.keys.first()?, result.table.columns.first()?);
        let n = result.table.n_rows as usize;
        let other = result.other.as_ref().filter(|_| view.series.is_some());
        let n_other = other.map_or(0, |other| other.n_rows as usize);
        if view.kind == ViewKind::Pie {
            let axis = SeriesAxis::Whole { hole: view.hole };
            return Some(Self { axis, step_of: vec![0; n], step_of_other: vec![Some(0); n_other] });
        }
        let other = other.and_then(|other| other.columns.first());
        if matches!(key.bucket, Bucket::Time { .. }) {
            let unit = if column.data_type == DataType::Date { DAY_MICROS as f64 } else { 1.0 };
            let time = |column: &ResultColumn, row: usize| column.number(row).unwrap_or(0.0) * unit;
            // The others may have times that no series has.
            let mut times: Vec<f64> = (0..n).map(|row| time(column, row)).collect();
            times.extend(other.iter().flat_map(|column| (0..n_other).map(|row| time(column, row))));
            let mut steps: Vec<f64> = ascending(&times).into_iter().map(|place| times[place]).collect();
            steps.dedup();
            let step = |time: &f64| steps.partition_point(|step| step < time);
            let (own, others) = times.split_at(n);
            let (step_of, step_of_other) = (own.iter().map(step).collect(), others.iter().map(|time| Some(step(time))).collect());
            let steps = time_steps(steps.iter().map(|time| (*time, None)), grain);
            return Some(Self { axis: SeriesAxis::Time { steps, grain }, step_of, step_of_other });
        }
        let mut values: Vec<Scalar> = vec![];
        let step_of = (0..n).map(|row| {
            let value = column.scalar(row);
            // The rows of a value mostly follow one another.
            let known = values.iter().rposition(|known| same(known, &value));
            known.unwrap_or_else(|| {
                values.push(value);
                values.len() - 1
            })
        });
        let step_of = step_of.collect();
        let step_of_other = other.map_or_else(Vec::new, |column| {
            (0..n_other).map(|row| values.iter().position(|known| same(known, &column.scalar(row)))).collect()
        });
        let label = |value: &Scalar| super::super::text::field(&key.expr, &key.format, value);
        let categories = values.into_iter().map(|value| (value.clone(), label(&value))).collect();
        Some(Self { axis: SeriesAxis::Categories(categories), step_of, step_of_other })
    }
}

/// Equal, NaN to itself too.
fn same(a: &Scalar, b: &Scalar) -> bool {
    match (a, b) {
        (Scalar::Float(a), Scalar::Float(b)) => a.total_cmp(b).is_eq(),
        _ => a == b,
    }
}

/// How shares are written.
pub fn share() -> NumberFormat {
    NumberFormat { style: NumberStyle::Percent, decimals: Some(0), ..NumberFormat::default() }
}
