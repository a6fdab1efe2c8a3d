//! Physical values of a page into values of the column's type.
use crate::DecodeError;
use crate::column::{Texts, Values};
use std::borrow::Cow;
use std::fmt::Write as _;

/// How physical values become values of the column's type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Conversion {
    /// Booleans, signed integers, days, microseconds and decimals over integers, as they are.
    Int,
    Uint32,
    Uint64,
    /// To microseconds.
    Millis,
    Nanos,
    Int96,
    Float,
    Double,
    Half,
    /// Big-endian two's complement; `narrow` where every value fits 64 bits.
    DecimalBytes {
        narrow: bool,
    },
    Text,
    Blob,
    Uuid,
    /// There are no values.
    Nothing,
}

/// Values as a page holds them.
pub(crate) enum Raw<'a> {
    Ints(Vec<i64>),
    Fixed {
        bytes: Cow<'a, [u8]>,
        width: usize,
    },
    /// Each value ends where the next begins.
    Variable {
        bytes: Vec<u8>,
        ends: Vec<u32>,
    },
}

const MICROS_PER_DAY: i64 = 86_400_000_000;
/// 1970-01-01 as INT96 counts days.
const JULIAN_EPOCH: i64 = 2_440_588;

impl Conversion {
    pub fn apply(self, raw: Raw<'_>) -> Result<Values, DecodeError> {
        Ok(match self {
            Self::Int => Values::Ints(raw.ints()?),
            Self::Uint32 => Values::Ints(map(raw.ints()?, |value| Some(i64::from(value as u32)))?),
            Self::Uint64 => Values::Decimals(raw.ints()?.into_iter().map(|value| i128::from(value as u64)).collect()),
            Self::Millis => Values::Ints(map(raw.ints()?, |value| value.checked_mul(1_000))?),
            Self::Nanos => Values::Ints(map(raw.ints()?, |value| Some(value.div_euclid(1_000)))?),
            Self::Int96 => Values::Ints(raw.chunks::<12, i64>(int96)?),
            Self::Float => Values::Floats(raw.chunks::<4, f64>(|bytes| f64::from(f32::from_le_bytes(bytes)))?),
            Self::Double => Values::Floats(raw.chunks::<8, f64>(f64::from_le_bytes)?),
            Self::Half => Values::Floats(raw.chunks::<2, f64>(|bytes| half(u16::from_le_bytes(bytes)))?),
            Self::DecimalBytes { narrow } => decimals(&raw, narrow)?,
            Self::Text => text(raw)?,
            Self::Blob => written(&raw, push_blob)?,
            Self::Uuid => written(&raw, push_uuid)?,
            Self::Nothing => return Err(DecodeError::damaged("values in a column without values")),
        })
    }
}

impl<'a> Raw<'a> {
    fn ints(self) -> Result<Vec<i64>, DecodeError> {
        match self {
            Self::Ints(values) => Ok(values),
            Self::Fixed { width: 4, .. } => self.chunks::<4, i64>(|bytes| i64::from(i32::from_le_bytes(bytes))),
            Self::Fixed { width: 8, .. } => self.chunks::<8, i64>(i64::from_le_bytes),
            _ => Err(unexpected()),
        }
    }

    fn chunks<const N: usize, T>(&self, read: impl Fn([u8; N]) -> T) -> Result<Vec<T>, DecodeError> {
        match self {
            Self::Fixed { bytes, width } if *width == N => Ok(bytes.as_chunks::<N>().0.iter().map(|chunk| read(*chunk)).collect()),
            _ => Err(unexpected()),
        }
    }

    fn each(&self, mut see: impl FnMut(&[u8]) -> Result<(), DecodeError>) -> Result<(), DecodeError> {
        match self {
            Self::Ints(_) => Err(unexpected()),
            Self::Fixed { bytes, width } => bytes.chunks_exact((*width).max(1)).try_for_each(see),
            Self::Variable { bytes, ends } => {
                let mut start = 0;
                for end in ends {
                    see(bytes.get(start..*end as usize).ok_or_else(unexpected)?)?;
                    start = *end as usize;
                }
                Ok(())
            }
        }
    }
}

fn unexpected() -> DecodeError {
    DecodeError::damaged("values of another type than the column's")
}

fn out_of_range() -> DecodeError {
    DecodeError::damaged("a value is out of range")
}

fn map(mut values: Vec<i64>, convert: impl Fn(i64) -> Option<i64>) -> Result<Vec<i64>, DecodeError> {
    for value in &mut values {
        *value = convert(*value).ok_or_else(out_of_range)?;
    }
    Ok(values)
}

fn int96(bytes: [u8; 12]) -> i64 {
    let (nanos, day) = bytes.split_at(8);
    let nanos = nanos.first_chunk().map_or(0, |nanos| i64::from_le_bytes(*nanos));
    let day = day.first_chunk().map_or(0, |day| i64::from(i32::from_le_bytes(*day)));
    (day - JULIAN_EPOCH).wrapping_mul(MICROS_PER_DAY).wrapping_add(nanos.div_euclid(1_000))
}

fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    }
}

fn decimals(raw: &Raw<'_>, narrow: bool) -> Result<Values, DecodeError> {
    let mut values: Vec<i128> = vec![];
    raw.each(|bytes| {
        let negative = bytes.first().is_some_and(|byte| *byte >= 128);
        // Leading bytes beyond 128 bits only repeat the sign.
        let (sign, low) = bytes.split_at(bytes.len().saturating_sub(16));
        let fill = if negative { 0xff } else { 0 };
        if sign.iter().any(|byte| *byte != fill) || (!sign.is_empty() && low.first().is_some_and(|byte| (*byte >= 128) != negative)) {
            return Err(out_of_range());
        }
        values.push(low.iter().fold(if negative { -1 } else { 0 }, |value: i128, byte| value << 8 | i128::from(*byte)));
        Ok(())
    })?;
    if !narrow {
        return Ok(Values::Decimals(values));
    }
    Ok(Values::Ints(values.into_iter().map(|value| i64::try_from(value).map_err(|_| out_of_range())).collect::<Result<_, _>>()?))
}

fn text(raw: Raw<'_>) -> Result<Values, DecodeError> {
    let Raw::Variable { bytes, ends } = raw else { return Err(unexpected()) };
    let not_text = || DecodeError::damaged("a text is no UTF-8");
    let text = String::from_utf8(bytes).map_err(|_| not_text())?;
    if ends.iter().any(|end| !text.is_char_boundary(*end as usize)) {
        return Err(not_text());
    }
    Ok(Values::Texts(Texts { text, ends }))
}

fn written(raw: &Raw<'_>, write: impl Fn(&mut String, &[u8])) -> Result<Values, DecodeError> {
    let mut texts = Texts::default();
    raw.each(|bytes| {
        write(&mut texts.text, bytes);
        texts.ends.push(u32::try_from(texts.text.len()).map_err(|_| out_of_range())?);
        Ok(())
    })?;
    Ok(Values::Texts(texts))
}

fn push_uuid(out: &mut String, value: &[u8]) {
    for (index, byte) in value.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
}

/// As DuckDB shows a blob: printable ASCII as it is, everything else as `\xNN`.
fn push_blob(out: &mut String, value: &[u8]) {
    for byte in value {
        match byte {
            32..=126 if !matches!(byte, b'\\' | b'\'' | b'"') => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02X}");
            }
        }
    }
}
