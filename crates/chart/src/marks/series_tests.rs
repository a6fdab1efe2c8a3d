#![allow(clippy::unwrap_used)]
use super::tests::{DAY, START, check, count};
use super::*;
use crate::Theme;
use expect_test::expect_file;
use tarn_dashboard::{Stack, TimeUnit};

const NAMES: [&str; 5] = ["Chicago O’Hare", "Dallas", "Atlanta", "Los Angeles", "Phoenix"];

fn steps(n: usize) -> Vec<LinePoint> {
    (0..n).map(|day| START + day as f64 * DAY).map(|from| LinePoint { from, to: from + DAY, value: None }).collect()
}

/// Every series with its own level and a week's rhythm; others together are grey.
fn series(theme: &Theme, n_steps: usize) -> Vec<Series> {
    let values = |at: usize, level: f64| {
        let value = |day: usize| {
            level + (day * (37 + at * 8) % 11) as f64 * level / 90.0 - [0.0, 0.02, 0.01, 0.0, 0.04, 0.16, 0.07][day % 7] * level
        };
        (0..n_steps).map(|day| Some(value(day))).collect::<Vec<_>>()
    };
    let levels = [920.0, 860.0, 690.0, 640.0, 515.0];
    let one = |(at, label): (usize, &&str)| Series {
        label: (*label).into(),
        color: theme.series_color(Some(at as u32)),
        values: values(at, levels[at]),
        chosen: true,
    };
    let rest = Series { label: "Other".into(), color: theme.rest, values: values(7, 1100.0), chosen: true };
    NAMES.iter().enumerate().map(one).chain([rest]).collect()
}

#[test]
fn lines_are_named_at_their_ends() {
    let theme = Theme::light();
    let (steps, mut series) = (steps(61), series(&theme, 61));
    series[2].values[20..24].fill(None);
    let plot = check(&theme, (900.0, 240.0), expect_file!["goldens/lines.svg"], |backend, frame| {
        Lines { steps: &steps, series: &series, grain: TimeUnit::Day, selected: None, format: &count() }.draw(backend, frame)
    });
    assert!(plot.labelled && plot.area.right < 820.0);
}

#[test]
fn lines_of_a_chosen_series_and_period_in_the_dark() {
    let theme = Theme::dark();
    let (steps, mut series) = (steps(61), series(&theme, 61));
    series.iter_mut().filter(|series| series.label != "Dallas").for_each(|series| series.chosen = false);
    let selected = Some((START + 30.0 * DAY, START + 50.0 * DAY));
    check(&theme, (900.0, 240.0), expect_file!["goldens/lines_chosen_dark.svg"], |backend, frame| {
        Lines { steps: &steps, series: &series, grain: TimeUnit::Day, selected, format: &count() }.draw(backend, frame)
    });
}

#[test]
fn lines_on_a_phone_keep_their_width() {
    let theme = Theme::light();
    let (steps, series) = (steps(61), series(&theme, 61));
    let plot = check(&theme, (312.0, 215.0), expect_file!["goldens/lines_phone.svg"], |backend, frame| {
        Lines { steps: &steps, series: &series, grain: TimeUnit::Day, selected: None, format: &count() }.draw(backend, frame)
    });
    assert!(!plot.labelled);
}

#[test]
fn areas_lie_on_each_other() {
    let theme = Theme::light();
    let (steps, mut series) = (steps(61), series(&theme, 61));
    series.iter_mut().for_each(|series| series.values[33] = None);
    check(&theme, (900.0, 240.0), expect_file!["goldens/area_stacked.svg"], |backend, frame| {
        AreaChart { steps: &steps, series: &series, stack: Stack::Zero, grain: TimeUnit::Day, selected: None, format: &count() }
            .draw(backend, frame)
    });
}

#[test]
fn areas_are_shares_in_the_dark() {
    let theme = Theme::dark();
    let (steps, series) = (steps(61), series(&theme, 61));
    let selected = Some((START + 30.0 * DAY, START + 50.0 * DAY));
    let plot = check(&theme, (900.0, 240.0), expect_file!["goldens/area_shares_dark.svg"], |backend, frame| {
        AreaChart { steps: &steps, series: &series, stack: Stack::Normalize, grain: TimeUnit::Day, selected, format: &count() }
            .draw(backend, frame)
    });
    assert_eq!(plot.y.domain, (0.0, 1.0));
}

#[test]
fn an_area_alone_is_a_line_over_it() {
    let theme = Theme::light();
    let (steps, mut series) = (steps(61), series(&theme, 61));
    series.truncate(1);
    check(&theme, (600.0, 180.0), expect_file!["goldens/area_alone.svg"], |backend, frame| {
        AreaChart { steps: &steps, series: &series, stack: Stack::None, grain: TimeUnit::Day, selected: None, format: &count() }
            .draw(backend, frame)
    });
}

fn months(selected: &[usize]) -> Vec<Category> {
    let label = ["January", "February", "March", "April", "May", "June"];
    label.iter().enumerate().map(|(at, label)| Category { label: (*label).into(), selected: selected.contains(&at) }).collect()
}

#[test]
fn bars_lie_on_each_other() {
    let theme = Theme::light();
    let (rows, mut series) = (months(&[1, 2]), series(&theme, 6));
    series[1].values[3] = None;
    series[5].values[0] = Some(-300.0);
    let plot = check(&theme, (560.0, 180.0), expect_file!["goldens/bars_stacked.svg"], |backend, frame| {
        BarSeries { rows: &rows, series: &series, stack: Stack::Zero, has_selection: true, format: &count() }.draw(backend, frame)
    });
    assert_eq!(plot.rows.len(), 6);
}

#[test]
fn bars_are_shares() {
    let theme = Theme::light();
    let (rows, series) = (months(&[]), series(&theme, 6));
    check(&theme, (560.0, 200.0), expect_file!["goldens/bars_shares.svg"], |backend, frame| {
        BarSeries { rows: &rows, series: &series, stack: Stack::Normalize, has_selection: false, format: &count() }.draw(backend, frame)
    });
}

#[test]
fn bars_stand_in_groups_in_the_dark() {
    let theme = Theme::dark();
    let (rows, mut series) = (months(&[]), series(&theme, 6));
    series.truncate(3);
    check(&theme, (560.0, 320.0), expect_file!["goldens/bars_grouped_dark.svg"], |backend, frame| {
        BarSeries { rows: &rows, series: &series, stack: Stack::None, has_selection: false, format: &count() }.draw(backend, frame)
    });
}

fn slices(theme: &Theme) -> (Vec<Series>, Vec<String>) {
    let series = series(theme, 1);
    let texts = series.iter().zip([19, 18, 15, 14, 11, 23]).map(|(slice, share)| format!("{} {share} %", slice.label)).collect();
    (series, texts)
}

#[test]
fn slices_are_named_beside_the_circle() {
    let theme = Theme::light();
    let (slices, texts) = slices(&theme);
    let plot = check(&theme, (460.0, 280.0), expect_file!["goldens/pie.svg"], |backend, frame| {
        Pie { slices: &slices, texts: &texts, whole: None }.draw(backend, frame)
    });
    assert!(plot.labelled);
}

#[test]
fn a_pie_with_a_hole_says_the_whole_in_the_dark() {
    let theme = Theme::dark();
    let (mut slices, texts) = slices(&theme);
    slices[1..].iter_mut().for_each(|slice| slice.chosen = false);
    slices[3].values[0] = None;
    check(&theme, (460.0, 280.0), expect_file!["goldens/pie_hole_dark.svg"], |backend, frame| {
        Pie { slices: &slices, texts: &texts, whole: Some("4,725") }.draw(backend, frame)
    });
}

#[test]
fn a_narrow_pie_keeps_its_circle() {
    let theme = Theme::light();
    let (slices, texts) = slices(&theme);
    let plot = check(&theme, (220.0, 200.0), expect_file!["goldens/pie_narrow.svg"], |backend, frame| {
        Pie { slices: &slices, texts: &texts, whole: None }.draw(backend, frame)
    });
    assert!(!plot.labelled && plot.area.width() > 190.0);
}
