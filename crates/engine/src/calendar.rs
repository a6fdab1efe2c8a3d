//! Days and months of the proleptic Gregorian calendar, for every date that fits, also before 1970.
use tarn_dashboard::{DataType, TimeUnit};

pub(crate) const DAY_MICROS: i64 = 86_400_000_000;

/// Year, month 1..=12 and day 1..=31 of a day since 1970-01-01.
pub(crate) fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month + 2) / 5 + 1) as u32;
    let month = if month < 10 { month + 3 } else { month - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The inverse of [`civil_from_days`]; days past the month's end run into the next.
pub(crate) fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

pub(crate) fn days_in_month(year: i64, month: u32) -> u32 {
    let next = if month == 12 { days_from_civil(year + 1, 1, 1) } else { days_from_civil(year, month + 1, 1) };
    (next - days_from_civil(year, month, 1)) as u32
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
    let (year, month, day) = civil_from_days(days);
    let ordinal = year * 12 + i64::from(month) - 1 + months;
    let (year, month) = (ordinal.div_euclid(12), ordinal.rem_euclid(12) as u32 + 1);
    days_from_civil(year, month, day.min(days_in_month(year, month)))
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

/// The number of the unit that the date or timestamp lies in, counted so that neighbours differ by one. Weeks start on
/// Monday.
pub(crate) fn unit_ordinal(data_type: DataType, unit: TimeUnit, value: i64) -> i64 {
    let months = || {
        let (year, month, _) = civil_from_days(days_of(data_type, value));
        year * 12 + i64::from(month) - 1
    };
    match unit {
        TimeUnit::Day => days_of(data_type, value),
        TimeUnit::Week => (days_of(data_type, value) + 3).div_euclid(7),
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
        TimeUnit::Week => ordinal * 7 - 3,
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
