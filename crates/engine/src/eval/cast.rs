use super::{name, parse};
use crate::calendar::{self, DAY_MICROS};
use crate::texts::Texts;
use crate::vector::{Lanes, Vector, decimal_to_float, power_of_ten, scale_of};
use std::fmt::Write as _;
use tarn_dashboard::{DataType, Expr, Zone};
use tarn_protocol::QueryError;

/// DuckDB's `cast`: a value that does not fit fails.
#[inline(never)]
pub(super) fn cast(expr: &Expr, from: DataType, value: &Vector, zone: &Zone) -> Result<Vector, QueryError> {
    use DataType as D;
    let to = expr.data_type;
    let len = value.len();
    if from == D::Null {
        return Ok(Vector::nulls(to, len));
    }
    if from == to {
        return Ok(value.clone());
    }
    let lanes = match (&value.lanes, to) {
        (Lanes::Int(lanes), D::Float64) if from == D::Int64 => Checked::Float(lanes.iter().map(|lane| *lane as f64).collect()),
        (Lanes::Int(lanes), D::Boolean) if from == D::Int64 => Checked::Bool(lanes.iter().map(|lane| *lane != 0).collect()),
        (Lanes::Int(lanes), D::Decimal { precision, scale }) if from == D::Int64 => {
            Checked::Decimal(lanes.iter().map(|lane| rescale(i128::from(*lane), 0, scale, precision)).collect())
        }
        (Lanes::Bool(lanes), D::Int64) => Checked::Int(lanes.iter().map(|lane| Some(i64::from(*lane))).collect()),
        (Lanes::Bool(lanes), D::Decimal { precision, scale }) => {
            Checked::Decimal(lanes.iter().map(|lane| rescale(i128::from(*lane), 0, scale, precision)).collect())
        }
        (Lanes::Decimal(lanes), D::Boolean) => Checked::Bool(lanes.iter().map(|lane| *lane != 0).collect()),
        (Lanes::Bool(lanes), D::Float64) => Checked::Float(lanes.iter().map(|lane| f64::from(u8::from(*lane))).collect()),
        // Half to even, as the processor rounds.
        (Lanes::Float(lanes), D::Int64) => Checked::Int(lanes.iter().map(|lane| int_from_float(lane.round_ties_even())).collect()),
        (Lanes::Float(lanes), D::Boolean) => Checked::Bool(lanes.iter().map(|lane| *lane != 0.0).collect()),
        (Lanes::Float(lanes), D::Decimal { precision, scale }) => {
            let factor = 10f64.powi(i32::from(scale));
            Checked::Decimal(lanes.iter().map(|lane| decimal_from_float((lane * factor).round(), precision)).collect())
        }
        (Lanes::Decimal(lanes), D::Float64) => Checked::Float(lanes.iter().map(|lane| decimal_to_float(*lane, scale_of(from))).collect()),
        (Lanes::Decimal(lanes), D::Int64) => {
            let int = |lane: &i128| rescale(*lane, scale_of(from), 0, 38).and_then(|value| i64::try_from(value).ok());
            Checked::Int(lanes.iter().map(int).collect())
        }
        (Lanes::Decimal(lanes), D::Decimal { precision, scale }) => {
            Checked::Decimal(lanes.iter().map(|lane| rescale(*lane, scale_of(from), scale, precision)).collect())
        }
        (Lanes::Int(lanes), D::Timestamp) if from == D::TimestampTz => {
            return Ok(unfailing(value, Lanes::Int(lanes.iter().map(|instant| zone.wall(*instant)).collect())));
        }
        (Lanes::Int(lanes), D::TimestampTz) if from == D::Timestamp => {
            return Ok(unfailing(value, Lanes::Int(lanes.iter().map(|wall| zone.instant(*wall)).collect())));
        }
        (Lanes::Int(lanes), D::Timestamp) if from == D::Date => {
            Checked::Int(lanes.iter().map(|days| days.checked_mul(DAY_MICROS)).collect())
        }
        (Lanes::Int(lanes), D::TimestampTz) if from == D::Date => {
            Checked::Int(lanes.iter().map(|days| days.checked_mul(DAY_MICROS).map(|wall| zone.instant(wall))).collect())
        }
        (Lanes::Int(lanes), D::Date | D::Time) if from == D::TimestampTz => {
            let part = |wall: i64| if to == D::Date { wall.div_euclid(DAY_MICROS) } else { wall.rem_euclid(DAY_MICROS) };
            Checked::Int(lanes.iter().map(|instant| Some(part(zone.wall(*instant)))).collect())
        }
        (Lanes::Int(lanes), D::Date) if from.is_temporal() => {
            Checked::Int(lanes.iter().map(|micros| Some(micros.div_euclid(DAY_MICROS))).collect())
        }
        (Lanes::Int(lanes), D::Time) if from.is_temporal() => {
            Checked::Int(lanes.iter().map(|micros| Some(micros.rem_euclid(DAY_MICROS))).collect())
        }
        (Lanes::Text(texts), D::Int64) => Checked::Int(texts.iter().map(parse_int).collect()),
        (Lanes::Text(texts), D::Float64) => return finish(expr, value, texts.iter().map(parse_float).collect::<Vec<_>>(), Lanes::Float),
        (Lanes::Text(texts), D::Boolean) => return finish(expr, value, texts.iter().map(parse_bool).collect::<Vec<_>>(), Lanes::Bool),
        (Lanes::Text(texts), D::Date) => Checked::Int(texts.iter().map(parse::date).collect()),
        (Lanes::Text(texts), D::Time) => Checked::Int(texts.iter().map(parse::time).collect()),
        (Lanes::Text(texts), D::Timestamp) => {
            // An offset is folded in, so that the wall time is UTC's.
            let wall = |text| parse::timestamp(text).and_then(|(at, offset)| at.checked_sub(offset.unwrap_or(0)));
            Checked::Int(texts.iter().map(wall).collect())
        }
        (Lanes::Text(texts), D::TimestampTz) => {
            let instant = |(at, offset): (i64, Option<i64>)| match offset {
                Some(offset) => at.checked_sub(offset),
                None => Some(zone.instant(at)),
            };
            Checked::Int(texts.iter().map(|text| parse::timestamp(text).and_then(instant)).collect())
        }
        (Lanes::Text(texts), D::Decimal { precision, scale }) => {
            Checked::Decimal(texts.iter().map(|text| parse::decimal(text, precision, scale)).collect())
        }
        (lanes, D::String) => Checked::Text(to_texts(lanes, from, zone).ok_or_else(|| unsupported(from, to))?),
        _ => return Err(unsupported(from, to)),
    };
    match lanes {
        Checked::Int(lanes) => finish(expr, value, lanes, Lanes::Int),
        Checked::Decimal(lanes) => finish(expr, value, lanes, Lanes::Decimal),
        Checked::Float(lanes) => Ok(unfailing(value, Lanes::Float(lanes))),
        Checked::Bool(lanes) => Ok(unfailing(value, Lanes::Bool(lanes))),
        Checked::Text(lanes) => Ok(unfailing(value, Lanes::Text(lanes))),
    }
}

/// Lanes of the new type, `None` where a value did not fit.
enum Checked {
    Int(Vec<Option<i64>>),
    Decimal(Vec<Option<i128>>),
    Float(Vec<f64>),
    Bool(Vec<bool>),
    Text(Texts),
}

fn unfailing(value: &Vector, lanes: Lanes) -> Vector {
    let mut result = Vector::new(lanes);
    result.inherit(&[value]);
    result
}

fn finish<T: Default + Copy>(expr: &Expr, value: &Vector, lanes: Vec<Option<T>>, form: fn(Vec<T>) -> Lanes) -> Result<Vector, QueryError> {
    let mut result = unfailing(value, form(lanes.iter().map(|lane| lane.unwrap_or_default()).collect()));
    for (row, _) in lanes.iter().enumerate().filter(|(_, lane)| lane.is_none()) {
        if result.is_valid(row) {
            result.fail(row, || QueryError::Cast { expression: name::text(expr), value: shown(&value.lanes, row) });
        }
    }
    Ok(result)
}

fn shown(lanes: &Lanes, row: usize) -> String {
    match lanes {
        Lanes::Int(lanes) => lanes[row].to_string(),
        Lanes::Float(lanes) => lanes[row].to_string(),
        Lanes::Decimal(lanes) => lanes[row].to_string(),
        Lanes::Text(texts) => texts.get(row).to_owned(),
        Lanes::Bool(_) | Lanes::Interval(_) => String::new(),
    }
}

fn unsupported(from: DataType, to: DataType) -> QueryError {
    super::unsupported(&format!("cast({} as {})", name::type_name(from), name::type_name(to)))
}

/// Half away from zero.
pub(super) fn rescale(value: i128, from: u8, to: u8, precision: u8) -> Option<i128> {
    let scaled = match to.checked_sub(from) {
        Some(up) => value.checked_mul(power_of_ten(up)?)?,
        None => {
            let divisor = power_of_ten(from - to)?;
            let half = if value < 0 { -divisor / 2 } else { divisor / 2 };
            value.checked_add(half)? / divisor
        }
    };
    (scaled.unsigned_abs() < power_of_ten(precision)?.unsigned_abs()).then_some(scaled)
}

fn int_from_float(value: f64) -> Option<i64> {
    // 2^63 is a double, 2^63 - 1 is not.
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value).then_some(value as i64)
}

fn decimal_from_float(value: f64, precision: u8) -> Option<i128> {
    (value.abs() < 10f64.powi(i32::from(precision))).then_some(value as i128)
}

fn parse_int(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse().ok().or_else(|| int_from_float(text.parse::<f64>().ok()?.round_ties_even()))
}

fn parse_float(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

fn parse_bool(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "1" | "yes" | "y" => Some(true),
        "false" | "f" | "0" | "no" | "n" => Some(false),
        _ => None,
    }
}

fn to_texts(lanes: &Lanes, from: DataType, zone: &Zone) -> Option<Texts> {
    let mut texts = Texts::default();
    match (lanes, from) {
        (Lanes::Int(lanes), DataType::Int64) => lanes.iter().for_each(|lane| write_text(&mut texts, format_args!("{lane}"))),
        (Lanes::Int(lanes), DataType::Date) => lanes.iter().for_each(|days| texts.push_with(|out| push_date(out, *days))),
        (Lanes::Int(lanes), DataType::Timestamp) => lanes.iter().for_each(|micros| texts.push_with(|out| push_timestamp(out, *micros))),
        (Lanes::Int(lanes), DataType::TimestampTz) => lanes.iter().for_each(|instant| {
            texts.push_with(|out| {
                push_timestamp(out, zone.wall(*instant));
                push_offset(out, zone.offset(*instant) / 60_000_000);
            });
        }),
        (Lanes::Int(lanes), DataType::Time) => lanes.iter().for_each(|micros| texts.push_with(|out| push_time(out, *micros))),
        (Lanes::Float(lanes), DataType::Float64) => lanes.iter().for_each(|lane| texts.push_with(|out| push_float(out, *lane))),
        (Lanes::Bool(lanes), DataType::Boolean) => lanes.iter().for_each(|lane| texts.push(if *lane { "true" } else { "false" })),
        (Lanes::Decimal(lanes), DataType::Decimal { scale, .. }) => {
            lanes.iter().for_each(|lane| texts.push_with(|out| push_decimal(out, *lane, scale)))
        }
        _ => return None,
    }
    Some(texts)
}

fn write_text(texts: &mut Texts, arguments: std::fmt::Arguments) {
    texts.push_with(|out| {
        // Writing to a string cannot fail.
        let _ = out.write_fmt(arguments);
    });
}

fn push_date(out: &mut String, days: i64) {
    let (year, month, day) = calendar::civil_from_days(days);
    // Years before 1 count backwards from 1 BC.
    let (shown, era) = if year < 1 { (1 - year, " (BC)") } else { (year, "") };
    let _ = write!(out, "{shown:04}-{month:02}-{day:02}{era}");
}

/// The shortest text that is this number again: with a point, or with an exponent below 1e-4 and from 1e16 on.
fn push_float(out: &mut String, value: f64) {
    let _ = if value.is_nan() {
        write!(out, "nan")
    } else if value.is_infinite() {
        write!(out, "{}", if value > 0.0 { "inf" } else { "-inf" })
    } else if value == 0.0 || (1e-4..1e16).contains(&value.abs()) {
        write!(out, "{value:?}")
    } else {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        write!(out, "{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
    };
}

fn push_timestamp(out: &mut String, micros: i64) {
    push_date(out, micros.div_euclid(DAY_MICROS));
    out.push(' ');
    push_time(out, micros.rem_euclid(DAY_MICROS));
}

/// Hours, and minutes where there are any.
fn push_offset(out: &mut String, minutes: i64) {
    let _ = write!(out, "{}{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60);
    if minutes % 60 != 0 {
        let _ = write!(out, ":{:02}", minutes.abs() % 60);
    }
}

fn push_time(out: &mut String, micros: i64) {
    let seconds = micros / 1_000_000;
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if micros % 1_000_000 != 0 {
        let _ = write!(out, ".{:06}", micros % 1_000_000);
        out.truncate(out.trim_end_matches('0').len());
    }
}

fn push_decimal(out: &mut String, unscaled: i128, scale: u8) {
    let factor = power_of_ten(scale).unwrap_or(1).unsigned_abs();
    let absolute = unscaled.unsigned_abs();
    let _ = write!(out, "{}{}", if unscaled < 0 { "-" } else { "" }, absolute / factor);
    if scale > 0 {
        let _ = write!(out, ".{:0width$}", absolute % factor, width = usize::from(scale));
    }
}
