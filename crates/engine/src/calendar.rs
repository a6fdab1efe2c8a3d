//! Days and months of the proleptic Gregorian calendar, for every date that fits, also before 1970.
use tarn_dashboard::{Civil, DataType, TimeUnit};
pub(crate) use tarn_dashboard::{DAY_MICROS, days_in_month};

/// Year, month 1..=12 and day 1..=31 of a day since 1970-01-01.
pub(crate) fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let Civil { year, month, day, .. } = Civil::from_days(days);
    (year, month, day)
}

/// The inverse of [`civil_from_days`]; days past the month's end run into the next.
pub(crate) fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    Civil::new(year, month, day).days()
}

/// 0 = Sunday.
pub(crate) fn weekday(days: i64) -> i64 {
    (days + 4).rem_euclid(7)
}

/// ISO year and week of the year.
pub(crate) fn iso_week(days: i64) -> (i64, i64) {
    let thursday = days - (weekday(days) + 6) % 7 + 3;
    let (year, _, _) = civil_from_days(thursday);
    (year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1)
}

/// The months later (or earlier), the day cut to the month's length as SQL does.
pub(crate) fn add_months(days: i64, months: i64) -> i64 {
    Civil::from_days(days).add_months(months).days()
}

/// Days of a date; of a timestamp those before it, rounded down.
pub(crate) fn days_of(data_type: DataType, value: i64) -> i64 {
    if data_type == DataType::Date { value } else { value.div_euclid(DAY_MICROS) }
}

/// Microseconds of a timestamp, of a date those at midnight.
pub(crate) fn micros_of(data_type: DataType, value: i64) -> i64 {
    if data_type == DataType::Date { value.saturating_mul(DAY_MICROS) } else { value }
}

fn unit_micros(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Microsecond => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Second => 1_000_000,
        TimeUnit::Minute => 60_000_000,
        TimeUnit::Hour => 3_600_000_000,
        _ => DAY_MICROS,
    }
}

/// The number of the unit that the date or timestamp lies in, counted so that neighbours differ by one.
pub(crate) fn unit_ordinal(data_type: DataType, unit: TimeUnit, value: i64) -> i64 {
    let months = || {
        let (year, month, _) = civil_from_days(days_of(data_type, value));
        year * 12 + i64::from(month) - 1
    };
    match unit {
        TimeUnit::Day => days_of(data_type, value),
        TimeUnit::Week(start) => (days_of(data_type, value) - start.first_since_1970()).div_euclid(7),
        TimeUnit::Month => months(),
        TimeUnit::Quarter => months().div_euclid(3),
        TimeUnit::Year => months().div_euclid(12),
        _ => micros_of(data_type, value).div_euclid(unit_micros(unit)),
    }
}

/// Where that unit starts: days for a date, else microseconds.
pub(crate) fn unit_start(data_type: DataType, unit: TimeUnit, ordinal: i64) -> i64 {
    let month = |month: i64| days_from_civil(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1);
    let days = match unit {
        TimeUnit::Day => ordinal,
        TimeUnit::Week(start) => ordinal * 7 + start.first_since_1970(),
        TimeUnit::Month => month(ordinal),
        TimeUnit::Quarter => month(ordinal * 3),
        TimeUnit::Year => month(ordinal * 12),
        _ => {
            let micros = ordinal.saturating_mul(unit_micros(unit));
            return if data_type == DataType::Date { micros.div_euclid(DAY_MICROS) } else { micros };
        }
    };
    if data_type == DataType::Date { days } else { days.saturating_mul(DAY_MICROS) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::{Datelike as _, Days, NaiveDate};

    #[test]
    fn the_calendar_is_chronos() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        for days in (-800_000..800_000).step_by(17) {
            let date = if days < 0 { epoch - Days::new(-days as u64) } else { epoch + Days::new(days as u64) };
            let (year, month, day) = civil_from_days(days);
            assert_eq!((year, month, day), (i64::from(date.year()), date.month(), date.day()));
            assert_eq!(days_from_civil(year, month, day), days);
            assert_eq!(weekday(days), i64::from(date.weekday().num_days_from_sunday()));
            assert_eq!(iso_week(days), (i64::from(date.iso_week().year()), i64::from(date.iso_week().week())));
        }
    }

    #[test]
    fn units_start_at_or_before_their_values() {
        for unit in TimeUnit::ALL {
            for value in [-1, 0, 1, -DAY_MICROS, -DAY_MICROS - 1, 991_872_000_000_000, -2_208_988_800_000_001] {
                let ordinal = unit_ordinal(DataType::Timestamp, unit, value);
                let start = unit_start(DataType::Timestamp, unit, ordinal);
                assert!(start <= value && value < unit_start(DataType::Timestamp, unit, ordinal + 1), "{unit:?} {value}");
                assert_eq!(unit_ordinal(DataType::Timestamp, unit, start), ordinal);
            }
        }
    }
}
