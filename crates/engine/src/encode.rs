use crate::codes::Code as _;
use crate::codes::{Codes, with_codes};
use crate::column::{Coded, Column, Data, Values};
use crate::texts::mix;
use crate::vector::{Lanes, canonical, compare_floats};
use tarn_decode::sort_numbers;

/// Codes up to here are dense enough to count in arrays, whatever the number of rows.
const SMALL_DOMAIN: u32 = 1 << 16;

/// The column with codes dense enough to group by: at most about as many as there are rows. `None`: it is so already, or has
/// no order to encode (intervals).
pub(crate) fn densify(column: &Column) -> Option<Column> {
    let data = match &column.data {
        Data::Coded(coded) if coded.domain <= SMALL_DOMAIN.max(coded.codes.len() as u32) => return None,
        Data::Coded(coded) => {
            let keys: Vec<u64> = with_codes!(&coded.codes, codes => codes.iter().map(|code| u64::from(code.wide())).collect());
            let (mut distinct, numbers) = number(&keys, |key| mix(*key));
            let order = sort(&mut distinct, |a, b| a.cmp(b));
            let values = distinct.iter().filter_map(|code| coded.value_index(*code as u32));
            let values = match &coded.values {
                Values::Linear { base, step } => {
                    Values::Ints(values.map(|index| base.wrapping_add(step.wrapping_mul(index as i64))).collect())
                }
                Values::Texts(texts) => Values::Texts(values.map(|index| texts.get(index)).collect()),
                _ => return None,
            };
            let nullable = coded.nullable && distinct.first() == Some(&0);
            Coded { codes: ranked(&numbers, &order, 0), nullable, domain: distinct.len() as u32, values }
        }
        Data::Plain { lanes, valid } => {
            let is_valid = |row: usize| valid.as_ref().is_none_or(|valid| valid.get(row));
            match lanes {
                Lanes::Int(values) => encode(values, &is_valid, |value| mix(*value as u64), |a, b| a.cmp(b), Values::Ints),
                Lanes::Float(values) => {
                    let bits: Vec<u64> = values.iter().map(|value| canonical(*value).to_bits()).collect();
                    let compare = |a: &u64, b: &u64| compare_floats(f64::from_bits(*a), f64::from_bits(*b));
                    encode(
                        &bits,
                        &is_valid,
                        |bits| mix(*bits),
                        compare,
                        |bits| Values::Floats(bits.into_iter().map(f64::from_bits).collect()),
                    )
                }
                Lanes::Decimal(values) => {
                    encode(values, &is_valid, |value| mix(*value as u64 ^ mix((*value >> 64) as u64)), |a, b| a.cmp(b), Values::Decimals)
                }
                Lanes::Bool(_) | Lanes::Text(_) | Lanes::Interval(_) => return None,
            }
        }
    };
    let mut dense = Column::new(column.data_type, Data::Coded(data));
    dense.failed.clone_from(&column.failed);
    Some(dense)
}

fn encode<T: Copy + PartialEq>(
    values: &[T],
    is_valid: &dyn Fn(usize) -> bool,
    hash: impl Fn(&T) -> u64,
    compare: impl Fn(&T, &T) -> std::cmp::Ordering,
    form: impl Fn(Vec<T>) -> Values,
) -> Coded {
    let present: Vec<T> = values.iter().enumerate().filter(|(row, _)| is_valid(*row)).map(|(_, value)| *value).collect();
    let nullable = present.len() < values.len();
    let (mut distinct, numbers) = number(&present, hash);
    let order = sort(&mut distinct, compare);
    let domain = distinct.len() as u64 + u64::from(nullable);
    let codes = if nullable {
        let mut numbers = numbers.iter();
        let code = |row: usize| if is_valid(row) { numbers.next().map_or(0, |number| order[*number as usize] + 1) } else { 0 };
        Codes::collect(domain, (0..values.len()).map(code))
    } else {
        ranked(&numbers, &order, 0)
    };
    Coded { codes, nullable, domain: domain as u32, values: form(distinct) }
}

/// Distinct keys in the order of their first appearance, and for every row the number of its key.
pub(crate) fn number<T: Copy + PartialEq>(keys: &[T], hash: impl Fn(&T) -> u64) -> (Vec<T>, Vec<u32>) {
    let mut distinct: Vec<T> = Vec::new();
    let mut slots: Vec<u32> = vec![0; 1024];
    let number = |key: &T| {
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

/// Sorts, and tells for each old place the new one.
fn sort<T: Copy>(values: &mut Vec<T>, compare: impl Fn(&T, &T) -> std::cmp::Ordering) -> Vec<u32> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    sort_numbers(&mut order, &mut |a, b| compare(&values[a as usize], &values[b as usize]));
    let sorted = order.iter().map(|old| values[*old as usize]).collect();
    *values = sorted;
    let mut ranks = vec![0; order.len()];
    for (rank, old) in order.iter().enumerate() {
        ranks[*old as usize] = rank as u32;
    }
    ranks
}

fn ranked(numbers: &[u32], ranks: &[u32], first: u32) -> Codes {
    Codes::collect(ranks.len() as u64 + u64::from(first), numbers.iter().map(|number| ranks[*number as usize] + first))
}
