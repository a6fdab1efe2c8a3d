use super::data::ChartData;
use super::picker::Place;
use super::words::{bin_text, cell_text, moment};
use tarn_chart::{Locale, Plot, Rect, format_number};
use tarn_dashboard::NumberFormat;

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
    pub value: String,
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
    let text = |value: Option<f64>| value.map_or_else(|| crate::strings::NO_VALUE.to_owned(), |value| format_number(format, value, locale));
    let filled = |area: Rect, label: String, value: Option<f64>| Hit {
        x: (area.left + area.right) / 2.0,
        y: None,
        area: Some(area),
        label,
        value: text(value),
    };
    match data {
        ChartData::Line { points, grain } => {
            let point = points.get(place.0)?;
            Some(Hit {
                x: plot.x.pixel_from_value(point.middle()),
                y: point.value.map(|value| plot.y.pixel_from_value(value)),
                area: None,
                label: moment(point.from, *grain, locale),
                value: text(point.value),
            })
        }
        ChartData::Bins(bins) => {
            let value = bins.values.get(place.0)?;
            let (from, to) = bins.edges(place.0);
            let area = Rect { left: plot.x.pixel_from_value(from), right: plot.x.pixel_from_value(to), ..plot.area };
            Some(filled(area, bin_text(bins, place.0, locale), *value))
        }
        ChartData::Bars(_) => None,
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
