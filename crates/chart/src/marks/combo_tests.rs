#![allow(clippy::unwrap_used)]
use super::tests::{DAY, START, check, count};
use super::*;
use crate::{FontMetrics, Frame, Locale, SvgBackend, Theme};
use expect_test::expect_file;
use tarn_dashboard::{AxisScale, NumberFormat, Stack, TimeUnit};

fn minutes() -> NumberFormat {
    NumberFormat { decimals: Some(1), suffix: " min".into(), ..NumberFormat::default() }
}

fn series(label: &str, place: u32, theme: &Theme, values: impl Iterator<Item = f64>) -> Series {
    Series { label: label.into(), color: theme.series_color(Some(place)), values: values.map(Some).collect(), chosen: true }
}

fn weeks(n: usize) -> Vec<LinePoint> {
    (0..n).map(|week| LinePoint { from: START + week as f64 * 7.0 * DAY, to: START + (week + 1) as f64 * 7.0 * DAY, value: None }).collect()
}

#[test]
fn a_line_of_another_unit_has_an_axis_whose_ticks_lie_on_the_grid() {
    let (theme, steps) = (Theme::light(), weeks(26));
    let flights = series("Flights", 0, &theme, (0..26).map(|week| 110_000.0 + f64::from(week * 37 % 11) * 900.0));
    let mut delay = series("Delay", 1, &theme, (0..26).map(|week| 6.0 + f64::from(week * 53 % 17) * 0.4));
    delay.values[9] = None;
    let (chosen, format) = (|week: usize| (18..22).contains(&week), minutes());
    let plot = check(&theme, (640.0, 250.0), expect_file!["goldens/combo_two_axes.svg"], |backend, frame| {
        let (bars, lines) = (std::slice::from_ref(&flights), std::slice::from_ref(&delay));
        let axis = StepAxis::Time(&steps, TimeUnit::Week(tarn_dashboard::Weekday::Monday));
        Combo { axis, bars, lines, stack: Stack::None, format: &count(), second: Some((&format, AxisScale::Linear)), chosen: &chosen }
            .draw(backend, frame)
    });
    let second = plot.second.unwrap();
    assert_eq!(second.pixels, plot.y.pixels);
    assert!(second.domain.1 >= 12.4, "{second:?}");
}

#[test]
fn bars_and_lines_by_category_in_the_dark() {
    let theme = Theme::dark();
    let labels: Vec<String> = (0..24).map(|hour| format!("{hour:02}:00")).collect();
    let bars = [
        series("On time", 0, &theme, (0..24).map(|hour| f64::from(hour * 41 % 23) * 300.0)),
        series("Late", 1, &theme, (0..24).map(|hour| f64::from(hour * 29 % 19) * 100.0)),
    ];
    let lines = [series("Plan", 2, &theme, (0..24).map(|hour| 3_000.0 + 90.0 * f64::from(hour)))];
    for (stack, expected) in
        [(Stack::Zero, expect_file!["goldens/combo_stacked_dark.svg"]), (Stack::None, expect_file!["goldens/combo_grouped_dark.svg"])]
    {
        let plot = check(&theme, (420.0, 250.0), expected, |backend, frame| {
            let axis = StepAxis::Categories(&labels);
            Combo { axis, bars: &bars, lines: &lines, stack, format: &count(), second: None, chosen: &|_| true }.draw(backend, frame)
        });
        assert_eq!((plot.second, plot.x.domain), (None, (0.0, 24.0)));
    }
}

#[test]
fn both_axes_have_their_zero_at_one_height() {
    let (theme, locale, format) = (Theme::light(), Locale::default(), minutes());
    let labels = ["a".to_owned(), "b".to_owned()];
    let values = [
        ([100.0, 80.0], [-4.9, 28.0]),
        ([100.0, 80.0], [-40.0, 2.0]),
        ([100.0, 80.0], [-3.0, -1.0]),
        ([-60.0, 80.0], [1.0, 5.0]),
        ([-60.0, -80.0], [1.0, 5.0]),
        ([-60.0, -80.0], [-1.0, 0.2]),
        ([0.0, 0.0], [-3.0, 9.0]),
        ([100.0, 80.0], [0.0, 0.0]),
        ([100.0, 80.0], [0.1, 0.83]),
    ];
    use AxisScale::{Linear, Symlog};
    let kinds = [(Linear, Linear), (Symlog, Linear), (Linear, Symlog), (Symlog, Symlog)];
    for ((left, right), (bars, lines)) in kinds.into_iter().flat_map(|kinds| values.map(|values| (kinds, values))) {
        let frame = Frame { scale: left, ..Frame::new((400.0, 250.0), &theme, &locale, &FontMetrics) };
        let (bars, lines) = ([series("bars", 0, &theme, bars.into_iter())], [series("lines", 1, &theme, lines.into_iter())]);
        let axis = StepAxis::Categories(&labels);
        let combo = Combo {
            axis,
            bars: &bars,
            lines: &lines,
            stack: Stack::None,
            format: &count(),
            second: Some((&format, right)),
            chosen: &|_| true,
        };
        let mut svg = String::new();
        let plot = combo.draw(SvgBackend::new(&mut svg, 400.0, 250.0), &frame).unwrap();
        let second = plot.second.unwrap();
        let zeros = plot.y.pixel_from_value(0.0) - second.pixel_from_value(0.0);
        assert!(zeros.abs() < 1e-9, "{:?} beside {second:?}", plot.y);
        for (scale, series) in [(plot.y, &bars[0]), (second, &lines[0])] {
            let [from, to] = [scale.domain.0, scale.domain.1].map(|end| scale.kind.straight(end));
            let values: Vec<f64> = series.values.iter().flatten().map(|value| scale.kind.straight(*value)).collect();
            assert!(values.iter().all(|value| (from - 1e-9..=to + 1e-9).contains(value)), "{values:?} in {scale:?}");
            let span = values.iter().fold(0.0f64, |span, value| span.max(value.abs()));
            assert!(span == 0.0 || span >= 0.2 * (to - from), "{values:?} lie flat in {scale:?}");
        }
    }
}

#[test]
fn an_axis_of_shares_names_no_more_than_all() {
    let (theme, locale) = (Theme::light(), Locale::default());
    let share = NumberFormat { style: tarn_dashboard::NumberStyle::Percent, decimals: Some(1), ..NumberFormat::default() };
    let labels = ["a".to_owned(), "b".to_owned()];
    // Also where another panel's axis reaches beyond it.
    for reach in [None, Some((0.0, 1.2))] {
        let panel = reach.map(|reach| crate::Panel { spans: [None, None, Some(reach)], ..crate::Panel::default() });
        let frame = Frame { panel, ..Frame::new((400.0, 150.0), &theme, &locale, &FontMetrics) };
        let (bars, lines) = ([series("a", 0, &theme, [30.0, 9.0].into_iter())], [series("b", 1, &theme, [0.2, 1.0].into_iter())]);
        let axis = StepAxis::Categories(&labels);
        let (format, second) = (count(), Some((&share, AxisScale::Linear)));
        let mut svg = String::new();
        let combo = Combo { axis, bars: &bars, lines: &lines, stack: Stack::None, format: &format, second, chosen: &|_| true };
        let plot = combo.draw(SvgBackend::new(&mut svg, 400.0, 150.0), &frame).unwrap();
        assert!(plot.second.unwrap().domain.1 > 1.0, "{:?}", plot.second);
        let shares = svg.lines().filter_map(|line| line.split_once("\u{a0}%<")?.0.rsplit('>').next()?.parse::<f64>().ok());
        assert!(shares.clone().count() > 1 && shares.fold(0.0, f64::max) <= 100.0, "{svg}");
    }
}

#[test]
fn values_below_zero_and_none_at_all_are_drawn_without_a_fault() {
    let (theme, locale, format) = (Theme::light(), Locale::default(), minutes());
    let labels = ["a".to_owned(), "b".to_owned()];
    let below = [series("a", 0, &theme, [-5.0, 5.0].into_iter())];
    for (width, height) in [(0.0, 0.0), (1.0, 1.0), (300.0, 150.0)] {
        let frame = Frame::new((width, height), &theme, &locale, &FontMetrics);
        for (labels, series) in [(&labels[..], &below[..]), (&labels[..], &[]), (&[], &[])] {
            let mut svg = String::new();
            let axis = StepAxis::Categories(labels);
            let combo = Combo {
                axis,
                bars: series,
                lines: series,
                stack: Stack::Zero,
                format: &format,
                second: Some((&format, AxisScale::Linear)),
                chosen: &|_| false,
            };
            combo.draw(SvgBackend::new(&mut svg, width, height), &frame).unwrap();
        }
    }
}
