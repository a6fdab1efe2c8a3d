use crate::{
    diagnostic::Report,
    yaml::{Fields, Node, Scalar, Style, Value},
};
use std::fmt;

/// What a value has to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    Null,
    Boolean(bool),
    Number(f64),
    /// Also a date, time or timestamp in ISO 8601, of which the end may be left out.
    Text(String),
    /// Both ends included.
    Between {
        min: Option<f64>,
        max: Option<f64>,
    },
}

/// How far a number may be off. Without one it is right up to the rounding of doubles.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Tolerance {
    #[default]
    Rounding,
    Absolute(f64),
    /// Of the expected value.
    Share(f64),
}

impl Tolerance {
    pub fn allows(self, expected: f64, found: f64) -> bool {
        let allowed = match self {
            Self::Rounding => 1e-9 * expected.abs().max(found.abs()),
            Self::Absolute(distance) => distance,
            Self::Share(share) => share * expected.abs(),
        };
        expected == found || (expected.is_nan() && found.is_nan()) || (expected - found).abs() <= allowed
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => write!(f, "`{text}`"),
            Self::Between { min: Some(min), max: Some(max) } => write!(f, "{min} to {max}"),
            Self::Between { min: Some(min), max: None } => write!(f, "at least {min}"),
            Self::Between { min: None, max } => write!(f, "at most {}", max.unwrap_or(f64::INFINITY)),
        }
    }
}

/// A value, or `{ min: …, max: … }`.
pub(super) fn read(node: &Node, report: &mut Report) -> Option<Expected> {
    match &node.value {
        Value::Mapping(_) => between(node, report),
        Value::Sequence(_) => {
            report.error(node.span, "expected a value, found a list").hint("a number, a text, or { min: 1, max: 5 }");
            None
        }
        Value::Scalar(_) if node.is_null() => Some(Expected::Null),
        Value::Scalar(Scalar { text, style: Style::Plain }) => Some(match (node.as_boolean(), node.as_number()) {
            (Some(value), _) => Expected::Boolean(value),
            (None, Some(value)) => Expected::Number(value),
            (None, None) => Expected::Text(text.clone()),
        }),
        Value::Scalar(Scalar { text, .. }) => Some(Expected::Text(text.clone())),
    }
}

fn between(node: &Node, report: &mut Report) -> Option<Expected> {
    let mut fields = Fields::read(node, "an expected range", report)?;
    let (min, max) = (fields.get("min", report), fields.get("max", report));
    fields.finish(report);
    let min = min.map_or(Some(None), |node| node.number(report).map(Some));
    let max = max.map_or(Some(None), |node| node.number(report).map(Some));
    match (min?, max?) {
        (None, None) => {
            report.error(node.span, "the range has no ends").hint("as in { min: 1, max: 5 }; both are included");
            None
        }
        (Some(min), Some(max)) if min > max => {
            report.error(node.span, format!("nothing lies between {min} and {max}")).hint("`min` is at most `max`");
            None
        }
        (min, max) => Some(Expected::Between { min, max }),
    }
}

pub(super) fn tolerance(node: &Node, report: &mut Report) -> Option<Tolerance> {
    let text = node.text(report)?;
    let found = match text.strip_suffix('%') {
        Some(share) => share.trim().parse::<f64>().ok().map(|share| Tolerance::Share(share / 100.0)),
        None => node.as_number().map(Tolerance::Absolute),
    };
    let found = found.filter(|found| matches!(found, Tolerance::Absolute(by) | Tolerance::Share(by) if *by >= 0.0));
    if found.is_none() {
        report.error(node.span, format!("`{text}` is not a tolerance")).hint("a number such as 0.01, or a share such as 1%");
    }
    found
}
