#![allow(clippy::unwrap_used)]
use super::tests::{DAY, START, check, count};
use super::{GridAxis, Heatmap};
use crate::{Color, Theme};
use expect_test::expect_file;
use tarn_dashboard::{NumberFormat, TimeUnit};

fn labels(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn weekdays() -> Vec<String> {
    labels(&["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
}

/// Late in the evening and at its worst on Fridays; no flights at four on Sundays.
fn delays() -> Vec<Option<f64>> {
    let delay = |day: usize, hour: usize| {
        let late = if hour < 4 { 22.0 - hour as f64 } else { (hour as f64 - 5.0) * 0.8 };
        ((day, hour) != (6, 4)).then(|| late + [0.0, 1.0, 2.0, 3.5, 5.0, -2.0, 0.5][day])
    };
    (0..7 * 24).map(|at| delay(at / 24, at % 24)).collect()
}

#[test]
fn heatmap_of_weekdays_and_hours() {
    let (hours, days, cells): (Vec<String>, _, _) = ((0..24).map(|hour| format!("{hour:02}")).collect(), weekdays(), delays());
    let minutes = NumberFormat { decimals: Some(1), suffix: " min".into(), ..NumberFormat::default() };
    let plot = check(&Theme::light(), (640.0, 290.0), expect_file!["goldens/heatmap_light.svg"], |backend, frame| {
        let (x, y) = (GridAxis { labels: &hours, time: None }, GridAxis { labels: &days, time: None });
        Heatmap { x, y, cells: &cells, all: None, selected: &|_, _| true, format: &minutes }.draw(backend, frame)
    });
    assert_eq!((plot.x.domain, plot.y.domain), ((0.0, 24.0), (0.0, 7.0)));
    check(&Theme::dark(), (312.0, 220.0), expect_file!["goldens/heatmap_phone_dark.svg"], |backend, frame| {
        let (x, y) = (GridAxis { labels: &hours, time: None }, GridAxis { labels: &days, time: None });
        Heatmap { x, y, cells: &cells, all: None, selected: &|column, row| row == 4 && column > 11, format: &minutes }.draw(backend, frame)
    });
}

#[test]
fn heatmap_over_time() {
    let edges: Vec<f64> = [0.0, 31.0, 59.0, 90.0, 120.0, 151.0, 181.0].map(|day| START + day * DAY).to_vec();
    let months = labels(&["Jan 2001", "Feb 2001", "Mar 2001", "Apr 2001", "May 2001", "Jun 2001"]);
    let origins = labels(&["Chicago O’Hare International Airport", "DFW", "ATL"]);
    let cells: Vec<Option<f64>> = (0..18).map(|at| (at != 7).then(|| f64::from(at * 977 % 5000) + 20_000.0)).collect();
    check(&Theme::light(), (640.0, 160.0), expect_file!["goldens/heatmap_months.svg"], |backend, frame| {
        let x = GridAxis { labels: &months, time: Some((&edges, TimeUnit::Month)) };
        let y = GridAxis { labels: &origins, time: None };
        Heatmap { x, y, cells: &cells, all: None, selected: &|_, _| true, format: &count() }.draw(backend, frame)
    });
}

#[test]
fn many_cells_are_plain_rectangles() {
    let (theme, locale) = (Theme::light(), crate::Locale::default());
    let frame = crate::Frame::new((1_000.0, 600.0), &theme, &locale, &crate::FontMetrics);
    for (n_days, n_outlined) in [(8, 200), (9, 0)] {
        let (hours, days) = ((0..25).map(|hour| hour.to_string()).collect::<Vec<_>>(), labels(&vec!["a day"; n_days]));
        let (cells, mut svg) = (vec![Some(1.0); 25 * n_days], String::new());
        let (x, y) = (GridAxis { labels: &hours, time: None }, GridAxis { labels: &days, time: None });
        Heatmap { x, y, cells: &cells, all: None, selected: &|_, _| true, format: &count() }
            .draw(crate::SvgBackend::new(&mut svg, 1_000.0, 600.0), &frame)
            .unwrap();
        assert_eq!(svg.matches("<polygon").count(), n_outlined);
        assert!(n_outlined > 0 || svg.matches("<rect").count() >= cells.len());
    }
}

#[test]
fn the_last_label_across_is_not_cut() {
    let (theme, locale) = (Theme::light(), crate::Locale::default());
    let frame = crate::Frame::new((300.0, 100.0), &theme, &locale, &crate::FontMetrics);
    let (across, mut svg) = (labels(&vec!["WWW"; 85]), String::new());
    let (x, y) = (GridAxis { labels: &across, time: None }, GridAxis { labels: &labels(&["a"]), time: None });
    Heatmap { x, y, cells: &[Some(1.0); 85], all: None, selected: &|_, _| true, format: &count() }
        .draw(crate::SvgBackend::new(&mut svg, 300.0, 100.0), &frame)
        .unwrap();
    let places = svg.lines().filter(|line| line.contains(">WWW<"));
    let places: Vec<f64> = places.map(|line| line.split_once("x=\"").unwrap().1.split_once('"').unwrap().0.parse().unwrap()).collect();
    let half = frame.text_width("WWW") / 2.0;
    assert!(places.len() > 3 && places.iter().all(|place| place + half <= 300.0 + 0.1), "{places:?}");
}

#[test]
fn nothing_to_draw_is_drawn_without_a_fault() {
    let number = NumberFormat::default();
    for (n, cells) in [(0, vec![]), (1, vec![None]), (1, vec![Some(f64::NAN)]), (1, vec![Some(1e300)])] {
        let texts = labels(&vec!["a"; n]);
        for size in [(0.0, 0.0), (1.0, 1.0), (300.0, 150.0)] {
            let (theme, locale) = (Theme::light(), crate::Locale::default());
            let frame = crate::Frame::new(size, &theme, &locale, &crate::FontMetrics);
            let mut svg = String::new();
            let (x, y) = (GridAxis { labels: &texts, time: None }, GridAxis { labels: &texts, time: None });
            Heatmap { x, y, cells: &cells, all: None, selected: &|_, _| false, format: &number }
                .draw(crate::SvgBackend::new(&mut svg, size.0, size.1), &frame)
                .unwrap();
        }
    }
}

#[test]
fn more_stands_out_more_in_light_and_dark() {
    for theme in [Theme::light(), Theme::dark()] {
        let distance = |color: Color| {
            let apart = |a: u8, b: u8| (f64::from(a) - f64::from(b)).abs();
            apart(color.red, theme.card.red) + apart(color.green, theme.card.green) + apart(color.blue, theme.card.blue)
        };
        let steps: Vec<f64> = (0..=20).map(|step| distance(theme.sequential(f64::from(step) / 20.0))).collect();
        assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "{steps:?}");
    }
}
