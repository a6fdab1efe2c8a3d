use crate::bitmap::Bitmap;
use crate::calendar::DAY_MICROS;
use crate::codes::{Code as _, Codes, extend, with_codes};
use crate::column::{Coded, Data, Values};
use crate::vector::Lanes;
use tarn_dashboard::DataType;

/// Steps that timestamps and times of day are likely to be multiples of, longest first.
const TIME_STEPS: [i64; 5] = [DAY_MICROS, 3_600_000_000, 60_000_000, 1_000_000, 1_000];

/// A stretch of integers as codes where that loses nothing: minutes of a year take four bytes, not eight.
pub(crate) enum IntChunk {
    /// Null is 0; otherwise the value is `base + (code - 1) * step`.
    Narrow {
        base: i64,
        step: i64,
        codes: Codes,
    },
    Wide {
        values: Vec<i64>,
        valid: Option<Vec<bool>>,
    },
}

impl IntChunk {
    pub fn new(data_type: DataType, values: &[i64], valid: Option<&[bool]>) -> Self {
        let Some((least, greatest)) = bounds(values, valid) else {
            return Self::Narrow { base: 0, step: 0, codes: Codes::collect(1, values.iter().map(|_| 0)) };
        };
        let steps: &[i64] =
            if matches!(data_type, DataType::Timestamp | DataType::TimestampTz | DataType::Time) { &TIME_STEPS } else { &[] };
        // Values that are all on the step's grid; the base too, so that chunks of one column agree.
        let step = steps.iter().copied().find(|step| on_grid(values, valid, *step)).unwrap_or(1);
        let span = greatest.wrapping_sub(least) as u64 / step as u64;
        if span >= u64::from(u32::MAX) - 1 {
            return Self::Wide { values: values.to_vec(), valid: valid.map(<[bool]>::to_vec) };
        }
        let divide = ExactDivision::by(step as u64);
        let code = |value: &i64| divide.quotient(value.wrapping_sub(least) as u64) as u32 + 1;
        let codes = match valid {
            None => Codes::collect(span + 2, values.iter().map(code)),
            Some(valid) => Codes::collect(span + 2, values.iter().zip(valid).map(|(value, valid)| if *valid { code(value) } else { 0 })),
        };
        Self::Narrow { base: least, step, codes }
    }

    fn len(&self) -> usize {
        match self {
            Self::Narrow { codes, .. } => codes.len(),
            Self::Wide { values, .. } => values.len(),
        }
    }

    fn has_values(&self) -> bool {
        !matches!(self, Self::Narrow { step: 0, .. })
    }
}

/// Puts the chunks of a column together in the narrowest form that holds them all.
pub(crate) fn join(chunks: Vec<IntChunk>) -> Data {
    let n_rows: usize = chunks.iter().map(IntChunk::len).sum();
    match common_grid(&chunks) {
        Some(grid) => Data::Coded(join_narrow(chunks, n_rows, &grid)),
        None => join_wide(chunks, n_rows),
    }
}

struct Grid {
    base: i64,
    step: i64,
    n_values: u64,
    nullable: bool,
}

fn common_grid(chunks: &[IntChunk]) -> Option<Grid> {
    let mut grid = Grid { base: i64::MAX, step: 0, n_values: 0, nullable: false };
    let mut last = i64::MIN;
    for chunk in chunks {
        let IntChunk::Narrow { base, step, codes } = chunk else { return None };
        let (least, greatest) = with_codes!(codes, codes => {
            codes.iter().fold((u32::MAX, 0), |(least, greatest), code| (least.min(code.wide()), greatest.max(code.wide())))
        });
        grid.nullable |= least == 0;
        if chunk.has_values() {
            grid.base = grid.base.min(*base);
            grid.step = if grid.step == 0 { *step } else { grid.step.min(*step) };
            last = last.max(base.wrapping_add(i64::from(greatest - 1).wrapping_mul(*step)));
        }
    }
    if grid.step == 0 {
        return Some(Grid { base: 0, step: 1, ..grid });
    }
    // Each of the steps divides the longer ones, so the shortest is common.
    grid.n_values = last.wrapping_sub(grid.base) as u64 / grid.step as u64 + 1;
    (grid.n_values < u64::from(u32::MAX) - 1).then_some(grid)
}

fn join_narrow(chunks: Vec<IntChunk>, n_rows: usize, grid: &Grid) -> Coded {
    let domain = grid.n_values + u64::from(grid.nullable);
    let mut joined = Codes::with_capacity(domain, n_rows);
    for chunk in chunks {
        let IntChunk::Narrow { base, step, codes } = chunk else { continue };
        let factor = (step / grid.step) as u32;
        // Meaningless for a chunk of nulls alone, whose codes are all 0.
        let first = ((base.wrapping_sub(grid.base) as u64 / grid.step as u64) as u32).wrapping_add(u32::from(grid.nullable));
        with_codes!(&codes, codes => with_codes!(&mut joined, joined => {
            let place = |code: u32| first.wrapping_add(code.wrapping_sub(1).wrapping_mul(factor));
            if grid.nullable {
                extend(joined, codes.iter().map(|code| if code.wide() == 0 { 0 } else { place(code.wide()) }));
            } else {
                extend(joined, codes.iter().map(|code| place(code.wide())));
            }
        }));
    }
    Coded { codes: joined, nullable: grid.nullable, domain: domain as u32, values: Values::Linear { base: grid.base, step: grid.step } }
}

fn join_wide(chunks: Vec<IntChunk>, n_rows: usize) -> Data {
    let mut all = Vec::with_capacity(n_rows);
    let mut nulls = Bitmap::none(n_rows);
    for chunk in chunks {
        let start = all.len();
        match chunk {
            IntChunk::Wide { values, valid } => {
                for (row, _) in valid.iter().flatten().enumerate().filter(|(_, valid)| !**valid) {
                    nulls.set(start + row);
                }
                all.extend(values);
            }
            IntChunk::Narrow { base, step, codes } => {
                for row in 0..codes.len() {
                    let code = codes.get(row);
                    if code == 0 {
                        nulls.set(start + row);
                    }
                    all.push(base.wrapping_add((i64::from(code) - 1).wrapping_mul(step)));
                }
            }
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
