use super::data::ChartData;
use super::words::{bin_text, moment};
use tarn_chart::{Locale, Plot, format_number};
use tarn_dashboard::NumberFormat;

/// The datum nearest to a pointer.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// In CSS pixels from the chart's top left corner.
    pub x: f64,
    /// Of the marker; `None` where the datum has none.
    pub y: Option<f64>,
    /// Left and right edge of the column that the datum fills; `None` where it fills none.
    pub column: Option<(f64, f64)>,
    pub label: String,
    pub value: String,
}

/// `None` for bars, whose values are written beside them, and outside of the plot.
pub fn hit(data: &ChartData, plot: &Plot, (x, y): (f64, f64), format: &NumberFormat, locale: &Locale) -> Option<Hit> {
    // Below the plot the pointer is still over a column.
    if x < plot.area.left - 4.0 || x > plot.area.right + 4.0 || y < 0.0 {
        return None;
    }
    let at = plot.x.clamp(plot.x.value_from_pixel(x));
    match data {
        ChartData::Line { points, grain } => {
            let i = points.partition_point(|point| point.to <= at).min(points.len().checked_sub(1)?);
            let point = points.get(i)?;
            Some(Hit {
                x: plot.x.pixel_from_value(point.middle()),
                y: point.value.map(|value| plot.y.pixel_from_value(value)),
                column: None,
                label: moment(point.from, *grain, locale),
                value: point.value.map_or_else(|| crate::strings::NO_VALUE.to_owned(), |value| format_number(format, value, locale)),
            })
        }
        ChartData::Bins(bins) => {
            let i = ((at - bins.from) / bins.width).floor().max(0.0) as usize;
            let i = i.min(bins.values.len().checked_sub(1)?);
            let value =
                bins.values.get(i)?.map_or_else(|| crate::strings::NO_VALUE.to_owned(), |value| format_number(format, value, locale));
            let (from, to) = bins.edges(i);
            let column = (plot.x.pixel_from_value(from), plot.x.pixel_from_value(to));
            Some(Hit { x: (column.0 + column.1) / 2.0, y: None, column: Some(column), label: bin_text(bins, i, locale), value })
        }
        ChartData::Bars(_) => None,
    }
}
