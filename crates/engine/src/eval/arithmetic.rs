use super::overflow;
use crate::calendar::{self, DAY_MICROS};
use crate::vector::{Interval, Lanes, Vector, power_of_ten, scale_of};
use tarn_dashboard::{DataType, Expr, Function, Zone};

#[inline(never)]
pub(super) fn call(expr: &Expr, function: Function, arguments: &[Expr], values: &[Vector], zone: &Zone) -> Option<Vector> {
    use Function as F;
    if let [value] = values {
        return negate(expr, value);
    }
    let [left, right] = values else { return None };
    let types = (arguments[0].data_type, arguments[1].data_type);
    match (&left.lanes, &right.lanes, types) {
        (Lanes::Int(a), Lanes::Int(b), (DataType::Int64, DataType::Int64)) => match function {
            F::Add => ints(expr, (left, a), (right, b), i64::overflowing_add),
            F::Subtract => ints(expr, (left, a), (right, b), i64::overflowing_sub),
            F::Multiply => ints(expr, (left, a), (right, b), i64::overflowing_mul),
            // The smallest number divided by -1 has no result, and for DuckDB no remainder either.
            F::IntegerDivide => {
                nonzero(ints(expr, (left, a), (right, b), |a, b| if b == 0 { (0, false) } else { a.overflowing_div(b) }), |row| b[row] == 0)
            }
            F::Modulo => {
                nonzero(ints(expr, (left, a), (right, b), |a, b| if b == 0 { (0, false) } else { a.overflowing_rem(b) }), |row| b[row] == 0)
            }
            F::Divide => {
                let quotient = a.iter().zip(b).map(|(a, b)| *a as f64 / *b as f64).collect();
                nonzero(inherit(Lanes::Float(quotient), left, right), |row| b[row] == 0)
            }
            _ => None,
        },
        (Lanes::Float(a), Lanes::Float(b), _) => {
            let operate: fn(f64, f64) -> f64 = match function {
                F::Add => |a, b| a + b,
                F::Subtract => |a, b| a - b,
                F::Multiply => |a, b| a * b,
                F::Divide => |a, b| a / b,
                F::IntegerDivide => |a, b| (a / b).trunc(),
                F::Modulo => |a, b| a % b,
                _ => return None,
            };
            let result = inherit(Lanes::Float(a.iter().zip(b).map(|(a, b)| operate(*a, *b)).collect()), left, right);
            if matches!(function, F::Divide | F::IntegerDivide | F::Modulo) { nonzero(result, |row| b[row] == 0.0) } else { result }
        }
        (Lanes::Decimal(a), Lanes::Decimal(b), _) => decimals(expr, function, (left, a, scale_of(types.0)), (right, b, scale_of(types.1))),
        (Lanes::Int(a), Lanes::Int(b), _) => times(expr, function, types, (left, a), (right, b)),
        (Lanes::Int(a), Lanes::Interval(b), (data_type, _)) => {
            let sign = if function == F::Subtract { -1 } else { 1 };
            moved(expr, data_type, (left, a), (right, b), sign, zone)
        }
        (Lanes::Interval(a), Lanes::Int(b), (_, data_type)) if function == F::Add => moved(expr, data_type, (right, b), (left, a), 1, zone),
        _ => None,
    }
}

fn inherit(lanes: Lanes, left: &Vector, right: &Vector) -> Option<Vector> {
    let mut result = Vector::new(lanes);
    result.inherit(&[left, right]);
    Some(result)
}

fn nonzero(result: Option<Vector>, is_zero: impl Fn(usize) -> bool) -> Option<Vector> {
    let mut result = result?;
    for row in (0..result.len()).filter(|row| is_zero(*row)) {
        result.invalidate(row);
    }
    Some(result)
}

fn ints(
    expr: &Expr,
    (left, a): (&Vector, &[i64]),
    (right, b): (&Vector, &[i64]),
    operate: impl Fn(i64, i64) -> (i64, bool),
) -> Option<Vector> {
    let mut any = false;
    let pairs = a.iter().zip(b);
    let lanes = pairs.clone().map(|(a, b)| {
        let (value, overflowed) = operate(*a, *b);
        any |= overflowed;
        value
    });
    let mut result = inherit(Lanes::Int(lanes.collect()), left, right)?;
    if any {
        for (row, (a, b)) in pairs.enumerate() {
            if operate(*a, *b).1 && result.is_valid(row) {
                result.fail(row, || overflow(expr));
            }
        }
    }
    Some(result)
}

fn decimals(
    expr: &Expr,
    function: Function,
    (left, a, a_scale): (&Vector, &[i128], u8),
    (right, b, b_scale): (&Vector, &[i128], u8),
) -> Option<Vector> {
    let scale = scale_of(expr.data_type);
    let up = |value: i128, own: u8| power_of_ten(scale.checked_sub(own)?)?.checked_mul(value);
    let operate = |a: i128, b: i128| match function {
        Function::Add => up(a, a_scale)?.checked_add(up(b, b_scale)?),
        Function::Subtract => up(a, a_scale)?.checked_sub(up(b, b_scale)?),
        Function::Multiply => power_of_ten(scale.checked_sub(a_scale + b_scale)?)?.checked_mul(a.checked_mul(b)?),
        _ if b == 0 => Some(0),
        _ => up(a, a_scale)?.checked_rem(up(b, b_scale)?),
    };
    if !matches!(function, Function::Add | Function::Subtract | Function::Multiply | Function::Modulo) {
        return None;
    }
    let DataType::Decimal { precision, .. } = expr.data_type else { return None };
    let limit = power_of_ten(precision).unwrap_or(i128::MAX);
    let lanes: Vec<Option<i128>> = a.iter().zip(b).map(|(a, b)| operate(*a, *b).filter(|value| value.abs() < limit)).collect();
    let mut result = inherit(Lanes::Decimal(lanes.iter().map(|lane| lane.unwrap_or(0)).collect()), left, right)?;
    for (row, _) in lanes.iter().enumerate().filter(|(_, lane)| lane.is_none()) {
        if result.is_valid(row) {
            result.fail(row, || overflow(expr));
        }
    }
    if function == Function::Modulo { nonzero(Some(result), |row| b[row] == 0) } else { Some(result) }
}

/// Days between dates, days added to dates, time between timestamps.
fn times(
    expr: &Expr,
    function: Function,
    types: (DataType, DataType),
    left: (&Vector, &[i64]),
    right: (&Vector, &[i64]),
) -> Option<Vector> {
    match (function, types) {
        (Function::Add, (DataType::Date, DataType::Int64) | (DataType::Int64, DataType::Date)) => {
            ints(expr, left, right, in_dates(i64::overflowing_add))
        }
        (Function::Subtract, (DataType::Date, DataType::Int64)) => ints(expr, left, right, in_dates(i64::overflowing_sub)),
        (Function::Subtract, (DataType::Date, DataType::Date)) => ints(expr, left, right, i64::overflowing_sub),
        (Function::Subtract, (a, b)) if a == b && a.is_temporal() => {
            let Lanes::Int(micros) = ints(expr, left, right, i64::overflowing_sub)?.lanes else { return None };
            let split = |micros: i64| Interval { months: 0, days: (micros / DAY_MICROS) as i32, micros: micros % DAY_MICROS };
            inherit(Lanes::Interval(micros.into_iter().map(split).collect()), left.0, right.0)
        }
        _ => None,
    }
}

fn in_dates(operate: fn(i64, i64) -> (i64, bool)) -> impl Fn(i64, i64) -> (i64, bool) {
    move |a, b| {
        let (value, overflowed) = operate(a, b);
        (value, overflowed || i32::try_from(value).is_err())
    }
}

/// A date or timestamp some interval later; months first, then days, then the rest, as in SQL.
fn moved(
    expr: &Expr,
    data_type: DataType,
    (times, at): (&Vector, &[i64]),
    (intervals, by): (&Vector, &[Interval]),
    sign: i64,
    zone: &Zone,
) -> Option<Vector> {
    let of_day = data_type == DataType::Time && expr.data_type == DataType::Time;
    let on_calendar = data_type.is_temporal() && expr.data_type.is_temporal();
    if !(of_day || on_calendar) {
        return None;
    }
    let shift = |at: i64, by: &Interval| {
        if of_day {
            // The clock goes round; whole days and months bring it back to where it was.
            return Some((at + sign * (by.micros % DAY_MICROS)).rem_euclid(DAY_MICROS));
        }
        if data_type == DataType::TimestampTz {
            return moved_instant(at, by, sign, zone);
        }
        let micros = if data_type == DataType::Date { at.checked_mul(DAY_MICROS)? } else { at };
        let (days, rest) = (micros.div_euclid(DAY_MICROS), micros.rem_euclid(DAY_MICROS));
        let days = calendar::add_months(days, sign * i64::from(by.months)) + sign * i64::from(by.days);
        let micros = days.checked_mul(DAY_MICROS)?.checked_add(rest)?.checked_add(by.micros.checked_mul(sign)?)?;
        Some(if expr.data_type == DataType::Date { micros.div_euclid(DAY_MICROS) } else { micros })
    };
    let lanes: Vec<Option<i64>> = at.iter().zip(by).map(|(at, by)| shift(*at, by)).collect();
    let mut result = inherit(Lanes::Int(lanes.iter().map(|lane| lane.unwrap_or(0)).collect()), times, intervals)?;
    for (row, _) in lanes.iter().enumerate().filter(|(_, lane)| lane.is_none()) {
        if result.is_valid(row) {
            result.fail(row, || overflow(expr));
        }
    }
    Some(result)
}

/// On the zone's calendar as DuckDB has it: months keep the wall time; so do days where that time exists, and of one that
/// occurs twice they keep the offset.
fn moved_instant(at: i64, by: &Interval, sign: i64, zone: &Zone) -> Option<i64> {
    let mut at = at;
    if by.months != 0 {
        let wall = zone.wall(at);
        let days = calendar::add_months(wall.div_euclid(DAY_MICROS), sign * i64::from(by.months));
        at = zone.instant(days.checked_mul(DAY_MICROS)?.checked_add(wall.rem_euclid(DAY_MICROS))?);
    }
    if by.days != 0 {
        let (offset, time) = (zone.offset(at), zone.wall(at).rem_euclid(DAY_MICROS));
        let later = at.checked_add((sign * i64::from(by.days)).checked_mul(DAY_MICROS)?)?;
        let adjusted = later.checked_add(offset - zone.offset(later))?;
        let skipped = zone.wall(adjusted).rem_euclid(DAY_MICROS) != time;
        at = if skipped && adjusted < later { later } else { adjusted };
    }
    at.checked_add(by.micros.checked_mul(sign)?)
}

fn negate(expr: &Expr, value: &Vector) -> Option<Vector> {
    let lanes = match &value.lanes {
        Lanes::Int(lanes) => return ints(expr, (value, &vec![0; lanes.len()]), (value, lanes), i64::overflowing_sub),
        Lanes::Float(lanes) => Lanes::Float(lanes.iter().map(|lane| -lane).collect()),
        // A decimal has at most 38 digits, so its negative exists.
        Lanes::Decimal(lanes) => Lanes::Decimal(lanes.iter().map(|lane| lane.wrapping_neg()).collect()),
        Lanes::Interval(lanes) => Lanes::Interval(
            lanes
                .iter()
                .map(|lane| Interval {
                    months: lane.months.wrapping_neg(),
                    days: lane.days.wrapping_neg(),
                    micros: lane.micros.wrapping_neg(),
                })
                .collect(),
        ),
        Lanes::Bool(_) | Lanes::Text(_) => return None,
    };
    let mut result = Vector::new(lanes);
    result.inherit(&[value]);
    Some(result)
}
