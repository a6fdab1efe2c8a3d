use crate::bitmap::Bitmap;
use crate::calendar::DAY_MICROS;
use crate::codes::{Code as _, Codes, extend, with_codes};
use crate::column::{Coded, Data, Values};
use crate::vector::Lanes;
use tarn_dashboard::DataType;

/// Steps that timestamps and times of day are likely to be multiples of, longest first.
const TIME_STEPS: [i64; 5] = [DAY_MICROS, 3_600_000_000, 60_000_000, 1_000_000, 1_000];

/// A stretch of integers, kept as codes where that loses nothing: minutes of a year take four bytes, not eight.
pub(crate) struct IntChunk {
    /// `None` where all are null.
    extent: Option<Extent>,
    has_nulls: bool,
    form: Form,
}

enum Form {
    /// Null is 0; otherwise the value is `least + (code - 1) * step`.
    Linear(Codes),
    /// Null is 0; otherwise the value is `values[code - 1]`.
    Dictionary {
        values: Vec<i64>,
        codes: Codes,
    },
    Wide {
        values: Vec<i64>,
        valid: Option<Vec<bool>>,
    },
}

/// All values lie in `least..=greatest` and are multiples of the step, where that is more than 1.
#[derive(Clone, Copy)]
struct Extent {
    least: i64,
    greatest: i64,
    step: i64,
}

impl Extent {
    fn of(data_type: DataType, values: &[i64], valid: Option<&[bool]>) -> Option<Self> {
        let (least, greatest) = bounds(values, valid)?;
        let steps: &[i64] =
            if matches!(data_type, DataType::Timestamp | DataType::TimestampTz | DataType::Time) { &TIME_STEPS } else { &[] };
        // Values that are all on the step's grid; the least too, so that chunks of one column agree.
        let step = steps.iter().copied().find(|step| on_grid(values, valid, *step)).unwrap_or(1);
        Some(Self { least, greatest, step })
    }

    /// The greatest code of a value when the least has 0. `None` when that is too great for a code.
    fn last_code(self) -> Option<u64> {
        let span = self.greatest.wrapping_sub(self.least) as u64 / self.step as u64;
        (span < u64::from(u32::MAX) - 2).then_some(span)
    }
}

impl IntChunk {
    pub fn new(data_type: DataType, values: &[i64], valid: Option<&[bool]>) -> Self {
        let has_nulls = valid.is_some_and(|valid| valid.contains(&false));
        let Some(extent) = Extent::of(data_type, values, valid) else {
            let codes = Codes::collect(1, values.iter().map(|_| 0));
            return Self { extent: None, has_nulls: !values.is_empty(), form: Form::Linear(codes) };
        };
        let form = match extent.last_code() {
            None => Form::Wide { values: values.to_vec(), valid: valid.map(<[bool]>::to_vec) },
            Some(last) => {
                let divide = ExactDivision::by(extent.step as u64);
                let code = |value: &i64| divide.quotient(value.wrapping_sub(extent.least) as u64) as u32 + 1;
                Form::Linear(match valid {
                    None => Codes::collect(last + 2, values.iter().map(code)),
                    Some(valid) => {
                        Codes::collect(last + 2, values.iter().zip(valid).map(|(value, valid)| if *valid { code(value) } else { 0 }))
                    }
                })
            }
        };
        Self { extent: Some(extent), has_nulls, form }
    }

    /// Codes are places in `values`, from 1; null is 0.
    pub fn dictionary(data_type: DataType, values: Vec<i64>, codes: Codes, has_nulls: bool) -> Self {
        Self { extent: Extent::of(data_type, &values, None), has_nulls, form: Form::Dictionary { values, codes } }
    }

    pub fn bytes(&self) -> usize {
        match &self.form {
            Form::Linear(codes) => codes.bytes(),
            Form::Dictionary { values, codes } => values.len() * 8 + codes.bytes(),
            Form::Wide { values, valid } => values.len() * 8 + valid.as_ref().map_or(0, Vec::len),
        }
    }

    fn len(&self) -> usize {
        match &self.form {
            Form::Linear(codes) | Form::Dictionary { codes, .. } => codes.len(),
            Form::Wide { values, .. } => values.len(),
        }
    }
}

/// Puts the chunks of a column together in the narrowest form that holds them all.
pub(crate) fn join(chunks: Vec<IntChunk>) -> Data {
    let n_rows: usize = chunks.iter().map(IntChunk::len).sum();
    let nullable = chunks.iter().any(|chunk| chunk.has_nulls);
    let all = common_extent(&chunks).unwrap_or(Extent { least: 0, greatest: 0, step: 1 });
    match all.last_code() {
        Some(last) => {
            let n_values = if chunks.iter().any(|chunk| chunk.extent.is_some()) { last + 1 } else { 0 };
            Data::Coded(join_codes(chunks, n_rows, all, n_values, nullable))
        }
        None => join_wide(chunks, n_rows),
    }
}

fn common_extent(chunks: &[IntChunk]) -> Option<Extent> {
    // Each of the steps divides the longer ones, so the shortest is common.
    chunks.iter().filter_map(|chunk| chunk.extent).reduce(|a, b| Extent {
        least: a.least.min(b.least),
        greatest: a.greatest.max(b.greatest),
        step: a.step.min(b.step),
    })
}

fn join_codes(chunks: Vec<IntChunk>, n_rows: usize, all: Extent, n_values: u64, nullable: bool) -> Coded {
    let domain = n_values + u64::from(nullable);
    let divide = ExactDivision::by(all.step as u64);
    let code = |value: i64| (divide.quotient(value.wrapping_sub(all.least) as u64) as u32).wrapping_add(u32::from(nullable));
    let mut joined = Codes::with_capacity(domain, n_rows);
    for chunk in chunks {
        // A chunk of nulls alone has no value to place.
        let extent = chunk.extent.unwrap_or(all);
        match chunk.form {
            Form::Dictionary { values, codes } => {
                let table: Vec<u32> = std::iter::once(0).chain(values.iter().map(|value| code(*value))).collect();
                joined.extend_translated(&codes, &table);
            }
            Form::Linear(codes) => {
                let factor = (extent.step / all.step) as u32;
                let first = code(extent.least);
                with_codes!(&codes, codes => with_codes!(&mut joined, joined => {
                    let place = |code: u32| first.wrapping_add(code.wrapping_sub(1).wrapping_mul(factor));
                    if nullable {
                        extend(joined, codes.iter().map(|code| if code.wide() == 0 { 0 } else { place(code.wide()) }));
                    } else {
                        extend(joined, codes.iter().map(|code| place(code.wide())));
                    }
                }));
            }
            // Its extent fits codes now: it did before.
            Form::Wide { values, .. } => joined.extend_translated(&Codes::collect(1, values.iter().map(|_| 0)), &[0]),
        }
    }
    Coded { codes: joined, nullable, domain: domain as u32, values: Values::Linear { base: all.least, step: all.step } }
}

fn join_wide(chunks: Vec<IntChunk>, n_rows: usize) -> Data {
    let mut all = Vec::with_capacity(n_rows);
    let mut nulls = Bitmap::none(n_rows);
    for chunk in chunks {
        let start = all.len();
        let Extent { least, step, .. } = chunk.extent.unwrap_or(Extent { least: 0, greatest: 0, step: 0 });
        let mut note = |row: usize, code: u32| {
            if code == 0 {
                nulls.set(start + row);
            }
            code
        };
        match chunk.form {
            Form::Wide { values, valid } => {
                for (row, _) in valid.iter().flatten().enumerate().filter(|(_, valid)| !**valid) {
                    nulls.set(start + row);
                }
                all.extend(values);
            }
            Form::Linear(codes) => all.extend((0..codes.len()).map(|row| {
                let code = note(row, codes.get(row));
                least.wrapping_add((i64::from(code) - 1).wrapping_mul(step))
            })),
            Form::Dictionary { values, codes } => all.extend((0..codes.len()).map(|row| {
                let code = note(row, codes.get(row)) as usize;
                if code == 0 { 0 } else { values[code - 1] }
            })),
        }
    }
    Data::Plain { lanes: Lanes::Int(all), valid: (nulls.count() > 0).then(|| nulls.complement()) }
}

fn bounds(values: &[i64], valid: Option<&[bool]>) -> Option<(i64, i64)> {
    let widen = |(least, greatest): (i64, i64), value: i64| (least.min(value), greatest.max(value));
    let (least, greatest) = match valid {
        None => values.iter().fold((i64::MAX, i64::MIN), |bounds, value| widen(bounds, *value)),
        Some(valid) => {
            let values = values.iter().zip(valid).filter(|(_, valid)| **valid);
            values.fold((i64::MAX, i64::MIN), |bounds, (value, _)| widen(bounds, *value))
        }
    };
    (least <= greatest).then_some((least, greatest))
}

fn on_grid(values: &[i64], valid: Option<&[bool]>, step: i64) -> bool {
    let divide = ExactDivision::by(step as u64);
    match valid {
        None => values.iter().all(|value| divide.is_exact(value.unsigned_abs())),
        Some(valid) => values.iter().zip(valid).all(|(value, valid)| !valid || divide.is_exact(value.unsigned_abs())),
    }
}

/// Division without remainder by multiplying with the inverse modulo 2^64: wasm has no fast 64-bit division.
struct ExactDivision {
    shift: u32,
    inverse: u64,
    greatest_quotient: u64,
}

impl ExactDivision {
    fn by(divisor: u64) -> Self {
        let shift = divisor.trailing_zeros();
        let odd = divisor >> shift;
        // Newton's iteration doubles the number of right bits, three of which are right at the start.
        let inverse = (0..5).fold(odd, |inverse, _| inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse))));
        Self { shift, inverse, greatest_quotient: u64::MAX / divisor }
    }

    /// The quotient, where the division leaves no remainder.
    #[inline(always)]
    fn quotient(&self, dividend: u64) -> u64 {
        dividend.wrapping_mul(self.inverse).rotate_right(self.shift)
    }

    #[inline(always)]
    fn is_exact(&self, dividend: u64) -> bool {
        self.quotient(dividend) <= self.greatest_quotient
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_division_is_division() {
        for step in [1, 2, 3, 1_000, 60_000_000, 86_400_000_000] {
            let divide = ExactDivision::by(step);
            for dividend in [0, 1, step - 1, step, step + 1, step * 77, u64::MAX, u64::MAX / step * step] {
                assert_eq!(divide.is_exact(dividend), dividend % step == 0, "{dividend} by {step}");
                if dividend % step == 0 {
                    assert_eq!(divide.quotient(dividend), dividend / step);
                }
            }
        }
    }
}
