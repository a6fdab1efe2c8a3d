use crate::bitmap::Bitmap;
use crate::codes::Code as _;
use crate::codes::{Codes, with_codes};
use crate::column::{Coded, Column, Data, Values};
use crate::digits::sort_by_digits;
use crate::order::{float_of_rank, rank_of_float};
use crate::texts::mix;
use crate::vector::Lanes;
use tarn_decode::sort_numbers;

/// Codes up to here are dense enough to count in arrays, whatever the number of rows.
const SMALL_DOMAIN: u32 = 1 << 16;

/// Between a number with a sign and one without, in the same order.
const SIGN: u64 = 1 << 63;
const WIDE_SIGN: u128 = 1 << 127;

/// The column with codes dense enough to group by: at most about as many as there are rows. `None`: it is so already, or has
/// no order to encode (intervals).
pub(crate) fn densify(column: &Column) -> Option<Column> {
    let data = match &column.data {
        Data::Coded(coded) if coded.domain <= SMALL_DOMAIN.max(coded.codes.len() as u32) => return None,
        Data::Coded(coded) => {
            let keys: Vec<u64> = with_codes!(&coded.codes, codes => codes.iter().map(|code| u64::from(code.wide())).collect());
            let (distinct, codes, _) = encode(keys, None);
            let values = distinct.iter().filter_map(|code| coded.value_index(*code as u32));
            let values = match &coded.values {
                Values::Linear { base, step } => {
                    Values::Ints(values.map(|index| base.wrapping_add(step.wrapping_mul(index as i64))).collect())
                }
                Values::Texts(texts) => Values::Texts(values.map(|index| texts.get(index)).collect()),
                _ => return None,
            };
            let nullable = coded.nullable && distinct.first() == Some(&0);
            Coded { codes, nullable, domain: distinct.len() as u32, values }
        }
        Data::Plain { lanes, valid } => {
            let (n_values, values, codes, nullable) = match lanes {
                Lanes::Int(values) => {
                    let (distinct, codes, nullable) = encode(values.iter().map(|value| *value as u64 ^ SIGN).collect(), valid.as_ref());
                    (distinct.len(), Values::Ints(distinct.into_iter().map(|key| (key ^ SIGN) as i64).collect()), codes, nullable)
                }
                Lanes::Float(values) => {
                    let (distinct, codes, nullable) = encode(values.iter().map(|value| rank_of_float(*value)).collect(), valid.as_ref());
                    (distinct.len(), Values::Floats(distinct.into_iter().map(float_of_rank).collect()), codes, nullable)
                }
                Lanes::Decimal(values) => {
                    let (distinct, codes, nullable) =
                        encode(values.iter().map(|value| *value as u128 ^ WIDE_SIGN).collect(), valid.as_ref());
                    (distinct.len(), Values::Decimals(distinct.into_iter().map(|key| (key ^ WIDE_SIGN) as i128).collect()), codes, nullable)
                }
                Lanes::Bool(_) | Lanes::Text(_) | Lanes::Interval(_) => return None,
            };
            Coded { codes, nullable, domain: n_values as u32 + u32::from(nullable), values }
        }
    };
    let mut dense = Column::new(column.data_type, Data::Coded(data));
    dense.failed.clone_from(&column.failed);
    Some(dense)
}

/// The distinct keys in their order, a code for every row, and whether code 0 is for rows without a key.
fn encode<N: Copy + Ord + Into<u128>>(mut keys: Vec<N>, valid: Option<&Bitmap>) -> (Vec<N>, Codes, bool) {
    let n_rows = keys.len();
    let is_valid = |row: usize| valid.is_none_or(|valid| valid.get(row));
    let mut rows = 0..;
    keys.retain(|_| rows.next().is_some_and(is_valid));
    let nullable = keys.len() < n_rows;
    let (distinct, numbers, ranks) = ranked(&keys);
    let mut numbers = numbers.into_iter();
    let mut code = || numbers.next().map_or(0, |number| ranks[number as usize] + u32::from(nullable));
    let domain = distinct.len() as u64 + u64::from(nullable);
    let codes = Codes::collect(domain, (0..n_rows).map(|row| if is_valid(row) { code() } else { 0 }));
    (distinct, codes, nullable)
}

/// Distinct keys in their order; for every row a number of its key, and for every number the key's place among them.
pub(crate) fn ranked<N: Copy + Ord + Into<u128>>(keys: &[N]) -> (Vec<N>, Vec<u32>, Vec<u32>) {
    let (distinct, numbers) = number(keys);
    let narrow: Option<Vec<(u64, u32)>> =
        distinct.iter().zip(0..).map(|(key, at)| Some((u64::try_from((*key).into()).ok()?, at))).collect();
    let order: Vec<u32> = match narrow {
        Some(mut ranked) => {
            sort_by_digits(&mut ranked);
            ranked.into_iter().map(|(_, at)| at).collect()
        }
        None => {
            let mut order: Vec<u32> = (0..distinct.len() as u32).collect();
            sort_numbers(&mut order, &mut |a, b| distinct[a as usize].cmp(&distinct[b as usize]));
            order
        }
    };
    let mut ranks = vec![0; order.len()];
    for (rank, at) in order.iter().enumerate() {
        ranks[*at as usize] = rank as u32;
    }
    (order.iter().map(|at| distinct[*at as usize]).collect(), numbers, ranks)
}

/// Distinct keys in the order of their first appearance, and for every row the number of its key.
fn number<N: Copy + Ord + Into<u128>>(keys: &[N]) -> (Vec<N>, Vec<u32>) {
    let hash = |key: &N| {
        let key: u128 = (*key).into();
        mix(key as u64 ^ mix((key >> 64) as u64))
    };
    let mut distinct: Vec<N> = Vec::new();
    let mut slots: Vec<u32> = vec![0; 1024];
    let number = |key: &N| {
        let mut slot = hash(key) as usize & (slots.len() - 1);
        loop {
            match slots[slot] {
                0 => break,
                number if distinct[number as usize - 1] == *key => return number - 1,
                _ => slot = (slot + 1) & (slots.len() - 1),
            }
        }
        distinct.push(*key);
        slots[slot] = distinct.len() as u32;
        if distinct.len() * 2 > slots.len() {
            slots = vec![0; slots.len() * 4];
            for (number, key) in distinct.iter().enumerate() {
                let mut slot = hash(key) as usize & (slots.len() - 1);
                while slots[slot] != 0 {
                    slot = (slot + 1) & (slots.len() - 1);
                }
                slots[slot] = number as u32 + 1;
            }
        }
        distinct.len() as u32 - 1
    };
    let numbers = keys.iter().map(number).collect();
    (distinct, numbers)
}
