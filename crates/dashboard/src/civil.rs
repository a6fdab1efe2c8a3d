//! Dates and times of day of the proleptic Gregorian calendar, by whole numbers alone: the browser needs no calendar
//! library for them.
use std::fmt::Write as _;

pub const DAY_MICROS: i64 = 86_400_000_000;

/// An instant without a zone, in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil {
    pub year: i64,
    /// 1..=12
    pub month: u32,
    /// 1..=31
    pub day: u32,
    /// Within the day.
    pub micros: i64,
}

impl Civil {
    /// Of microseconds since 1970. Every number has one.
    pub fn from_micros(micros: i64) -> Self {
        Self { micros: micros.rem_euclid(DAY_MICROS), ..Self::from_days(micros.div_euclid(DAY_MICROS)) }
    }

    /// Midnight of a day since 1970-01-01.
    pub fn from_days(days: i64) -> Self {
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * month + 2) / 5 + 1) as u32;
        let month = if month < 10 { month + 3 } else { month - 9 } as u32;
        Self { year: year_of_era + era * 400 + i64::from(month <= 2), month, day, micros: 0 }
    }

    /// Midnight of a date; a day past the month's end runs into the next month.
    pub fn new(year: i64, month: u32, day: u32) -> Self {
        Self { year, month, day, micros: 0 }
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i64 {
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((i64::from(self.month) + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// Microseconds since 1970; `None` where they do not fit, some 292,000 years away.
    pub fn to_micros(self) -> Option<i64> {
        self.days().checked_mul(DAY_MICROS)?.checked_add(self.micros)
    }

    /// That many months later (or earlier), the day cut to the month's length as SQL does.
    pub fn add_months(self, months: i64) -> Self {
        let ordinal = self.year * 12 + i64::from(self.month) - 1 + months;
        let (year, month) = (ordinal.div_euclid(12), ordinal.rem_euclid(12) as u32 + 1);
        Self { year, month, day: self.day.min(days_in_month(year, month)), micros: self.micros }
    }

    /// 0 is Monday.
    pub fn weekday(self) -> usize {
        (self.days() + 3).rem_euclid(7) as usize
    }

    pub fn hour(self) -> i64 {
        self.micros / 3_600_000_000
    }

    pub fn minute(self) -> i64 {
        self.micros / 60_000_000 % 60
    }

    pub fn second(self) -> i64 {
        self.micros / 1_000_000 % 60
    }

    pub fn micros_of_second(self) -> i64 {
        self.micros % 1_000_000
    }

    /// `2001-06-03`
    pub fn iso_date(self) -> String {
        let mut text = String::new();
        if !(0..10_000).contains(&self.year) {
            text.push(if self.year < 0 { '-' } else { '+' });
        }
        push_padded(&mut text, self.year.abs(), 4);
        text.push('-');
        push_padded(&mut text, i64::from(self.month), 2);
        text.push('-');
        push_padded(&mut text, i64::from(self.day), 2);
        text
    }

    /// `10:30:00`, with three or six decimals where it needs them.
    pub fn iso_time(self) -> String {
        let mut text = String::new();
        push_padded(&mut text, self.hour(), 2);
        text.push(':');
        push_padded(&mut text, self.minute(), 2);
        text.push(':');
        push_padded(&mut text, self.second(), 2);
        match self.micros_of_second() {
            0 => {}
            micros if micros % 1_000 == 0 => {
                text.push('.');
                push_padded(&mut text, micros / 1_000, 3);
            }
            micros => {
                text.push('.');
                push_padded(&mut text, micros, 6);
            }
        }
        text
    }

    /// `2001-06-03T10:30:00`
    pub fn iso_instant(self) -> String {
        self.iso_date() + "T" + &self.iso_time()
    }

    /// Reads `2001-06-03`.
    pub fn parse_date(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let mut parts = digits.split('-');
        let (year, month, day) = (number(parts.next()?, 4..=6)?, number(parts.next()?, 2..=2)?, number(parts.next()?, 2..=2)?);
        let year = if negative { -year } else { year };
        let (month, day) = (month as u32, day as u32);
        let exists = parts.next().is_none() && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        exists.then_some(Self::new(year, month, day))
    }

    /// Reads `2001-06-03`, `2001-06-03T10:30`, `2001-06-03T10:30:00.5`; a `Z` at the end changes nothing.
    pub fn parse_instant(text: &str) -> Option<Self> {
        let text = text.strip_suffix('Z').unwrap_or(text);
        let Some((date, time)) = text.split_once('T') else { return Self::parse_date(text) };
        let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
        let mut parts = time.split(':');
        let (hour, minute) = (number(parts.next()?, 2..=2)?, number(parts.next()?, 2..=2)?);
        let second = match parts.next() {
            Some(second) => number(second, 2..=2)?,
            None if fraction.is_empty() => 0,
            None => return None,
        };
        let micros = if fraction.is_empty() { 0 } else { number(fraction, 1..=9)? * 1_000_000 / 10i64.pow(fraction.len() as u32) };
        let exists = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
        exists.then_some(Self { micros: ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros, ..Self::parse_date(date)? })
    }
}

pub fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn number(text: &str, n_digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let digits = n_digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.bytes().fold(0, |number, byte| number * 10 + i64::from(byte - b'0')))
}

fn push_padded(text: &mut String, number: i64, width: usize) {
    // Writing to a string does not fail.
    let _ = write!(text, "{number:0width$}");
}

#[cfg(test)]
#[path = "civil_tests.rs"]
mod tests;
