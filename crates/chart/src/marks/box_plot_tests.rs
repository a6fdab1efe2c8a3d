#![allow(clippy::unwrap_used)]
use super::tests::check;
use super::*;
use crate::{FontMetrics, Frame, Locale, Reference, SvgBackend, Theme};
use expect_test::expect_file;
use tarn_dashboard::NumberFormat;

fn minutes() -> NumberFormat {
    NumberFormat { decimals: Some(0), suffix: " min".into(), ..NumberFormat::default() }
}

fn rows(selected: &[&str]) -> Vec<BoxRow> {
    let row = |(at, label): (usize, &&str)| {
        let shift = at as f64 * 2.0;
        let values = [-48.0 - shift, -7.0 + shift / 2.0, -1.0 + shift, 12.0 + shift * 2.0, 320.0 + 40.0 * shift];
        BoxRow { label: (*label).into(), values: (at != 4).then_some(values), selected: selected.contains(label) }
    };
    ["ORD", "DFW", "ATL", "LAX", "PHX", "Minneapolis–Saint Paul"].iter().enumerate().map(row).collect()
}

#[test]
fn boxes_within_bounds_with_a_selection_and_a_reference() {
    let format = minutes();
    let references = [Reference { across: true, from: 15.0, to: 15.0, label: "Late".into() }];
    let plot = check(&Theme::light(), (560.0, 220.0), expect_file!["goldens/boxes_bounds.svg"], |backend, frame| {
        let frame = Frame { references: &references, ..*frame };
        BoxPlot { rows: &rows(&["DFW"]), has_selection: true, span: Some((-60.0, 180.0)), format: &format }.draw(backend, &frame)
    });
    assert_eq!((plot.x.domain, plot.rows.len()), ((-60.0, 180.0), 6));
}

#[test]
fn boxes_with_all_of_their_whiskers_in_the_dark() {
    let format = minutes();
    let plot = check(&Theme::dark(), (340.0, 240.0), expect_file!["goldens/boxes_dark.svg"], |backend, frame| {
        BoxPlot { rows: &rows(&[]), has_selection: false, span: None, format: &format }.draw(backend, frame)
    });
    assert_eq!(plot.x.domain, (-58.0, 720.0));
}

#[test]
fn no_boxes_are_drawn_without_a_fault() {
    let (theme, locale, format) = (Theme::light(), Locale::default(), minutes());
    let one = BoxRow { label: String::new(), values: Some([3.0; 5]), selected: false };
    for (width, height) in [(0.0, 0.0), (1.0, 1.0), (300.0, 150.0)] {
        let frame = Frame::new((width, height), &theme, &locale, &FontMetrics);
        for rows in [vec![], vec![one.clone()]] {
            let mut svg = String::new();
            let plot = BoxPlot { rows: &rows, has_selection: true, span: None, format: &format };
            plot.draw(SvgBackend::new(&mut svg, width, height), &frame).unwrap();
        }
    }
}
