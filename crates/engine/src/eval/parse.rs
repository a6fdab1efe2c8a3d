//! Values from texts, as DuckDB's casts read them. `None`: the text is none.
use crate::calendar::{self, DAY_MICROS};
use crate::vector::power_of_ten;

/// `1`, `-1.25`, `.5`, `1e3`: digits beyond the scale are rounded, half away from zero.
pub(super) fn decimal(text: &str, precision: u8, scale: u8) -> Option<i128> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (number, exponent) = match digits.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok().filter(|exponent| exponent.abs() < 100)?),
        None => (digits, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    if all.is_empty() || !all.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // So many of the digits stand before the last decimal that is kept.
    let kept = whole.len() as i32 + exponent + i32::from(scale);
    let limit = power_of_ten(precision)?;
    let mut value: i128 = 0;
    for at in 0..kept.max(0) {
        let digit = all.get(at as usize).map_or(0, |digit| i128::from(digit - b'0'));
        value = value.checked_mul(10)?.checked_add(digit)?;
        if value >= limit {
            return None;
        }
    }
    let rounds_up = kept >= 0 && all.get(kept as usize).is_some_and(|digit| *digit >= b'5');
    value += i128::from(rounds_up);
    (value < limit).then_some(if negative { -value } else { value })
}

/// `2001-06-30`, with nothing but spaces around it.
pub(super) fn date(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut parts = digits.splitn(3, '-');
    let mut part = || number(parts.next()?);
    let (year, month, day) = (part()?, part()? as u32, part()? as u32);
    let year = if negative { -year } else { year };
    let exists = year.abs() < 290_000 && (1..=12).contains(&month) && day >= 1 && day <= calendar::days_in_month(year, month);
    exists.then(|| calendar::days_from_civil(year, month, day))
}

/// `12:34`, `12:34:56.789`: microseconds of the day.
pub(super) fn time(text: &str) -> Option<i64> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let mut part = |limit: i64| number(parts.next()?).filter(|part| *part < limit);
    let (hours, minutes) = (part(24)?, part(60)?);
    let seconds = if whole.matches(':').count() == 2 { part(60)? } else { 0 };
    if parts.next().is_some() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) || (text.ends_with('.')) {
        return None;
    }
    // Beyond microseconds digits are cut.
    let micros = fraction.bytes().chain(std::iter::repeat(b'0')).take(6).fold(0, |micros, digit| micros * 10 + i64::from(digit - b'0'));
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + micros)
}

/// A date and perhaps a time: microseconds since 1970, and those that an offset at the end adds to UTC.
pub(super) fn timestamp(text: &str) -> Option<(i64, Option<i64>)> {
    let text = text.trim();
    // A year may have a sign of its own.
    let at = text.char_indices().skip(1).find(|(_, c)| matches!(c, 'T' | ' ')).map(|(at, _)| at);
    let Some(at) = at else { return Some((date(text)?.checked_mul(DAY_MICROS)?, None)) };
    let (days, rest) = (date(&text[..at])?, text[at + 1..].trim());
    let (clock, offset) = match rest.find(['Z', '+', '-']) {
        None => (rest, None),
        Some(at) if &rest[at..] == "Z" => (&rest[..at], Some(0)),
        Some(at) => (&rest[..at], Some(offset(&rest[at..])?)),
    };
    Some((days.checked_mul(DAY_MICROS)?.checked_add(time(clock)?)?, offset))
}

/// `+02`, `-05:30`.
fn offset(text: &str) -> Option<i64> {
    let (hours, minutes) = text[1..].split_once(':').unwrap_or((&text[1..], "0"));
    let minutes = number(hours).filter(|hours| *hours < 24)? * 60 + number(minutes).filter(|minutes| *minutes < 60)?;
    Some(minutes * 60_000_000 * if text.starts_with('-') { -1 } else { 1 })
}

fn number(text: &str) -> Option<i64> {
    (!text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_rounded_half_away_from_zero() {
        for (text, expected) in [
            ("1.255", Some(126)),
            ("-1.255", Some(-126)),
            (" 12 ", Some(1200)),
            (".5", Some(50)),
            ("1e1", Some(1000)),
            ("99.994", Some(9999)),
            ("99.995", None),
            ("100", None),
            ("0.004", Some(0)),
            ("", None),
            ("1.2.3", None),
            ("x", None),
        ] {
            assert_eq!(decimal(text, 4, 2), expected, "{text}");
        }
    }

    #[test]
    fn times_and_offsets() {
        assert_eq!(time("12:34:56.789"), Some(45_296_789_000));
        assert_eq!(time("1:02"), Some(3_720_000_000));
        for text in ["", "24:00", "12", "12:60", "12:00:", "12:00:00.", "12:00:00:00", "noon"] {
            assert_eq!(time(text), None, "{text}");
        }
        assert_eq!(timestamp("1970-01-02"), Some((DAY_MICROS, None)));
        assert_eq!(timestamp("1970-01-01 01:00:00.5"), Some((3_600_500_000, None)));
        assert_eq!(timestamp("1970-01-01T01:00:00Z"), Some((3_600_000_000, Some(0))));
        assert_eq!(timestamp("1970-01-01 01:00+05:30"), Some((3_600_000_000, Some(19_800_000_000))));
        assert_eq!(timestamp("1969-12-31 23:59:59-08"), Some((-1_000_000, Some(-28_800_000_000))));
        for text in ["", "1970-02-30", "1970-01-01 25:00", "1970-01-01 x", "1970-01-01 01:00+xx"] {
            assert_eq!(timestamp(text), None, "{text}");
        }
    }
}
