use super::number::{is_null, number};
use crate::{Span, diagnostic::Report};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub span: Span,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Scalar(Scalar),
    Sequence(Vec<Node>),
    /// In the author's order; keys are unique.
    Mapping(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: Key,
    pub value: Node,
}

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    /// After quotes, escapes and folding.
    pub text: String,
    pub style: Style,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// `|` or `>`.
    Block,
}

impl Node {
    /// Where the key at the end of the path stands.
    pub fn key_span(&self, path: &[&str]) -> Option<Span> {
        let (first, rest) = path.split_first()?;
        let Value::Mapping(entries) = &self.value else { return None };
        let entry = entries.iter().find(|entry| entry.key.text == *first)?;
        if rest.is_empty() { Some(entry.key.span) } else { entry.value.key_span(rest) }
    }

    /// What the value is, for messages.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
            Value::Scalar(_) if self.is_null() => "nothing",
            Value::Scalar(scalar) if scalar.style != Style::Plain => "a text",
            Value::Scalar(scalar) => match scalar.text.as_str() {
                "true" | "false" => "true or false",
                text if number(text).is_some() => "a number",
                _ => "a text",
            },
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.style == Style::Plain && is_null(&scalar.text))
    }

    /// The text of a scalar, whatever it looks like: `title: 2001` is a title.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) if !self.is_null() => Some(&scalar.text),
            _ => None,
        }
    }

    pub fn as_boolean(&self) -> Option<bool> {
        match &self.value {
            Value::Scalar(Scalar { text, style: Style::Plain }) => text.parse().ok(),
            _ => None,
        }
    }

    pub fn as_number(&self) -> Option<f64> {
        match &self.value {
            Value::Scalar(Scalar { text, style: Style::Plain }) => number(text),
            _ => None,
        }
    }

    /// Whether it is a mapping with that key.
    pub fn has(&self, key: &str) -> bool {
        matches!(&self.value, Value::Mapping(entries) if entries.iter().any(|entry| entry.key.text == key))
    }

    pub fn text(&self, report: &mut Report) -> Option<&str> {
        self.expect(self.as_text(), "a text", report)
    }

    pub fn boolean(&self, report: &mut Report) -> Option<bool> {
        self.expect(self.as_boolean(), "true or false", report)
    }

    pub fn number(&self, report: &mut Report) -> Option<f64> {
        self.expect(self.as_number(), "a number", report)
    }

    /// A whole number in `1..=max`.
    pub fn count(&self, max: u32, report: &mut Report) -> Option<u32> {
        let number = self.number(report)?;
        if number.fract() == 0.0 && number >= 1.0 && number <= f64::from(max) {
            return Some(number as u32);
        }
        report
            .error(self.span, format!("expected a whole number from 1 to {max}, found {number}"))
            .hint("a number without a point, such as 10");
        None
    }

    /// The items of a list, or the single value that stands for a list of one.
    pub fn items(&self) -> Vec<&Self> {
        match &self.value {
            Value::Sequence(items) => items.iter().collect(),
            _ => vec![self],
        }
    }

    pub fn sequence(&self, report: &mut Report) -> Option<&[Self]> {
        let items = if let Value::Sequence(items) = &self.value { Some(items.as_slice()) } else { None };
        self.expect(items, "a list", report)
    }

    pub fn mapping(&self, report: &mut Report) -> Option<&[Entry]> {
        let entries = if let Value::Mapping(entries) = &self.value { Some(entries.as_slice()) } else { None };
        self.expect(entries, "a mapping", report)
    }

    fn expect<T>(&self, value: Option<T>, expected: &str, report: &mut Report) -> Option<T> {
        if value.is_none() {
            let hint = match expected {
                "a text" => "write one value; what has brackets or colons of its own needs quotes",
                "a number" => "write it without quotes and units, such as 10 or 0.5",
                "true or false" => "write true or false, without quotes",
                "a list" => "begin each item with `- `, or write [a, b]",
                _ => "write `key: value` below each other, or { key: value }",
            };
            report.error(self.span, format!("expected {expected}, found {}", self.kind())).hint(hint);
        }
        value
    }
}

/// Names that some YAML readers take for true or false.
pub(super) fn is_ambiguous(key: &str) -> bool {
    matches!(key.to_ascii_lowercase().as_str(), "on" | "off" | "yes" | "no" | "y" | "n")
}
