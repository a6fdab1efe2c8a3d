use super::overflow;
use crate::calendar::{self, DAY_MICROS, days_of, micros_of};
use crate::texts::Texts;
use crate::vector::{Lanes, Vector};
use std::fmt::Write as _;
use tarn_dashboard::{DataType, DatePart, Expr, Function, TimeUnit, Zone};

#[inline(never)]
pub(super) fn call(expr: &Expr, function: Function, arguments: &[Expr], values: &[Vector], zone: &Zone) -> Option<Vector> {
    let data_type = arguments.first()?.data_type;
    let Lanes::Int(lanes) = &values.first()?.lanes else { return None };
    let wall = walls(data_type, lanes, zone);
    let lanes = wall.as_deref().unwrap_or(lanes);
    let supported = data_type.is_temporal() || (data_type == DataType::Time && matches!(function, Function::Extract(_)));
    if !supported {
        return None;
    }
    let result = match function {
        Function::Extract(part) if expr.data_type == DataType::Int64 => {
            Lanes::Int(lanes.iter().map(|lane| extract(data_type, part, *lane)).collect())
        }
        Function::Extract(DatePart::Epoch) if expr.data_type == DataType::Float64 => {
            Lanes::Float(lanes.iter().map(|lane| micros_of(data_type, *lane) as f64 / 1e6).collect())
        }
        Function::DateTrunc(unit) if expr.data_type.is_temporal() => {
            let start = |lane: &i64| {
                let start = calendar::unit_start(data_type, unit, calendar::unit_ordinal(data_type, unit, *lane));
                if expr.data_type == data_type { start } else { micros_of(data_type, start) }
            };
            let starts = lanes.iter().map(start);
            Lanes::Int(match (&wall, unit) {
                (None, _) => starts.collect(),
                // Below an hour the offset stays, so that the two halves of a repeated hour are told apart, as DuckDB does.
                (Some(_), TimeUnit::Microsecond | TimeUnit::Millisecond | TimeUnit::Second | TimeUnit::Minute) => {
                    let Lanes::Int(instants) = &values.first()?.lanes else { return None };
                    starts.zip(lanes).zip(instants).map(|((start, wall), instant)| instant - (wall - start)).collect()
                }
                (Some(_), _) => starts.map(|start| zone.instant(start)).collect(),
            })
        }
        Function::DateDiff(unit) => {
            let [from, to] = values else { return None };
            let (Lanes::Int(a), Lanes::Int(b)) = (&from.lanes, &to.lanes) else { return None };
            let to_type = arguments[1].data_type;
            // Days and more are those of the calendar. An hour has its length where the clock is moved too, and starts by the
            // clock, which may be half an hour off.
            let counted_from = |data_type: DataType, lanes: &[i64]| {
                let on_calendar = walls(data_type, lanes, zone).filter(|_| unit >= TimeUnit::Hour)?;
                let hour = |wall: i64| zone.instant(wall - wall.rem_euclid(3_600_000_000));
                Some(if unit == TimeUnit::Hour { on_calendar.into_iter().map(hour).collect() } else { on_calendar })
            };
            let (from_wall, to_wall) = (counted_from(data_type, a), counted_from(to_type, b));
            let (a, b) = (from_wall.as_deref().unwrap_or(a), to_wall.as_deref().unwrap_or(b));
            // Weeks are whole ones, as in DuckDB; of every other unit the boundaries between both are counted.
            let (counted, length) = match unit {
                TimeUnit::Week(_) => (TimeUnit::Day, 7),
                TimeUnit::Hour if from_wall.is_some() || to_wall.is_some() => (TimeUnit::Microsecond, 3_600_000_000),
                _ => (unit, 1),
            };
            let ordinal = |data_type: DataType, value: &i64| calendar::unit_ordinal(data_type, counted, *value);
            let boundaries = |(a, b): (&i64, &i64)| Some(ordinal(to_type, b).checked_sub(ordinal(data_type, a))? / length);
            let lanes: Vec<Option<i64>> = a.iter().zip(b).map(boundaries).collect();
            let mut result = Vector::new(Lanes::Int(lanes.iter().map(|lane| lane.unwrap_or(0)).collect()));
            result.inherit(&[from, to]);
            for (row, _) in lanes.iter().enumerate().filter(|(_, lane)| lane.is_none()) {
                result.fail(row, || overflow(expr));
            }
            return Some(result);
        }
        Function::Strftime => {
            let Lanes::Text(formats) = &values.get(1)?.lanes else { return None };
            let mut texts = Texts::default();
            for (row, lane) in lanes.iter().enumerate() {
                let mut known = Some(());
                texts.push_with(|out| known = strftime(out, micros_of(data_type, *lane), formats.get(row)));
                known?;
            }
            Lanes::Text(texts)
        }
        _ => return None,
    };
    let mut result = Vector::new(result);
    result.inherit(&values.iter().collect::<Vec<_>>());
    Some(result)
}

/// The wall times of instants; `None` where the lanes are wall times already.
fn walls(data_type: DataType, lanes: &[i64], zone: &Zone) -> Option<Vec<i64>> {
    (data_type == DataType::TimestampTz && !zone.is_utc()).then(|| lanes.iter().map(|lane| zone.wall(*lane)).collect())
}

fn extract(data_type: DataType, part: DatePart, value: i64) -> i64 {
    let of_day = || if data_type == DataType::Date { 0 } else { value.rem_euclid(DAY_MICROS) };
    let days = || days_of(data_type, value);
    let civil = || calendar::civil_from_days(days());
    match part {
        DatePart::Year => civil().0,
        DatePart::Quarter => i64::from((civil().1 - 1) / 3 + 1),
        DatePart::Month => i64::from(civil().1),
        DatePart::Day => i64::from(civil().2),
        DatePart::Week => calendar::iso_week(days()).1,
        DatePart::DayOfWeek => calendar::weekday(days()),
        DatePart::IsoDayOfWeek => (calendar::weekday(days()) + 6) % 7 + 1,
        DatePart::DayOfYear => days() - calendar::days_from_civil(civil().0, 1, 1) + 1,
        DatePart::Hour => of_day() / 3_600_000_000,
        DatePart::Minute => of_day() / 60_000_000 % 60,
        DatePart::Second => of_day() / 1_000_000 % 60,
        // With the seconds, as DuckDB has it.
        DatePart::Millisecond => of_day() / 1_000 % 60_000,
        DatePart::Microsecond => of_day() % 60_000_000,
        DatePart::Epoch => micros_of(data_type, value).div_euclid(1_000_000),
    }
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The usual fields; `None` for any other.
fn strftime(out: &mut String, micros: i64, format: &str) -> Option<()> {
    let days = micros.div_euclid(DAY_MICROS);
    let of_day = micros.rem_euclid(DAY_MICROS);
    let (year, month, day) = calendar::civil_from_days(days);
    let hour = of_day / 3_600_000_000;
    let weekday = calendar::weekday(days);
    let of_year = days - calendar::days_from_civil(year, 1, 1);
    let (iso_year, iso_week) = calendar::iso_week(days);
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        // Writing to a string cannot fail.
        let _ = match letters.next()? {
            'Y' => write!(out, "{year:04}"),
            'y' => write!(out, "{:02}", year.rem_euclid(100)),
            'm' => write!(out, "{month:02}"),
            'd' => write!(out, "{day:02}"),
            'H' => write!(out, "{hour:02}"),
            'I' => write!(out, "{:02}", (hour + 11) % 12 + 1),
            'p' => write!(out, "{}", if hour < 12 { "AM" } else { "PM" }),
            'M' => write!(out, "{:02}", of_day / 60_000_000 % 60),
            'S' => write!(out, "{:02}", of_day / 1_000_000 % 60),
            'f' => write!(out, "{:06}", of_day % 1_000_000),
            'g' => write!(out, "{:03}", of_day / 1_000 % 1_000),
            'j' => write!(out, "{:03}", of_year + 1),
            'B' => write!(out, "{}", MONTHS[month as usize - 1]),
            'b' => write!(out, "{}", &MONTHS[month as usize - 1][..3]),
            'A' => write!(out, "{}", WEEKDAYS[weekday as usize]),
            'a' => write!(out, "{}", &WEEKDAYS[weekday as usize][..3]),
            'w' => write!(out, "{weekday}"),
            'u' => write!(out, "{}", (weekday + 6) % 7 + 1),
            'V' => write!(out, "{iso_week:02}"),
            'G' => write!(out, "{iso_year:04}"),
            'U' => write!(out, "{:02}", (of_year + 7 - weekday) / 7),
            'W' => write!(out, "{:02}", (of_year + 7 - (weekday + 6) % 7) / 7),
            '-' => match letters.next()? {
                'm' => write!(out, "{month}"),
                'd' => write!(out, "{day}"),
                'H' => write!(out, "{hour}"),
                'I' => write!(out, "{}", (hour + 11) % 12 + 1),
                'M' => write!(out, "{}", of_day / 60_000_000 % 60),
                'S' => write!(out, "{}", of_day / 1_000_000 % 60),
                'j' => write!(out, "{}", of_year + 1),
                _ => return None,
            },
            '%' => write!(out, "%"),
            _ => return None,
        };
    }
    Some(())
}
