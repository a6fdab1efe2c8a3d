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
    // It takes room above, and none below.
    let mut untitled = String::new();
    let below = chart.draw(crate::SvgBackend::new(&mut untitled, 160.0, 120.0), &Frame { measured: "", ..frame }).unwrap();
    assert_eq!(plot.area.bottom, below.area.bottom);
}

#[test]
fn combos_have_a_scale_for_each_axis() {
    for (kind, left, right) in
        [("combo_log", Linear, Some(Log)), ("combo_symlog", Symlog, Some(Linear)), ("combo_one_symlog", Symlog, None)]
    {
        both(kind, &|backend, frame| {
            let mut series = series(frame.theme, 12);
            for (at, one) in series.iter_mut().enumerate() {
                one.values = (0..12).map(|day| Some(f64::from(day + 1) * 3f64.powi(day * at as i32))).collect();
            }
            series[0].values[3] = Some(-300.0);
            // A logarithmic line has no place for zero.
            series[1].values[6] = Some(0.0);
            let (steps, format, frame) = (days(), minutes(), Frame { scale: left, ..*frame });
            let axis = StepAxis::Time(&steps, TimeUnit::Day);
            let second = right.map(|scale| (&format, scale));
            let plot =
                Combo { axis, bars: &series[..1], lines: &series[1..2], stack: Stack::None, format: &count(), second, chosen: &|_| true }
                    .draw(backend, &frame)?;
            assert_eq!((plot.y.kind, plot.second.map(|scale| (scale.kind, scale.pixels))), (left, right.map(|kind| (kind, plot.y.pixels))));
            Ok(plot)
        });
    }
}

#[test]
fn colours_by_powers_of_ten_have_a_legend_that_tells_them() {
    for (kind, scale) in [("heatmap_log", Log), ("heatmap_symlog", Symlog)] {
        both(kind, &|backend, frame| {
            let hours: Vec<String> = (0..6).map(|hour| format!("{hour:02}")).collect();
            let cell = |at: u32| {
                f64::from(at % 7 + 1) * 4f64.powi(at as i32 % 6) * if scale == Symlog && at.is_multiple_of(5) { -1.0 } else { 1.0 }
            };
            let mut cells: Vec<Option<f64>> = (0..24).map(|at| Some(cell(at))).collect();
            (cells[8], cells[9]) = (Some(0.0), None);
            let (x, y) = (GridAxis { labels: &hours, time: None }, GridAxis { labels: &labels(), time: None });
            let frame = &Frame { scale, ..*frame };
            Heatmap { x, y, cells: &cells, all: None, selected: &|_, _| true, format: &count() }.draw(backend, frame)
        });
    }
}

#[test]
fn a_legend_by_powers_of_ten_names_the_unit_at_its_ends() {
    let (theme, locale, format) = (Theme::light(), crate::Locale::default(), minutes());
    let frame = Frame { scale: Log, ..Frame::new((360.0, 100.0), &theme, &locale, &crate::FontMetrics) };
    let labels: Vec<String> = (0..40).map(|at| format!("{at}")).collect();
    let cells: Vec<Option<f64>> = (0..40).map(|at| Some(10f64.powf(f64::from(at) / 10.0))).collect();
    let (x, y) = (GridAxis { labels: &labels, time: None }, GridAxis { labels: &labels[..1], time: None });
    let mut svg = String::new();
    let heatmap = Heatmap { x, y, cells: &cells, all: None, selected: &|_, _| true, format: &format };
    heatmap.draw(crate::SvgBackend::new(&mut svg, 360.0, 100.0), &frame).unwrap();
    let texts: Vec<&str> = svg.split("</text>").filter_map(|part| part.rsplit('>').next()).collect();
    assert!(texts.join(" ").trim().ends_with(" 7.9k min 1 min 10 100 1k"), "{texts:?}");
}

#[test]
fn rectangles_of_a_density_are_equal_on_its_axes() {
    both("density_log", &|backend, frame| {
        let (columns, rows) = (30, 20);
        let cell = |at: usize| {
            let (x, y) = ((at / rows) as f64 / columns as f64 - 0.6, (at % rows) as f64 / rows as f64 - 0.4);
            (9_000.0 * (-(x * x + y * y) * 30.0).exp() - 2.0).floor().max(0.0)
        };
        let counts: Vec<f64> = (0..columns * rows).map(cell).collect();
        let across = NumberAxis { label: "Distance", format: &count(), span: Some((10.0, 10_000.0)), scale: Log };
        let up = NumberAxis { label: "Delay", format: &minutes(), span: Some((-99.0, 999.0)), scale: Symlog };
        let density = Some(Density { columns, rows, counts: &counts, greatest: 9_000.0 });
        let plot = Scatter { across, up, points: &[], density, size: None }.draw(backend, frame)?;
        // A third of the columns is a power of ten.
        let right = Density::rect(&plot, (columns, rows), (9, 0)).right;
        assert!((plot.x.value_from_pixel(right) / 100.0 - 1.0).abs() < 1e-9);
        Ok(plot)
    });
}

#[test]
fn labels_of_axes_by_powers_of_ten_have_room_beside_each_other() {
    let (theme, locale) = (Theme::light(), crate::Locale::default());
    let frame = Frame::new((600.0, 300.0), &theme, &locale, &crate::FontMetrics);
    let domains = [(20.0, 5_000.0), (900.0, 1_100.0), (2.0, 30.0), (0.5, 3.0), (50.0, 200.0), (1.0, 1e9)];
    for (domain, width) in domains.into_iter().flat_map(|domain| [60.0, 120.0, 213.0, 400.0].map(|width| (domain, width))) {
        for kind in [Log, Symlog] {
            let scale = crate::Scale::new(domain, (0.0, width)).divided(kind);
            let ticks = crate::axis::number_ticks(scale, &count(), &frame);
            assert!(!ticks.is_empty() && (ticks.len() > 1 || width < 200.0), "{ticks:?} on {scale:?}");
            for pair in ticks.windows(2) {
                let [(from, before), (to, after)] = [0, 1].map(|at: usize| (scale.pixel_from_value(pair[at].value), &pair[at].label));
                let apart = to - from - (frame.text_width(before) + frame.text_width(after)) / 2.0;
                assert!(apart >= 4.0, "{ticks:?} on {scale:?}");
            }
        }
    }
}
