use super::NO_VALUE;
use crate::Locale;
use tarn_dashboard::{Civil, DAY_MICROS, TimeUnit};

/// A point on a time axis of that grain, as in a tooltip: `Thu 14 Jun`, `Jun 2001`, `Q2 2001`, `Thu 14 Jun 15:00`. A week
/// is written as its days: `11 Jun – 17 Jun`.
pub fn format_date(micros: i64, unit: TimeUnit, locale: &Locale) -> String {
    let at = Civil::from_micros(micros);
    match unit {
        TimeUnit::Year => at.year.to_string(),
        TimeUnit::Quarter => format!("Q{} {}", (at.month - 1) / 3 + 1, at.year),
        TimeUnit::Month => format!("{} {}", locale.months_short[(at.month - 1) as usize % 12], at.year),
        TimeUnit::Week(_) => {
            let last = Civil::from_micros(micros.saturating_add(6 * DAY_MICROS));
            format!("{} – {}", day_and_month(at, locale), day_and_month(last, locale))
        }
        TimeUnit::Day => weekday_and_day(at, locale),
        _ => format!("{} {}", weekday_and_day(at, locale), time(at, unit)),
    }
}

/// A date with its year: `1 Jul 2001`.
pub fn format_day(micros: i64, locale: &Locale) -> String {
    day(Civil::from_micros(micros), locale)
}

/// A date, with the time when it is not midnight: `1 Jul 2001`, `1 Jul 2001 06:00`.
pub fn format_instant(micros: i64, locale: &Locale) -> String {
    let at = Civil::from_micros(micros);
    if at.micros == 0 { day(at, locale) } else { format!("{} {}", day(at, locale), time(at, finest_unit(at))) }
}

/// The half-open interval `[from, to)` by the days that lie in it: `3 Jun – 30 Jun 2001`. An open end is left blank; ends
/// within a day are written with their time, and then the end is the excluded instant.
pub fn format_date_range(from: Option<i64>, to: Option<i64>, locale: &Locale) -> String {
    let whole_days = [from, to].into_iter().flatten().all(|end| end.rem_euclid(DAY_MICROS) == 0);
    let last = to.map(|to| if whole_days { to.saturating_sub(1) } else { to });
    let (first, last) = (from.map(Civil::from_micros), last.map(Civil::from_micros));
    match (first, last) {
        (Some(_), Some(_)) if !whole_days => {
            format!("{} – {}", format_instant(from.unwrap_or_default(), locale), format_instant(to.unwrap_or_default(), locale))
        }
        (Some(first), Some(last)) if first.days() >= last.days() => day(first, locale),
        (Some(first), Some(last)) => {
            let days = (day_and_month(first, locale), day_and_month(last, locale));
            if first.year == last.year {
                locale.with_year(&format!("{} – {}", days.0, days.1), last.year)
            } else {
                format!("{} – {}", locale.with_year(&days.0, first.year), locale.with_year(&days.1, last.year))
            }
        }
        (Some(_), None) => format!("{} –", format_instant(from.unwrap_or_default(), locale)),
        (None, Some(last)) if whole_days => format!("– {}", day(last, locale)),
        (None, Some(_)) => format!("– {}", format_instant(to.unwrap_or_default(), locale)),
        (None, None) => NO_VALUE.to_owned(),
    }
}

/// Hours and minutes, seconds and their fraction when the unit is that fine.
pub(super) fn time(at: Civil, unit: TimeUnit) -> String {
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    match unit {
        TimeUnit::Second => format!("{hour:02}:{minute:02}:{second:02}"),
        TimeUnit::Millisecond => format!("{hour:02}:{minute:02}:{second:02}.{:03}", at.micros_of_second() / 1_000),
        TimeUnit::Microsecond => format!("{hour:02}:{minute:02}:{second:02}.{:06}", at.micros_of_second()),
        _ => format!("{hour:02}:{minute:02}"),
    }
}

/// The coarsest unit that writes the instant in full.
pub(super) fn finest_unit(at: Civil) -> TimeUnit {
    match (at.second(), at.micros_of_second()) {
        (0, 0) => TimeUnit::Minute,
        (_, 0) => TimeUnit::Second,
        (_, micros) if micros % 1_000 == 0 => TimeUnit::Millisecond,
        _ => TimeUnit::Microsecond,
    }
}

fn day_and_month(date: Civil, locale: &Locale) -> String {
    locale.day_and_month(date.day, date.month - 1)
}

fn day(date: Civil, locale: &Locale) -> String {
    locale.with_year(&day_and_month(date, locale), date.year)
}

fn weekday_and_day(at: Civil, locale: &Locale) -> String {
    let weekday = &locale.weekdays_short[at.weekday() % 7];
    format!("{weekday} {}", day_and_month(at, locale))
}
