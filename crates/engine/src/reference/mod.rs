//! The slow twin of the engine: one row at a time, one value at a time, for tests to compare with.
#![allow(clippy::unwrap_used)]
mod block;
mod expression;
mod query;
pub(crate) mod random;
mod tests;

pub(crate) use block::block;
pub(crate) use query::run;

use std::cmp::Ordering;
use tarn_dashboard::Scalar;

/// Rows of named values.
pub(crate) struct Rows {
    pub names: Vec<&'static str>,
    pub rows: Vec<Vec<Scalar>>,
}

/// The evaluation of a row failed.
#[derive(Debug, PartialEq)]
pub(crate) struct Failed;

/// The order of two values of one type; nulls are the caller's concern.
pub(crate) fn compare(a: &Scalar, b: &Scalar) -> Ordering {
    match (a, b) {
        (Scalar::Float(a), Scalar::Float(b)) if a.is_nan() || b.is_nan() => a.is_nan().cmp(&b.is_nan()),
        (Scalar::Float(a), Scalar::Float(b)) => a.partial_cmp(b).unwrap(),
        (Scalar::Int(a), Scalar::Int(b)) => a.cmp(b),
        (Scalar::Boolean(a), Scalar::Boolean(b)) => a.cmp(b),
        (Scalar::String(a), Scalar::String(b)) => a.cmp(b),
        (Scalar::Timestamp(a), Scalar::Timestamp(b)) => a.cmp(b),
        (Scalar::Date(a), Scalar::Date(b)) => a.cmp(b),
        (Scalar::Decimal { unscaled: a, scale: x }, Scalar::Decimal { unscaled: b, scale: y }) if x == y => a.cmp(b),
        _ => panic!("{a:?} and {b:?} do not compare"),
    }
}

/// With nulls last.
pub(crate) fn compare_nullable(a: &Scalar, b: &Scalar) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (false, false) => compare(a, b),
        (a, b) => a.cmp(&b),
    }
}
