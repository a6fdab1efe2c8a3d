use crate::texts::Texts;
use std::cmp::Ordering;
use tarn_dashboard::{DataType, Scalar};
use tarn_protocol::QueryError;

/// The values of an expression for a block of rows.
#[derive(Clone, Debug)]
pub(crate) struct Vector {
    pub lanes: Lanes,
    /// `None`: no nulls. Lanes of null rows hold a harmless placeholder.
    pub valid: Option<Vec<bool>>,
    /// Rows whose evaluation failed; they are null.
    pub failed: Option<Failed>,
}

/// The physical form follows the type: Int64, Date, Time and timestamps are `Int`, String and Binary `Text`, Null `Bool`.
#[derive(Clone, Debug)]
pub(crate) enum Lanes {
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Decimal(Vec<i128>),
    Text(Texts),
    Interval(Vec<Interval>),
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Interval {
    pub months: i32,
    pub days: i32,
    pub micros: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Failed {
    pub rows: Vec<bool>,
    /// Of one of the rows.
    pub error: QueryError,
}

impl Vector {
    pub fn new(lanes: Lanes) -> Self {
        Self { lanes, valid: None, failed: None }
    }

    pub fn nulls(data_type: DataType, len: usize) -> Self {
        Self { valid: Some(vec![false; len]), ..Self::new(Lanes::repeat(data_type, &Scalar::Null, len)) }
    }

    pub fn repeat(data_type: DataType, value: &Scalar, len: usize) -> Self {
        if value.is_null() { Self::nulls(data_type, len) } else { Self::new(Lanes::repeat(data_type, value, len)) }
    }

    /// One scalar per row, all of the type or null.
    pub fn from_scalars(data_type: DataType, values: &[Scalar]) -> Self {
        let mut lanes = Lanes::repeat(data_type, &Scalar::Null, 0);
        values.iter().for_each(|value| lanes.push(data_type, value));
        let valid = values.iter().any(Scalar::is_null).then(|| values.iter().map(|value| !value.is_null()).collect());
        Self { valid, ..Self::new(lanes) }
    }

    pub fn len(&self) -> usize {
        self.lanes.len()
    }

    #[inline]
    pub fn is_valid(&self, row: usize) -> bool {
        self.valid.as_ref().is_none_or(|valid| valid[row])
    }

    pub fn invalidate(&mut self, row: usize) {
        let len = self.len();
        self.valid.get_or_insert_with(|| vec![true; len])[row] = false;
    }

    /// Makes the row null and remembers why.
    pub fn fail(&mut self, row: usize, error: impl FnOnce() -> QueryError) {
        self.invalidate(row);
        let len = self.len();
        self.failed.get_or_insert_with(|| Failed { rows: vec![false; len], error: error() }).rows[row] = true;
    }

    /// Nulls of either argument are nulls here, and so are failures.
    pub fn inherit(&mut self, arguments: &[&Self]) {
        for argument in arguments {
            if let Some(valid) = &argument.valid {
                match &mut self.valid {
                    Some(own) => own.iter_mut().zip(valid).for_each(|(own, valid)| *own &= valid),
                    None => self.valid = Some(valid.clone()),
                }
            }
            self.inherit_failures(argument, |_| true);
        }
    }

    /// Failures of the argument in rows that needed it.
    pub fn inherit_failures(&mut self, argument: &Self, needed: impl Fn(usize) -> bool) {
        let Some(failed) = &argument.failed else { return };
        for (row, _) in failed.rows.iter().enumerate().filter(|(row, failed)| **failed && needed(*row)) {
            self.fail(row, || failed.error.clone());
        }
    }

    pub fn scalar(&self, data_type: DataType, row: usize) -> Scalar {
        if !self.is_valid(row) {
            return Scalar::Null;
        }
        match &self.lanes {
            Lanes::Bool(lanes) => Scalar::Boolean(lanes[row]),
            Lanes::Int(lanes) => scalar_from_int(data_type, lanes[row]),
            Lanes::Float(lanes) => Scalar::Float(lanes[row]),
            Lanes::Decimal(lanes) => Scalar::Decimal { unscaled: lanes[row], scale: scale_of(data_type) },
            Lanes::Text(lanes) => Scalar::String(lanes.get(row).to_owned()),
            Lanes::Interval(lanes) => {
                let Interval { months, days, micros } = lanes[row];
                Scalar::Interval { months, days, micros }
            }
        }
    }
}

impl Lanes {
    /// The value in every row; a placeholder where it is null or of another type.
    fn repeat(data_type: DataType, value: &Scalar, len: usize) -> Self {
        match data_type {
            DataType::Boolean | DataType::Null => Self::Bool(vec![is_true(value); len]),
            DataType::Int64 | DataType::Date | DataType::Time | DataType::Timestamp | DataType::TimestampTz => {
                Self::Int(vec![int_from_scalar(value).unwrap_or(0); len])
            }
            DataType::Float64 => Self::Float(vec![float_from_scalar(value).unwrap_or(0.0); len]),
            DataType::Decimal { scale, .. } => Self::Decimal(vec![decimal_from_scalar(value, scale).unwrap_or(0); len]),
            DataType::String | DataType::Binary => Self::Text((0..len).map(|_| text_from_scalar(value)).collect()),
            DataType::Interval => Self::Interval(vec![interval_from_scalar(value); len]),
        }
    }

    /// The value, as [`Lanes::repeat`] has it, in a row more.
    fn push(&mut self, data_type: DataType, value: &Scalar) {
        match self {
            Self::Bool(lanes) => lanes.push(is_true(value)),
            Self::Int(lanes) => lanes.push(int_from_scalar(value).unwrap_or(0)),
            Self::Float(lanes) => lanes.push(float_from_scalar(value).unwrap_or(0.0)),
            Self::Decimal(lanes) => lanes.push(decimal_from_scalar(value, scale_of(data_type)).unwrap_or(0)),
            Self::Text(lanes) => lanes.push(text_from_scalar(value)),
            Self::Interval(lanes) => lanes.push(interval_from_scalar(value)),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Bool(lanes) => lanes.len(),
            Self::Int(lanes) => lanes.len(),
            Self::Float(lanes) => lanes.len(),
            Self::Decimal(lanes) => lanes.len(),
            Self::Text(lanes) => lanes.len(),
            Self::Interval(lanes) => lanes.len(),
        }
    }
}

fn is_true(value: &Scalar) -> bool {
    matches!(value, Scalar::Boolean(true))
}

fn text_from_scalar(value: &Scalar) -> &str {
    if let Scalar::String(text) = value { text } else { "" }
}

fn interval_from_scalar(value: &Scalar) -> Interval {
    match *value {
        Scalar::Interval { months, days, micros } => Interval { months, days, micros },
        _ => Interval::default(),
    }
}

pub(crate) fn scale_of(data_type: DataType) -> u8 {
    if let DataType::Decimal { scale, .. } = data_type { scale } else { 0 }
}

pub(crate) fn scalar_from_int(data_type: DataType, value: i64) -> Scalar {
    match data_type {
        DataType::Boolean => Scalar::Boolean(value != 0),
        DataType::Date => Scalar::Date(value as i32),
        DataType::Time => Scalar::Time(value),
        DataType::Timestamp | DataType::TimestampTz => Scalar::Timestamp(value),
        DataType::Decimal { scale, .. } => Scalar::Decimal { unscaled: i128::from(value), scale },
        _ => Scalar::Int(value),
    }
}

pub(crate) fn int_from_scalar(value: &Scalar) -> Option<i64> {
    match *value {
        Scalar::Boolean(value) => Some(i64::from(value)),
        Scalar::Int(value) | Scalar::Time(value) | Scalar::Timestamp(value) => Some(value),
        Scalar::Date(days) => Some(i64::from(days)),
        _ => None,
    }
}

pub(crate) fn float_from_scalar(value: &Scalar) -> Option<f64> {
    match *value {
        Scalar::Int(value) => Some(value as f64),
        Scalar::Float(value) => Some(value),
        Scalar::Decimal { unscaled, scale } => Some(decimal_to_float(unscaled, scale)),
        _ => None,
    }
}

/// `None` when the value has more decimals than `scale` or does not fit.
pub(crate) fn decimal_from_scalar(value: &Scalar, scale: u8) -> Option<i128> {
    let (unscaled, own) = match *value {
        Scalar::Int(value) => (i128::from(value), 0),
        Scalar::Decimal { unscaled, scale } => (unscaled, scale),
        _ => return None,
    };
    match scale.checked_sub(own) {
        Some(up) => unscaled.checked_mul(power_of_ten(up)?),
        None => {
            let divisor = power_of_ten(own - scale)?;
            (unscaled % divisor == 0).then_some(unscaled / divisor)
        }
    }
}

pub(crate) fn decimal_to_float(unscaled: i128, scale: u8) -> f64 {
    if scale == 0 { unscaled as f64 } else { unscaled as f64 / 10f64.powi(i32::from(scale)) }
}

pub(crate) fn power_of_ten(exponent: u8) -> Option<i128> {
    10i128.checked_pow(u32::from(exponent))
}

/// DuckDB's order of doubles: NaN equals itself and is the greatest; both zeros are equal.
#[inline]
pub(crate) fn compare_floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// One representative per group of equal doubles.
#[inline]
pub(crate) fn canonical(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value + 0.0 }
}
