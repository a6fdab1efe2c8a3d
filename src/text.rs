//! Values in words, in the dashboard's language. Thin: how they are written is the chart crate's, so that axes and tables agree.
use crate::strings;
use chrono::{DateTime, NaiveDate};
use std::cell::RefCell;
use std::sync::Arc;
use tarn_chart::{Locale, format_bytes, format_count, format_date_range, format_day, format_number, format_range, format_scalar};
use tarn_dashboard::{NumberFormat, Scalar};

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

/// A value among others: the null value and the empty text have names.
pub fn scalar(value: &Scalar, format: &NumberFormat) -> String {
    match value {
        Scalar::Null => strings::NULL_VALUE.to_owned(),
        Scalar::String(text) if text.is_empty() => strings::EMPTY_TEXT.to_owned(),
        other => format_scalar(format, other, &locale()),
    }
}

/// A key for lists: different for different values.
pub fn scalar_key(value: &Scalar) -> String {
    format!("{value:?}")
}

/// `2001-06-14`, for date inputs.
pub fn iso_date(at: i64) -> String {
    DateTime::from_timestamp_micros(at).map(|at| at.date_naive().to_string()).unwrap_or_default()
}

/// Midnight of an ISO date, in microseconds since 1970.
pub fn parse_iso_date(text: &str) -> Option<i64> {
    let date: NaiveDate = text.parse().ok()?;
    Some(i64::from(date.to_epoch_days()) * 86_400_000_000)
}

/// ISO 8601, with the time only where there is one.
pub fn iso_instant(at: i64) -> String {
    let Some(at) = DateTime::from_timestamp_micros(at) else { return String::new() };
    format!("{:?}", at.naive_utc())
}
