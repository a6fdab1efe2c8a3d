//! Whether the colours of a theme are seen, and told apart by everyone.
use super::color::{Color, SIGHTS};
use super::{CARDS, READABLE, SCHEMES, SERIES, VISIBLE};
use crate::{diagnostic::Report, yaml::Node};

/// Least distances of series, and of neighbours on a sequential scale.
const APART: f64 = 0.09;
const STEP: f64 = 0.045;
/// Colours that the page is given a sequential scale by.
const N_SEQUENTIAL: usize = 5;
/// Pairs that one message names.
const MOST_NAMED: usize = 3;

/// Each on the card, and each beside each: one message for each scheme and fault.
pub(super) fn check_series(node: &Node, given: &[Color], scheme: usize, report: &mut Report) {
    let faint: Vec<String> = given
        .iter()
        .filter(|color| color.contrast(CARDS[scheme]) < VISIBLE)
        .map(|color| format!("{} has {:.1}", color.css(), color.contrast(CARDS[scheme])))
        .collect();
    if !faint.is_empty() {
        let message =
            format!("colours are faint on {} cards, where marks need a contrast of {VISIBLE}: {}", SCHEMES[scheme], named(&faint));
        report.warning(node.span, message).hint("choose stronger ones, or some for each scheme by `light` and `dark`");
    }
    let others = SERIES[scheme].iter().skip(given.len()).map(|color| Color::hex(*color));
    let all: Vec<Color> = given.iter().copied().chain(others).collect();
    let mut pairs = vec![];
    for (at, a) in given.iter().enumerate() {
        for b in &all[at + 1..] {
            let Some((who, _)) = SIGHTS.iter().find(|(_, sight)| a.distance(*b, *sight) < APART) else { continue };
            let who = if who.is_empty() { String::new() } else { format!(" by those who see {who}") };
            pairs.push(format!("{} and {}{who}", a.css(), b.css()));
        }
    }
    if !pairs.is_empty() {
        let message = format!("colours are hardly told apart in the {} scheme: {}", SCHEMES[scheme], named(&pairs));
        report.warning(node.span, message).hint("let them differ in lightness too; series that are not given have Tarn's colours");
    }
}

fn named(all: &[String]) -> String {
    let shown = all[..all.len().min(MOST_NAMED)].join(", ");
    if all.len() > MOST_NAMED { format!("{shown} and {} more", all.len() - MOST_NAMED) } else { shown }
}

/// What the page reads: as many colours as it takes, at equal distances along the given ones.
pub(super) fn sequential(given: &[Color]) -> Vec<Color> {
    let at = |step: usize| {
        let place = step as f64 / (N_SEQUENTIAL - 1) as f64 * (given.len() - 1) as f64;
        let from = (place as usize).min(given.len() - 2);
        given[from].mixed(given[from + 1], place - from as f64)
    };
    (0..N_SEQUENTIAL).map(at).collect()
}

/// The scale of a scheme that has none of its own: from its card to the strongest of the other scheme's, as the page makes it of an
/// accent.
pub(super) fn sequential_to(strongest: Color, scheme: usize) -> Vec<Color> {
    let (card, strong) = (CARDS[scheme], strongest.lightened(CARDS[scheme], READABLE));
    let faint = card.mixed(strong, 0.09);
    vec![faint, faint.mixed(strong, 1.0 / 3.0), faint.mixed(strong, 2.0 / 3.0), strong, strong.mixed(Color([255; 3]), 0.4)]
}

/// More has to stand out more on the card, and be told from less by everyone.
pub(super) fn check_sequential(node: &Node, scale: &[Color], scheme: usize, report: &mut Report) {
    let contrast = |color: &Color| color.contrast(CARDS[scheme]);
    let in_scheme = format!("in the {} scheme", SCHEMES[scheme]);
    if let Some(pair) = scale.windows(2).find(|pair| contrast(&pair[1]) <= contrast(&pair[0])) {
        let message = format!("{} is for more than {}, but stands out less {in_scheme}", pair[1].css(), pair[0].css());
        report
            .warning(node.span, message)
            .hint("go from next to the card's colour to the strongest; the dark scheme may have its own by `dark`");
        return;
    }
    if let Some(strongest) = scale.last().filter(|color| contrast(color) < VISIBLE) {
        let message = format!("{} is for the most, and has a contrast of {:.1} {in_scheme}", strongest.css(), contrast(strongest));
        report.warning(node.span, message).hint(format!("end with a colour that has {VISIBLE} or more"));
    }
    let close = |pair: &&[Color]| SIGHTS.iter().any(|(_, sight)| pair[0].distance(pair[1], *sight) < STEP);
    if let Some(pair) = scale.windows(2).find(close) {
        let message = format!(
            "{} and {} follow each other on the sequential scale, and are hardly told apart {in_scheme}",
            pair[0].css(),
            pair[1].css()
        );
        report.warning(node.span, message).hint("let lightness change evenly from the first to the last, whatever the hue");
    }
}
