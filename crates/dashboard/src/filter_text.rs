//! The public text and JSON forms of filter values: one grammar for URLs, `tarn query --filter` and `window.tarn`.
//!
//! | kind | text | JSON |
//! |---|---|---|
//! | `date_range` | `2001-06-03..2001-07-01`, `2001-06-03..`, `last 28 days` | `["2001-06-03", "2001-07-01"]`, `"last 28 days"` |
//! | `range` | `15..90`, `..90` | `[15, 90]`, `[null, 90]` |
//! | `multi_select` | `ATL,ORD`; `\N` is null, `\e` the empty string, `\,` a comma, `\\` a backslash | `["ATL", null]` |
//! | `select` | one such value | `"ATL"` |
//! | `search` | the text | `"text"` |
//! | `boolean` | `true`, `false` | `true` |
//! | `top` | `10` | `10` |
//! | parameter | one value, as for `select` | `15`, `"text"`, `"2001-06-30"`, `true` |
use crate::{Catalogue, Civil, DataType, Filter, FilterKind, FilterValue, Period, Phrase, Plain, Scalar, parse_number};
use std::fmt;

/// Longest text that is read, in bytes: a URL is typed by strangers.
const MAX_TEXT: usize = 4096;
/// Of the values that a `top` filter keeps.
const MAX_TOP: u32 = 10_000;

/// Why a text or JSON value is no value of the filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterTextError {
    pub filter: String,
    /// What would have been accepted, such as `a range like 15..90`.
    pub expected: Phrase,
    pub found: String,
}

impl FilterTextError {
    /// In the dashboard's language.
    pub fn said(&self, catalogue: Catalogue<'_>) -> String {
        let expected = catalogue.say(self.expected);
        catalogue.fill(Phrase::FilterExpects, &[("filter", &self.filter), ("expected", expected), ("found", &self.found)])
    }
}

impl fmt::Display for FilterTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said(Catalogue::ENGLISH))
    }
}

impl std::error::Error for FilterTextError {}

impl Filter {
    /// Reads the text form.
    pub fn parse_text(&self, text: &str) -> Result<FilterValue, FilterTextError> {
        let read = || match self.kind {
            _ if text.len() > MAX_TEXT => None,
            FilterKind::DateRange => match Period::parse(text) {
                Some(period) => Some(FilterValue::Period(period)),
                None => parse_interval(text).map(|(from, to)| FilterValue::DateRange { from, to }),
            },
            FilterKind::Range => {
                let (from, to) = text.split_once("..")?;
                number_range(optional(from, parse_number)?, optional(to, parse_number)?)
            }
            FilterKind::MultiSelect | FilterKind::Select | FilterKind::Parameter => {
                let values: Option<Vec<Scalar>> = split_escaped(text)?.into_iter().map(|value| self.scalar_from_text(value)).collect();
                self.set(values?)
            }
            FilterKind::Top => top(text.parse().ok()?),
            FilterKind::Search => (!text.is_empty()).then(|| FilterValue::Text(text.to_owned())),
            FilterKind::Boolean => match text {
                "true" => Some(FilterValue::Boolean(true)),
                "false" => Some(FilterValue::Boolean(false)),
                _ => None,
            },
        };
        read().ok_or_else(|| self.error(text.chars().take(60).collect()))
    }

    /// Reads the JSON form. `null` means "clear" and is the caller's to handle: it is an error here.
    pub fn parse_json(&self, value: &Plain) -> Result<FilterValue, FilterTextError> {
        let read = || match (self.kind, value) {
            (FilterKind::DateRange, Plain::Text(text)) => Period::parse(text).map(FilterValue::Period),
            (FilterKind::DateRange, Plain::List(ends)) => {
                let end = |value: &Plain| match value {
                    Plain::Null => Some(None),
                    Plain::Text(text) => parse_instant(text).map(Some),
                    _ => None,
                };
                let [from, to] = ends.as_slice() else { return None };
                date_range(end(from)?, end(to)?)
            }
            (FilterKind::Range, Plain::List(ends)) => {
                let end = |value: &Plain| match value {
                    Plain::Null => Some(None),
                    _ => value.as_f64().map(Some),
                };
                let [from, to] = ends.as_slice() else { return None };
                number_range(end(from)?, end(to)?)
            }
            (FilterKind::MultiSelect, Plain::List(values)) => {
                let values: Option<Vec<Scalar>> = values.iter().map(|value| self.scalar_from_json(value)).collect();
                self.set(values?)
            }
            (FilterKind::Select | FilterKind::Parameter, value) => self.set(vec![self.scalar_from_json(value)?]),
            (FilterKind::Top, Plain::Int(count)) => top(u32::try_from(*count).ok()?),
            (FilterKind::Search, Plain::Text(text)) => {
                (!text.is_empty() && text.len() <= MAX_TEXT).then(|| FilterValue::Text(text.clone()))
            }
            (FilterKind::Boolean, Plain::Boolean(value)) => Some(FilterValue::Boolean(*value)),
            _ => None,
        };
        read().ok_or_else(|| self.error(value.shown().chars().take(60).collect()))
    }

    /// Writes the text form; [`Filter::parse_text`] reads it back.
    pub fn text(&self, value: &FilterValue) -> String {
        match value {
            FilterValue::Period(period) => period.to_string(),
            FilterValue::DateRange { from, to } => interval_text(*from, *to),
            FilterValue::Range { from, to } => {
                format!("{}..{}", from.map_or_else(String::new, |n| n.to_string()), to.map_or_else(String::new, |n| n.to_string()))
            }
            FilterValue::Set(values) => values.iter().map(escaped).collect::<Vec<_>>().join(","),
            FilterValue::Text(text) => text.clone(),
            FilterValue::Boolean(value) => value.to_string(),
            FilterValue::Top(count) => count.to_string(),
        }
    }

    /// The JSON form; [`Filter::parse_json`] reads it back.
    pub fn json(&self, value: &FilterValue) -> Plain {
        let instant = |at: &Option<i64>| at.map_or(Plain::Null, |at| Plain::Text(instant_text(at)));
        match value {
            FilterValue::Period(period) => Plain::Text(period.to_string()),
            FilterValue::DateRange { from, to } => Plain::List(vec![instant(from), instant(to)]),
            FilterValue::Range { from, to } => Plain::List([from, to].map(|end| end.map_or(Plain::Null, Plain::Number)).to_vec()),
            FilterValue::Set(values) if matches!(self.kind, FilterKind::Select | FilterKind::Parameter) => {
                values.first().map_or(Plain::Null, json_from_scalar)
            }
            FilterValue::Set(values) => Plain::List(values.iter().map(json_from_scalar).collect()),
            FilterValue::Text(text) => Plain::Text(text.clone()),
            FilterValue::Boolean(value) => Plain::Boolean(*value),
            FilterValue::Top(count) => Plain::Int(i64::from(*count)),
        }
    }

    fn set(&self, values: Vec<Scalar>) -> Option<FilterValue> {
        let allowed = match (self.kind, values.as_slice()) {
            (FilterKind::Parameter, [value]) => match &self.parameter {
                Some(parameter) => parameter.allows(value),
                None => *value != Scalar::Null,
            },
            (FilterKind::Select | FilterKind::Parameter, values) => values.len() == 1,
            (_, values) => !values.is_empty(),
        };
        allowed.then_some(FilterValue::Set(values))
    }

    fn scalar_from_text(&self, value: Option<String>) -> Option<Scalar> {
        let Some(text) = value else { return Some(Scalar::Null) };
        match self.expr.data_type {
            DataType::String => Some(Scalar::String(text)),
            DataType::Int64 => text.parse().ok().map(Scalar::Int),
            DataType::Float64 => parse_number(&text).map(Scalar::Float),
            DataType::Boolean => text.parse().ok().map(Scalar::Boolean),
            DataType::Date => Civil::parse_date(&text).map(|date| Scalar::Date(date.days() as i32)),
            DataType::Timestamp | DataType::TimestampTz => parse_instant(&text).map(Scalar::Timestamp),
            _ => None,
        }
    }

    fn scalar_from_json(&self, value: &Plain) -> Option<Scalar> {
        match (self.expr.data_type, value) {
            (_, Plain::Null) => Some(Scalar::Null),
            (DataType::Int64, Plain::Int(number)) => Some(Scalar::Int(*number)),
            (DataType::Float64, Plain::Int(_) | Plain::Number(_)) => value.as_f64().map(Scalar::Float),
            (DataType::Boolean, Plain::Boolean(value)) => Some(Scalar::Boolean(*value)),
            (_, Plain::Text(text)) => self.scalar_from_text(Some(text.clone())),
            _ => None,
        }
    }

    fn error(&self, found: String) -> FilterTextError {
        let expected = match self.kind {
            FilterKind::DateRange => Phrase::ExpectsDateRange,
            FilterKind::Range => Phrase::ExpectsRange,
            FilterKind::MultiSelect => Phrase::ExpectsSet,
            FilterKind::Select => Phrase::ExpectsOne,
            FilterKind::Search => Phrase::ExpectsText,
            FilterKind::Boolean => Phrase::ExpectsBoolean,
            FilterKind::Top => Phrase::ExpectsTop,
            FilterKind::Parameter => match (self.expr.data_type, &self.parameter) {
                (_, Some(parameter)) if !parameter.values.is_empty() => Phrase::ExpectsListed,
                (DataType::Int64, _) => Phrase::ExpectsInteger,
                (DataType::Float64, _) => Phrase::ExpectsNumber,
                (DataType::Date, _) => Phrase::ExpectsDay,
                (DataType::Boolean, _) => Phrase::ExpectsBoolean,
                _ => Phrase::ExpectsOne,
            },
        };
        FilterTextError { filter: self.id.clone(), expected, found }
    }
}

fn top(count: u32) -> Option<FilterValue> {
    (1..=MAX_TOP).contains(&count).then_some(FilterValue::Top(count))
}

/// Reads `2001-06-03..2001-07-01`; either end may be left out.
pub fn parse_interval(text: &str) -> Option<(Option<i64>, Option<i64>)> {
    let (from, to) = text.split_once("..")?;
    let (from, to) = (optional(from, parse_instant)?, optional(to, parse_instant)?);
    ordered(from, to).then_some((from, to))
}

/// The text that [`parse_interval`] reads.
pub fn interval_text(from: Option<i64>, to: Option<i64>) -> String {
    format!("{}..{}", from.map_or_else(String::new, instant_text), to.map_or_else(String::new, instant_text))
}

fn date_range(from: Option<i64>, to: Option<i64>) -> Option<FilterValue> {
    ordered(from, to).then_some(FilterValue::DateRange { from, to })
}

fn number_range(from: Option<f64>, to: Option<f64>) -> Option<FilterValue> {
    ordered(from, to).then_some(FilterValue::Range { from, to })
}

/// At least one end, and the first below the second.
fn ordered<T: PartialOrd>(from: Option<T>, to: Option<T>) -> bool {
    match (from, to) {
        (Some(from), Some(to)) => from < to,
        (None, None) => false,
        _ => true,
    }
}

/// An empty text is an open end; a text that cannot be read is an error (the outer `None`).
fn optional<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    if text.is_empty() { Some(None) } else { read(text).map(Some) }
}

/// An ISO 8601 date or instant, in microseconds since 1970.
fn parse_instant(text: &str) -> Option<i64> {
    Civil::parse_instant(text)?.to_micros()
}

/// The shortest ISO 8601 form: a date at midnight, otherwise with the time.
fn instant_text(at: i64) -> String {
    let at = Civil::from_micros(at);
    if at.micros == 0 { at.iso_date() } else { at.iso_instant() }
}

/// Values between unescaped commas; `None` inside stands for null. `None` outside: a broken escape.
fn split_escaped(text: &str) -> Option<Vec<Option<String>>> {
    let mut values = vec![];
    let mut value = String::new();
    let mut null = false;
    let mut chars = text.chars();
    loop {
        match chars.next() {
            Some('\\') => match chars.next()? {
                'N' => null = true,
                'e' => {}
                escaped @ (',' | '\\') => value.push(escaped),
                _ => return None,
            },
            end @ (Some(',') | None) => {
                values.push(if null { None } else { Some(std::mem::take(&mut value)) });
                null = false;
                if end.is_none() {
                    return Some(values);
                }
            }
            Some(plain) => value.push(plain),
        }
    }
}

fn escaped(value: &Scalar) -> String {
    match value {
        Scalar::Null => "\\N".to_owned(),
        Scalar::String(text) if text.is_empty() => "\\e".to_owned(),
        Scalar::String(text) => text.replace('\\', "\\\\").replace(',', "\\,"),
        other => plain_text(other),
    }
}

fn plain_text(value: &Scalar) -> String {
    match value {
        Scalar::Boolean(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => value.to_string(),
        Scalar::Date(days) => instant_text(i64::from(*days) * 86_400_000_000),
        Scalar::Timestamp(at) => instant_text(*at),
        Scalar::String(text) => text.clone(),
        Scalar::Null | Scalar::Decimal { .. } | Scalar::Time(_) | Scalar::Interval { .. } => String::new(),
    }
}

fn json_from_scalar(value: &Scalar) -> Plain {
    match value {
        Scalar::Null => Plain::Null,
        Scalar::Boolean(value) => Plain::Boolean(*value),
        Scalar::Int(value) => Plain::Int(*value),
        Scalar::Float(value) => Plain::Number(*value),
        other => Plain::Text(plain_text(other)),
    }
}

#[cfg(test)]
#[path = "filter_text_tests.rs"]
mod tests;
