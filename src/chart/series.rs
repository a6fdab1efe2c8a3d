use super::data::time_steps;
use super::keys::Step;
use std::collections::HashMap;
use tarn_chart::{LinePoint, Locale, Theme, format_number, turns};
use tarn_dashboard::{Bucket, FilterValue, Measure, NumberFormat, NumberStyle, Phrase, Scalar, Stack, TimeUnit, View, ViewKind};
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
    pub fn len(&self) -> usize {
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
        self.value(step).map_or_else(|| crate::strings::NO_VALUE.to_owned(), |value| format_number(&self.format, value, locale))
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
    view.series.is_some() || view.kind == ViewKind::Area || several
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
            let mut found = vec![None; keys.axis.len()];
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
                let mut own = (0..n).filter(|row| column.scalar(*row) == *value).map(|row| (row, keys.step_of[row]));
                series.push(OneSeries {
                    values: values_of(values, &mut own),
                    label: crate::text::field(&key.expr, &key.format, value),
                    key: Some(value.clone()),
                    step: Some(Step { key: value.clone(), span: None }),
                    place: Some(*place),
                    format: format(0),
                });
            }
            if let (Some(other), Some(values)) = (&result.other, result.other.as_ref().and_then(|other| other.columns.last())) {
                let mut own = (0..other.n_rows as usize).filter_map(|row| Some((row, keys.step_of_other(other.columns.first()?, row)?)));
                let (label, values) = (crate::strings::say(Phrase::Other).to_owned(), values_of(values, &mut own));
                series.push(OneSeries { key: None, step: None, label, place: None, values, format: format(0) });
            }
        } else {
            for (at, name) in view.measures.iter().enumerate() {
                let values = result.table.column(name)?;
                let label = measures.get(at).map_or_else(|| name.clone(), |measure| measure.as_ref().label.clone());
                let values = values_of(values, &mut (0..n).map(|row| (row, keys.step_of[row])));
                series.push(OneSeries { key: None, step: None, label, place: Some(at as u32), values, format: format(at) });
            }
        }
        let n_series = if view.series.is_some() { result.n_groups } else { series.len() as u64 };
        Some(Self { axis: keys.axis, series, stack, filled, n_series })
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

    /// How many series are neither shown nor part of the others.
    pub fn n_left_out(&self) -> u64 {
        if self.series.iter().any(|series| series.place.is_none()) { 0 } else { self.n_series.saturating_sub(self.series.len() as u64) }
    }
}

/// The steps of the axis, and where each row of the result stands on it.
struct Keys {
    axis: SeriesAxis,
    step_of: Vec<usize>,
    /// By the text of a step's key.
    steps: HashMap<String, usize>,
}

impl Keys {
    fn new(view: &View, result: &ViewResult, grain: TimeUnit) -> Option<Self> {
        let (key, column) = (view.keys.first()?, result.table.columns.first()?);
        let n = result.table.n_rows as usize;
        if view.kind == ViewKind::Pie {
            return Some(Self { axis: SeriesAxis::Whole { hole: view.hole }, step_of: vec![0; n], steps: HashMap::new() });
        }
        let other = result.other.as_ref().filter(|_| view.series.is_some()).and_then(|other| Some((other.columns.first()?, other.n_rows)));
        let in_time = matches!(key.bucket, Bucket::Time { .. });
        let mut scalars: Vec<Scalar> = (0..n).map(|row| column.scalar(row)).collect();
        // The others may have times that no series has.
        scalars.extend(other.iter().flat_map(|(column, n)| (0..*n as usize).map(|row| column.scalar(row))).filter(|_| in_time));
        let mut steps = HashMap::new();
        let mut distinct: Vec<Scalar> = vec![];
        for scalar in &scalars {
            steps.entry(format!("{scalar:?}")).or_insert_with(|| {
                distinct.push(scalar.clone());
                distinct.len() - 1
            });
        }
        let axis = if in_time {
            let number = |scalar: &Scalar| match scalar {
                Scalar::Date(days) => f64::from(*days) * 86_400e6,
                Scalar::Timestamp(at) => *at as f64,
                _ => 0.0,
            };
            distinct.sort_by(|a, b| number(a).total_cmp(&number(b)));
            for (at, scalar) in distinct.iter().enumerate() {
                steps.insert(format!("{scalar:?}"), at);
            }
            SeriesAxis::Time { steps: time_steps(distinct.iter().map(|scalar| (number(scalar), None)), grain), grain }
        } else {
            let label = |scalar: &Scalar| crate::text::field(&key.expr, &key.format, scalar);
            SeriesAxis::Categories(distinct.into_iter().map(|scalar| (scalar.clone(), label(&scalar))).collect())
        };
        let step_of = scalars[..n].iter().filter_map(|scalar| steps.get(&format!("{scalar:?}")).copied()).collect();
        Some(Self { axis, step_of, steps })
    }

    fn step_of_other(&self, column: &ResultColumn, row: usize) -> Option<usize> {
        if matches!(self.axis, SeriesAxis::Whole { .. }) {
            return Some(0);
        }
        self.steps.get(&format!("{:?}", column.scalar(row))).copied()
    }
}

/// How shares are written.
pub fn share() -> NumberFormat {
    NumberFormat { style: NumberStyle::Percent, decimals: Some(0), ..NumberFormat::default() }
}
