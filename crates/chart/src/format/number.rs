use super::{MINUS, NO_VALUE};
use crate::Locale;
use tarn_dashboard::{NumberFormat, NumberStyle};

/// Decimals of a number whose format does not say: as many as needed, at most these.
const MAX_FREE_DECIMALS: usize = 3;

/// A number as its format says. `–` when it is not finite.
pub fn format_number(format: &NumberFormat, value: f64, locale: &Locale) -> String {
    if !value.is_finite() {
        return NO_VALUE.to_owned();
    }
    let decimals = format.decimals.map(usize::from);
    let (digits, unit) = match format.style {
        NumberStyle::Decimal => (digits(value, decimals), ""),
        NumberStyle::Percent => (digits(value * 100.0, decimals), locale.percent.as_str()),
        NumberStyle::Compact => compact_digits(value, decimals, locale),
    };
    decorate(&digits, unit, format, locale)
}

/// A whole number with grouping, exact at any size: `469,744`.
pub fn format_count(value: i128, locale: &Locale) -> String {
    decorate(&value.to_string(), "", &NumberFormat::default(), locale)
}

/// A short form with at most one decimal: `20k`, `1.5M`.
pub fn format_compact(value: f64, locale: &Locale) -> String {
    let format = NumberFormat { style: NumberStyle::Compact, decimals: None, ..NumberFormat::default() };
    format_number(&format, value, locale)
}

/// The label of an axis tick: short, without the format's unit (the title names it), and with just the decimals that tell
/// neighbouring ticks, `step` apart, from each other. Steps of many zeros are written with their power of ten: `2e−6`.
pub fn format_tick(format: &NumberFormat, value: f64, step: f64, locale: &Locale) -> String {
    let plain = NumberFormat { prefix: format.prefix.clone(), suffix: String::new(), ..NumberFormat::default() };
    let power = (step.log10() + 1e-9).floor();
    if format.style != NumberStyle::Percent && !(-4.0..15.0).contains(&power) {
        let sign = if power < 0.0 { MINUS } else { "" };
        let unit = if value == 0.0 { String::new() } else { format!("e{sign}{}", power.abs() as u32) };
        return decorate(&digits(value / 10f64.powi(power as i32), None), &unit, &plain, locale);
    }
    let (scale, unit) = match format.style {
        NumberStyle::Percent => (0.01, locale.percent.as_str()),
        _ => match magnitude(value) {
            0 => (1.0, ""),
            // 500, 1,000, 1,500 and not 500, 1k, 1.5k.
            1 if step < 1000.0 => (1.0, ""),
            n => (1000f64.powi(n as i32), locale.compact[n - 1].as_str()),
        },
    };
    let decimals = decimals_between(step / scale);
    let digits = digits(value / scale, Some(decimals));
    decorate(if unit.is_empty() { &digits } else { without_trailing_zeros(&digits) }, unit, &plain, locale)
}

/// A half-open interval as people read it: `15 – 90 min`, `≥ 15 min`, `< 90 min`.
pub fn format_range(format: &NumberFormat, from: Option<f64>, to: Option<f64>, locale: &Locale) -> String {
    let bare = NumberFormat { suffix: String::new(), ..format.clone() };
    match (from, to) {
        (Some(from), Some(to)) => format!("{} – {}", format_number(&bare, from, locale), format_number(format, to, locale)),
        (Some(from), None) => format!("≥ {}", format_number(format, from, locale)),
        (None, Some(to)) => format!("< {}", format_number(format, to, locale)),
        (None, None) => NO_VALUE.to_owned(),
    }
}

/// Digits with an ASCII point and sign.
fn digits(value: f64, decimals: Option<usize>) -> String {
    match decimals {
        Some(decimals) => format!("{value:.decimals$}"),
        None => without_trailing_zeros(&format!("{value:.MAX_FREE_DECIMALS$}")).to_owned(),
    }
}

fn compact_digits(value: f64, decimals: Option<usize>, locale: &Locale) -> (String, &str) {
    let mut n = magnitude(value);
    let write = |n: usize| match decimals {
        Some(decimals) => format!("{:.decimals$}", value / 1000f64.powi(n as i32)),
        None => without_trailing_zeros(&format!("{:.1}", value / 1000f64.powi(n as i32))).to_owned(),
    };
    let mut text = write(n);
    // 999,950 rounds up to the next unit: 1M, not 1000k.
    if n < 4 && text.trim_start_matches('-').split('.').next().is_some_and(|whole| whole.len() > 3) {
        n += 1;
        text = write(n);
    }
    (text, if n == 0 { "" } else { locale.compact[n - 1].as_str() })
}

/// 0 below a thousand, 1 for thousands, up to 4 for trillions.
fn magnitude(value: f64) -> usize {
    let value = value.abs();
    (1..=4).rev().find(|n| value >= 1000f64.powi(*n)).map_or(0, |n| n as usize)
}

/// How many decimals a multiple of the step has.
fn decimals_between(step: f64) -> usize {
    let step = step.abs();
    (0..9)
        .find(|decimals| {
            let scaled = step * 10f64.powi(*decimals);
            scaled >= 1.0 - 1e-9 && (scaled - scaled.round()).abs() < 1e-6 * scaled
        })
        .unwrap_or(9) as usize
}

fn without_trailing_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

/// Puts sign, prefix, separators, unit and suffix around ASCII digits.
pub(super) fn decorate(digits: &str, unit: &str, format: &NumberFormat, locale: &Locale) -> String {
    let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::with_capacity(digits.len() + 8);
    // What rounds to zero has no sign.
    if negative && digits.bytes().any(|digit| matches!(digit, b'1'..=b'9')) {
        text.push_str(MINUS);
    }
    text.push_str(&format.prefix);
    for (i, digit) in whole.chars().enumerate() {
        if format.grouping && i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push_str(&locale.group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push_str(&locale.decimal);
        text.push_str(fraction);
    }
    text.push_str(unit);
    text.push_str(&format.suffix);
    text
}
