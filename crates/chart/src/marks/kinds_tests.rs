//! Every kind of chart once, small, in both themes.
use super::tests::{DAY, START, check, count};
use super::*;
use crate::{Frame, Plot, Reference, SvgBackend, Theme};
use expect_test::expect_file;
use plotters::drawing::DrawingAreaErrorKind;
use std::convert::Infallible;
use tarn_dashboard::{AxisScale, NumberFormat, Stack, TimeUnit};

const SIZE: (f64, f64) = (360.0, 200.0);

type Drawn = Result<Plot, DrawingAreaErrorKind<Infallible>>;

/// The picture of a kind in the light and in the dark.
pub(super) fn both(kind: &str, draw: &dyn Fn(SvgBackend<'_>, &Frame<'_>) -> Drawn) {
    for (scheme, theme) in [("light", Theme::light()), ("dark", Theme::dark())] {
        check(&theme, SIZE, expect_file![format!("goldens/kinds/{kind}_{scheme}.svg")], |backend, frame| draw(backend, frame));
    }
}

pub(super) fn minutes() -> NumberFormat {
    NumberFormat { decimals: Some(0), suffix: " min".into(), ..NumberFormat::default() }
}

/// Twelve days, the fifth without a value.
pub(super) fn days() -> Vec<LinePoint> {
    let value = |day: usize| (day != 4).then(|| 900.0 + (day * 37 % 11) as f64 * 20.0);
    let day = |day: usize| LinePoint { from: START + day as f64 * DAY, to: START + (day as f64 + 1.0) * DAY, value: value(day) };
    (0..12).map(day).collect()
}

pub(super) fn series(theme: &Theme, n: usize) -> Vec<Series> {
    let one = |(place, label): (u32, &str)| {
        let value = |step: usize| Some(300.0 / f64::from(place + 1) + ((step + place as usize) * 29 % 7) as f64 * 9.0);
        let color = theme.series_color((place < 2).then_some(place));
        Series { label: label.into(), color, values: (0..n).map(value).collect(), chosen: true }
    };
    (0..).zip(["On time", "Late", "Other"]).map(one).collect()
}

pub(super) fn labels() -> Vec<String> {
    ["ORD", "DFW", "ATL", "LAX"].map(String::from).to_vec()
}

#[test]
fn over_time() {
    both("line", &|backend, frame| {
        let selected = Some((START + 6.0 * DAY, START + 10.0 * DAY));
        LineChart { points: &days(), grain: TimeUnit::Day, selected, format: &count() }.draw(backend, frame)
    });
    both("line_references", &|backend, frame| {
        let on = |across, from, to, label: &str| Reference { across, from, to, label: label.into() };
        let at = START + 3.0 * DAY;
        let references = [on(false, 950.0, 1_050.0, "Usual"), on(false, 1_000.0, 1_000.0, "Plan"), on(true, at, at, "Strike")];
        let frame = &Frame { references: &references, ..*frame };
        LineChart { points: &days(), grain: TimeUnit::Day, selected: None, format: &count() }.draw(backend, frame)
    });
    both("lines", &|backend, frame| {
        let series = series(frame.theme, 12);
        Lines { steps: &days(), series: &series, grain: TimeUnit::Day, selected: None, format: &minutes() }.draw(backend, frame)
    });
    for (kind, stack, n) in [("area", Stack::None, 1), ("area_stacked", Stack::Zero, 3), ("area_shares", Stack::Normalize, 3)] {
        both(kind, &|backend, frame| {
            let series = &series(frame.theme, 12)[..n];
            AreaChart { steps: &days(), series, stack, grain: TimeUnit::Day, selected: None, format: &count() }.draw(backend, frame)
        });
    }
    both("combo", &|backend, frame| {
        let series = series(frame.theme, 12);
        let line = Series { values: (0..12).map(|day| Some(f64::from(day * 53 % 17) - 0.6)).collect(), ..series[1].clone() };
        let (bars, lines) = (&series[..1], std::slice::from_ref(&line));
        let axis = StepAxis::Time(&days(), TimeUnit::Day);
        Combo { axis, bars, lines, stack: Stack::None, format: &count(), second: Some((&minutes(), AxisScale::Linear)), chosen: &|_| true }
            .draw(backend, frame)
    });
    both("sparkline", &|backend, frame| {
        let values: Vec<Option<f64>> = days().iter().map(|day| day.value).collect();
        Sparkline { values: &values }.draw(backend, frame)
    });
}

#[test]
fn by_category() {
    both("bars", &|backend, frame| {
        let row = |(at, label): (usize, String)| {
            let value = 900.0 - at as f64 * 170.0;
            BarRow { label, value: Some(value), text: format!("{value:.0}"), selected: at == 1 }
        };
        let rows: Vec<BarRow> = labels().into_iter().enumerate().map(row).collect();
        let on = |from, to, label: &str| Reference { across: true, from, to, label: label.into() };
        let references = [on(500.0, 560.0, "Usual"), on(580.0, 580.0, "Plan")];
        BarChart { rows: &rows, format: &count(), has_selection: true }.draw(backend, &Frame { references: &references, ..*frame })
    });
    for (kind, stack) in [("bars_grouped", Stack::None), ("bars_stacked", Stack::Zero), ("bars_shares", Stack::Normalize)] {
        both(kind, &|backend, frame| {
            let rows: Vec<Category> = labels().into_iter().map(|label| Category { label, selected: false }).collect();
            BarSeries { rows: &rows, series: &series(frame.theme, 4), stack, has_selection: false, format: &count() }.draw(backend, frame)
        });
    }
    both("boxes", &|backend, frame| {
        let row = |(at, label): (usize, String)| {
            let shift = at as f64 * 6.0;
            BoxRow { label, values: Some([-30.0 + shift, -7.0, shift, 14.0 + shift, 90.0 - shift]), selected: at == 2 }
        };
        let rows: Vec<BoxRow> = labels().into_iter().enumerate().map(row).collect();
        BoxPlot { rows: &rows, has_selection: false, span: None, format: &minutes() }.draw(backend, frame)
    });
    for (kind, whole) in [("pie", None), ("donut", Some("1,234"))] {
        both(kind, &|backend, frame| {
            let slices = series(frame.theme, 1);
            let texts: Vec<String> = slices.iter().map(|slice| slice.label.clone()).collect();
            Pie { slices: &slices, texts: &texts, whole }.draw(backend, frame)
        });
    }
}

#[test]
fn of_numbers() {
    both("histogram", &|backend, frame| {
        let values: Vec<Option<f64>> = [40, 120, 900, 1400, 700, 260, 90, 30].map(|n| Some(f64::from(n))).to_vec();
        let (axis, selected) = (BinAxis::Number(&minutes()), Some((5.0, 45.0)));
        Histogram { from: -20.0, width: 10.0, values: &values, selected, axis, format: &count() }.draw(backend, frame)
    });
    for kind in ["points", "bubbles"] {
        both(kind, &|backend, frame| {
            let point = |at: u32| Point {
                at: (f64::from(at * 37 % 23) * 60.0, f64::from(at * 29 % 19)),
                size: (kind == "bubbles").then(|| f64::from(at * 13 % 7 + 1) / 7.0),
                color: frame.theme.series_color(Some(at % 2)),
                chosen: !at.is_multiple_of(5),
            };
            let points: Vec<Point> = (0..24).map(point).collect();
            let across = NumberAxis { label: "Distance", format: &count(), span: None, scale: AxisScale::Linear };
            let up = NumberAxis { label: "Delay", format: &minutes(), span: None, scale: AxisScale::Linear };
            let sizes = NumberAxis { label: "Flights", format: &count(), span: Some((0.0, 12_000.0)), scale: AxisScale::Linear };
            let size = (kind == "bubbles").then_some(sizes);
            Scatter { across, up, points: &points, density: None, size }.draw(backend, frame)
        });
    }
    both("density", &|backend, frame| {
        let counts: Vec<f64> = (0..60).map(|at| f64::from(at * at % 97)).collect();
        let density = Some(Density { columns: 10, rows: 6, counts: &counts, greatest: 96.0 });
        let across = NumberAxis { label: "Distance", format: &count(), span: Some((0.0, 3_000.0)), scale: AxisScale::Linear };
        let up = NumberAxis { label: "Delay", format: &minutes(), span: Some((-60.0, 180.0)), scale: AxisScale::Linear };
        Scatter { across, up, points: &[], density, size: None }.draw(backend, frame)
    });
    both("heatmap", &|backend, frame| {
        let hours: Vec<String> = (0..8).map(|hour| format!("{hour:02}")).collect();
        let cells: Vec<Option<f64>> = (0..32).map(|at| (at != 11).then(|| f64::from(at * 29 % 31))).collect();
        let (x, y) = (GridAxis { labels: &hours, time: None }, GridAxis { labels: &labels(), time: None });
        Heatmap { x, y, cells: &cells, all: None, selected: &|_, row| row != 3, format: &count() }.draw(backend, frame)
    });
}
