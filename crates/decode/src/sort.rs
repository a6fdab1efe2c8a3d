//! Everything that is ordered by a comparison, but for millions of plain numbers: the standard library's sort is compiled anew for
//! every type and comparison, and was a seventh of the data worker.
use std::cmp::Ordering;

/// Sorts numbers of rows, values or codes. Equal ones are in any order.
#[inline(never)]
pub fn sort_numbers(numbers: &mut [u32], compare: &mut dyn FnMut(u32, u32) -> Ordering) {
    numbers.sort_unstable_by(|a, b| compare(*a, *b));
}

/// Sorts at most 2³² items; equal ones stay as they stand.
pub fn sort_by<T>(items: &mut Vec<T>, mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut places: Vec<u32> = (0..items.len() as u32).collect();
    sort_numbers(&mut places, &mut |a, b| compare(&items[a as usize], &items[b as usize]).then(a.cmp(&b)));
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(places.into_iter().filter_map(|place| taken[place as usize].take()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(items in proptest::collection::vec((0u8..9, any::<u16>()), 0..300)) {
            let (mut expected, mut sorted) = (items.clone(), items);
            expected.sort_by_key(|item| item.0);
            sort_by(&mut sorted, |a, b| a.0.cmp(&b.0));
            prop_assert_eq!(sorted, expected);
        }
    }
}
