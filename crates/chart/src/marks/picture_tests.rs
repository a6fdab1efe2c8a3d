#![allow(clippy::unwrap_used)]
//! What tables and key figures are saved as, in both themes.
use super::*;
use crate::{FontMetrics, Frame, Locale, SvgBackend, Theme};
use expect_test::expect_file;
use plotters::drawing::DrawingAreaErrorKind;
use std::convert::Infallible;

type Drawn = Result<(), DrawingAreaErrorKind<Infallible>>;

fn check(name: &str, theme: &Theme, (width, height): (f64, f64), draw: impl FnOnce(SvgBackend<'_>, &Frame<'_>) -> Drawn) {
    let locale = Locale::default();
    let frame = Frame::new((width, height), theme, &locale, &FontMetrics);
    let mut svg = String::new();
    draw(SvgBackend::new(&mut svg, width, height), &frame).unwrap();
    SvgBackend::finish(&mut svg);
    expect_file![format!("goldens/kinds/{name}.svg")].assert_eq(&svg);
}

#[test]
fn a_table_has_its_bars_tones_warnings_totals_and_what_it_leaves_out() {
    for (scheme, theme) in [("light", Theme::light()), ("dark", Theme::dark())] {
        let plain = |text: &str| TableCell { text: text.into(), ink: theme.ink, ground: None };
        let on = |text: &str, color, share| TableCell { text: text.into(), ink: theme.ink, ground: Some((color, share)) };
        let tone = |side, strength: f64| theme.card.mixed(side, strength * 0.32);
        let heads = [("Origin", false), ("Flights", true), ("Average delay, min", true), ("Late", true)]
            .map(|(head, right)| (head.to_owned(), right));
        let long = "An airport whose name is far too long to be written in full in the picture of any table";
        let lines = [
            vec![
                on("ORD", theme.card, 0.0),
                on("166,341", theme.accent_soft, 1.0),
                on("12.4", tone(theme.bad, 0.8), 1.0),
                TableCell { text: "27.1%".into(), ink: theme.warn, ground: None },
            ],
            vec![plain(long), on("83,170", theme.accent_soft, 0.5), on("-9.0", tone(theme.good, 0.6), 1.0), plain("8.3%")],
            vec![plain("(no value)"), on("0", theme.accent_soft, 0.0), plain("–"), plain("–")],
            vec![plain("Other"), plain("1,204"), plain("3.0"), plain("11.0%")],
            vec![plain("Total"), plain("250,715"), plain("5.2"), plain("19.9%")],
        ];
        let table = TextTable { heads: &heads, lines: &lines, n_foot: 2, note: "3 of 60 rows" };
        let size = table.size(&theme, &FontMetrics);
        assert!(size.0 < 4.0 * 340.0, "long texts are cut: {size:?}");
        check(&format!("table_{scheme}"), &theme, size, |backend, frame| table.draw(backend, frame));
    }
}

#[test]
fn a_key_figure_has_its_number_and_what_it_is_compared_with() {
    for (scheme, theme) in [("light", Theme::light()), ("dark", Theme::dark())] {
        let lines = [("▲ 3.1% vs previous".to_owned(), theme.good), ("▼ 0.8 min vs target 6.0 min".to_owned(), theme.bad)];
        let figure = KeyFigure { value: "480,117", lines: &lines };
        let size = figure.size(&theme, &FontMetrics);
        check(&format!("key_figure_{scheme}"), &theme, size, |backend, frame| figure.draw(backend, frame));
    }
}
