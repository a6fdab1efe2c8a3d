use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use tarn_dashboard::{DataType, Expr, Node, Scalar, Zone};

pub(super) fn literal(data_type: DataType, scalar: Scalar) -> Expr {
    Expr { data_type, node: Node::Literal(scalar) }
}

pub(super) fn null(data_type: DataType) -> Expr {
    literal(data_type, Scalar::Null)
}

pub(super) fn int(value: i64) -> Expr {
    literal(DataType::Int64, Scalar::Int(value))
}

pub(super) fn text(value: &str) -> Expr {
    literal(DataType::String, Scalar::String(value.to_owned()))
}

/// A number as DuckDB types it: whole numbers are integers, decimals are exact, an exponent makes a double.
pub(super) fn number(digits: &str) -> Option<Expr> {
    let digits = digits.replace('_', "");
    if digits.contains(['e', 'E']) {
        let value: f64 = digits.parse().ok().filter(|value: &f64| value.is_finite())?;
        return Some(literal(DataType::Float64, Scalar::Float(value)));
    }
    if let Ok(value) = digits.parse() {
        return Some(int(value));
    }
    let (unscaled, scale) = decimal(&digits)?;
    let precision = digits.bytes().filter(u8::is_ascii_digit).count().max(1) as u8;
    Some(literal(DataType::Decimal { precision, scale }, Scalar::Decimal { unscaled, scale }))
}

/// A decimal of at most 38 digits.
fn decimal(text: &str) -> Option<(i128, u8)> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || all.len() > 38 || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let unscaled: i128 = all.parse().ok()?;
    Some((if negative { -unscaled } else { unscaled }, fraction.len() as u8))
}

/// The same value in another type. `Err` when it has none there; `Ok(None)` when only the evaluator can tell.
pub(super) fn convert(value: &Scalar, from: DataType, to: DataType, zone: &Zone) -> Result<Option<Scalar>, ()> {
    let some = |value: Option<Scalar>| value.map(Some).ok_or(());
    match (value, to) {
        (Scalar::Null, _) => Ok(Some(Scalar::Null)),
        (Scalar::Int(value), DataType::Float64) => Ok(Some(Scalar::Float(*value as f64))),
        (Scalar::Int(value), DataType::Decimal { precision, scale }) => some(rescale(i128::from(*value), 0, precision, scale)),
        (Scalar::Decimal { unscaled, scale }, DataType::Float64) => {
            // Through text, so that 0.1 becomes the double that is written 0.1.
            some(decimal_text(*unscaled, *scale).parse().ok().map(Scalar::Float))
        }
        (Scalar::Decimal { unscaled, scale: from }, DataType::Decimal { precision, scale }) if scale >= *from => {
            some(rescale(*unscaled, *from, precision, scale))
        }
        (Scalar::Date(days), DataType::Timestamp | DataType::TimestampTz) => {
            let wall = i64::from(*days).checked_mul(86_400_000_000);
            some(wall.map(|wall| Scalar::Timestamp(if to == DataType::TimestampTz { zone.instant(wall) } else { wall })))
        }
        (Scalar::Timestamp(micros), DataType::Timestamp | DataType::TimestampTz) => Ok(Some(Scalar::Timestamp(match (from, to) {
            (DataType::Timestamp, DataType::TimestampTz) => zone.instant(*micros),
            (DataType::TimestampTz, DataType::Timestamp) => zone.wall(*micros),
            _ => *micros,
        }))),
        (Scalar::String(text), to) => match to {
            DataType::Int64 => some(text.trim().parse().ok().map(Scalar::Int)),
            DataType::Float64 => some(text.trim().parse().ok().map(Scalar::Float)),
            DataType::Decimal { precision, scale } => match decimal(text.trim()) {
                Some((unscaled, from)) if from <= scale => some(rescale(unscaled, from, precision, scale)),
                Some(_) => Ok(None),
                None => Err(()),
            },
            DataType::Boolean => some(text.trim().to_ascii_lowercase().parse().ok().map(Scalar::Boolean)),
            DataType::Date => some(date(text.trim())),
            DataType::Time => some(time(text.trim())),
            DataType::Timestamp => some(timestamp(text.trim())),
            DataType::TimestampTz => some(instant(text.trim(), zone)),
            DataType::Interval => some(super::interval::parse(text)),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

fn rescale(unscaled: i128, from: u8, precision: u8, scale: u8) -> Option<Scalar> {
    let unscaled = unscaled.checked_mul(10_i128.checked_pow(u32::from(scale - from))?)?;
    let limit = 10_i128.checked_pow(u32::from(precision))?;
    (-limit < unscaled && unscaled < limit).then_some(Scalar::Decimal { unscaled, scale })
}

fn decimal_text(unscaled: i128, scale: u8) -> String {
    format!("{unscaled}e-{scale}")
}

fn date(text: &str) -> Option<Scalar> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|date| Scalar::Date(date.to_epoch_days()))
}

fn time(text: &str) -> Option<Scalar> {
    let time: NaiveTime = text.parse().ok()?;
    Some(Scalar::Time(i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(time.nanosecond() / 1_000)))
}

/// Wall time; a `Z` or an offset is folded in, as DuckDB does.
fn timestamp(text: &str) -> Option<Scalar> {
    wall_time(text).or_else(|| with_offset(text)).map(Scalar::Timestamp)
}

/// Without an offset, it is wall time of the zone.
fn instant(text: &str, zone: &Zone) -> Option<Scalar> {
    with_offset(text).or_else(|| wall_time(text).map(|wall| zone.instant(wall))).map(Scalar::Timestamp)
}

fn wall_time(text: &str) -> Option<i64> {
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
    let with_time = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let at = with_time.or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))?;
    Some(at.and_utc().timestamp_micros())
}

fn with_offset(text: &str) -> Option<i64> {
    let formats = ["%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z"];
    let parsed = formats.iter().find_map(|format| DateTime::parse_from_str(text, format).ok());
    parsed.or_else(|| DateTime::parse_from_rfc3339(text).ok()).map(|at| at.timestamp_micros())
}
