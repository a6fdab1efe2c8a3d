use crate::vector::{Interval, Lanes, Vector, compare_floats, power_of_ten, scale_of};
use std::cmp::Ordering;
use tarn_dashboard::{DataType, Expr, Function};

#[inline(never)]
pub(super) fn call(function: Function, arguments: &[Expr], values: &[Vector]) -> Option<Vector> {
    match (function, values) {
        (Function::In, [value, candidates @ ..]) => {
            let equal = candidates.iter().enumerate().map(|(index, candidate)| {
                compare((arguments[0].data_type, value), (arguments[index + 1].data_type, candidate), Ordering::is_eq)
            });
            let equal = equal.collect::<Option<Vec<_>>>()?;
            super::logic::call(Function::Or, &equal)
        }
        (Function::Between, [value, low, high]) => {
            let value = (arguments[0].data_type, value);
            let from = compare(value, (arguments[1].data_type, low), Ordering::is_ge)?;
            let to = compare(value, (arguments[2].data_type, high), Ordering::is_le)?;
            super::logic::call(Function::And, &[from, to])
        }
        (_, [left, right]) => {
            let holds = match function {
                Function::Equal => Ordering::is_eq,
                Function::NotEqual => Ordering::is_ne,
                Function::Less => Ordering::is_lt,
                Function::LessOrEqual => Ordering::is_le,
                Function::Greater => Ordering::is_gt,
                _ => Ordering::is_ge,
            };
            compare((arguments[0].data_type, left), (arguments[1].data_type, right), holds)
        }
        _ => None,
    }
}

fn compare(left: (DataType, &Vector), right: (DataType, &Vector), holds: fn(Ordering) -> bool) -> Option<Vector> {
    let mut result = Vector::new(Lanes::Bool(orders(left, right)?.into_iter().map(holds).collect()));
    result.inherit(&[left.1, right.1]);
    Some(result)
}

/// How the lanes of two vectors compare, row by row. `None` when their types do not.
pub(super) fn orders(left: (DataType, &Vector), right: (DataType, &Vector)) -> Option<Vec<Ordering>> {
    let (left_scale, right_scale) = (scale_of(left.0), scale_of(right.0));
    Some(match (&left.1.lanes, &right.1.lanes) {
        (Lanes::Int(a), Lanes::Int(b)) if left.0 == right.0 => a.iter().zip(b).map(|(a, b)| a.cmp(b)).collect(),
        (Lanes::Float(a), Lanes::Float(b)) => a.iter().zip(b).map(|(a, b)| compare_floats(*a, *b)).collect(),
        (Lanes::Bool(a), Lanes::Bool(b)) => a.iter().zip(b).map(|(a, b)| a.cmp(b)).collect(),
        (Lanes::Text(a), Lanes::Text(b)) => a.iter().zip(b.iter()).map(|(a, b)| a.cmp(b)).collect(),
        (Lanes::Decimal(a), Lanes::Decimal(b)) => a.iter().zip(b).map(|(a, b)| compare_decimals(*a, left_scale, *b, right_scale)).collect(),
        (Lanes::Interval(a), Lanes::Interval(b)) => a.iter().zip(b).map(|(a, b)| length(a).cmp(&length(b))).collect(),
        // A bare null has lanes of its own form, and every row of it is null.
        _ if left.0 == DataType::Null || right.0 == DataType::Null => vec![Ordering::Equal; left.1.len()],
        _ => return None,
    })
}

pub(super) fn compare_decimals(a: i128, a_scale: u8, b: i128, b_scale: u8) -> Ordering {
    let scale = a_scale.max(b_scale);
    let up = |value: i128, own: u8| power_of_ten(scale - own).and_then(|factor| value.checked_mul(factor));
    match (up(a, a_scale), up(b, b_scale)) {
        (Some(a), Some(b)) => a.cmp(&b),
        // Only one can overflow, the one with fewer decimals; it is further from zero.
        (None, _) => a.cmp(&0),
        (_, None) => 0.cmp(&b),
    }
}

/// Months count 30 days, as in DuckDB's comparison of intervals.
fn length(interval: &Interval) -> i128 {
    let days = i128::from(interval.months) * 30 + i128::from(interval.days);
    days * i128::from(crate::calendar::DAY_MICROS) + i128::from(interval.micros)
}
