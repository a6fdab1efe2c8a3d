#![allow(clippy::unwrap_used)]
//! Drawings as SVG text. `UPDATE_EXPECT=1 cargo test -p tarn-chart` writes them anew; look at them before committing.
use super::*;
use crate::{FontMetrics, Frame, Locale, Plot, Reference, SvgBackend, Theme};
use expect_test::{ExpectFile, expect_file};
use std::convert::Infallible;
use tarn_dashboard::{NumberFormat, TimeUnit};

type Drawn = Result<Plot, plotters::drawing::DrawingAreaErrorKind<Infallible>>;

pub(super) const DAY: f64 = 86_400e6;
/// 2001-01-01.
pub(super) const START: f64 = 11_323.0 * DAY;

pub(super) fn check(
    theme: &Theme,
    (width, height): (f64, f64),
    expected: ExpectFile,
    draw: impl FnOnce(SvgBackend<'_>, &Frame<'_>) -> Drawn,
) -> Plot {
    let locale = Locale::default();
    let frame = Frame::new((width, height), theme, &locale, &FontMetrics);
    let mut svg = String::new();
    let plot = draw(SvgBackend::new(&mut svg, width, height), &frame).unwrap();
    SvgBackend::finish(&mut svg);
    expected.assert_eq(&svg);
    plot
}

pub(super) fn count() -> NumberFormat {
    NumberFormat { decimals: Some(0), ..NumberFormat::default() }
}

/// Weekdays at about 17,000, weekends below, one holiday.
fn days() -> Vec<LinePoint> {
    let value = |day: usize| 17_000.0 + (day * 37 % 11) as f64 * 60.0 - [0.0, 100.0, 50.0, 0.0, 200.0, 2600.0, 900.0][day % 7];
    let point = |day: usize| {
        let from = START + day as f64 * DAY;
        LinePoint { from, to: from + DAY, value: Some(if day == 148 { 14_200.0 } else { value(day) }) }
    };
    (0..181).map(point).collect()
}

fn delays() -> Vec<Option<f64>> {
    let bins = [8, 6, 9, 25, 115, 468, 930, 655, 299, 157, 96, 63, 45, 33, 26, 20, 15, 13, 10, 8, 7, 5, 4, 3];
    bins.iter().map(|thousands| Some(f64::from(*thousands) * 1000.0)).collect()
}

fn origins(selected: &[&str]) -> Vec<BarRow> {
    let rows = [
        ("ORD", 166_341.0),
        ("DFW", 157_162.0),
        ("ATL", 124_711.0),
        ("LAX", 115_245.0),
        ("PHX", 93_036.0),
        ("Minneapolis–Saint Paul International", 69_685.0),
    ];
    let row = |(label, value): (&str, f64)| BarRow {
        label: label.into(),
        value: Some(value),
        text: crate::format_number(&count(), value, &Locale::default()),
        selected: selected.contains(&label),
    };
    rows.into_iter().map(row).collect()
}

#[test]
fn line_with_selected_period() {
    let points = days();
    let selected = Some((START + 153.0 * DAY, START + 181.0 * DAY));
    let plot = check(&Theme::light(), (1348.0, 215.0), expect_file!["goldens/line_selected.svg"], |backend, frame| {
        LineChart { points: &points, grain: TimeUnit::Day, selected, format: &count() }.draw(backend, frame)
    });
    let middle = plot.x.pixel_from_value(points[164].middle());
    assert!((plot.x.value_from_pixel(middle) - points[164].middle()).abs() < 1.0);
    assert_eq!(plot.y.domain, (0.0, 20_000.0));
}

#[test]
fn references_lie_on_their_axes() {
    let theme = Theme::light();
    let on = |across, from, to, label: &str| Reference { across, from, to, label: label.into() };
    let refer = |references: &[Reference], size, expected: ExpectFile, draw: &dyn Fn(SvgBackend<'_>, &Frame<'_>) -> Drawn| {
        check(&theme, size, expected, |backend, frame| draw(backend, &Frame { references, ..*frame }))
    };
    let points = days();
    let holiday = START + 148.0 * DAY;
    let of_line =
        [on(false, 14_000.0, 16_000.0, "Usual"), on(false, 22_000.0, 22_000.0, "Capacity"), on(true, holiday, holiday, "Memorial Day")];
    let plot = refer(&of_line, (900.0, 215.0), expect_file!["goldens/references_line.svg"], &|backend, frame| {
        LineChart { points: &points, grain: TimeUnit::Day, selected: None, format: &count() }.draw(backend, frame)
    });
    assert_eq!(plot.y.domain.1, 25_000.0, "the axis spans what it is read against");
    let of_bars = [on(true, 150_000.0, 150_000.0, "Plan"), on(true, 20_000.0, 60_000.0, "")];
    let plot = refer(&of_bars, (480.0, 150.0), expect_file!["goldens/references_bars.svg"], &|backend, frame| {
        BarChart { rows: &origins(&[]), format: &count(), has_selection: false }.draw(backend, frame)
    });
    assert_eq!(plot.rows[0].top, plot.area.top);
    let of_bins = [on(true, 15.0, 15.0, "Late"), on(true, -500.0, -500.0, "Out of sight")];
    refer(&of_bins, (400.0, 180.0), expect_file!["goldens/references_histogram.svg"], &|backend, frame| {
        let axis = BinAxis::Number(&NumberFormat { decimals: Some(0), ..NumberFormat::default() });
        Histogram { from: -60.0, width: 10.0, values: &delays(), selected: None, axis, format: &count() }.draw(backend, frame)
    });
}

#[test]
fn line_on_a_phone_in_the_dark() {
    let points = days();
    let selected = Some((START + 100.0 * DAY, START + 128.0 * DAY));
    check(&Theme::dark(), (312.0, 215.0), expect_file!["goldens/line_phone_dark.svg"], |backend, frame| {
        LineChart { points: &points, grain: TimeUnit::Day, selected, format: &count() }.draw(backend, frame)
    });
}

#[test]
fn line_with_gaps_and_a_lone_point() {
    let mut points = days();
    points.truncate(14);
    for day in [3, 4, 8, 10] {
        points[day].value = None;
    }
    check(&Theme::light(), (600.0, 160.0), expect_file!["goldens/line_gaps.svg"], |backend, frame| {
        LineChart { points: &points, grain: TimeUnit::Day, selected: None, format: &count() }.draw(backend, frame)
    });
}

#[test]
fn line_by_month() {
    let starts = [0.0, 31.0, 59.0, 90.0, 120.0, 151.0, 181.0].map(|day| START + day * DAY);
    let point = |ends: &[f64]| LinePoint { from: ends[0], to: ends[1], value: Some(500_000.0 - (ends[1] - ends[0]) / DAY * 1000.0) };
    let points: Vec<LinePoint> = starts.windows(2).map(point).collect();
    check(&Theme::light(), (600.0, 160.0), expect_file!["goldens/line_month.svg"], |backend, frame| {
        LineChart { points: &points, grain: TimeUnit::Month, selected: None, format: &count() }.draw(backend, frame)
    });
}

#[test]
fn histogram_is_split_exactly_at_the_selection() {
    let values = delays();
    let number = NumberFormat::default();
    let plot = check(&Theme::light(), (410.0, 180.0), expect_file!["goldens/histogram_selected.svg"], |backend, frame| {
        let axis = BinAxis::Number(&number);
        Histogram { from: -60.0, width: 10.0, values: &values, selected: Some((15.0, 90.0)), axis, format: &count() }.draw(backend, frame)
    });
    assert_eq!(plot.x.domain, (-60.0, 180.0));
}

#[test]
fn histogram_without_selection_in_the_dark() {
    let values = delays();
    let number = NumberFormat::default();
    check(&Theme::dark(), (260.0, 180.0), expect_file!["goldens/histogram_dark.svg"], |backend, frame| {
        let axis = BinAxis::Number(&number);
        Histogram { from: 0.0, width: 200.0, values: &values[4..], selected: None, axis, format: &count() }.draw(backend, frame)
    });
}

#[test]
fn histogram_of_hours_with_values_below_zero() {
    let values: Vec<Option<f64>> = (0..24).map(|hour| (hour != 3).then(|| f64::from(hour - 8) * 1.5)).collect();
    let format = NumberFormat { decimals: Some(1), suffix: " min".into(), ..NumberFormat::default() };
    check(&Theme::light(), (410.0, 180.0), expect_file!["goldens/histogram_hours.svg"], |backend, frame| {
        Histogram { from: 0.0, width: 1.0, values: &values, selected: None, axis: BinAxis::Clock, format: &format }.draw(backend, frame)
    });
}

#[test]
fn bars_with_one_selected() {
    let (rows, has_selection) = (origins(&["DFW"]), true);
    let plot = check(&Theme::light(), (650.0, 130.0), expect_file!["goldens/bars_selected.svg"], |backend, frame| {
        BarChart { rows: &rows, format: &count(), has_selection }.draw(backend, frame)
    });
    assert!(plot.rows[1].contains(300.0, 32.0));
}

#[test]
fn bars_with_values_on_both_sides_of_zero() {
    let (mut rows, has_selection) = (origins(&[]), false);
    for (i, row) in rows.iter_mut().enumerate() {
        row.value = (i != 4).then_some(10.0 - 6.0 * i as f64);
        row.text = crate::format_scalar(
            &count(),
            &row.value.map_or(tarn_dashboard::Scalar::Null, tarn_dashboard::Scalar::Float),
            &Locale::default(),
        );
    }
    check(&Theme::dark(), (400.0, 130.0), expect_file!["goldens/bars_both_sides.svg"], |backend, frame| {
        BarChart { rows: &rows, format: &count(), has_selection }.draw(backend, frame)
    });
}

#[test]
fn sparkline_over_a_gap() {
    let values: Vec<Option<f64>> = days()[..28].iter().enumerate().map(|(i, point)| point.value.filter(|_| i != 9)).collect();
    check(&Theme::light(), (300.0, 36.0), expect_file!["goldens/sparkline.svg"], |backend, frame| {
        Sparkline { values: &values }.draw(backend, frame)
    });
}

#[test]
fn nothing_to_draw_is_drawn_without_a_fault() {
    let (theme, locale) = (Theme::light(), Locale::default());
    for (width, height) in [(0.0, 0.0), (1.0, 1.0), (300.0, 150.0)] {
        let frame = Frame::new((width, height), &theme, &locale, &FontMetrics);
        let number = NumberFormat::default();
        let mut svg = String::new();
        LineChart { points: &[], grain: TimeUnit::Day, selected: Some((0.0, 1.0)), format: &number }
            .draw(SvgBackend::new(&mut svg, width, height), &frame)
            .unwrap();
        let lone = [LinePoint { from: f64::MIN, to: f64::MAX, value: Some(f64::MAX) }];
        LineChart { points: &lone, grain: TimeUnit::Year, selected: None, format: &number }
            .draw(SvgBackend::new(&mut svg, width, height), &frame)
            .unwrap();
        for values in [vec![], vec![None], vec![Some(f64::NAN), Some(f64::INFINITY), Some(1e300)]] {
            let axis = BinAxis::Number(&number);
            Histogram { from: 0.0, width: 1.0, values: &values, selected: None, axis, format: &number }
                .draw(SvgBackend::new(&mut svg, width, height), &frame)
                .unwrap();
            Sparkline { values: &values }.draw(SvgBackend::new(&mut svg, width, height), &frame).unwrap();
        }
        BarChart { rows: &[], format: &count(), has_selection: true }.draw(SvgBackend::new(&mut svg, width, height), &frame).unwrap();
    }
}
