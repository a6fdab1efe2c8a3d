use std::cmp::Ordering;

/// The places `0..n` in the order of a comparison, equal ones as they stand. Everything that the page sorts goes through here, so that
/// sorting is in its code once.
pub fn ordered(n: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..n).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

/// The places of numbers in ascending order.
pub fn ascending(numbers: &[f64]) -> Vec<usize> {
    ordered(numbers.len(), &|a, b| numbers[a].total_cmp(&numbers[b]))
}
