//! Values in words, in the dashboard's language. Thin: how they are written is the chart crate's, so that axes and tables agree.
use super::strings;
use std::cell::RefCell;
use std::sync::Arc;
use tarn_chart::{Locale, format_bytes, format_count, format_date_range, format_day, format_field, format_number, format_range};
use tarn_dashboard::{Civil, Expr, NumberFormat, Phrase, Scalar};

thread_local! {
    static LOCALE: RefCell<Arc<Locale>> = RefCell::new(Arc::new(Locale::default()));
}

/// Set once, before anything is shown.
pub fn set_locale(locale: Arc<Locale>) {
    LOCALE.with(|current| *current.borrow_mut() = locale);
}

pub fn locale() -> Arc<Locale> {
    LOCALE.with(|locale| locale.borrow().clone())
}

pub fn number(format: &NumberFormat, value: f64) -> String {
    format_number(format, value, &locale())
}

pub fn count(value: u64) -> String {
    format_count(i128::from(value), &locale())
}

pub fn bytes(value: u64) -> String {
    format_bytes(value, &locale())
}

pub fn range(format: &NumberFormat, from: Option<f64>, to: Option<f64>) -> String {
    format_range(&NumberFormat { decimals: None, ..format.clone() }, from, to, &locale())
}

pub fn days(from: Option<i64>, to: Option<i64>) -> String {
    format_date_range(from, to, &locale())
}

pub fn day(at: i64) -> String {
    format_day(at, &locale())
}

/// A value of a column or dimension among others.
pub fn field(expr: &Expr, format: &NumberFormat, value: &Scalar) -> String {
    match value {
        Scalar::Null => strings::say(Phrase::NullValue).to_owned(),
        Scalar::Boolean(value) => strings::say(if *value { Phrase::AnswerYes } else { Phrase::AnswerNo }).to_owned(),
        Scalar::String(text) if text.is_empty() => strings::say(Phrase::EmptyText).to_owned(),
        other => format_field(expr, format, other, &locale()),
    }
}

/// `2001-06-14`, for date inputs.
pub fn iso_date(at: i64) -> String {
    Civil::from_micros(at).iso_date()
}

/// Midnight of an ISO date, in microseconds since 1970.
pub fn parse_iso_date(text: &str) -> Option<i64> {
    Civil::parse_date(text)?.to_micros()
}

/// All digits, with a point.
pub fn decimal(unscaled: i128, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// `10:30:00`, of microseconds within a day.
pub fn iso_time(at: i64) -> String {
    Civil::from_micros(at).iso_time()
}

/// ISO 8601, with the time only where there is one.
pub fn iso_instant(at: i64) -> String {
    Civil::from_micros(at).iso_instant()
}
