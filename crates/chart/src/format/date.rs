use super::NO_VALUE;
use crate::Locale;
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, Timelike as _};
use tarn_dashboard::TimeUnit;

pub(crate) const DAY_MICROS: i64 = 86_400_000_000;

/// A point on a time axis of that grain, as in a tooltip: `Thu 14 Jun`, `Jun 2001`, `Q2 2001`, `Thu 14 Jun 15:00`. A week
/// is written as its days: `11 Jun – 17 Jun`.
pub fn format_date(micros: i64, unit: TimeUnit, locale: &Locale) -> String {
    let Some(at) = naive(micros) else { return NO_VALUE.to_owned() };
    match unit {
        TimeUnit::Year => at.year().to_string(),
        TimeUnit::Quarter => format!("Q{} {}", at.month0() / 3 + 1, at.year()),
        TimeUnit::Month => format!("{} {}", locale.months_short[at.month0() as usize % 12], at.year()),
        TimeUnit::Week => {
            let last = naive(micros.saturating_add(6 * DAY_MICROS)).unwrap_or(at);
            format!("{} – {}", day_and_month(at.date(), locale), day_and_month(last.date(), locale))
        }
        TimeUnit::Day => weekday_and_day(at, locale),
        _ => format!("{} {}", weekday_and_day(at, locale), time(at, unit)),
    }
}

/// A date with its year: `1 Jul 2001`.
pub fn format_day(micros: i64, locale: &Locale) -> String {
    naive(micros).map_or_else(|| NO_VALUE.to_owned(), |at| day(at.date(), locale))
}

/// A date, with the time when it is not midnight: `1 Jul 2001`, `1 Jul 2001 06:00`.
pub fn format_instant(micros: i64, locale: &Locale) -> String {
    match naive(micros) {
        None => NO_VALUE.to_owned(),
        Some(at) if at.num_seconds_from_midnight() == 0 && at.nanosecond() == 0 => day(at.date(), locale),
        Some(at) => format!("{} {}", day(at.date(), locale), time(at, finest_unit(at))),
    }
}

/// The half-open interval `[from, to)` by the days that lie in it: `3 Jun – 30 Jun 2001`. An open end is left blank; ends
/// within a day are written with their time, and then the end is the excluded instant.
pub fn format_date_range(from: Option<i64>, to: Option<i64>, locale: &Locale) -> String {
    let whole_days = [from, to].into_iter().flatten().all(|end| end.rem_euclid(DAY_MICROS) == 0);
    let last = to.map(|to| if whole_days { to.saturating_sub(1) } else { to });
    let (first, last) = (from.and_then(naive), last.and_then(naive));
    match (first, last) {
        (Some(first), Some(last)) if !whole_days => {
            format!("{} – {}", format_instant(micros(first), locale), format_instant(micros(last), locale))
        }
        (Some(first), Some(last)) if first.date() >= last.date() => day(first.date(), locale),
        (Some(first), Some(last)) => {
            let days = (day_and_month(first.date(), locale), day_and_month(last.date(), locale));
            if first.year() == last.year() {
                locale.with_year(&format!("{} – {}", days.0, days.1), last.year())
            } else {
                format!("{} – {}", locale.with_year(&days.0, first.year()), locale.with_year(&days.1, last.year()))
            }
        }
        (Some(first), None) => format!("{} –", format_instant(micros(first), locale)),
        (None, Some(last)) if whole_days => format!("– {}", day(last.date(), locale)),
        (None, Some(last)) => format!("– {}", format_instant(micros(last), locale)),
        (None, None) => NO_VALUE.to_owned(),
    }
}

pub(crate) fn naive(micros: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_micros(micros).map(|at| at.naive_utc())
}

/// Hours and minutes, seconds and their fraction when the unit is that fine.
pub(super) fn time(at: NaiveDateTime, unit: TimeUnit) -> String {
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    match unit {
        TimeUnit::Second => format!("{hour:02}:{minute:02}:{second:02}"),
        TimeUnit::Millisecond => format!("{hour:02}:{minute:02}:{second:02}.{:03}", at.nanosecond() / 1_000_000),
        TimeUnit::Microsecond => format!("{hour:02}:{minute:02}:{second:02}.{:06}", at.nanosecond() / 1_000),
        _ => format!("{hour:02}:{minute:02}"),
    }
}

/// The coarsest unit that writes the instant in full.
pub(super) fn finest_unit(at: NaiveDateTime) -> TimeUnit {
    match (at.second(), at.nanosecond()) {
        (0, 0) => TimeUnit::Minute,
        (_, 0) => TimeUnit::Second,
        (_, nanos) if nanos % 1_000_000 == 0 => TimeUnit::Millisecond,
        _ => TimeUnit::Microsecond,
    }
}

fn micros(at: NaiveDateTime) -> i64 {
    at.and_utc().timestamp_micros()
}

fn day_and_month(date: NaiveDate, locale: &Locale) -> String {
    locale.day_and_month(date.day(), date.month0())
}

fn day(date: NaiveDate, locale: &Locale) -> String {
    locale.with_year(&day_and_month(date, locale), date.year())
}

fn weekday_and_day(at: NaiveDateTime, locale: &Locale) -> String {
    let weekday = &locale.weekdays_short[at.weekday().num_days_from_monday() as usize % 7];
    format!("{weekday} {}", day_and_month(at.date(), locale))
}
