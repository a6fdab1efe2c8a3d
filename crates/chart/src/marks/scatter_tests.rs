#![allow(clippy::unwrap_used)]
use super::tests::{check, count};
use super::*;
use crate::{FontMetrics, Frame, Locale, SvgBackend, Theme};
use expect_test::expect_file;
use tarn_dashboard::{AxisScale, NumberFormat};

/// Numbers in 0..1 that look random and are always the same.
fn noise(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed;
    std::iter::from_fn(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some((state >> 33) as f64 / (1u64 << 31) as f64)
    })
}

fn minutes() -> NumberFormat {
    NumberFormat { decimals: Some(0), suffix: " min".into(), ..NumberFormat::default() }
}

fn points(n: usize, theme: &Theme, sized: bool) -> Vec<Point> {
    let mut noise = noise(7);
    let mut next = || noise.next().unwrap();
    let one = |at: usize| {
        let across = 150.0 + 2400.0 * next() * next();
        let up = 4.0 + across / 200.0 + 14.0 * (next() - 0.4);
        let size = sized.then(|| next() * next());
        Point { at: (across, up), size, color: theme.series[at % 3], chosen: at % 3 != 2 || !sized }
    };
    let mut points: Vec<Point> = (0..n).map(one).collect();
    points.sort_by(|a, b| b.size.unwrap_or(0.0).total_cmp(&a.size.unwrap_or(0.0)));
    points
}

#[test]
fn points_of_three_series() {
    let theme = Theme::light();
    let points = points(240, &theme, false);
    let plot = check(&theme, (520.0, 290.0), expect_file!["goldens/scatter_points.svg"], |backend, frame| {
        let across = NumberAxis { label: "Distance, miles", format: &count(), span: None, scale: AxisScale::Linear };
        let up = NumberAxis { label: "Delay", format: &minutes(), span: None, scale: AxisScale::Linear };
        Scatter { across, up, points: &points, density: None, size: None }.draw(backend, frame)
    });
    for point in &points {
        let (x, y) = (plot.x.pixel_from_value(point.at.0), plot.y.pixel_from_value(point.at.1));
        assert!(plot.area.contains(x - 4.0, y - 4.0) && plot.area.contains(x + 4.0, y + 4.0), "{point:?} is on the edge");
    }
}

#[test]
fn bubbles_with_a_choice_in_the_dark() {
    let theme = Theme::dark();
    let points = points(40, &theme, true);
    check(&theme, (420.0, 290.0), expect_file!["goldens/scatter_bubbles_dark.svg"], |backend, frame| {
        let across = NumberAxis { label: "Average distance", format: &count(), span: None, scale: AxisScale::Linear };
        let up = NumberAxis { label: "Average delay", format: &minutes(), span: None, scale: AxisScale::Linear };
        Scatter { across, up, points: &points, density: None, size: None }.draw(backend, frame)
    });
}

fn density(theme: &Theme, size: (f64, f64), expected: expect_test::ExpectFile) {
    let (columns, rows) = (50, 24);
    let cell = |at: usize| {
        let (x, y) = ((at / rows) as f64 / columns as f64, (at % rows) as f64 / rows as f64);
        let (right, up) = ((x - 0.2) / 0.25, (y - 0.3) / 0.1);
        (12_000.0 * (-(right * right + up * up)).exp() + 40.0 * (-3.0 * (x + y)).exp() - 3.0).floor().max(0.0)
    };
    let counts: Vec<f64> = (0..columns * rows).map(cell).collect();
    let plot = check(theme, size, expected, |backend, frame| {
        let across = NumberAxis { label: "Distance, miles", format: &count(), span: Some((0.0, 2500.0)), scale: AxisScale::Linear };
        let up = NumberAxis { label: "Delay", format: &minutes(), span: Some((-60.0, 180.0)), scale: AxisScale::Linear };
        let density = Some(Density { columns, rows, counts: &counts, greatest: counts.iter().copied().fold(0.0, f64::max) });
        Scatter { across, up, points: &[], density, size: None }.draw(backend, frame)
    });
    let rect = Density::rect(&plot, (columns, rows), (10, 7));
    assert!((plot.x.value_from_pixel(rect.left) - 500.0).abs() < 1e-6);
    assert!((plot.y.value_from_pixel(rect.bottom) - 10.0).abs() < 1e-6);
}

#[test]
fn too_many_points_are_a_density() {
    density(&Theme::light(), (520.0, 290.0), expect_file!["goldens/scatter_density.svg"]);
    density(&Theme::dark(), (300.0, 240.0), expect_file!["goldens/scatter_density_dark.svg"]);
}

#[test]
fn points_without_extent_and_none_at_all_are_drawn_without_a_fault() {
    let (theme, locale) = (Theme::light(), Locale::default());
    let point = |x, y| Point { at: (x, y), size: Some(f64::NAN), color: theme.accent, chosen: true };
    for (width, height) in [(0.0, 0.0), (1.0, 1.0), (300.0, 150.0)] {
        let frame = Frame::new((width, height), &theme, &locale, &FontMetrics);
        for points in [vec![], vec![point(5.0, 5.0)], vec![point(f64::NAN, 1.0), point(1e300, -1e300)]] {
            for density in [None, Some(Density { columns: 0, rows: 0, counts: &[], greatest: 0.0 })] {
                let (mut svg, format) = (String::new(), NumberFormat::default());
                Scatter { across: axis_of(&format), up: axis_of(&format), points: &points, density, size: None }
                    .draw(SvgBackend::new(&mut svg, width, height), &frame)
                    .unwrap();
            }
        }
    }
}

fn axis_of(format: &NumberFormat) -> NumberAxis<'_> {
    NumberAxis { label: "x", format, span: None, scale: AxisScale::Linear }
}
