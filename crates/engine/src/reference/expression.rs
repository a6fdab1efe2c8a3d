use super::{Failed, Rows, compare};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, Timelike as _};
use tarn_dashboard::{DatePart, Expr, Function, Node, Scalar, TimeUnit};

type Value = Result<Scalar, Failed>;

/// The value of an expression in one row; `aggregates` for measures.
pub(super) fn evaluate(expr: &Expr, rows: &Rows, row: &[Scalar], aggregates: &[Scalar]) -> Value {
    let value = |expr: &Expr| evaluate(expr, rows, row, aggregates);
    match &expr.node {
        Node::Column(name) => Ok(row[rows.names.iter().position(|own| own == name).unwrap()].clone()),
        Node::Literal(value) => Ok(value.clone()),
        Node::Aggregate(index) => Ok(aggregates[*index as usize].clone()),
        Node::Parameter(name) => panic!("the parameter `{name}` has no value"),
        Node::Cast(argument) => match value(argument)? {
            Scalar::Int(value) => Ok(Scalar::Float(value as f64)),
            other => Ok(other),
        },
        Node::Case { whens, otherwise } => {
            for (when, then) in whens {
                if value(when)? == Scalar::Boolean(true) {
                    return value(then);
                }
            }
            otherwise.as_ref().map_or(Ok(Scalar::Null), |otherwise| value(otherwise))
        }
        Node::Call(function, arguments) => call(*function, arguments.iter().map(value).collect()),
    }
}

fn call(function: Function, arguments: Vec<Value>) -> Value {
    use Function as F;
    match function {
        F::And | F::Or => {
            let decisive = Scalar::Boolean(function == F::Or);
            if arguments.iter().any(|value| *value == Ok(decisive.clone())) {
                return Ok(decisive);
            }
            let values = arguments.into_iter().collect::<Result<Vec<_>, _>>()?;
            return Ok(if values.iter().any(Scalar::is_null) { Scalar::Null } else { Scalar::Boolean(function == F::And) });
        }
        F::Coalesce => {
            for value in arguments {
                let value = value?;
                if !value.is_null() {
                    return Ok(value);
                }
            }
            return Ok(Scalar::Null);
        }
        _ => {}
    }
    let values = arguments.into_iter().collect::<Result<Vec<_>, _>>()?;
    match function {
        F::IsNull => return Ok(Scalar::Boolean(values[0].is_null())),
        F::IsNotNull => return Ok(Scalar::Boolean(!values[0].is_null())),
        F::Nullif => {
            return Ok(if !values[0].is_null() && !values[1].is_null() && compare(&values[0], &values[1]).is_eq() {
                Scalar::Null
            } else {
                values[0].clone()
            });
        }
        F::In => {
            let equal = values[1..].iter().map(|candidate| call(F::Equal, vec![Ok(values[0].clone()), Ok(candidate.clone())]));
            return call(F::Or, equal.collect());
        }
        F::Between => {
            let from = call(F::GreaterOrEqual, vec![Ok(values[0].clone()), Ok(values[1].clone())]);
            let to = call(F::LessOrEqual, vec![Ok(values[0].clone()), Ok(values[2].clone())]);
            return call(F::And, vec![from, to]);
        }
        F::Least | F::Greatest => {
            let known = values.into_iter().filter(|value| !value.is_null());
            let best = known.reduce(|best, value| {
                if compare(&value, &best).is_lt() == (function == F::Least) && compare(&value, &best).is_ne() { value } else { best }
            });
            return Ok(best.unwrap_or(Scalar::Null));
        }
        _ => {}
    }
    if values.iter().any(Scalar::is_null) {
        return Ok(Scalar::Null);
    }
    let compared = || compare(&values[0], &values[1]);
    Ok(match (function, values.as_slice()) {
        (F::Equal, _) => Scalar::Boolean(compared().is_eq()),
        (F::NotEqual, _) => Scalar::Boolean(compared().is_ne()),
        (F::Less, _) => Scalar::Boolean(compared().is_lt()),
        (F::LessOrEqual, _) => Scalar::Boolean(compared().is_le()),
        (F::Greater, _) => Scalar::Boolean(compared().is_gt()),
        (F::GreaterOrEqual, _) => Scalar::Boolean(compared().is_ge()),
        (F::Not, [Scalar::Boolean(value)]) => Scalar::Boolean(!value),
        (F::Add, [Scalar::Int(a), Scalar::Int(b)]) => Scalar::Int(a.checked_add(*b).ok_or(Failed)?),
        (F::Subtract, [Scalar::Int(a), Scalar::Int(b)]) => Scalar::Int(a.checked_sub(*b).ok_or(Failed)?),
        (F::Multiply, [Scalar::Int(a), Scalar::Int(b)]) => Scalar::Int(a.checked_mul(*b).ok_or(Failed)?),
        (F::IntegerDivide | F::Modulo | F::Divide, [_, Scalar::Int(0)]) => Scalar::Null,
        (F::IntegerDivide, [Scalar::Int(a), Scalar::Int(b)]) => Scalar::Int(a.checked_div(*b).ok_or(Failed)?),
        (F::Modulo, [Scalar::Int(a), Scalar::Int(b)]) => Scalar::Int(a.checked_rem(*b).ok_or(Failed)?),
        (F::Divide, [Scalar::Int(a), Scalar::Int(b)]) => Scalar::Float(*a as f64 / *b as f64),
        (F::Divide, [Scalar::Float(a), Scalar::Float(b)]) => {
            if *b == 0.0 {
                Scalar::Null
            } else {
                Scalar::Float(a / b)
            }
        }
        (F::Add, [Scalar::Float(a), Scalar::Float(b)]) => Scalar::Float(a + b),
        (F::Multiply, [Scalar::Float(a), Scalar::Float(b)]) => Scalar::Float(a * b),
        (F::Lower, [Scalar::String(text)]) => Scalar::String(text.to_lowercase()),
        (F::Upper, [Scalar::String(text)]) => Scalar::String(text.to_uppercase()),
        (F::Concat, [Scalar::String(a), Scalar::String(b)]) => Scalar::String(format!("{a}{b}")),
        (F::Length, [Scalar::String(text)]) => Scalar::Int(text.chars().count() as i64),
        (F::Extract(part), [value]) => Scalar::Int(extract(part, value)),
        (F::DateTrunc(unit), [Scalar::Timestamp(at)]) => Scalar::Timestamp(truncate(unit, *at)),
        (F::DateTrunc(unit), [Scalar::Date(days)]) => {
            Scalar::Date((truncate(unit, i64::from(*days) * 86_400_000_000) / 86_400_000_000) as i32)
        }
        other => panic!("the reference does not have {other:?}"),
    })
}

fn instant(value: &Scalar) -> NaiveDateTime {
    match value {
        Scalar::Timestamp(at) => DateTime::from_timestamp_micros(*at).unwrap().naive_utc(),
        Scalar::Date(days) => (NaiveDate::from_ymd_opt(1, 1, 1).unwrap() + Days::new((719_162 + days) as u64)).into(),
        other => panic!("{other:?} is no date"),
    }
}

fn extract(part: DatePart, value: &Scalar) -> i64 {
    let at = instant(value);
    i64::from(match part {
        DatePart::Year => at.year(),
        DatePart::Quarter => (at.month0() / 3 + 1) as i32,
        DatePart::Month => at.month() as i32,
        DatePart::Week => at.iso_week().week() as i32,
        DatePart::Day => at.day() as i32,
        DatePart::DayOfWeek => at.weekday().num_days_from_sunday() as i32,
        DatePart::DayOfYear => at.ordinal() as i32,
        DatePart::Hour => at.hour() as i32,
        DatePart::Minute => at.minute() as i32,
        other => panic!("the reference does not extract {other:?}"),
    })
}

/// The start of the unit, in microseconds.
pub(super) fn truncate(unit: TimeUnit, micros: i64) -> i64 {
    let at = instant(&Scalar::Timestamp(micros));
    let date = at.date();
    let start = match unit {
        TimeUnit::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1).unwrap(),
        TimeUnit::Quarter => NaiveDate::from_ymd_opt(date.year(), date.month0() / 3 * 3 + 1, 1).unwrap(),
        TimeUnit::Month => date.with_day(1).unwrap(),
        TimeUnit::Week(start) => date - Days::new(u64::from(date.weekday().num_days_from_monday() + 7 - start as u32) % 7),
        TimeUnit::Day => date,
        TimeUnit::Hour => return date.and_hms_opt(at.hour(), 0, 0).unwrap().and_utc().timestamp_micros(),
        other => panic!("the reference does not truncate to {other:?}"),
    };
    start.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_micros()
}

/// The next unit's start.
pub(super) fn next(unit: TimeUnit, micros: i64) -> i64 {
    let mut later = micros;
    // Half of the shortest month is shorter than any unit above the week.
    let step = if unit == TimeUnit::Hour { 3_600_000_000 } else { 86_400_000_000 };
    while truncate(unit, later) == micros {
        later += step;
    }
    truncate(unit, later)
}
