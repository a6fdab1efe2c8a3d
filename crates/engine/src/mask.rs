use crate::Test;
use crate::bitmap::{Bitmap, pack};
use crate::calendar::micros_of;
use crate::codes::{Code, Codes, with_codes};
use crate::column::{Coded, Column, Data, ZONE_ROWS};
use crate::vector::{compare_floats, decimal_from_scalar, float_from_scalar, int_from_scalar, scale_of};
use std::cmp::Ordering;
use std::ops::Range;
use tarn_dashboard::{DataType, Scalar};
use tarn_decode::sort_numbers;
use tarn_protocol::QueryError;

/// So many values are looked for one by one where lanes compare many codes at once: that takes less than a look at the table of all
/// codes for every row.
const FEW: usize = 4;

/// Rows that pass the test.
pub(crate) fn mask_of(column: &Column, test: &Test) -> Result<Bitmap, QueryError> {
    if !fits(column.data_type, test) {
        return Err(unfit());
    }
    match &column.data {
        Data::Coded(coded) => Ok(mask_of_codes(column, coded, test)),
        Data::Plain { .. } => {
            let mut mask = Bitmap::none(column.len());
            for start in (0..column.len()).step_by(ZONE_ROWS) {
                let block = column.read(start..(start + ZONE_ROWS).min(column.len()));
                for row in 0..block.len() {
                    if passes(column.data_type, test, &block.scalar(column.data_type, row)) {
                        mask.set(start + row);
                    }
                }
            }
            Ok(mask)
        }
    }
}

fn fits(data_type: DataType, test: &Test) -> bool {
    match test {
        Test::Instants { .. } => data_type.is_temporal(),
        Test::Range { .. } => data_type.is_numeric(),
        Test::Contains(_) => matches!(data_type, DataType::String | DataType::Binary),
        Test::Is(_) => data_type == DataType::Boolean,
        Test::Set(_) => true,
    }
}

/// The test of one value; what every faster way must agree with.
pub(crate) fn passes(data_type: DataType, test: &Test, value: &Scalar) -> bool {
    if value.is_null() {
        return matches!(test, Test::Set(values) if values.iter().any(Scalar::is_null));
    }
    match test {
        Test::Instants { from, to } => int_from_scalar(value)
            .map(|value| micros_of(data_type, value))
            .is_some_and(|micros| from.is_none_or(|from| micros >= from) && to.is_none_or(|to| micros < to)),
        Test::Range { from, to } => float_from_scalar(value).is_some_and(|value| {
            from.is_none_or(|from| compare_floats(value, from).is_ge()) && to.is_none_or(|to| compare_floats(value, to).is_lt())
        }),
        Test::Set(values) => values.iter().any(|wanted| is_same(data_type, value, wanted)),
        Test::Contains(part) => matches!(value, Scalar::String(text) if contains_folded(text, &part.to_lowercase())),
        Test::Is(wanted) => *value == Scalar::Boolean(*wanted),
    }
}

pub(crate) fn contains_folded(text: &str, lowercase: &str) -> bool {
    if text.is_ascii() {
        let (text, part) = (text.as_bytes(), lowercase.as_bytes());
        return part.is_empty() || text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part));
    }
    text.to_lowercase().contains(lowercase)
}

/// Whether a chosen value is the row's, across the ways to write a number.
fn is_same(data_type: DataType, value: &Scalar, wanted: &Scalar) -> bool {
    match (value, wanted) {
        (Scalar::Float(a), wanted) => float_from_scalar(wanted).is_some_and(|b| compare_floats(*a, b).is_eq()),
        (Scalar::Decimal { unscaled, scale }, wanted) => match wanted {
            Scalar::Float(b) => compare_floats(float_from_scalar(value).unwrap_or(f64::NAN), *b).is_eq(),
            wanted => decimal_from_scalar(wanted, *scale) == Some(*unscaled),
        },
        (Scalar::Int(a), Scalar::Float(b)) => *a as f64 == *b,
        (Scalar::Int(a), Scalar::Decimal { .. }) => decimal_from_scalar(wanted, scale_of(data_type)) == Some(i128::from(*a)),
        (Scalar::Date(days), Scalar::Timestamp(micros)) => micros_of(DataType::Date, i64::from(*days)) == *micros,
        (Scalar::Timestamp(micros), Scalar::Date(days)) => micros_of(DataType::Date, i64::from(*days)) == *micros,
        _ => value == wanted,
    }
}

fn mask_of_codes(column: &Column, coded: &Coded, test: &Test) -> Bitmap {
    match test {
        Test::Instants { .. } | Test::Range { .. } => {
            let range = interval(column, coded, test);
            range_mask(column, coded, range.start, range.end)
        }
        Test::Set(values)
            if values.len() == 1 || values.len() <= FEW && coded.domain <= 1 << 16 || coded.domain as usize > coded.codes.len() =>
        {
            let mut mask = Bitmap::none(coded.codes.len());
            for wanted in values {
                if let Some(code) = code_of(column, coded, wanted) {
                    mask = mask.or(&range_mask(column, coded, code, code + 1));
                }
            }
            mask
        }
        _ => {
            let table: Vec<u8> = match test {
                Test::Set(values) => {
                    let mut table = vec![0; coded.domain as usize];
                    for code in values.iter().filter_map(|wanted| code_of(column, coded, wanted)) {
                        table[code as usize] = 1;
                    }
                    table
                }
                _ => (0..coded.domain).map(|code| u8::from(passes(column.data_type, test, &column.value(code)))).collect(),
            };
            Bitmap::from_words(with_codes!(&coded.codes, codes => look_up(codes, &table)), coded.codes.len())
        }
    }
}

/// The codes whose values pass, as intervals in ascending order. Fails as [`mask_of`] does.
pub(crate) fn passing_codes(column: &Column, coded: &Coded, test: &Test) -> Result<Vec<Range<u32>>, QueryError> {
    if !fits(column.data_type, test) {
        return Err(unfit());
    }
    let mut codes: Vec<u32> = match test {
        Test::Instants { .. } | Test::Range { .. } => {
            let range = interval(column, coded, test);
            return Ok(if range.is_empty() { Vec::new() } else { vec![range] });
        }
        Test::Set(values) => values.iter().filter_map(|wanted| code_of(column, coded, wanted)).collect(),
        Test::Contains(_) | Test::Is(_) => (0..coded.domain).filter(|code| passes(column.data_type, test, &column.value(*code))).collect(),
    };
    sort_numbers(&mut codes, &mut |a, b| a.cmp(&b));
    codes.dedup();
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for code in codes {
        match ranges.last_mut() {
            Some(last) if last.end == code => last.end += 1,
            _ => ranges.push(code..code + 1),
        }
    }
    Ok(ranges)
}

/// Codes are in the order of the values, so that an interval of values is one of codes.
fn interval(column: &Column, coded: &Coded, test: &Test) -> Range<u32> {
    let first = u32::from(coded.nullable);
    let below = |at: Test| partition(first, coded.domain, |code| !passes(column.data_type, &at, &column.value(code)));
    match test {
        Test::Instants { from, to } => {
            let below = |at: i64| below(Test::Instants { from: Some(at), to: None });
            from.map_or(first, below)..to.map_or(coded.domain, below)
        }
        Test::Range { from, to } => {
            let below = |at: f64| below(Test::Range { from: Some(at), to: None });
            from.map_or(first, below)..to.map_or(coded.domain, below)
        }
        Test::Set(_) | Test::Contains(_) | Test::Is(_) => 0..0,
    }
}

fn unfit() -> QueryError {
    QueryError::Unsupported { what: "a filter of this kind over values of this type".into() }
}

/// The code of a value, found by its place in the order.
fn code_of(column: &Column, coded: &Coded, wanted: &Scalar) -> Option<u32> {
    if wanted.is_null() {
        return coded.nullable.then_some(0);
    }
    let code = partition(u32::from(coded.nullable), coded.domain, |code| order(column.data_type, &column.value(code), wanted).is_lt());
    (code < coded.domain && is_same(column.data_type, &column.value(code), wanted)).then_some(code)
}

/// How a value of the column lies to a chosen one. Values of another kind are taken as equal: they match nothing afterwards.
fn order(data_type: DataType, value: &Scalar, wanted: &Scalar) -> Ordering {
    match (value, wanted) {
        (Scalar::String(a), Scalar::String(b)) => a.cmp(b),
        (Scalar::Int(a), Scalar::Int(b)) => a.cmp(b),
        (Scalar::Decimal { unscaled, scale }, Scalar::Int(_) | Scalar::Decimal { .. }) => match decimal_from_scalar(wanted, *scale) {
            Some(wanted) => unscaled.cmp(&wanted),
            None => float_order(value, wanted),
        },
        _ => match (int_from_scalar(value), int_from_scalar(wanted)) {
            (Some(a), Some(_)) if matches!(wanted, Scalar::Timestamp(_) | Scalar::Date(_)) => {
                let wanted_type = if matches!(wanted, Scalar::Date(_)) { DataType::Date } else { DataType::Timestamp };
                micros_of(data_type, a).cmp(&micros_of(wanted_type, int_from_scalar(wanted).unwrap_or(0)))
            }
            (Some(a), Some(b)) if !matches!(value, Scalar::Int(_)) => a.cmp(&b),
            _ => float_order(value, wanted),
        },
    }
}

fn float_order(value: &Scalar, wanted: &Scalar) -> Ordering {
    match (float_from_scalar(value), float_from_scalar(wanted)) {
        (Some(a), Some(b)) => compare_floats(a, b),
        _ => Ordering::Equal,
    }
}

/// The first code in `from..to` for which `below` no longer holds.
fn partition(from: u32, to: u32, below: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (from, to.max(from));
    while low < high {
        let middle = low + (high - low) / 2;
        if below(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// Rows with codes in `from..to`; zones that lie wholly inside or outside are not read.
fn range_mask(column: &Column, coded: &Coded, from: u32, to: u32) -> Bitmap {
    let n_rows = coded.codes.len();
    if from >= to {
        return Bitmap::none(n_rows);
    }
    let mut words = Vec::with_capacity(n_rows.div_ceil(64));
    for (zone, (low, high)) in column.zones().iter().enumerate() {
        let rows = zone * ZONE_ROWS..((zone + 1) * ZONE_ROWS).min(n_rows);
        if *high < from || *low >= to {
            words.resize(rows.end.div_ceil(64), 0);
        } else if *low >= from && *high < to {
            words.extend_from_slice(Bitmap::all(rows.len()).words());
        } else {
            compare_codes(&coded.codes, rows, from, to - from, &mut words);
        }
    }
    Bitmap::from_words(words, n_rows)
}

fn compare_codes(codes: &Codes, rows: Range<usize>, from: u32, len: u32, words: &mut Vec<u64>) {
    match codes {
        Codes::U8(codes) => compare_u8(&codes[rows], from as u8, (len - 1) as u8, words),
        Codes::U16(codes) => compare_u16(&codes[rows], from as u16, (len - 1) as u16, words),
        Codes::U32(codes) => compare_u32(&codes[rows], from, len - 1, words),
    }
}

/// One comparison per lane: `code - from <= last` without sign tells both ends at once.
macro_rules! compare {
    ($name:ident, $code:ty) => {
        #[inline(never)]
        fn $name(codes: &[$code], from: $code, last: $code, words: &mut Vec<u64>) {
            let (whole, rest) = codes.as_chunks::<64>();
            words.extend(whole.iter().map(|codes| lanes::$name(codes, from, last)));
            if !rest.is_empty() {
                let mut padded = [0; 64];
                padded[..rest.len()].copy_from_slice(rest);
                words.push(lanes::$name(&padded, from, last) & ((1 << rest.len()) - 1));
            }
        }
    };
}
compare!(compare_u8, u8);
compare!(compare_u16, u16);
compare!(compare_u32, u32);

/// Which of 64 codes are within, as bits.
#[cfg(not(target_arch = "wasm32"))]
mod lanes {
    macro_rules! compare {
        ($name:ident, $code:ty) => {
            #[inline]
            pub fn $name(codes: &[$code; 64], from: $code, last: $code) -> u64 {
                crate::bitmap::pack(&codes.map(|code| u8::from(code.wrapping_sub(from) <= last)))
            }
        };
    }
    compare!(compare_u8, u8);
    compare!(compare_u16, u16);
    compare!(compare_u32, u32);
}

/// The same, 16 lanes at once: what LLVM makes of the other takes four times as long. It makes one load of two halves, and of sixteen
/// bytes sixteen.
#[cfg(target_arch = "wasm32")]
mod lanes {
    use std::arch::wasm32::*;

    #[inline]
    pub fn compare_u8(codes: &[u8; 64], from: u8, last: u8) -> u64 {
        let (from, last) = (u8x16_splat(from), u8x16_splat(last));
        codes.as_chunks::<8>().0.as_chunks::<2>().0.iter().rev().fold(0, |word, [low, high]| {
            let codes = u64x2(u64::from_le_bytes(*low), u64::from_le_bytes(*high));
            word << 16 | u64::from(u8x16_bitmask(u8x16_le(u8x16_sub(codes, from), last)))
        })
    }

    #[inline]
    fn loaded(codes: &[u16]) -> v128 {
        u16x8(codes[0], codes[1], codes[2], codes[3], codes[4], codes[5], codes[6], codes[7])
    }

    #[inline]
    pub fn compare_u16(codes: &[u16; 64], from: u16, last: u16) -> u64 {
        let (from, last) = (u16x8_splat(from), u16x8_splat(last));
        let within = |codes: &[u16]| u16x8_le(u16x8_sub(loaded(codes), from), last);
        codes.as_chunks::<16>().0.iter().rev().fold(0, |word, codes| {
            let (low, high) = codes.split_at(8);
            word << 16 | u64::from(i8x16_bitmask(i8x16_narrow_i16x8(within(low), within(high))))
        })
    }

    #[inline]
    pub fn compare_u32(codes: &[u32; 64], from: u32, last: u32) -> u64 {
        codes.iter().rev().fold(0, |word, code| word << 1 | u64::from(code.wrapping_sub(from) <= last))
    }
}

#[inline(never)]
fn look_up<C: Code>(codes: &[C], table: &[u8]) -> Vec<u64> {
    let word = |codes: &[C]| {
        let mut flags = [0u8; 64];
        for (flag, code) in flags.iter_mut().zip(codes) {
            *flag = table[code.wide() as usize];
        }
        pack(&flags)
    };
    codes.chunks(64).map(word).collect()
}
