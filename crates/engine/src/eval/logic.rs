use crate::vector::{Lanes, Vector};
use tarn_dashboard::Function;

/// Three-valued logic. A failure counts only where the other arguments do not decide the result.
#[inline(never)]
pub(super) fn call(function: Function, values: &[Vector]) -> Option<Vector> {
    let first = values.first()?;
    match function {
        Function::IsNull => Some(null_test(first, false)),
        Function::IsNotNull => Some(null_test(first, true)),
        Function::Not => {
            let Lanes::Bool(lanes) = &first.lanes else { return None };
            let mut result = Vector::new(Lanes::Bool(lanes.iter().map(|lane| !lane).collect()));
            result.inherit(&[first]);
            Some(result)
        }
        _ => connect(values, function == Function::Or),
    }
}

fn null_test(value: &Vector, wanted: bool) -> Vector {
    let lanes = match &value.valid {
        None => vec![wanted; value.len()],
        Some(valid) => valid.iter().map(|valid| *valid == wanted).collect(),
    };
    let mut result = Vector::new(Lanes::Bool(lanes));
    result.inherit_failures(value, |_| true);
    result
}

/// `or` is decided by one true, `and` by one false.
fn connect(values: &[Vector], decisive: bool) -> Option<Vector> {
    let len = values.first()?.len();
    let mut decided = vec![false; len];
    let mut unknown = vec![false; len];
    for value in values {
        let Lanes::Bool(lanes) = &value.lanes else { return None };
        for row in 0..len {
            let valid = value.is_valid(row);
            decided[row] |= valid && lanes[row] == decisive;
            unknown[row] |= !valid;
        }
    }
    let mut result = Vector::new(Lanes::Bool(decided.iter().map(|decided| *decided == decisive).collect()));
    if unknown.contains(&true) {
        result.valid = Some(decided.iter().zip(&unknown).map(|(decided, unknown)| *decided || !unknown).collect());
    }
    for value in values {
        result.inherit_failures(value, |row| !decided[row]);
    }
    Some(result)
}
