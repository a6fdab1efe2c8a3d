#![allow(clippy::unwrap_used)]
use super::*;
use crate::Locale;
use tarn_dashboard::{DataType, DatePart, Expr, Function, Node, NumberFormat, NumberStyle, Scalar, TimeUnit, Weekday};

fn decimal(decimals: Option<u8>, suffix: &str) -> NumberFormat {
    NumberFormat { decimals, suffix: suffix.into(), ..NumberFormat::default() }
}

fn percent(decimals: u8) -> NumberFormat {
    NumberFormat { style: NumberStyle::Percent, decimals: Some(decimals), ..NumberFormat::default() }
}

fn gb() -> Locale {
    Locale::default()
}

fn de() -> Locale {
    Locale::from_tag("de-DE").unwrap()
}

fn us() -> Locale {
    Locale::from_tag("en-US").unwrap()
}

fn micros(text: &str) -> i64 {
    tarn_dashboard::Civil::parse_instant(text).unwrap().to_micros().unwrap()
}

#[test]
fn numbers_follow_pattern_and_locale() {
    let check = |format: &NumberFormat, value: f64, british: &str, german: &str| {
        assert_eq!(format_number(format, value, &gb()), british);
        assert_eq!(format_number(format, value, &de()), german);
    };
    check(&decimal(Some(0), ""), 469_744.0, "469,744", "469.744");
    check(&decimal(Some(1), " min"), 9.24, "9.2 min", "9,2 min");
    check(&percent(1), 0.214, "21.4\u{a0}%", "21,4\u{a0}%");
    check(&decimal(None, ""), 1234.5, "1,234.5", "1.234,5");
    check(&decimal(None, ""), -0.00001, "0", "0");
    check(&decimal(Some(1), ""), -0.04, "0.0", "0,0");
    check(&decimal(Some(0), ""), -1_234_567.0, "−1,234,567", "−1.234.567");
    check(&decimal(Some(2), ""), f64::NAN, "–", "–");
    let dollars = NumberFormat { prefix: "$".into(), style: NumberStyle::Compact, decimals: Some(2), ..NumberFormat::default() };
    check(&dollars, 4_560_000.0, "$4.56M", "$4,56\u{a0}Mio.");
}

#[test]
fn compact_numbers_move_to_the_next_unit_when_they_round_up() {
    for (value, text) in
        [(0.0, "0"), (950.0, "950"), (20_000.0, "20k"), (1_500_000.0, "1.5M"), (999_960.0, "1M"), (2e12, "2T"), (2e15, "2,000T")]
    {
        assert_eq!(format_compact(value, &gb()), text);
    }
}

#[test]
fn ticks_are_short_and_tell_neighbours_apart() {
    let plain = NumberFormat::default();
    let tick = |format: &NumberFormat, value, step| format_tick(format, value, step, &gb());
    assert_eq!(tick(&plain, 15_000.0, 5_000.0), "15k");
    assert_eq!(tick(&plain, 1_250_000.0, 250_000.0), "1.25M");
    assert_eq!(tick(&plain, 1_000_000.0, 500_000.0), "1M");
    assert_eq!(tick(&plain, 2_500.0, 500.0), "2,500");
    assert_eq!(tick(&plain, 4_000.0, 2_000.0), "4k");
    assert_eq!(tick(&plain, 0.3, 0.1), "0.3");
    assert_eq!(tick(&plain, 0.0, 0.1), "0.0");
    assert_eq!(tick(&plain, -50.0, 50.0), "−50");
    assert_eq!(tick(&decimal(Some(1), " min"), 20.0, 10.0), "20");
    assert_eq!(tick(&percent(1), 0.2, 0.1), "20\u{a0}%");
    assert_eq!(tick(&plain, 0.0003, 0.0001), "0.0003");
    assert_eq!([0.0, 2e-6, -1.2e-5].map(|value| tick(&plain, value, 2e-6)), ["0", "2e−6", "−12e−6"]);
    assert_eq!([1e-12, 5e-10, 2e12, 1e18].map(|value| tick(&plain, value, value)), ["1e−12", "5e−10", "2T", "1e18"]);
    assert_eq!(tick(&percent(1), 1e-6, 1e-6), "0.0001\u{a0}%");
}

#[test]
fn ranges_name_the_unit_once() {
    let minutes = decimal(Some(0), " min");
    assert_eq!(format_range(&minutes, Some(15.0), Some(90.0), &gb()), "15 – 90 min");
    assert_eq!(format_range(&minutes, Some(15.0), None, &gb()), "≥ 15 min");
    assert_eq!(format_range(&minutes, None, Some(90.0), &gb()), "< 90 min");
}

#[test]
fn change_is_relative_unless_the_number_has_a_unit() {
    let check = |format: &NumberFormat, value, previous, trend, text: &str| {
        assert_eq!(format_change(format, value, previous, &gb()), Some(Change { trend, text: text.into() }));
    };
    check(&decimal(Some(0), ""), 1006.0, 1000.0, Trend::Up, "0.6\u{a0}%");
    check(&decimal(Some(1), " min"), 9.2, 14.4, Trend::Down, "5.2 min");
    check(&percent(1), 0.214, 0.171, Trend::Up, "4.3\u{a0}pt");
    check(&decimal(Some(0), ""), 1.00001, 1.0, Trend::Flat, "0.0\u{a0}%");
    check(&decimal(Some(0), ""), 5.0, -10.0, Trend::Up, "150.0\u{a0}%");
    check(&decimal(Some(0), ""), 0.0, 0.0, Trend::Flat, "0.0\u{a0}%");
    assert_eq!(format_change(&decimal(Some(0), ""), 5.0, 0.0, &gb()), None);
    assert_eq!(format_change(&decimal(Some(0), ""), f64::NAN, 1.0, &gb()), None);
}

#[test]
fn dates_follow_grain_and_locale() {
    let at = micros("2001-06-14T15:04:05");
    let check = |unit, british: &str, american: &str, german: &str| {
        assert_eq!(format_date(at, unit, &gb()), british);
        assert_eq!(format_date(at, unit, &us()), american);
        assert_eq!(format_date(at, unit, &de()), german);
    };
    check(TimeUnit::Day, "Thu 14 Jun", "Thu Jun 14", "Do 14. Jun");
    check(TimeUnit::Week(Weekday::Monday), "14 Jun – 20 Jun", "Jun 14 – Jun 20", "14. Jun – 20. Jun");
    check(TimeUnit::Month, "Jun 2001", "Jun 2001", "Jun 2001");
    check(TimeUnit::Quarter, "Q2 2001", "Q2 2001", "Q2 2001");
    check(TimeUnit::Hour, "Thu 14 Jun 15:04", "Thu Jun 14 15:04", "Do 14. Jun 15:04");
    assert_eq!(format_date(i64::MAX, TimeUnit::Year, &gb()), "294247");
    assert_eq!(format_instant(at, &us()), "Jun 14, 2001 15:04:05");
}

#[test]
fn date_ranges_show_the_last_day_that_lies_in_them() {
    let check = |from: Option<&str>, to: Option<&str>, text: &str| {
        assert_eq!(format_date_range(from.map(micros), to.map(micros), &gb()), text);
    };
    check(Some("2001-06-03"), Some("2001-07-01"), "3 Jun – 30 Jun 2001");
    check(Some("2000-12-03"), Some("2001-01-02"), "3 Dec 2000 – 1 Jan 2001");
    check(Some("2001-06-03"), Some("2001-06-04"), "3 Jun 2001");
    check(Some("2001-06-03"), None, "3 Jun 2001 –");
    check(None, Some("2001-07-01"), "– 30 Jun 2001");
    check(Some("2001-06-03T06:00:00"), Some("2001-06-03T18:30:00"), "3 Jun 2001 06:00 – 3 Jun 2001 18:30");
    assert_eq!(format_date_range(Some(micros("2001-06-03")), Some(micros("2001-07-01")), &us()), "Jun 3 – Jun 30, 2001");
}

#[test]
fn scalars_keep_every_digit() {
    let plain = NumberFormat::default();
    assert_eq!(format_scalar(&plain, &Scalar::Int(i64::MAX), &gb()), "9,223,372,036,854,775,807");
    assert_eq!(format_scalar(&plain, &Scalar::Decimal { unscaled: -12_345, scale: 2 }, &gb()), "−123.45");
    assert_eq!(format_scalar(&plain, &Scalar::Date(11_504), &gb()), "1 Jul 2001");
    assert_eq!(format_scalar(&plain, &Scalar::Null, &gb()), "–");
    assert_eq!(format_count(469_744, &gb()), "469,744");
}

#[test]
fn parts_of_dates_have_names() {
    let column = Expr { data_type: DataType::Timestamp, node: Node::Column("date".into()) };
    let check = |part, value, british: &str, german: &str| {
        let expr = Expr { data_type: DataType::Int64, node: Node::Call(Function::Extract(part), vec![column.clone()]) };
        for (locale, expected) in [(gb(), british), (de(), german)] {
            assert_eq!(format_field(&expr, &NumberFormat::default(), &Scalar::Int(value), &locale), expected);
        }
    };
    check(DatePart::IsoDayOfWeek, 1, "Mon", "Mo");
    check(DatePart::IsoDayOfWeek, 7, "Sun", "So");
    check(DatePart::IsoDayOfWeek, 8, "8", "8");
    check(DatePart::DayOfWeek, 0, "Sun", "So");
    check(DatePart::DayOfWeek, 6, "Sat", "Sa");
    check(DatePart::Month, 5, "May", "Mai");
    check(DatePart::Hour, 7, "07:00", "07:00");
    check(DatePart::Year, 2001, "2001", "2001");
    assert_eq!(format_field(&column, &NumberFormat::default(), &Scalar::Null, &gb()), "–");
}

#[test]
fn sizes_are_short() {
    for (bytes, text) in
        [(0, "0\u{a0}B"), (999, "999\u{a0}B"), (14_200, "14\u{a0}kB"), (2_500_000, "2.5\u{a0}MB"), (128_000_000, "128\u{a0}MB")]
    {
        assert_eq!(format_bytes(bytes, &gb()), text);
    }
}
