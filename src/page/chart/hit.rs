use super::Place;
use super::data::ChartData;
use super::series::{OneSeries, SeriesAxis, SeriesData};
use super::words::{bin_text, cell_text, moment};
use tarn_chart::{Locale, Plot, Rect, around, format_number};
use tarn_dashboard::{NumberFormat, Stack};

/// A datum, where it lies and what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// In CSS pixels from the chart's top left corner.
    pub x: f64,
    /// Of the marker; `None` where the datum has none.
    pub y: Option<f64>,
    /// What the datum fills; `None` where it fills nothing.
    pub area: Option<Rect>,
    pub label: String,
    /// Empty where the series say it.
    pub value: String,
    /// Every series at the datum.
    pub series: Vec<SeriesHit>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SeriesHit {
    /// Among the colours.
    pub place: Option<u32>,
    pub label: String,
    pub value: String,
    /// Of the marker.
    pub y: Option<f64>,
}

impl Hit {
    /// In words.
    pub fn said(&self) -> String {
        let series = self.series.iter().map(|series| format!("{} {}", series.label, series.value)).collect::<Vec<_>>().join(", ");
        let parts = [self.label.as_str(), self.value.as_str(), &series];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
    }
}

/// The datum nearest to a pointer. `None` for bars, whose values are written beside them, and outside of the plot.
pub fn place(data: &ChartData, plot: &Plot, (x, y): (f64, f64)) -> Option<Place> {
    // Below the plot the pointer is still over a column.
    if x < plot.area.left - 4.0 || x > plot.area.right + 4.0 || y < 0.0 {
        return None;
    }
    let at = plot.x.clamp(plot.x.value_from_pixel(x));
    match data {
        ChartData::Line { points, .. } => Some((points.partition_point(|point| point.to <= at).min(points.len().checked_sub(1)?), 0)),
        ChartData::Bins(bins) => {
            let i = ((at - bins.from) / bins.width).floor().max(0.0) as usize;
            Some((i.min(bins.values.len().checked_sub(1)?), 0))
        }
        ChartData::Bars(_) => None,
        ChartData::Scatter(data) => data.hit(plot, (x, y)),
        ChartData::Boxes(_) => plot.rows.iter().position(|row| row.contains(x, y)).map(|row| (0, row)),
        ChartData::Series(data) => match &data.axis {
            SeriesAxis::Time { steps, .. } => Some((steps.partition_point(|step| step.to <= at).min(steps.len().checked_sub(1)?), 0)),
            SeriesAxis::Whole { .. } => {
                let middle = ((plot.area.left + plot.area.right) / 2.0, (plot.area.top + plot.area.bottom) / 2.0);
                let (right, up) = (x - middle.0, middle.1 - y);
                let turn = right.atan2(up).rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU;
                let inside = right.hypot(up) <= plot.area.width() / 2.0;
                data.turns().iter().position(|(from, to)| inside && *from <= turn && turn < *to).map(|slice| (slice, 0))
            }
            SeriesAxis::Categories(categories) if data.upright => Some(((at as usize).min(categories.len().checked_sub(1)?), 0)),
            SeriesAxis::Categories(_) => plot.rows.iter().position(|row| row.contains(x, y)).map(|row| (0, row)),
        },
        ChartData::Grid(grid) => {
            if y > plot.area.bottom {
                return None;
            }
            let column = match &grid.x.time {
                Some((edges, _)) => edges.partition_point(|edge| *edge <= at).saturating_sub(1),
                None => at as usize,
            };
            let last = |n: usize| n.checked_sub(1);
            let row = plot.y.value_from_pixel(y).max(0.0) as usize;
            Some((column.min(last(grid.x.labels.len())?), row.min(last(grid.y.labels.len())?)))
        }
    }
}

/// `None` when there is no such datum.
pub fn describe(data: &ChartData, plot: &Plot, place: Place, format: &NumberFormat, locale: &Locale) -> Option<Hit> {
    let text =
        |value: Option<f64>| value.map_or_else(|| super::super::strings::NO_VALUE.to_owned(), |value| format_number(format, value, locale));
    let filled = |area: Rect, label: String, value: Option<f64>| Hit {
        x: (area.left + area.right) / 2.0,
        y: None,
        area: Some(area),
        label,
        value: text(value),
        series: vec![],
    };
    match data {
        ChartData::Line { points, grain } => {
            let point = points.get(place.0)?;
            Some(Hit {
                x: plot.x.pixel_from_value(point.middle()),
                y: point.value.filter(|value| plot.y.kind.shows(*value)).map(|value| plot.y.pixel_from_value(value)),
                area: None,
                label: moment(point.from, *grain, locale),
                value: text(point.value),
                series: vec![],
            })
        }
        ChartData::Bins(bins) => {
            let value = bins.values.get(place.0)?;
            let (from, to) = bins.edges(place.0);
            let area = Rect { left: plot.x.pixel_from_value(from), right: plot.x.pixel_from_value(to), ..plot.area };
            Some(filled(area, bin_text(bins, place.0, locale), *value))
        }
        ChartData::Bars(_) => None,
        ChartData::Scatter(data) => data.describe(plot, place, locale),
        ChartData::Boxes(boxes) => boxes.describe(plot, place.1, locale),
        ChartData::Series(data) => describe_series(data, plot, place, locale),
        ChartData::Grid(grid) => {
            let (from, to) = match &grid.x.time {
                Some((edges, _)) => (*edges.get(place.0)?, *edges.get(place.0 + 1)?),
                None => (place.0 as f64, place.0 as f64 + 1.0),
            };
            let (left, right) = (plot.x.pixel_from_value(from), plot.x.pixel_from_value(to));
            let (top, bottom) = (plot.y.pixel_from_value(place.1 as f64), plot.y.pixel_from_value(place.1 as f64 + 1.0));
            Some(filled(Rect { left, top, right, bottom }, cell_text(grid, place), grid.cell(place.0, place.1)))
        }
    }
}

fn describe_series(data: &SeriesData, plot: &Plot, place: Place, locale: &Locale) -> Option<Hit> {
    if let SeriesAxis::Whole { .. } = data.axis {
        let (from, to) = *data.turns().get(place.0)?;
        let center = ((plot.area.left + plot.area.right) / 2.0, (plot.area.top + plot.area.bottom) / 2.0);
        let (x, y) = around(center, plot.area.width() / 2.0 * 0.8, (from + to) / 2.0);
        let area = Some(Rect { left: x, right: x, top: y, bottom: y });
        let label = data.series.get(place.0)?.label.clone();
        return Some(Hit { x, y: None, area, label, value: data.slice_text(place.0, locale), series: vec![] });
    }
    let upright = data.upright || matches!(data.axis, SeriesAxis::Time { .. });
    let at = if upright { place.0 } else { place.1 };
    // Only lines stand where their values are on the axis.
    let marked = |series: usize| match data.lines {
        0 => matches!(data.axis, SeriesAxis::Time { .. }) && data.stack == Stack::None,
        _ => data.is_line(series),
    };
    let axis = plot.second.unwrap_or(plot.y);
    let one = |(index, series): (usize, &OneSeries)| SeriesHit {
        place: series.place,
        label: series.label.clone(),
        value: series.text(at, locale),
        y: series.value(at).filter(|value| marked(index) && axis.kind.shows(*value)).map(|value| axis.pixel_from_value(value)),
    };
    let series = data.series.iter().enumerate().map(one).collect();
    let (x, area, label) = match &data.axis {
        SeriesAxis::Time { steps, grain } => {
            let step = steps.get(at)?;
            (plot.x.pixel_from_value(step.middle()), None, moment(step.from, *grain, locale))
        }
        SeriesAxis::Categories(categories) if upright => (plot.x.pixel_from_value(at as f64 + 0.5), None, categories.get(at)?.1.clone()),
        SeriesAxis::Categories(categories) => {
            let row = *plot.rows.get(at)?;
            let values = || data.series.iter().filter_map(|series| series.value(at)).filter(|value| *value > 0.0);
            let end = match data.stack {
                Stack::Normalize => 1.0,
                Stack::Zero => values().sum(),
                Stack::None => values().fold(0.0, f64::max),
            };
            (plot.x.pixel_from_value(plot.x.clamp(end)), Some(row), categories.get(at)?.1.clone())
        }
        SeriesAxis::Whole { .. } => return None,
    };
    Some(Hit { x, y: None, area, label, value: String::new(), series })
}
