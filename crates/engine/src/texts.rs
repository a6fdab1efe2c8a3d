use crate::digits::sort_by_digits;
use tarn_decode::sort_numbers;

/// Fewer are sorted by comparing them.
const MANY: usize = 256;

/// Many strings in one allocation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Texts {
    bytes: String,
    ends: Vec<u32>,
}

impl Texts {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.bytes[start as usize..self.ends[index] as usize]
    }

    pub fn push(&mut self, text: &str) {
        self.push_with(|out| out.push_str(text));
    }

    /// Appends what `write` writes as one string.
    pub fn push_with(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.bytes);
        self.ends.push(self.bytes.len() as u32);
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    pub fn bytes(&self) -> usize {
        self.bytes.len() + self.ends.len() * 4
    }
}

impl<'a> FromIterator<&'a str> for Texts {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut all = Self::default();
        for text in texts {
            all.push(text);
        }
        all
    }
}

/// Distinct strings, numbered.
#[derive(Default)]
pub(crate) struct Interner {
    texts: Texts,
    /// Open addressing, in the order of hashes: a string's hash above its number plus one, 0 where free. Its length is a power of two.
    slots: Vec<u64>,
}

impl Interner {
    /// Where 1 stands behind the first place, the number plus one of the string of that index.
    pub fn intern<'a>(&mut self, text: &dyn Fn(usize) -> &'a str, numbers: &mut [u32]) {
        let used = numbers.iter().skip(1).zip(0..).filter(|(used, _)| **used == 1);
        let mut ranked: Vec<(u64, u32)> = used.map(|(_, index)| (hash(text(index as usize)), index)).collect();
        // In the order of the slots: of a million strings each would be a miss of the processor's cache.
        sort_by_digits(&mut ranked);
        self.reserve(ranked.len());
        for (hash, index) in ranked {
            numbers[index as usize + 1] = self.number(hash, text(index as usize)) + 1;
        }
    }

    #[inline(never)]
    fn number(&mut self, hash: u64, text: &str) -> u32 {
        let mut slot = first_slot(hash, self.slots.len());
        loop {
            let found = self.slots[slot];
            let number = (found as u32).wrapping_sub(1);
            if found == 0 {
                self.texts.push(text);
                self.slots[slot] = hash << 32 | self.texts.len() as u64;
                return self.texts.len() as u32 - 1;
            }
            if found >> 32 == hash && self.texts.get(number as usize) == text {
                return number;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    pub fn bytes(&self) -> usize {
        self.texts.bytes() + self.slots.len() * 8
    }

    /// The strings in ascending byte order, and each number's rank among them.
    pub fn sorted(mut self) -> (Texts, Vec<u32>) {
        // The room is needed.
        self.slots = Vec::new();
        let mut order: Vec<u32> = (0..self.texts.len() as u32).collect();
        sort(&self.texts, &mut order, 0);
        let mut ranks = vec![0; order.len()];
        for (rank, number) in order.iter().enumerate() {
            ranks[*number as usize] = rank as u32;
        }
        (order.iter().map(|number| self.texts.get(*number as usize)).collect(), ranks)
    }

    /// Before so many that may be new. At once, as they come in the order of the slots: half of them would crowd half of the slots.
    fn reserve(&mut self, n_more: usize) {
        let n_slots = ((self.texts.len() + n_more) * 2).next_power_of_two().max(64);
        if n_slots <= self.slots.len() {
            return;
        }
        let slots = std::mem::replace(&mut self.slots, vec![0; n_slots]);
        for found in slots.into_iter().filter(|found| *found != 0) {
            let mut slot = first_slot(found >> 32, n_slots);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (n_slots - 1);
            }
            self.slots[slot] = found;
        }
    }
}

/// In the order of the hashes, which have 32 bits.
fn first_slot(hash: u64, n_slots: usize) -> usize {
    (hash >> (32 - n_slots.trailing_zeros())) as usize
}

#[inline(never)]
fn hash(text: &str) -> u64 {
    let (mut hash, mut rest) = (text.len() as u64, text.as_bytes());
    while !rest.is_empty() {
        hash = mix(hash ^ first_word(rest));
        rest = &rest[rest.len().min(8)..];
    }
    hash >> 32
}

/// The first eight bytes as a number in their order; missing ones are zeros.
#[inline(never)]
fn first_word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    let n_bytes = bytes.len().min(8);
    word[..n_bytes].copy_from_slice(&bytes[..n_bytes]);
    u64::from_be_bytes(word)
}

/// How many of the first bytes are the same.
#[inline(never)]
fn n_shared(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// Puts numbers of strings, of which the first bytes are known to be the same, in the strings' byte order.
fn sort(texts: &Texts, numbers: &mut [u32], n_same: usize) {
    let of = |number: u32| texts.get(number as usize).as_bytes();
    if numbers.len() >= MANY {
        // By the eight bytes behind those that all have.
        let first = of(numbers[0]);
        let n_same = numbers.iter().fold(first.len(), |n, number| n_same + n_shared(&first[n_same..n], &of(*number)[n_same..]));
        let mut ranked: Vec<(u64, u32)> = numbers.iter().map(|number| (first_word(&of(*number)[n_same..]), *number)).collect();
        sort_by_digits(&mut ranked);
        // Else they end, or go on with zeros.
        if ranked[0].0 != ranked[ranked.len() - 1].0 {
            numbers.iter_mut().zip(&ranked).for_each(|(number, entry)| *number = entry.1);
            let mut from = 0;
            for alike in ranked.chunk_by(|a, b| a.0 == b.0) {
                let to = from + alike.len();
                if alike.len() > 1 {
                    sort(texts, &mut numbers[from..to], n_same);
                }
                from = to;
            }
            return;
        }
    }
    sort_numbers(numbers, &mut |a, b| of(a).cmp(of(b)));
}

/// Spreads every bit over all others.
pub(crate) fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits ^ (bits >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Strings that share long beginnings, end in zeros, and come again.
    fn text((first, middle, last): (usize, usize, u16)) -> String {
        let beginning = ["", "User ", "https://example.org/a/path/"][first];
        let middle = ["", "middle and ", "\0\0\0\0\0\0\0\0"][middle].repeat(usize::from(last % 3));
        format!("{beginning}{middle}{}", if last < 9 { "\0".repeat(last.into()) } else { (last % 900).to_string() })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn strings_are_numbered_once_and_sorted_as_bytes(parts in proptest::collection::vec((0usize..3, 0usize..3, 0u16..2_000), 1..3_000), n_at_once in 1usize..2_000) {
            let texts: Vec<String> = parts.into_iter().map(text).collect();
            let mut interner = Interner::default();
            let mut numbers = vec![];
            for some in texts.chunks(n_at_once) {
                let mut of_some = vec![1; some.len() + 1];
                interner.intern(&|index| some[index].as_str(), &mut of_some);
                numbers.extend(of_some.into_iter().skip(1).map(|number| number - 1));
            }
            let (sorted, ranks) = interner.sorted();
            let expected: BTreeSet<&str> = texts.iter().map(String::as_str).collect();
            prop_assert!(sorted.iter().eq(expected));
            for (text, number) in texts.iter().zip(numbers) {
                prop_assert_eq!(sorted.get(ranks[number as usize] as usize), text);
            }
        }
    }
}
