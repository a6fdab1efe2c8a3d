//! Where a file ends: the calendar units of the first sort column.
use arrow_array::{
    Array as _, RecordBatch,
    cast::AsArray as _,
    types::{Date32Type, TimestampMicrosecondType},
};
use arrow_schema::{DataType, TimeUnit as ArrowUnit};
use chrono::{DateTime, Datelike as _, Days, NaiveDate};
use std::collections::BTreeMap;
use tarn_dashboard::{TimeUnit, Weekday};
use tarn_spec::Split;

/// Files with more rows are split further.
pub(crate) const MAX_FILE_ROWS: u64 = 4_000_000;
/// What `split: auto` aims below: large enough for few requests, small enough to be written again at every refresh.
const AUTO_FILE_ROWS: u64 = 1_000_000;
/// The unit of the snapshot before is kept up to so many rows in a file: another unit writes every file again, which growth
/// by one row must not do.
const KEPT_FILE_ROWS: u64 = 2 * AUTO_FILE_ROWS;
/// It gives way to a longer unit only where that leaves as much room to grow.
const LONGER_FILE_ROWS: u64 = AUTO_FILE_ROWS / 2;

const UNITS: [TimeUnit; 5] = [TimeUnit::Year, TimeUnit::Quarter, TimeUnit::Month, TimeUnit::Week(Weekday::Monday), TimeUnit::Day];

/// Days since 1970-01-01 of the rows of a column; `None` for null and for columns that are no dates.
pub(crate) fn days(batch: &RecordBatch, column: usize) -> Vec<Option<i32>> {
    let array = batch.column(column);
    match array.data_type() {
        DataType::Date32 => array.as_primitive::<Date32Type>().iter().collect(),
        DataType::Timestamp(ArrowUnit::Microsecond, _) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().iter();
            micros.map(|micros| Some(i32::try_from(micros?.div_euclid(86_400_000_000)).unwrap_or(i32::MAX))).collect()
        }
        _ => vec![None; array.len()],
    }
}

/// The newest instant of a column, in milliseconds since 1970.
pub(crate) fn newest_ms(batch: &RecordBatch, column: usize) -> Option<i64> {
    let array = batch.column(column);
    match array.data_type() {
        DataType::Date32 => array.as_primitive::<Date32Type>().iter().flatten().max().map(|day| i64::from(day) * 86_400_000),
        DataType::Timestamp(ArrowUnit::Microsecond, _) => {
            array.as_primitive::<TimestampMicrosecondType>().iter().flatten().max().map(|micros| micros.div_euclid(1_000))
        }
        _ => None,
    }
}

pub(crate) fn is_calendar(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Date32 | DataType::Timestamp(ArrowUnit::Microsecond, _))
}

/// The first day of the unit that holds the day.
pub(crate) fn start(day: i32, unit: TimeUnit) -> i32 {
    let Some(date) = DateTime::from_timestamp(i64::from(day) * 86_400, 0).map(|at| at.date_naive()) else { return day };
    let first = match unit {
        TimeUnit::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1),
        TimeUnit::Quarter => NaiveDate::from_ymd_opt(date.year(), date.month0() / 3 * 3 + 1, 1),
        TimeUnit::Month => NaiveDate::from_ymd_opt(date.year(), date.month(), 1),
        TimeUnit::Week(_) => date.checked_sub_days(Days::new(u64::from(date.weekday().num_days_from_monday()))),
        _ => Some(date),
    };
    let days = first.and_then(|first| i32::try_from(first.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() / 86_400).ok());
    days.unwrap_or(day)
}

/// Into which file a row goes, by its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Boundaries {
    unit: Option<TimeUnit>,
    /// From this day on, the unit still grows and files are made by the shorter one.
    open: Option<(i32, TimeUnit)>,
    /// By [`Split::Auto`].
    is_chosen: bool,
}

impl Boundaries {
    /// `before` is what [`Self::auto_unit`] said of the snapshot before.
    pub fn new(split: Split, rows_by_day: &BTreeMap<i32, u64>, before: Option<&str>) -> Self {
        match split {
            Split::Never => Self { unit: None, open: None, is_chosen: false },
            Split::Unit(unit) => Self { unit: Some(unit), open: None, is_chosen: false },
            Split::Auto => Self::auto(rows_by_day, UNITS.into_iter().find(|unit| Some(unit.name()) == before)),
        }
    }

    /// The unit that `split: auto` chose.
    pub fn auto_unit(&self) -> Option<&'static str> {
        self.unit.filter(|_| self.is_chosen).map(TimeUnit::name)
    }

    /// The unit of the snapshot before while it suits, else the longest unit whose files stay small. The newest unit is still
    /// growing: its rows go into files of the next shorter unit, so that a refresh writes little again.
    fn auto(rows_by_day: &BTreeMap<i32, u64>, before: Option<TimeUnit>) -> Self {
        let longest = |n_rows: u64| UNITS.into_iter().find(|unit| largest(rows_by_day, *unit) <= n_rows).unwrap_or(TimeUnit::Day);
        let kept = before.filter(|unit| (longest(LONGER_FILE_ROWS)..=longest(KEPT_FILE_ROWS)).contains(unit));
        let unit = kept.unwrap_or_else(|| longest(AUTO_FILE_ROWS));
        let shorter = match unit {
            TimeUnit::Year | TimeUnit::Quarter => Some(TimeUnit::Month),
            TimeUnit::Month | TimeUnit::Week(_) => Some(TimeUnit::Day),
            _ => None,
        };
        let newest = rows_by_day.keys().next_back().map(|day| start(*day, unit));
        Self { unit: Some(unit), open: newest.zip(shorter), is_chosen: true }
    }

    /// The first day of the row's file; rows without a day share one.
    pub fn file_of(&self, day: Option<i32>) -> Option<i32> {
        let (day, unit) = (day?, self.unit?);
        match self.open {
            Some((from, shorter)) if day >= from => Some(start(day, shorter)),
            _ => Some(start(day, unit)),
        }
    }
}

fn largest(rows_by_day: &BTreeMap<i32, u64>, unit: TimeUnit) -> u64 {
    let mut rows: BTreeMap<i32, u64> = BTreeMap::new();
    for (day, n) in rows_by_day {
        *rows.entry(start(*day, unit)).or_default() += n;
    }
    rows.into_values().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> i32 {
        NaiveDate::from_ymd_opt(year, month, day).map_or(0, |date| date.num_days_from_ce() - 719_163)
    }

    #[test]
    fn units_start_where_calendars_say() {
        let at = day(2001, 6, 15);
        assert_eq!(start(at, TimeUnit::Year), day(2001, 1, 1));
        assert_eq!(start(at, TimeUnit::Quarter), day(2001, 4, 1));
        assert_eq!(start(at, TimeUnit::Month), day(2001, 6, 1));
        assert_eq!(start(at, TimeUnit::Week(Weekday::Monday)), day(2001, 6, 11));
        assert_eq!(start(at, TimeUnit::Day), at);
        assert_eq!(start(day(1969, 12, 31), TimeUnit::Month), day(1969, 12, 1));
    }

    #[test]
    fn old_files_keep_their_boundaries_when_rows_come() {
        let rows = |until: i32| (day(2001, 1, 1)..until).map(|day| (day, 16_000)).collect::<BTreeMap<i32, u64>>();
        let before = Boundaries::new(Split::Auto, &rows(day(2001, 6, 20)), None);
        let after = Boundaries::new(Split::Auto, &rows(day(2001, 6, 21)), None);
        assert!((day(2001, 1, 1)..day(2001, 6, 20)).all(|day| before.file_of(Some(day)) == after.file_of(Some(day))));
        assert_eq!(before.file_of(Some(day(2001, 5, 9))), Some(day(2001, 5, 1)));
        assert_eq!(before.file_of(Some(day(2001, 6, 9))), Some(day(2001, 6, 9)));
        assert_eq!(before.file_of(None), None);
    }

    #[test]
    fn a_unit_stays_until_its_files_are_twice_as_large() {
        let days = day(2001, 1, 1)..day(2002, 1, 1);
        let chosen = |per_day: u64, before: Option<&str>| {
            let rows: BTreeMap<i32, u64> = days.clone().map(|day| (day, per_day)).collect();
            Boundaries::new(Split::Auto, &rows, before).auto_unit()
        };
        // A year of 365 days: a million rows are reached at 2,740 a day.
        assert_eq!([2_739, 2_740].map(|per_day| chosen(per_day, None)), [Some("year"), Some("quarter")]);
        assert_eq!([2_740, 5_479].map(|per_day| chosen(per_day, Some("year"))), [Some("year"); 2]);
        assert_eq!(chosen(5_480, Some("year")), Some("quarter"));
        // Fewer rows: the shorter unit stays until the year's files have half as many.
        assert_eq!([2_739, 1_370, 1_369].map(|per_day| chosen(per_day, Some("quarter"))), [Some("quarter"), Some("quarter"), Some("year")]);
        // A day that is too large is still the shortest, and what no version has written is no unit.
        assert_eq!([chosen(3_000_000, Some("day")), chosen(100, Some("century"))], [Some("day"), Some("year")]);
        let given = Boundaries::new(Split::Unit(TimeUnit::Month), &BTreeMap::new(), Some("year"));
        assert_eq!((given.unit, given.auto_unit()), (Some(TimeUnit::Month), None));
    }
}
