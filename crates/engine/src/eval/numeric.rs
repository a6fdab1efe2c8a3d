use super::{cast, overflow};
use crate::vector::{Lanes, Vector, power_of_ten, scale_of};
use tarn_dashboard::{DataType, Expr, Function};

#[inline(never)]
pub(super) fn call(expr: &Expr, function: Function, arguments: &[Expr], values: &[Vector]) -> Option<Vector> {
    use Function as F;
    let value = values.first()?;
    match (&value.lanes, expr.data_type) {
        (Lanes::Int(lanes), DataType::Int64) => {
            let operate: fn(i64) -> Option<i64> = match function {
                F::Abs => i64::checked_abs,
                F::Sign => |lane| Some(lane.signum()),
                F::Floor | F::Ceil => Some,
                F::Round if values.len() == 1 => Some,
                _ => return None,
            };
            let lanes: Vec<Option<i64>> = lanes.iter().map(|lane| operate(*lane)).collect();
            let mut result = Vector::new(Lanes::Int(lanes.iter().map(|lane| lane.unwrap_or(0)).collect()));
            result.inherit(&[value]);
            for (row, _) in lanes.iter().enumerate().filter(|(_, lane)| lane.is_none()) {
                result.fail(row, || overflow(expr));
            }
            Some(result)
        }
        (Lanes::Float(lanes), DataType::Int64) if function == F::Sign => {
            let sign = |lane: &f64| {
                if *lane > 0.0 {
                    1
                } else if *lane < 0.0 {
                    -1
                } else {
                    0
                }
            };
            inherit(Lanes::Int(lanes.iter().map(sign).collect()), values)
        }
        (Lanes::Decimal(lanes), DataType::Int64) if function == F::Sign => {
            inherit(Lanes::Int(lanes.iter().map(|lane| lane.signum() as i64).collect()), values)
        }
        (Lanes::Decimal(lanes), DataType::Decimal { scale, .. }) => {
            let own = scale_of(arguments[0].data_type);
            let unit = power_of_ten(own)?;
            let decimals = match values.get(1).map(|value| &value.lanes) {
                Some(Lanes::Int(decimals)) => decimals.first().copied().unwrap_or(0),
                _ => 0,
            };
            let operate = |lane: i128| match function {
                F::Abs if scale == own => lane.checked_abs(),
                F::Floor if scale == 0 => Some(lane.div_euclid(unit)),
                F::Ceil if scale == 0 => Some(-(-lane).div_euclid(unit)),
                F::Round => round_decimal(lane, own, scale, decimals),
                _ => None,
            };
            let lanes = lanes.iter().map(|lane| operate(*lane)).collect::<Option<Vec<_>>>()?;
            inherit(Lanes::Decimal(lanes), &values[..1])
        }
        (Lanes::Float(lanes), DataType::Float64) => floats(expr, function, lanes, values),
        _ => None,
    }
}

fn inherit(lanes: Lanes, values: &[Vector]) -> Option<Vector> {
    let mut result = Vector::new(lanes);
    result.inherit(&values.iter().collect::<Vec<_>>());
    Some(result)
}

fn floats(expr: &Expr, function: Function, lanes: &[f64], values: &[Vector]) -> Option<Vector> {
    use Function as F;
    let mapped: Vec<f64> = match (function, values.get(1).map(|value| &value.lanes)) {
        (F::Round, Some(Lanes::Int(decimals))) => lanes.iter().zip(decimals).map(|(lane, decimals)| round(*lane, *decimals)).collect(),
        (F::Power, Some(Lanes::Float(exponents))) => lanes.iter().zip(exponents).map(|(lane, exponent)| lane.powf(*exponent)).collect(),
        (_, Some(_)) => return None,
        (_, None) => {
            let operate: fn(f64) -> f64 = match function {
                F::Abs => f64::abs,
                F::Round => f64::round,
                F::Floor => f64::floor,
                F::Ceil => f64::ceil,
                F::Ln => f64::ln,
                F::Exp => f64::exp,
                F::Sqrt => f64::sqrt,
                _ => return None,
            };
            lanes.iter().map(|lane| operate(*lane)).collect()
        }
    };
    let mut result = inherit(Lanes::Float(mapped), values)?;
    // DuckDB refuses the logarithm of what is not positive and the root of what is negative.
    let refused: fn(f64) -> bool = match function {
        F::Ln => |lane| lane <= 0.0,
        F::Sqrt => |lane| lane < 0.0,
        _ => return Some(result),
    };
    for (row, _) in lanes.iter().enumerate().filter(|(_, lane)| refused(**lane)) {
        if result.is_valid(row) {
            result.fail(row, || overflow(expr));
        }
    }
    Some(result)
}

/// Rounded in one step, to tens, hundreds and so on where `decimals` is below zero.
fn round_decimal(value: i128, own: u8, scale: u8, decimals: i64) -> Option<i128> {
    let Ok(tens @ 1..) = u8::try_from(-decimals.clamp(-100, 0)) else { return cast::rescale(value, own, scale, 38) };
    // Beyond 38 digits nothing is left.
    let Some(factor) = power_of_ten(own + tens).and(power_of_ten(tens)) else { return Some(0) };
    cast::rescale(value, own + tens, 0, 38)?.checked_mul(factor)
}

fn round(value: f64, decimals: i64) -> f64 {
    let factor = 10f64.powi(decimals.unsigned_abs().min(400) as i32);
    let rounded = if decimals < 0 { (value / factor).round() * factor } else { (value * factor).round() / factor };
    // Where the factor is out of reach there is nothing to round, or nothing left.
    match (rounded.is_finite(), decimals < 0) {
        (true, _) => rounded,
        (false, true) if value.is_finite() => 0.0,
        (false, _) => value,
    }
}
