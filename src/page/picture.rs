//! A view as a standalone SVG with its title and filters.
use std::fmt::Write as _;
use tarn_chart::{Color, Theme};

const HEAD: f64 = 56.0;
const MARGIN: f64 = 16.0;
/// Of a legend: the side of a colour's square and its distance from the text; and from line to line.
const SWATCH: (f64, f64) = (10.0, 5.0);
const LINE: f64 = 18.0;

/// A chart as SVG, in CSS pixels.
pub struct Drawing {
    pub svg: String,
    pub width: f64,
    pub height: f64,
    /// Of series that the chart does not name itself: label, colour, and the width of the label.
    pub legend: Vec<(String, Color, f64)>,
}

/// The chart under a head, on the theme's card.
pub fn framed(chart: &Drawing, title: &str, subtitle: &str, theme: &Theme) -> String {
    let Drawing { svg, width, height, legend } = chart;
    let (places, legend_height) = lines(legend, *width);
    let head = HEAD + legend_height;
    let (full_width, full_height) = (width + 2.0 * MARGIN, height + head + MARGIN);
    let (card, ink, muted) = (theme.card.css(), theme.ink.css(), theme.muted.css());
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{full_width}" height="{full_height}" viewBox="0 0 {full_width} {full_height}">"#
    );
    // Writing to a string does not fail.
    let _ = write!(out, r#"<rect width="100%" height="100%" fill="{card}"/>"#);
    let family = escaped(&theme.font_family);
    for (text, y, size, weight, color) in [(title, 26.0, 15.0, 700, &ink), (subtitle, 44.0, 11.0, 400, &muted)] {
        let text = escaped(text);
        let _ = write!(
            out,
            r#"<text x="{MARGIN}" y="{y}" font-family="{family}" font-size="{size}" font-weight="{weight}" fill="{color}">{text}</text>"#
        );
    }
    for ((label, color, _), (x, y)) in legend.iter().zip(places) {
        let (label, color, x, text_x) = (escaped(label), color.css(), MARGIN + x, MARGIN + x + SWATCH.0 + SWATCH.1);
        let (top, base, (side, _)) = (HEAD + y, HEAD + y + 9.0, SWATCH);
        let _ = write!(
            out,
            r#"<rect x="{x}" y="{top}" width="{side}" height="{side}" rx="2" fill="{color}"/><text x="{text_x}" y="{base}" font-family="{family}" font-size="11" fill="{muted}">{label}</text>"#
        );
    }
    let _ = write!(out, r#"<svg x="{MARGIN}" y="{head}" width="{width}" height="{height}">{svg}</svg></svg>"#);
    out
}

/// Where each entry of a legend stands, and how much height they take.
fn lines(legend: &[(String, Color, f64)], width: f64) -> (Vec<(f64, f64)>, f64) {
    let (mut x, mut y) = (0.0, 0.0);
    let place = |(_, _, text): &(String, Color, f64)| {
        let own = SWATCH.0 + SWATCH.1 + text;
        if x > 0.0 && x + own > width {
            (x, y) = (0.0, y + LINE);
        }
        let at = (x, y);
        x += own + LINE;
        at
    };
    let places: Vec<(f64, f64)> = legend.iter().map(place).collect();
    let height = places.last().map_or(0.0, |(_, last)| last + LINE);
    (places, height)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_text_and_never_markup() {
        let svg =
            framed(&Drawing { svg: "<g/>".into(), width: 100.0, height: 50.0, legend: vec![] }, "<script>&\"", "All", &Theme::light());
        assert!(svg.contains("&lt;script>&amp;&quot;</text>") && svg.ends_with("<g/></svg></svg>"), "{svg}");
    }

    #[test]
    fn a_legend_stands_above_the_chart_in_as_many_lines_as_it_needs() {
        let legend: Vec<_> = ["On time", "Late", "Over an hour & more"].map(|label| (label.to_owned(), Color::rgb(1, 2, 3), 60.0)).to_vec();
        assert_eq!(lines(&legend, 200.0), (vec![(0.0, 0.0), (93.0, 0.0), (0.0, 18.0)], 36.0));
        assert_eq!(lines(&[], 200.0), (vec![], 0.0));
        let svg = framed(&Drawing { svg: "<g/>".into(), width: 200.0, height: 50.0, legend }, "A", "", &Theme::light());
        assert!(svg.contains("height=\"158\"") && svg.contains("hour &amp; more</text>") && svg.matches("#010203").count() == 3, "{svg}");
        assert!(svg.contains("<svg x=\"16\" y=\"92\""), "{svg}");
    }
}
