use super::data::{Bins, ChartData};
use super::surface::{Surface, text_measure};
use leptos::prelude::window;
use plotters_backend::DrawingBackend;
use std::cell::RefCell;
use tarn_chart::{BarChart, BarRow, BinAxis, CanvasBackend, Frame, Histogram, LineChart, Locale, Plot, SvgBackend, Theme};
use tarn_dashboard::{FilterValue, NumberFormat};

thread_local! {
    /// By view id, what its newest painting took.
    static PAINTS: RefCell<Vec<(String, f64)>> = const { RefCell::new(vec![]) };
}

/// What the newest painting of a chart took, in milliseconds.
pub fn last_paint_ms(view: &str) -> Option<f64> {
    PAINTS.with_borrow(|paints| paints.iter().find(|(id, _)| id == view).map(|(_, ms)| *ms))
}

/// Measures a painting.
pub fn timed<T>(view: &str, paint: impl FnOnce() -> T) -> T {
    let clock = window().performance();
    let now = || clock.as_ref().map_or(0.0, web_sys::Performance::now);
    let started = now();
    let painted = paint();
    let ms = now() - started;
    PAINTS.with_borrow_mut(|paints| match paints.iter_mut().find(|(id, _)| id == view) {
        Some((_, last)) => *last = ms,
        None => paints.push((view.to_owned(), ms)),
    });
    painted
}

/// Draws a chart. `None` when the browser gives no means to measure text.
pub fn paint_chart(
    surface: &Surface<'_>,
    data: &ChartData,
    selection: Option<&FilterValue>,
    format: &NumberFormat,
    theme: &Theme,
    locale: &Locale,
) -> Option<Plot> {
    let measure = text_measure(&theme.font_family)?;
    let frame = Frame { width: surface.size.width, height: surface.size.height, theme, locale, measure: &*measure };
    let backend = CanvasBackend::new(surface.context, frame.width, frame.height, surface.device_pixel_ratio);
    draw(backend, &frame, data, selection, format)
}

/// The same drawing as an SVG of that width and height.
pub fn picture(
    (width, height): (f64, f64),
    data: &ChartData,
    selection: Option<&FilterValue>,
    format: &NumberFormat,
    theme: &Theme,
    locale: &Locale,
) -> Option<String> {
    let measure = text_measure(&theme.font_family)?;
    let frame = Frame { width, height, theme, locale, measure: &*measure };
    let mut svg = String::new();
    let backend = SvgBackend::new(&mut svg, width, height);
    draw(backend, &frame, data, selection, format)?;
    SvgBackend::finish(&mut svg);
    Some(svg)
}

fn draw<DB: DrawingBackend>(
    backend: DB,
    frame: &Frame<'_>,
    data: &ChartData,
    selection: Option<&FilterValue>,
    format: &NumberFormat,
) -> Option<Plot> {
    let selected = selection.and_then(interval);
    let drawn = match data {
        ChartData::Line { points, grain } => LineChart { points, grain: *grain, selected, format }.draw(backend, frame),
        ChartData::Bins(bins) => {
            let axis = axis(bins);
            Histogram { from: bins.from, width: bins.width, values: &bins.values, selected, axis, format }.draw(backend, frame)
        }
        ChartData::Bars(bars) => {
            let row = |bar: &super::data::Bar| BarRow {
                label: bar.label.clone(),
                value: bar.value,
                text: bar.text.clone(),
                selected: matches!(selection, Some(FilterValue::Set(values)) if values.contains(&bar.key)),
            };
            let rows: Vec<BarRow> = bars.iter().map(row).collect();
            BarChart { rows: &rows, has_selection: selection.is_some() }.draw(backend, frame)
        }
    };
    drawn.ok()
}

/// The selected interval in the units of the chart's axis, its open ends at infinity.
pub fn interval(selection: &FilterValue) -> Option<(f64, f64)> {
    match selection {
        FilterValue::DateRange { from, to } => {
            Some((from.map_or(f64::NEG_INFINITY, |at| at as f64), to.map_or(f64::INFINITY, |at| at as f64)))
        }
        FilterValue::Range { from, to } => Some((from.unwrap_or(f64::NEG_INFINITY), to.unwrap_or(f64::INFINITY))),
        _ => None,
    }
}

fn axis(bins: &Bins) -> BinAxis<'_> {
    if bins.clock { BinAxis::Clock } else { BinAxis::Number(&bins.format) }
}
