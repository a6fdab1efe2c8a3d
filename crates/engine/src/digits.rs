//! Puts millions of rows in order by numbers, digit by digit: no values are compared, and none are looked up out of order.

const BITS: usize = 11;
const N_DIGITS: usize = 1 << BITS;

/// Rows per call of the hot loops: a browser improves code between calls, not within one.
const STRIDE: usize = 1 << 13;

/// What is put in order by a number.
pub(crate) trait Ranked: Copy + Default {
    fn rank(self) -> u64;
}

impl Ranked for u64 {
    #[inline(always)]
    fn rank(self) -> u64 {
        self
    }
}

/// A number and a row.
impl Ranked for (u64, u32) {
    #[inline(always)]
    fn rank(self) -> u64 {
        self.0
    }
}

/// Sorts by the numbers; entries with the same number stay as they stand. Costs a pass for every digit in which numbers differ.
pub(crate) fn sort_by_digits<T: Ranked>(ranked: &mut Vec<T>) {
    let Some(first) = ranked.first().map(|first| first.rank()) else { return };
    let differing = ranked.iter().fold(0, |differing, entry| differing | (entry.rank() ^ first));
    let mut sorted = vec![T::default(); ranked.len()];
    for shift in (0..u64::BITS).step_by(BITS) {
        if digit(differing, shift) == 0 {
            continue;
        }
        let mut places = [0u32; N_DIGITS];
        ranked.chunks(STRIDE).for_each(|stretch| count(stretch, shift, &mut places));
        let mut before = 0;
        for place in &mut places {
            before += std::mem::replace(place, before);
        }
        ranked.chunks(STRIDE).for_each(|stretch| deal(stretch, shift, &mut places, &mut sorted));
        std::mem::swap(ranked, &mut sorted);
    }
}

#[inline(always)]
fn digit(rank: u64, shift: u32) -> usize {
    (rank >> shift) as usize & (N_DIGITS - 1)
}

#[inline(never)]
fn count<T: Ranked>(ranked: &[T], shift: u32, places: &mut [u32; N_DIGITS]) {
    ranked.iter().for_each(|entry| places[digit(entry.rank(), shift)] += 1);
}

/// To where each digit's entries are next put.
#[inline(never)]
fn deal<T: Ranked>(ranked: &[T], shift: u32, places: &mut [u32; N_DIGITS], sorted: &mut [T]) {
    for entry in ranked {
        let place = &mut places[digit(entry.rank(), shift)];
        sorted[*place as usize] = *entry;
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(ranks in proptest::collection::vec(prop_oneof![0u64..5, any::<u64>(), Just(u64::MAX)], 0..300)) {
            let mut sorted: Vec<(u64, u32)> = ranks.into_iter().zip(0..).collect();
            let mut expected = sorted.clone();
            expected.sort_by_key(|entry| entry.0);
            sort_by_digits(&mut sorted);
            prop_assert_eq!(sorted, expected);
        }
    }
}
