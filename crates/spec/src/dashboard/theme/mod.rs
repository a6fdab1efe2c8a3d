//! `theme:`: the author's accent, colours, font and shapes, checked and made properties of the style sheet.
mod color;
mod palette;

use crate::{
    diagnostic::Report,
    suggest,
    yaml::{Fields, Node, Value},
};
use color::Color;
use palette::{check_sequential, check_series, sequential, sequential_to};
use tarn_dashboard::{MAX_SERIES, ThemeProperties};

/// What colours lie on, and the series that the author leaves as they are, in the light and in the dark: those of `styles/page.css`.
const CARDS: [Color; 2] = [Color::hex(0xffffff), Color::hex(0x151b22)];
const SERIES: [[u32; MAX_SERIES as usize]; 2] = [
    [0x2463eb, 0xd97706, 0x35a08e, 0xb01e68, 0x7d6b12, 0x1b83ad, 0x4a1f9e, 0x6e1212],
    [0x6ea0ff, 0xf99c2b, 0x64bead, 0xbc3e79, 0xfbdf93, 0xaaeafe, 0x735acc, 0xe05d3d],
];
const SCHEMES: [&str; 2] = ["light", "dark"];
/// Text in the accent's colour is read from here on; marks are seen.
const READABLE: f64 = 4.5;
const VISIBLE: f64 = 3.0;
/// The accent's share of what lies behind chosen things.
const SOFT: f64 = 0.16;
const MAX_RADIUS: f64 = 24.0;
const DENSITIES: [(&str, &str, &str); 2] = [("comfortable", "16px", "14px 16px"), ("compact", "10px", "9px 11px")];

pub(super) fn compile(node: &Node, report: &mut Report) -> Option<ThemeProperties> {
    let mut fields = Fields::read(node, "a theme", report)?;
    let accent = fields.get("accent", report).map(|node| (node, by_scheme(node, report, &mut |node, report| one(node, report))));
    let series = fields
        .get("series", report)
        .map(|node| (node, by_scheme(node, report, &mut |node, report| several(node, 1, "the first is that of single series", report))));
    let scale = fields.get("sequential", report);
    let scale = scale.map(|node| (node, by_scheme(node, report, &mut |node, report| several(node, 2, "from little to much", report))));
    let font = fields.get("font", report).and_then(|node| font(node, report));
    let radius = fields.get("radius", report).and_then(|node| radius(node, report));
    let density = fields.get("density", report).and_then(|node| density(node, report));
    fields.finish(report);

    let mut theme = ThemeProperties::default();
    for (scheme, card) in CARDS.into_iter().enumerate() {
        let given = series.as_ref().and_then(|(_, given)| given[scheme].clone().or_else(|| lightened(given[0].as_ref()?, card, VISIBLE)));
        let own = accent.as_ref().and_then(|(_, given)| given[scheme].or_else(|| Some(given[0]?.lightened(card, READABLE))));
        let own = own.or_else(|| given.as_ref()?.first().copied());
        if let Some((node, _)) = &accent
            && let Some(own) = own
        {
            check_accent(node, own, scheme, report);
        }
        if let (Some((node, _)), Some(given)) = (&series, &given) {
            check_series(node, given, scheme, report);
        }
        let mut properties = vec![];
        if let Some(own) = own {
            properties.push(("--accent".to_owned(), own.css()));
            properties.push(("--accent-soft".to_owned(), card.mixed(own, SOFT).css()));
        }
        if let Some((node, given)) = &scale {
            let own = given[scheme].as_deref().map(sequential);
            let scale = own.or_else(|| Some(sequential_to(*given[0].as_ref()?.last()?, scheme))).unwrap_or_default();
            check_sequential(node, &scale, scheme, report);
            properties.extend(scale.into_iter().enumerate().map(|(at, color)| (format!("--sequential-{}", at + 1), color.css())));
        }
        for (at, color) in given.unwrap_or_else(|| own.into_iter().collect()).into_iter().enumerate() {
            properties.push((format!("--series-{}", at + 1), color.css()));
        }
        properties.extend(font.clone().map(|font| ("--font".to_owned(), font)));
        properties.extend(radius.map(|radius| ("--radius".to_owned(), format!("{radius}px"))));
        if let Some((_, gap, padding)) = density {
            properties.push(("--gap".to_owned(), gap.to_owned()));
            properties.push(("--padding".to_owned(), padding.to_owned()));
        }
        *(if scheme == 0 { &mut theme.light } else { &mut theme.dark }) = properties;
    }
    Some(theme)
}

/// A value for both schemes, the dark one's made from it; or one for each.
fn by_scheme<T>(node: &Node, report: &mut Report, read: &mut dyn FnMut(&Node, &mut Report) -> Option<T>) -> [Option<T>; 2] {
    let Value::Mapping(_) = &node.value else { return [read(node, report), None] };
    let Some(mut fields) = Fields::read(node, "colours by scheme", report) else { return [None, None] };
    let found = SCHEMES.map(|scheme| fields.required(scheme, "as in `{ light: …, dark: … }`", report));
    fields.finish(report);
    found.map(|node| node.and_then(|node| read(node, report)))
}

fn one(node: &Node, report: &mut Report) -> Option<Color> {
    let text = node.text(report)?;
    let color = Color::parse(text);
    if color.is_none() {
        report
            .error(node.span, format!("`{text}` is no colour"))
            .hint("write it as `\"#2463eb\"`, in quotes: without them YAML reads a comment");
    }
    color
}

fn several(node: &Node, least: usize, hint: &str, report: &mut Report) -> Option<Vec<Color>> {
    let items = node.items();
    if !(least..=MAX_SERIES as usize).contains(&items.len()) {
        report.error(node.span, format!("expected {least} to {MAX_SERIES} colours, found {}", items.len())).hint(hint);
        return None;
    }
    items.into_iter().map(|item| one(item, report)).collect()
}

fn lightened(colors: &[Color], card: Color, contrast: f64) -> Option<Vec<Color>> {
    Some(colors.iter().map(|color| color.lightened(card, contrast)).collect())
}

fn check_accent(node: &Node, accent: Color, scheme: usize, report: &mut Report) {
    let contrast = accent.contrast(CARDS[scheme]);
    let message = format!("the accent {} has a contrast of {contrast:.1} on {} cards", accent.css(), SCHEMES[scheme]);
    let hint = "give one for each scheme, as in `accent: { light: \"#0f766e\", dark: \"#5eead4\" }`";
    if contrast < VISIBLE {
        report.error(node.span, format!("{message}: {VISIBLE} is the least that can be seen")).hint(hint);
    } else if contrast < READABLE {
        report.warning(node.span, format!("{message}: text needs {READABLE}")).hint(hint);
    }
}

/// A CSS list of fonts.
fn font(node: &Node, report: &mut Report) -> Option<String> {
    let text = node.text(report)?.trim();
    if !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || " ,-\"'".contains(c)) {
        return Some(text.to_owned());
    }
    report
        .error(node.span, format!("`{text}` is no list of fonts"))
        .hint("names with commas between them, as in `font: Inter, sans-serif`");
    None
}

fn radius(node: &Node, report: &mut Report) -> Option<f64> {
    let radius = node.number(report)?;
    if (0.0..=MAX_RADIUS).contains(&radius) {
        return Some(radius);
    }
    report
        .error(node.span, format!("a radius is from 0 to {MAX_RADIUS} pixels"))
        .hint("0 has sharp corners, 10 is what cards have without a theme");
    None
}

fn density(node: &Node, report: &mut Report) -> Option<(&'static str, &'static str, &'static str)> {
    let text = node.text(report)?;
    let found = DENSITIES.into_iter().find(|(name, ..)| *name == text);
    if found.is_none() {
        let hint = suggest::hint(text, "densities", DENSITIES.iter().map(|(name, ..)| *name));
        report.error(node.span, format!("unknown density `{text}`")).hint(hint);
    }
    found
}
