//! Which rows of a long table exist in the page.

/// Fixed by the style sheet, in pixels.
pub const ROW_HEIGHT: f64 = 32.0;
/// Rows that exist at most: a scroll area's height and some before and after.
pub const POOL: usize = 28;
const BEFORE: usize = 6;
/// Rows that are printed at most: some fifty sheets.
pub const PRINTED: usize = 2000;
/// Rows of a page key.
pub const PAGE: usize = 10;

/// The first row of the pool when the body is scrolled that far. Even, so that it changes at every other row only.
pub fn first_row(scroll_top: f64, n_rows: usize) -> usize {
    let topmost = (scroll_top / ROW_HEIGHT).max(0.0) as usize;
    let first = topmost.saturating_sub(BEFORE) & !1;
    first.min(n_rows.saturating_sub(POOL))
}

/// Rows that only take up space, above and below the pool.
pub fn spacers(first: usize, n_rows: usize) -> (usize, usize) {
    (first, n_rows.saturating_sub(first + POOL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pool_covers_every_scroll_position() {
        let viewport = 14;
        for n_rows in [0, 1, POOL, POOL + 1, 500] {
            for top in 0..=n_rows.saturating_sub(viewport) {
                let first = first_row(top as f64 * ROW_HEIGHT, n_rows);
                let end = (first + POOL).min(n_rows);
                assert!(first <= top && (top + viewport).min(n_rows) <= end, "{top} of {n_rows}: {first}..{end}");
                let (above, below) = spacers(first, n_rows);
                assert_eq!(above + (end - first) + below, n_rows);
            }
        }
    }
}
