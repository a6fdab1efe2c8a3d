//! Puts millions of rows in order by numbers, digit by digit: no values are compared, and none are looked up out of order.

const BITS: usize = 11;
const N_DIGITS: usize = 1 << BITS;

/// Sorts by the numbers; rows with the same number stay as they stand. Costs a pass for every digit in which numbers differ.
pub(crate) fn sort_by_digits(ranked: &mut Vec<(u64, u32)>) {
    let Some((first, _)) = ranked.first().copied() else { return };
    let differing = ranked.iter().fold(0, |differing, (rank, _)| differing | (rank ^ first));
    let mut sorted = vec![(0, 0); ranked.len()];
    for shift in (0..u64::BITS).step_by(BITS) {
        let digit = |rank: u64| (rank >> shift) as usize & (N_DIGITS - 1);
        if digit(differing) == 0 {
            continue;
        }
        let mut places = [0u32; N_DIGITS];
        ranked.iter().for_each(|(rank, _)| places[digit(*rank)] += 1);
        let mut before = 0;
        for place in &mut places {
            before += std::mem::replace(place, before);
        }
        for entry in &*ranked {
            let place = &mut places[digit(entry.0)];
            sorted[*place as usize] = *entry;
            *place += 1;
        }
        std::mem::swap(ranked, &mut sorted);
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
