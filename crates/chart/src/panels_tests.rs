#![allow(clippy::unwrap_used)]
use crate::{
    BarChart, BarRow, DrawnPanel, FontMetrics, Frame, LineChart, LinePoint, Locale, NumberAxis, Panels, Part, Place, Plot, Point, Scatter,
    SvgBackend, Theme,
};
use expect_test::expect_file;
use tarn_dashboard::{AxisScale, NumberFormat, TimeUnit};

const DAY: f64 = 86_400e6;
const START: f64 = 11_323.0 * DAY;

/// Every panel's drawing one after the other, and where the panels are.
fn drawn(
    panels: &Panels<'_>,
    size: (f64, f64),
    draw: &dyn Fn(usize, Part<SvgBackend<'_>>, &Frame<'_>) -> Plot,
) -> (String, Vec<DrawnPanel>) {
    drawn_in(&Theme::light(), panels, size, draw)
}

fn drawn_in(
    theme: &Theme,
    panels: &Panels<'_>,
    (width, height): (f64, f64),
    draw: &dyn Fn(usize, Part<SvgBackend<'_>>, &Frame<'_>) -> Plot,
) -> (String, Vec<DrawnPanel>) {
    let locale = Locale::default();
    let frame = Frame::new((width, height), theme, &locale, &FontMetrics);
    let mut svg = String::new();
    SvgBackend::new(&mut svg, width, height);
    let mut one =
        |at: usize, place: Place, frame: &Frame<'_>| Some(draw(at, Part::new(SvgBackend::within(&mut svg, width, height), place), frame));
    let places = panels.draw(&frame, &mut one).unwrap();
    panels.draw_titles(SvgBackend::within(&mut svg, width, height), &frame, &places).unwrap();
    SvgBackend::finish(&mut svg);
    (svg, places)
}

fn line(at: usize, backend: Part<SvgBackend<'_>>, frame: &Frame<'_>) -> Plot {
    let point = |day: usize| {
        let from = START + day as f64 * DAY;
        LinePoint { from, to: from + DAY, value: Some((at + 1) as f64 * 100.0 + (day * 37 % 11) as f64 * 9.0) }
    };
    let points: Vec<LinePoint> = (0..60).map(point).collect();
    let format = NumberFormat { decimals: Some(0), ..NumberFormat::default() };
    LineChart { points: &points, grain: TimeUnit::Day, selected: None, format: &format }.draw(backend, frame).unwrap()
}

fn titles(n: usize) -> Vec<String> {
    ["ORD", "DFW", "ATL", "Minneapolis–Saint Paul International", "LAX"].map(String::from)[..n].to_vec()
}

#[test]
fn panels_share_their_scales_and_leave_inner_labels_out() {
    let titles = titles(5);
    let panels = Panels { titles: &titles, columns: 3, shared: true, keeps_left: false };
    let (svg, places) = drawn(&panels, (640.0, 320.0), &line);
    expect_file!["marks/goldens/panels.svg"].assert_eq(&svg);
    expect_file!["marks/goldens/panels_dark.svg"].assert_eq(&drawn_in(&Theme::dark(), &panels, (640.0, 320.0), &line).0);
    let first = &places[0].plot;
    for place in &places {
        assert_eq!((place.plot.x.domain, place.plot.y.domain), (first.x.domain, first.y.domain));
        let size = (place.plot.area.width(), place.plot.area.height());
        assert!((size.0 - first.area.width()).abs() < 1e-6 && (size.1 - first.area.height()).abs() < 1e-6, "{size:?}");
        assert!(place.cell.right <= 640.5 && place.cell.bottom <= 320.5, "{:?}", place.cell);
    }
    // The ticks of the first column, once in each row; those of time at the foot of each column.
    assert_eq!(svg.matches(">400</text>").count(), 2, "{svg}");
    assert_eq!(svg.matches(">Feb").count(), 3, "{svg}");
}

#[test]
fn rows_of_panels_are_about_equally_long_and_the_last_names_the_axis() {
    let titles = titles(5);
    let panels = Panels { titles: &titles, columns: 4, shared: true, keeps_left: false };
    let format = NumberFormat::default();
    let (svg, places) = drawn(&panels, (900.0, 320.0), &|at, backend, frame| {
        let point = |n: u32| Point { at: (f64::from(n), f64::from(n * at as u32)), size: None, color: frame.theme.accent, chosen: true };
        let points: Vec<Point> = (0..9).map(point).collect();
        let axis = |label| NumberAxis { label, format: &format, span: None, scale: AxisScale::Linear };
        Scatter { across: axis("Distance"), up: axis("Delay"), points: &points, density: None, size: None }.draw(backend, frame).unwrap()
    });
    assert_eq!(places.iter().filter(|place| place.cell.top == places[0].cell.top).count(), 3);
    assert_eq!((svg.matches("Distance →").count(), svg.matches("↑ Delay").count()), (1, 2), "{svg}");
}

#[test]
fn panels_with_scales_of_their_own_have_labels_of_their_own() {
    let titles = titles(4);
    let panels = Panels { titles: &titles, columns: 2, shared: false, keeps_left: false };
    let (svg, places) = drawn(&panels, (640.0, 320.0), &line);
    assert_ne!(places[0].plot.y.domain, places[3].plot.y.domain);
    assert_eq!(svg.matches(">Feb").count(), 4);
}

#[test]
fn as_many_columns_as_have_room_or_give_a_good_shape() {
    let columns = |n: usize, columns: u32, size: (f64, f64)| {
        let titles = vec!["a".to_owned(); n];
        let panels = Panels { titles: &titles, columns, shared: true, keeps_left: false };
        let (_, places) = drawn(&panels, size, &line);
        places.iter().filter(|place| place.cell.top == 0.0).count()
    };
    assert_eq!([1, 2, 4, 12].map(|n| columns(n, 0, (1200.0, 420.0))), [1, 2, 2, 4]);
    assert_eq!(columns(12, 6, (1200.0, 420.0)), 6);
    assert_eq!([columns(12, 6, (300.0, 700.0)), columns(12, 6, (200.0, 700.0))], [2, 1], "a phone");
}

#[test]
fn bars_end_at_the_same_place_whatever_stands_at_their_ends() {
    let draw = |at: usize, backend: Part<SvgBackend<'_>>, frame: &Frame<'_>| {
        let row = |label: &str, value: f64| BarRow { label: label.into(), value: Some(value), text: format!("{value}"), selected: false };
        let rows = [row("one", 5.0 * 1000f64.powi(at as i32)), row("two", 3.0)];
        BarChart { rows: &rows, format: &NumberFormat::default(), has_selection: false }.draw(backend, frame).unwrap()
    };
    let titles = titles(3);
    let (svg, places) = drawn(&Panels { titles: &titles, columns: 3, shared: true, keeps_left: false }, (640.0, 120.0), &draw);
    assert!(places.iter().all(|place| (place.plot.area.width() - places[0].plot.area.width()).abs() < 1e-6));
    assert_eq!(svg.matches(">one</text>").count(), 1, "the labels of the rows stand once");
    assert_eq!(svg.matches(">3</text>").count(), 3, "values stand in every panel");
}
