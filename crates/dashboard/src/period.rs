use crate::{Civil, Comparison, DAY_MICROS, TimeUnit, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;

/// `[from, to)` in microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Interval {
    pub from: i64,
    pub to: i64,
}

/// A period relative to the data, such as `last 28 days`. It ends with the newest complete day, not with today: a
/// dashboard of yesterday's snapshot shows whole days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// `last 28 days`
    Last { count: u32, unit: TimeUnit },
    /// `month to date`
    ToDate(TimeUnit),
    /// `previous quarter`: the last whole one before the unit that the newest complete day lies in.
    Previous(TimeUnit),
}

impl Period {
    /// Parses the text form. Units are day, week, month, quarter and year.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let unit = |name: &str| TimeUnit::from_name(name).filter(|unit| *unit >= TimeUnit::Day);
        match words.as_slice() {
            ["last", count, name] => {
                let count = count.parse().ok().filter(|count| (1..=100_000).contains(count))?;
                Some(Self::Last { count, unit: unit(name)? })
            }
            [name, "to", "date"] => Some(Self::ToDate(unit(name)?)),
            ["previous", name] => Some(Self::Previous(unit(name)?)),
            _ => None,
        }
    }

    /// The dates of the period. `newest_complete_day` is any instant of that day, in microseconds. `None` when the
    /// calendar ends before the period starts.
    pub fn resolve(self, newest_complete_day: i64, week_start: Weekday) -> Option<Interval> {
        let last_day = newest_complete_day.div_euclid(DAY_MICROS);
        let end = last_day + 1;
        let (from, to) = match self {
            Self::Last { count, unit } => (back(end, count, unit), end),
            Self::ToDate(unit) => (start_of(last_day, unit.starting(week_start)), end),
            Self::Previous(unit) => {
                let to = start_of(last_day, unit.starting(week_start));
                (back(to, 1, unit), to)
            }
        };
        Some(Interval { from: from.checked_mul(DAY_MICROS)?, to: to.checked_mul(DAY_MICROS)? })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Last { count: 1, unit } => write!(f, "last 1 {}", unit.name()),
            Self::Last { count, unit } => write!(f, "last {count} {}s", unit.name()),
            Self::ToDate(unit) => write!(f, "{} to date", unit.name()),
            Self::Previous(unit) => write!(f, "previous {}", unit.name()),
        }
    }
}

impl Interval {
    /// What this interval is compared with. Whole months are compared with as many whole months before, anything else
    /// with the same length just before.
    pub fn compared(self, comparison: Comparison) -> Option<Self> {
        let (from, to) = (Civil::from_micros(self.from), Civil::from_micros(self.to));
        let shift = |months: i64| Some(Self { from: from.add_months(-months).to_micros()?, to: to.add_months(-months).to_micros()? });
        match comparison {
            Comparison::PreviousYear => shift(12),
            Comparison::PreviousPeriod => {
                let months = (to.year - from.year) * 12 + i64::from(to.month) - i64::from(from.month);
                let whole_months = starts_month(from) && starts_month(to) && months > 0;
                if whole_months { shift(months) } else { Some(Self { from: self.from - (self.to - self.from), to: self.from }) }
            }
        }
    }
}

fn starts_month(at: Civil) -> bool {
    at.day == 1 && at.micros == 0
}

/// The first day of the unit that the day lies in.
fn start_of(day: i64, unit: TimeUnit) -> i64 {
    let Civil { year, month, .. } = Civil::from_days(day);
    match unit {
        TimeUnit::Week(start) => day - (day - start.first_since_1970()).rem_euclid(7),
        TimeUnit::Month => Civil::new(year, month, 1).days(),
        TimeUnit::Quarter => Civil::new(year, (month - 1) / 3 * 3 + 1, 1).days(),
        TimeUnit::Year => Civil::new(year, 1, 1).days(),
        _ => day,
    }
}

/// The day that many units earlier.
fn back(day: i64, count: u32, unit: TimeUnit) -> i64 {
    let count = i64::from(count);
    let months = |per_unit: i64| Civil::from_days(day).add_months(-count * per_unit).days();
    match unit {
        TimeUnit::Week(_) => day - count * 7,
        TimeUnit::Month => months(1),
        TimeUnit::Quarter => months(3),
        TimeUnit::Year => months(12),
        _ => day - count,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(period: &str, newest: &str, expected: &str) {
        let interval = Period::parse(period).unwrap().resolve(micros(newest) + DAY_MICROS / 2, Weekday::Monday).unwrap();
        assert_eq!(show(interval), expected, "{period}");
    }

    fn micros(date: &str) -> i64 {
        Civil::parse_date(date).unwrap().to_micros().unwrap()
    }

    fn show(interval: Interval) -> String {
        let date = |at| Civil::from_micros(at).iso_date();
        format!("{}..{}", date(interval.from), date(interval.to))
    }

    #[test]
    fn periods_end_with_the_newest_complete_day() {
        check("last 28 days", "2001-06-30", "2001-06-03..2001-07-01");
        check("last 2 weeks", "2001-06-30", "2001-06-17..2001-07-01");
        check("last 3 months", "2001-06-30", "2001-04-01..2001-07-01");
        check("month to date", "2001-06-14", "2001-06-01..2001-06-15");
        check("week to date", "2001-06-14", "2001-06-11..2001-06-15");
        check("previous quarter", "2001-06-14", "2001-01-01..2001-04-01");
        check("previous year", "2001-06-14", "2000-01-01..2001-01-01");
        check("last 1 day", "1969-12-31", "1969-12-31..1970-01-01");
    }

    #[test]
    fn weeks_start_on_the_day_that_the_dashboard_says() {
        // 14 June 2001 was a Thursday.
        for (start, expected) in [
            (Weekday::Monday, "2001-06-11"),
            (Weekday::Sunday, "2001-06-10"),
            (Weekday::Thursday, "2001-06-14"),
            (Weekday::Friday, "2001-06-08"),
        ] {
            let interval = Period::parse("week to date").unwrap().resolve(micros("2001-06-14"), start).unwrap();
            assert_eq!(show(interval), format!("{expected}..2001-06-15"), "{start:?}");
        }
    }

    #[test]
    fn text_form_round_trips() {
        for text in ["last 28 days", "last 1 day", "month to date", "previous quarter"] {
            assert_eq!(Period::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "last days", "last 0 days", "last -1 days", "last 5 minutes", "next week"] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn whole_months_are_compared_with_whole_months() {
        let interval = |from: &str, to: &str| Interval { from: micros(from), to: micros(to) };
        let june = interval("2001-06-01", "2001-07-01");
        assert_eq!(show(june.compared(Comparison::PreviousPeriod).unwrap()), "2001-05-01..2001-06-01");
        let four_weeks = interval("2001-06-03", "2001-07-01");
        assert_eq!(show(four_weeks.compared(Comparison::PreviousPeriod).unwrap()), "2001-05-06..2001-06-03");
        assert_eq!(show(four_weeks.compared(Comparison::PreviousYear).unwrap()), "2000-06-03..2000-07-01");
    }
}
