//! Which rows of a long table exist in the page, and how far it is scrolled.

/// Fixed by the style sheet, in pixels.
pub const ROW_HEIGHT: f64 = 32.0;
/// Rows that exist at most: a scroll area's height and some before and after.
pub const POOL: usize = 28;
const BEFORE: usize = 6;
/// Rows that are printed at most: some fifty sheets.
pub const PRINTED: usize = 2000;
/// Rows of a page key.
pub const PAGE: usize = 10;
/// The most that a table's rows take up: no browser knows elements of any height.
const MAX_HEIGHT: f64 = 8_000_000.0;
/// At either end of a table that would be higher a pixel of the scroll bar is one of the rows, too.
const EXACT: f64 = 1_000_000.0;

/// The first row of the pool when the body is scrolled that far. Even, so that it changes at every other row only.
pub fn first_row(place: f64, n_rows: usize) -> usize {
    let topmost = (place / ROW_HEIGHT).max(0.0) as usize;
    let first = topmost.saturating_sub(BEFORE) & !1;
    first.min(n_rows.saturating_sub(POOL))
}

/// What the rows take up.
pub fn height(n_rows: usize) -> f64 {
    (n_rows as f64 * ROW_HEIGHT).min(MAX_HEIGHT)
}

/// Space above and below the rows of the pool.
pub fn spacers(first: usize, n_rows: usize, shift: f64) -> (f64, f64) {
    let shown = n_rows.min(POOL) as f64 * ROW_HEIGHT;
    let above = (first as f64 * ROW_HEIGHT + shift).max(0.0);
    (above, (height(n_rows) - above - shown).max(0.0))
}

/// How far a table is scrolled, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scroll {
    /// As the browser counts.
    pub top: f64,
    /// That less the place in the rows: what is left out above.
    pub shift: f64,
}

impl Scroll {
    /// The place in so many rows.
    pub fn place(self, n_rows: usize) -> f64 {
        self.top - self.shift_in(n_rows)
    }

    /// None where all pixels of the rows are there.
    pub fn shift_in(self, n_rows: usize) -> f64 {
        if n_rows as f64 * ROW_HEIGHT > MAX_HEIGHT { self.shift } else { 0.0 }
    }
}

/// What a table can be scrolled through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// The most that it can be scrolled.
    pub most: f64,
    pub n_rows: usize,
}

impl Reach {
    /// What the rows are higher than their element.
    fn excess(self) -> f64 {
        self.n_rows as f64 * ROW_HEIGHT - height(self.n_rows)
    }

    /// The place in the rows that a place of the scroll bar is for.
    fn place(self, top: f64) -> f64 {
        let inner = self.most - 2.0 * EXACT;
        top + self.excess() * ((top - EXACT) / inner).clamp(0.0, 1.0)
    }

    /// The scroll that shows that place of the rows.
    pub fn to(self, place: f64) -> Scroll {
        let (excess, inner) = (self.excess(), self.most - 2.0 * EXACT);
        if excess == 0.0 {
            return Scroll { top: place, shift: 0.0 };
        }
        let within = (place - EXACT).clamp(0.0, inner + excess);
        let top = (place - within * excess / (inner + excess)).round();
        Scroll { top, shift: top - place }
    }

    /// The scroll where the bar points.
    pub fn at(self, top: f64) -> Scroll {
        Scroll { top, shift: top - self.place(top) }
    }

    /// The scroll after the browser has moved: by a little the rows move as much; a jump goes where the scroll bar points.
    pub fn moved(self, from: Scroll, top: f64, client_height: f64) -> Scroll {
        if self.excess() == 0.0 {
            return Scroll { top, shift: 0.0 };
        }
        let fair = self.at(top);
        let is_near = (top - from.top).abs() <= client_height;
        let by_steps = Scroll { top, shift: from.shift };
        let ends = top <= 0.0 || top >= self.most - 1.0;
        match is_near {
            true if ends || from.shift == fair.shift => fair,
            // Steps have come to an end of the bar that is none of the rows: there is room for more where the place is meant to be.
            true if top < EXACT / 2.0 || top > self.most - EXACT / 2.0 => self.to(by_steps.top - by_steps.shift),
            true => by_steps,
            false => fair,
        }
    }
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
                let (above, below) = spacers(first, n_rows, 0.0);
                assert_eq!(above + (end - first) as f64 * ROW_HEIGHT + below, n_rows as f64 * ROW_HEIGHT);
            }
        }
    }

    const CLIENT: f64 = 426.0;

    fn reach(n_rows: usize) -> Reach {
        Reach { most: height(n_rows) - CLIENT, n_rows }
    }

    #[test]
    fn every_row_of_millions_can_be_reached() {
        for n_rows in [100_000, 250_001, 1_000_000, 4_000_000] {
            let reach = reach(n_rows);
            let last = n_rows as f64 * ROW_HEIGHT - CLIENT;
            assert_eq!(reach.to(0.0), Scroll::default());
            assert_eq!(
                reach.moved(Scroll::default(), reach.most, CLIENT).top - reach.moved(Scroll::default(), reach.most, CLIENT).shift,
                last
            );
            for row in (0..n_rows).step_by(997) {
                let place = (row as f64 * ROW_HEIGHT).min(last);
                let scroll = reach.to(place);
                assert!((0.0..=reach.most).contains(&scroll.top), "{row}: {scroll:?}");
                assert!((scroll.top - scroll.shift - place).abs() < 1e-6);
                assert!((reach.place(scroll.top) - place).abs() < 20.0, "{row}: the bar points at it");
            }
        }
    }

    /// Steps of a wheel from wherever the bar was dragged to: the rows move as much, and the ends are those of the rows.
    #[test]
    fn rows_move_as_far_as_the_wheel() {
        let reach = reach(1_000_000);
        for (start, step) in [(0.0, 100.0), (reach.most, -100.0), (4_000_000.0, 300.0), (4_000_000.0, -300.0)] {
            let mut scroll = reach.moved(Scroll::default(), start, 0.0);
            let mut n_steps = 0;
            loop {
                let place = scroll.top - scroll.shift;
                let top = (scroll.top + step).clamp(0.0, reach.most);
                if top == scroll.top {
                    break;
                }
                let next = reach.moved(scroll, top, CLIENT);
                let moved = next.top - next.shift - place;
                assert!((moved - (top - scroll.top)).abs() < 1.0, "{scroll:?} to {next:?}");
                (scroll, n_steps) = (next, n_steps + 1);
            }
            let end = if step > 0.0 { reach.most + reach.excess() } else { 0.0 };
            assert_eq!(scroll.top - scroll.shift, end, "after {n_steps} steps");
        }
    }
}
