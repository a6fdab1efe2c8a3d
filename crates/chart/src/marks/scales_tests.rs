//! Charts whose axis of values is not linear, or says what it measures.
#![allow(clippy::unwrap_used)]
use super::kinds_tests::{both, days, labels, minutes, series};
use super::tests::count;
use super::*;
use crate::{Frame, Theme};
use tarn_dashboard::AxisScale::{Linear, Log, Symlog};
use tarn_dashboard::{Stack, TimeUnit};

#[test]
fn lines_by_powers_of_ten() {
    both("line_log", &|backend, frame| {
        let grows = |(at, day): (usize, LinePoint)| LinePoint { value: day.value.map(|_| 0.04 * 3f64.powi(at as i32)), ..day };
        let mut points: Vec<LinePoint> = days().into_iter().enumerate().map(grows).collect();
        points[8].value = Some(0.0);
        let frame = &Frame { scale: Log, measured: "Orders", ..*frame };
        let plot = LineChart { points: &points, grain: TimeUnit::Day, selected: None, format: &minutes() }.draw(backend, frame)?;
        assert_eq!(plot.y.kind, Log);
        Ok(plot)
    });
    both("lines_symlog", &|backend, frame| {
        let mut series = series(frame.theme, 12);
        for (at, one) in series.iter_mut().enumerate() {
            one.values = (0..12).map(|day| Some(f64::from(day - 4) * 9f64.powi(at as i32 + 1))).collect();
        }
        let frame = &Frame { scale: Symlog, ..*frame };
        Lines { steps: &days(), series: &series, grain: TimeUnit::Day, selected: None, format: &count() }.draw(backend, frame)
    });
}

#[test]
fn rows_by_powers_of_ten() {
    both("bars_symlog", &|backend, frame| {
        let row = |(at, label): (usize, String)| {
            let value = 7.0 * 13f64.powi(3 - at as i32);
            BarRow { label, value: Some(value), text: format!("{value:.0}"), selected: false }
        };
        let rows: Vec<BarRow> = labels().into_iter().enumerate().map(row).collect();
        let frame = &Frame { scale: Symlog, measured: "Flights", ..*frame };
        BarChart { rows: &rows, format: &count(), has_selection: false }.draw(backend, frame)
    });
    both("boxes_log", &|backend, frame| {
        let row = |(at, label): (usize, String)| {
            let of = |share: f64| 40.0 * 10f64.powf(share * 2.0 + at as f64 * 0.2);
            BoxRow { label, values: Some([0.0, of(0.3), of(0.45), of(0.6), of(1.0)]), selected: false }
        };
        let rows: Vec<BoxRow> = labels().into_iter().enumerate().map(row).collect();
        let frame = &Frame { scale: Log, measured: "Distance", ..*frame };
        BoxPlot { rows: &rows, has_selection: false, span: None, format: &count() }.draw(backend, frame)
    });
}

#[test]
fn bubbles_by_powers_of_ten_with_their_sizes() {
    both("bubbles_log", &|backend, frame| {
        let point = |at: u32| Point {
            at: (10f64.powf(f64::from(at * 37 % 23) / 6.0), f64::from(at * 29 % 19) - 2.0),
            size: Some(f64::from(at * 13 % 7 + 1) / 7.0),
            color: frame.theme.series_color(Some(at % 2)),
            chosen: true,
        };
        let points: Vec<Point> = (0..24).map(point).collect();
        let across = NumberAxis { label: "Distance", format: &count(), span: None, scale: Log };
        let up = NumberAxis { label: "Delay", format: &minutes(), span: None, scale: Linear };
        let size = Some(NumberAxis { label: "Flights", format: &count(), span: Some((0.0, 70_000.0)), scale: Linear });
        Scatter { across, up, points: &points, density: None, size }.draw(backend, frame)
    });
}

#[test]
fn standing_bars() {
    for (kind, stack, n) in [("columns", Stack::None, 1), ("columns_stacked", Stack::Zero, 3), ("columns_shares", Stack::Normalize, 3)] {
        both(kind, &|backend, frame| {
            let mut series = series(frame.theme, 4);
            series[1].chosen = kind != "columns_stacked";
            let (axis, labels) = (labels(), Frame { measured: "Flights", ..*frame });
            let axis = StepAxis::Categories(&axis);
            Combo { axis, bars: &series[..n], lines: &[], stack, format: &count(), second: None, chosen: &|step| step != 2 }
                .draw(backend, &labels)
        });
    }
}

/// Nothing is written over anything else, however little room there is.
#[test]
fn titles_of_axes_are_cut_to_the_chart() {
    let (theme, locale) = (Theme::light(), crate::Locale::default());
    let frame =
        Frame { measured: "A measure with quite a long name indeed", ..Frame::new((160.0, 120.0), &theme, &locale, &crate::FontMetrics) };
    let mut svg = String::new();
    let backend = crate::SvgBackend::new(&mut svg, 160.0, 120.0);
    let chart = LineChart { points: &days(), grain: TimeUnit::Day, selected: None, format: &count() };
    let plot = chart.draw(backend, &frame).unwrap();
    assert!(svg.contains("↑ A measure with quite"), "{svg}");
    assert!(svg.contains('…') && plot.area.top > 20.0, "{svg}");
}
