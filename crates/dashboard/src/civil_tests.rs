#![allow(clippy::unwrap_used)]
use super::*;
use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveDateTime};

#[test]
fn calendar_is_chronos() {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
    for days in (-800_000i64..800_000).step_by(17) {
        let date = if days < 0 { epoch - Days::new(-days as u64) } else { epoch + Days::new(days as u64) };
        let civil = Civil::from_days(days);
        assert_eq!((civil.year, civil.month, civil.day), (i64::from(date.year()), date.month(), date.day()));
        assert_eq!(civil.days(), days);
        assert_eq!(civil.weekday(), date.weekday().num_days_from_monday() as usize);
        assert_eq!(civil.iso_date(), date.to_string());
        assert_eq!(Civil::parse_date(&date.to_string()), Some(civil));
        let later = date.checked_add_months(Months::new(days.rem_euclid(40) as u32)).unwrap();
        assert_eq!(civil.add_months(days.rem_euclid(40)).iso_date(), later.to_string());
    }
}

#[test]
fn instants_are_written_and_read_as_chrono_does() {
    for micros in [0, 1, -1, 999_999, -1_000, 991_872_000_000_000, -2_208_988_800_000_001, 1_500_000, 37_800_000_000] {
        let chronos = DateTime::from_timestamp_micros(micros).unwrap().naive_utc();
        let text = Civil::from_micros(micros).iso_instant();
        assert_eq!(text, format!("{chronos:?}"));
        assert_eq!(text.parse::<NaiveDateTime>().unwrap(), chronos);
        assert_eq!(Civil::parse_instant(&text).unwrap().to_micros(), Some(micros));
    }
}

#[test]
fn short_forms_are_read_and_nonsense_is_not() {
    let read = |text: &str| Civil::parse_instant(text).and_then(Civil::to_micros);
    assert_eq!(read("1970-01-02"), Some(DAY_MICROS));
    assert_eq!(read("1970-01-01T10:30"), Some(37_800_000_000));
    assert_eq!(read("1970-01-01T10:30:00.5Z"), Some(37_800_500_000));
    for text in
        ["", "1970", "1970-13-01", "1970-02-30", "1970-1-1", "1970-01-01T", "1970-01-01T25:00", "1970-01-01T10", "1970-01-01T10:30.5"]
    {
        assert_eq!(read(text), None, "{text}");
    }
    assert_eq!(Civil::from_micros(i64::MAX).to_micros(), Some(i64::MAX));
    assert_eq!(Civil::new(999_999, 1, 1).to_micros(), None);
}
