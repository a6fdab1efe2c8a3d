use super::context::ChartContext;
use super::surface::{Size, Surface, text_measure};
use crate::page::chart::chart_set::ChartSet;
use crate::page::chart::data::{Bins, ChartData};
use crate::page::chart::grid::Steps;
use crate::page::chart::scatter::ScatterData;
use crate::page::chart::series::{OneSeries, SeriesAxis, SeriesData, share};
use crate::page::chart::step::interval;
use crate::page::picture::Drawing;
use leptos::prelude::{GetUntracked as _, window};
use std::cell::RefCell;
use std::sync::Arc;
use tarn_chart::{
    AreaChart, Backend, BarChart, BarRow, BarSeries, BinAxis, BoxPlot, BoxRow, CanvasBackend, Category, Combo, Density, DrawnPanel, Frame,
    GridAxis, Heatmap, Histogram, KeyFigure, LineChart, Lines, Locale, NumberAxis, Panels, Part, Pie, Place, Plot, Point, Rect, Reference,
    Scatter, Series, Sparkline, StepAxis, SvgBackend, TextTable, Theme, ascending, format_number,
};
use tarn_dashboard::{AxisScale, FilterValue, NumberFormat, Scalar};
use web_sys::CanvasRenderingContext2d;

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

/// What a chart is drawn with, besides its data.
pub struct Look<'a> {
    pub chosen: &'a [Option<FilterValue>],
    pub format: &'a NumberFormat,
    pub theme: &'a Theme,
    pub locale: &'a Locale,
    pub references: &'a [Reference],
    /// Of the axis of values.
    pub scale: AxisScale,
    /// What stands at it.
    pub measured: &'a str,
}

/// Draws the charts of a view. `None` when the browser gives no means to measure text.
pub fn paint_charts(surface: &Surface<'_>, set: &ChartSet, look: &Look<'_>) -> Option<Vec<DrawnPanel>> {
    let Size { width, height } = surface.size;
    // Clears the canvas.
    CanvasBackend::new(surface.context, width, height, surface.device_pixel_ratio);
    draw_set(&mut Sheet::Canvas(surface.context), (width, height), set, look)
}

/// The same drawing as an SVG of that width and height.
pub fn picture(size: (f64, f64), set: &ChartSet, look: &Look<'_>) -> Option<Drawing> {
    drawing(size, &mut |sheet| draw_set(sheet, size, set, look).is_some())
}

/// What is drawn, as an SVG of that width and height.
fn drawing((width, height): (f64, f64), draw: &mut dyn FnMut(&mut Sheet<'_>) -> bool) -> Option<Drawing> {
    let mut svg = String::new();
    SvgBackend::new(&mut svg, width, height);
    let drawn = draw(&mut Sheet::Svg(&mut svg));
    SvgBackend::finish(&mut svg);
    drawn.then_some(Drawing { svg, width, height, legend: vec![] })
}

/// The picture of a table.
pub fn table_drawing(table: &TextTable<'_>, ChartContext { theme, locale, .. }: &ChartContext) -> Option<Drawing> {
    let theme = theme.get_untracked();
    let measure = text_measure(&theme.font_family)?;
    let size = table.size(&theme, &*measure);
    let frame = Frame::new(size, &theme, locale, &*measure);
    drawing(size, &mut |sheet| table.draw(sheet.part(Place::default(), size), &frame).is_ok())
}

/// The picture of a key figure: its number, words and course.
pub fn key_figure_drawing(
    figure: &KeyFigure<'_>,
    values: &[Option<f64>],
    ChartContext { theme, locale, .. }: &ChartContext,
) -> Option<Drawing> {
    const COURSE: (f64, f64) = (240.0, 56.0);
    let theme = theme.get_untracked();
    let measure = text_measure(&theme.font_family)?;
    let (width, height) = figure.size(&theme, &*measure);
    let size = (width.max(COURSE.0), height + COURSE.1);
    let frame = |height: f64| Frame::new((size.0, height), &theme, locale, &*measure);
    drawing(size, &mut |sheet| {
        let course = Place { shift: (0.0, height), ..Place::default() };
        figure.draw(sheet.part(Place::default(), size), &frame(height)).is_ok()
            && Sparkline { values }.draw(sheet.part(course, size), &frame(COURSE.1)).is_ok()
    })
}

/// What several charts are drawn on.
enum Sheet<'a> {
    Canvas(&'a CanvasRenderingContext2d),
    Svg(&'a mut String),
}

impl Sheet<'_> {
    fn part(&mut self, place: Place, (width, height): (f64, f64)) -> Part<Backend<'_>> {
        let backend = match self {
            Self::Canvas(context) => Backend::Canvas(CanvasBackend::within(context, width, height)),
            Self::Svg(svg) => Backend::Svg(SvgBackend::within(svg, width, height)),
        };
        Part::new(backend, place)
    }
}

fn draw_set(sheet: &mut Sheet<'_>, size: (f64, f64), set: &ChartSet, look: &Look<'_>) -> Option<Vec<DrawnPanel>> {
    let Look { theme, locale, references, .. } = *look;
    let measure = text_measure(&theme.font_family)?;
    let frame = Frame { references, scale: look.scale, measured: look.measured, ..Frame::new(size, theme, locale, &*measure) };
    let Some(first) = set.charts.first().filter(|_| set.titles.is_empty()) else {
        let is_below = |bar: &crate::page::chart::data::Bar| bar.value.is_some_and(|value| value < 0.0);
        let keeps_left = set.charts.iter().any(|chart| matches!(&**chart, ChartData::Bars(bars) if bars.iter().any(is_below)));
        let panels = Panels { titles: &set.titles, columns: set.columns, shared: set.shared, keeps_left };
        let all = Extremes::of(&set.charts);
        let mut draw = |at: usize, place: Place, frame: &Frame<'_>| {
            let chart = set.charts.get(at)?;
            let own = if set.shared { None } else { Some(Extremes::of(&set.charts[at..=at])) };
            draw_chart(sheet.part(place, size), frame, chart, look, own.as_ref().unwrap_or(&all))
        };
        let drawn = panels.draw(&frame, &mut draw)?;
        panels.draw_titles(sheet.part(Place::default(), size), &frame, &drawn).ok()?;
        return Some(drawn);
    };
    let plot = draw_chart(sheet.part(Place::default(), size), &frame, first, look, &Extremes::of(&set.charts))?;
    let cell = Rect { left: 0.0, top: 0.0, right: size.0, bottom: size.1 };
    Some(vec![DrawnPanel { cell, plot }])
}

/// What colours and sizes are told apart by, over all charts that share them.
#[derive(Default)]
struct Extremes {
    cells: Vec<f64>,
    /// Of bins, and of the sizes of points.
    count: f64,
    size: f64,
}

impl Extremes {
    fn of(charts: &[Arc<ChartData>]) -> Self {
        let mut all = Self::default();
        for chart in charts {
            match &**chart {
                ChartData::Grid(grid) => all.cells.extend(grid.cells.iter().flatten()),
                ChartData::Scatter(data) => {
                    let counts = data.bins.iter().flat_map(|bins| bins.counts.iter().copied());
                    all.count = counts.fold(all.count, f64::max);
                    all.size = data.points.iter().filter_map(|point| point.size).fold(all.size, f64::max);
                }
                _ => {}
            }
        }
        all
    }
}

type On<'a> = Part<Backend<'a>>;

fn draw_chart(backend: On<'_>, frame: &Frame<'_>, data: &ChartData, look: &Look<'_>, all: &Extremes) -> Option<Plot> {
    let Look { chosen, format, .. } = *look;
    // By key; charts of one key have the first.
    let of_key = |at: usize| chosen.get(at).and_then(Option::as_ref);
    let selection = of_key(0);
    let selected = selection.and_then(interval);
    let drawn = match data {
        ChartData::Line { points, grain } => LineChart { points, grain: *grain, selected, format }.draw(backend, frame),
        ChartData::Bins(bins) => {
            let axis = axis(bins);
            Histogram { from: bins.from, width: bins.width, values: &bins.values, selected, axis, format }.draw(backend, frame)
        }
        ChartData::Bars(bars) => {
            let row = |bar: &crate::page::chart::data::Bar| BarRow {
                label: bar.label.clone(),
                value: bar.value,
                text: bar.text.clone(),
                selected: matches!(selection, Some(FilterValue::Set(values)) if values.contains(&bar.key)),
            };
            let rows: Vec<BarRow> = bars.iter().map(row).collect();
            BarChart { rows: &rows, format, has_selection: selection.is_some() }.draw(backend, frame)
        }
        ChartData::Boxes(boxes) => {
            let row = |of: &crate::page::chart::boxes::OneBox| BoxRow {
                label: of.label.clone(),
                values: of.values,
                selected: matches!(selection, Some(FilterValue::Set(values)) if values.contains(&of.key)),
            };
            let rows: Vec<BoxRow> = boxes.rows.iter().map(row).collect();
            BoxPlot { rows: &rows, has_selection: selection.is_some(), span: boxes.bounds, format: &boxes.format }.draw(backend, frame)
        }
        ChartData::Scatter(data) => return draw_scatter(backend, frame, data, chosen, all),
        ChartData::Series(data) => return draw_series(backend, frame, data, chosen, format),
        ChartData::Grid(grid) => {
            let is_in = |steps: &Steps, at: usize, key: usize| steps.steps.get(at).is_some_and(|step| step.is_in(of_key(key)));
            let selected = |column: usize, row: usize| is_in(&grid.x, column, 0) && is_in(&grid.y, row, 1);
            Heatmap { x: grid_axis(&grid.x), y: grid_axis(&grid.y), cells: &grid.cells, all: Some(&all.cells), selected: &selected, format }
                .draw(backend, frame)
        }
    };
    drawn.ok()
}

fn draw_scatter(backend: On<'_>, frame: &Frame<'_>, data: &ScatterData, chosen: &[Option<FilterValue>], all: &Extremes) -> Option<Plot> {
    let [across, up, ..] = data.axes.as_slice() else { return None };
    let mut points: Vec<Point> = data
        .points
        .iter()
        .map(|point| Point {
            at: point.at,
            size: (data.axes.len() > 2).then(|| point.size.unwrap_or(0.0) / all.size),
            color: frame.theme.series_color(data.place(point)),
            chosen: data.is_chosen(point, chosen),
        })
        .collect();
    // Small bubbles lie on large ones.
    if data.axes.len() > 2 {
        let sizes: Vec<f64> = points.iter().map(|point| -point.size.unwrap_or(0.0)).collect();
        points = ascending(&sizes).into_iter().map(|at| points[at]).collect();
    }
    let density =
        data.bins.as_ref().map(|bins| Density { columns: bins.columns, rows: bins.rows, counts: &bins.counts, greatest: all.count });
    let size = data.axes.get(2).map(|axis| NumberAxis { span: Some((0.0, all.size)), ..axis.drawn() });
    Scatter { across: across.drawn(), up: up.drawn(), points: &points, density, size }.draw(backend, frame).ok()
}

fn draw_series(
    backend: On<'_>,
    frame: &Frame<'_>,
    data: &SeriesData,
    chosen: &[Option<FilterValue>],
    format: &NumberFormat,
) -> Option<Plot> {
    // The key that is shown by colour is the second; a pie has one alone.
    let color = usize::from(!matches!(data.axis, SeriesAxis::Whole { .. }));
    let of_key = |at: usize| chosen.get(at).and_then(Option::as_ref);
    let series: Vec<Series> = data.series.iter().map(|series| series.drawn(of_key(color), frame.theme)).collect();
    let selected = of_key(0).and_then(interval);
    let drawn = match &data.axis {
        SeriesAxis::Time { .. } | SeriesAxis::Categories(_) if data.upright => {
            let labels: Vec<String>;
            let axis = match &data.axis {
                SeriesAxis::Time { steps, grain } => StepAxis::Time(steps, *grain),
                SeriesAxis::Categories(categories) => {
                    labels = categories.iter().map(|(_, label)| label.clone()).collect();
                    StepAxis::Categories(&labels)
                }
                SeriesAxis::Whole { .. } => return None,
            };
            let is_in = |at: usize| match &data.axis {
                SeriesAxis::Time { steps, .. } => {
                    selected.is_none_or(|(from, to)| steps.get(at).is_some_and(|step| from <= step.middle() && step.middle() < to))
                }
                _ => data.step(at).is_some_and(|step| step.is_in(of_key(0))),
            };
            let (bars, lines) = series.split_at(series.len() - data.lines);
            let second = data.series.last().zip(data.second_axis).map(|(series, scale)| (&series.format, scale));
            Combo { axis, bars, lines, stack: data.stack, format, second, chosen: &is_in }.draw(backend, frame)
        }
        SeriesAxis::Whole { hole } => {
            let turns = data.turns();
            let text =
                |(of, (from, to)): (&OneSeries, &(f64, f64))| format!("{} {}", of.label, format_number(&share(), to - from, frame.locale));
            let texts: Vec<String> = data.series.iter().zip(&turns).map(text).collect();
            let whole = format_number(format, data.series.iter().filter_map(|series| series.value(0)).sum(), frame.locale);
            Pie { slices: &series, texts: &texts, whole: hole.then_some(whole.as_str()) }.draw(backend, frame)
        }
        SeriesAxis::Time { steps, grain } if data.filled => {
            AreaChart { steps, series: &series, stack: data.stack, grain: *grain, selected, format }.draw(backend, frame)
        }
        SeriesAxis::Time { steps, grain } => Lines { steps, series: &series, grain: *grain, selected, format }.draw(backend, frame),
        SeriesAxis::Categories(categories) => {
            let is_in = |key: &Scalar| matches!(of_key(0), Some(FilterValue::Set(values)) if values.contains(key));
            let row = |(key, label): &(Scalar, String)| Category { label: label.clone(), selected: is_in(key) };
            let rows: Vec<Category> = categories.iter().map(row).collect();
            let has_selection = of_key(0).is_some();
            BarSeries { rows: &rows, series: &series, stack: data.stack, has_selection, format }.draw(backend, frame)
        }
    };
    drawn.ok()
}

fn grid_axis(steps: &Steps) -> GridAxis<'_> {
    GridAxis { labels: &steps.labels, time: steps.time.as_ref().map(|(edges, grain)| (edges.as_slice(), *grain)) }
}

fn axis(bins: &Bins) -> BinAxis<'_> {
    if bins.clock { BinAxis::Clock } else { BinAxis::Number(&bins.format) }
}
