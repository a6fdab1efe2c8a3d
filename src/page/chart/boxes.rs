use super::super::strings;
use super::hit::{Hit, SeriesHit};
use tarn_chart::{Locale, Plot, format_number};
use tarn_dashboard::{Measure, NumberFormat, Scalar, View};
use tarn_protocol::ViewResult;

/// How numbers are spread, by a dimension.
#[derive(Clone, Debug, PartialEq)]
pub struct Boxes {
    pub rows: Vec<OneBox>,
    /// Of the numbers of a row, and how many there are first.
    pub labels: Vec<String>,
    pub bounds: Option<(f64, f64)>,
    pub format: NumberFormat,
    count_format: NumberFormat,
}

#[derive(Clone, Debug, PartialEq)]
pub struct OneBox {
    pub key: Scalar,
    pub label: String,
    n: Option<f64>,
    /// From the least to the greatest; `None` without values.
    pub values: Option<[f64; 5]>,
}

impl Boxes {
    /// `None` when the result is not of this view.
    pub fn new(view: &View, result: &ViewResult, measures: &[impl AsRef<Measure>]) -> Option<Self> {
        let [keys, counts, numbers @ ..] = result.table.columns.as_slice() else { return None };
        let [count, spread, ..] = measures else { return None };
        let key = view.keys.first()?;
        let row = |row: usize| {
            let scalar = keys.scalar(row);
            let mut values = [0.0; 5];
            let found = values.iter_mut().zip(numbers).all(|(value, column)| {
                let number = column.number(row).filter(|number| number.is_finite());
                *value = number.unwrap_or(0.0);
                number.is_some()
            });
            let label = super::super::text::field(&key.expr, &key.format, &scalar);
            OneBox { key: scalar, label, n: counts.number(row), values: found.then_some(values) }
        };
        Some(Self {
            rows: (0..result.table.n_rows as usize).map(row).collect(),
            labels: measures.iter().map(|measure| measure.as_ref().label.clone()).collect(),
            bounds: view.bounds,
            format: spread.as_ref().format.clone(),
            count_format: count.as_ref().format.clone(),
        })
    }

    /// How many values there are, then the numbers of the box.
    pub fn texts(&self, row: usize, locale: &Locale) -> Vec<String> {
        let Some(row) = self.rows.get(row) else { return vec![] };
        let text = |format: &NumberFormat, value: Option<f64>| {
            value.map_or_else(|| strings::NO_VALUE.to_owned(), |value| format_number(format, value, locale))
        };
        let values = (0..5).map(|at| text(&self.format, row.values.map(|values| values[at])));
        [text(&self.count_format, row.n)].into_iter().chain(values).collect()
    }

    pub fn describe(&self, plot: &Plot, row: usize, locale: &Locale) -> Option<Hit> {
        let (of, area) = (self.rows.get(row)?, *plot.rows.get(row)?);
        let numbers = self.labels.iter().zip(self.texts(row, locale));
        let series = numbers.map(|(label, value)| SeriesHit { place: None, label: label.clone(), value, y: None }).collect();
        let end = of.values.map_or(plot.x.domain.0, |values| values[3]);
        let x = plot.x.pixel_from_value(plot.x.clamp(end));
        Some(Hit { x, y: None, area: Some(area), label: of.label.clone(), value: String::new(), series })
    }

    /// A row in words.
    pub fn said(&self, row: usize, locale: &Locale) -> String {
        let numbers = self.labels.iter().zip(self.texts(row, locale)).map(|(label, value)| format!("{label} {value}"));
        let label = self.rows.get(row).map_or("", |row| row.label.as_str());
        format!("{label}: {}", numbers.collect::<Vec<_>>().join(", "))
    }
}
