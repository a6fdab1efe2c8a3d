//! Counts and sums of a pass, cumulated along an axis: those of any interval of it are one difference and a few rows.
//!
//! The idea is that of Falcon's data tiles (Moritz, Howe and Heer, "Falcon: Balancing Interactive Latency and Resolution
//! Sensitivity for Scalable Linked Visualizations", CHI 2019) with prefix sums, on codes instead of pixels: rows between the
//! steps of a table are counted one by one, so that every interval is answered exactly.
use crate::axis::Axis;
use crate::codes::{Code, Codes, with_codes};
use crate::partial::{CodeSum, Partial, gather};
use crate::selection::Selected;
use std::ops::Range;

/// A table that would be larger has fewer steps.
const MAX_BYTES: usize = 4 << 20;
/// With fewer steps, too many rows lie between them.
const MIN_STEPS: usize = 16;

#[derive(Debug)]
pub(crate) struct Prefix {
    n_cells: usize,
    /// A step is this many blocks of the axis, as a power of two.
    stride: u32,
    /// `n_cells` values per step and at the end; of the rows before the step. Empty with an argument.
    counts: Vec<u32>,
    /// The same with sums; empty without an argument.
    sums: Vec<Cell>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    rows: u32,
    nonzero: u32,
    sum: u64,
}

impl Prefix {
    /// Nothing added yet. `None` where there are too many cells for the axis.
    pub fn new(axis: &Axis, n_cells: usize, with_argument: bool) -> Option<Self> {
        let bytes = n_cells.max(1) * Self::bytes_of_cell(with_argument);
        let n_steps = |stride: u32| axis.n_blocks().div_ceil(1 << stride);
        let stride = (0..16).find(|stride| (n_steps(*stride) + 1) * bytes <= MAX_BYTES)?;
        if stride > 0 && n_steps(stride) < MIN_STEPS {
            return None;
        }
        Some(Self::with_steps(n_steps(stride), stride, n_cells, with_argument))
    }

    /// Nothing added yet, with a step for every place. What is added at one is told by [`Self::added`] until it is cumulated.
    pub fn of_places(n_places: usize, n_cells: usize, with_argument: bool) -> Self {
        Self::with_steps(n_places, 0, n_cells, with_argument)
    }

    pub fn bytes_of_cell(with_argument: bool) -> usize {
        if with_argument { size_of::<Cell>() } else { size_of::<u32>() }
    }

    fn with_steps(n_steps: usize, stride: u32, n_cells: usize, with_argument: bool) -> Self {
        let room = (n_steps + 1) * n_cells;
        let (counts, sums) = if with_argument { (0, room) } else { (room, 0) };
        Self { n_cells, stride, counts: vec![0; counts], sums: vec![Cell::default(); sums] }
    }

    /// Cell, rows, sum of codes and codes other than 0 of every cell that has rows at a place.
    pub fn added(&self, place: usize, mut each: impl FnMut(usize, [u64; 3])) {
        let of_place = (place + 1) * self.n_cells..(place + 2) * self.n_cells;
        for (cell, rows) in self.counts.get(of_place.clone()).unwrap_or(&[]).iter().enumerate() {
            if *rows > 0 {
                each(cell, [u64::from(*rows), 0, 0]);
            }
        }
        for (cell, own) in self.sums.get(of_place).unwrap_or(&[]).iter().enumerate() {
            if own.rows > 0 {
                each(cell, [u64::from(own.rows), own.sum, u64::from(own.nonzero)]);
            }
        }
    }

    /// Adds the selected rows of a chunk. `blocks` holds the axis's block of each row of the chunk, which begins at `start`;
    /// `argument` a code per selected row.
    pub fn add(&mut self, start: usize, selected: Selected, blocks: &[u16], cells: Option<&Codes>, argument: Option<&[u32]>) {
        // What is counted at a step stands behind it.
        let place = Place { start, blocks, stride: self.stride, n_cells: self.n_cells };
        match (cells, argument) {
            (None, None) => count_one(place, selected, &mut self.counts),
            (Some(cells), None) => with_codes!(cells, cells => count(place, selected, cells, &mut self.counts)),
            (None, Some(argument)) => sum(place, selected, |_| 0, argument, &mut self.sums),
            (Some(cells), Some(argument)) => {
                with_codes!(cells, cells => sum(place, selected, |row| cells[row].wide() as usize, argument, &mut self.sums))
            }
        }
    }

    /// Cumulates. To be called once, after all rows were added.
    pub fn finish(&mut self) {
        for index in self.n_cells..self.counts.len() {
            self.counts[index] += self.counts[index - self.n_cells];
        }
        for index in self.n_cells..self.sums.len() {
            let before = self.sums[index - self.n_cells];
            let own = &mut self.sums[index];
            *own = Cell { rows: own.rows + before.rows, nonzero: own.nonzero + before.nonzero, sum: own.sum + before.sum };
        }
    }

    /// What lies within whole steps of the intervals of codes, and the intervals that remain.
    pub fn whole_steps(&self, axis: &Axis, codes: &[Range<u32>]) -> (Partial, Vec<Range<u32>>) {
        let mut partial = Partial { rows: vec![0; self.n_cells], sums: Vec::new() };
        if !self.sums.is_empty() {
            partial.sums = vec![CodeSum::default(); self.n_cells];
        }
        let mut rest = Vec::new();
        for codes in codes {
            let (first, last) = self.steps_within(axis, codes);
            if first >= last {
                rest.push(codes.clone());
                continue;
            }
            self.add_between(first, last, &mut partial);
            let inner = self.start(axis, first)..self.start(axis, last);
            rest.extend([codes.start..inner.start, inner.end..codes.end].into_iter().filter(|codes| !codes.is_empty()));
        }
        (partial, rest)
    }

    pub fn has_sums(&self) -> bool {
        !self.sums.is_empty()
    }

    /// The same stride leaves the same rest.
    pub fn stride(&self) -> u32 {
        self.stride
    }

    pub fn bytes(&self) -> usize {
        size_of_val(self.counts.as_slice()) + size_of_val(self.sums.as_slice())
    }

    pub fn n_cells(&self) -> usize {
        self.n_cells
    }

    /// The first code of a step.
    fn start(&self, axis: &Axis, step: usize) -> u32 {
        axis.starts[(step << self.stride).min(axis.n_blocks())]
    }

    /// The first step that begins in the interval, and the last that ends in it.
    fn steps_within(&self, axis: &Axis, codes: &Range<u32>) -> (usize, usize) {
        let n_steps = axis.n_blocks().div_ceil(1 << self.stride);
        let before = |holds: &dyn Fn(u32) -> bool| {
            let (mut low, mut high) = (0, n_steps + 1);
            while low < high {
                let middle = low.midpoint(high);
                if holds(self.start(axis, middle)) { low = middle + 1 } else { high = middle }
            }
            low
        };
        (before(&|start| start < codes.start), before(&|start| start <= codes.end).saturating_sub(1))
    }

    fn add_between(&self, first: usize, last: usize, partial: &mut Partial) {
        let row = |step: usize| step * self.n_cells..(step + 1) * self.n_cells;
        if self.sums.is_empty() {
            let ends = self.counts[row(first)].iter().zip(&self.counts[row(last)]);
            for (rows, (before, until)) in partial.rows.iter_mut().zip(ends) {
                *rows += until - before;
            }
            return;
        }
        let ends = self.sums[row(first)].iter().zip(&self.sums[row(last)]);
        for ((rows, sum), (before, until)) in partial.rows.iter_mut().zip(&mut partial.sums).zip(ends) {
            *rows += until.rows - before.rows;
            sum.nonzero += until.nonzero - before.nonzero;
            sum.sum += until.sum - before.sum;
        }
    }
}

/// Adds single rows, in any order.
pub(crate) fn add_rows(partial: &mut Partial, rows: &[u32], cells: Option<&Codes>, argument: Option<&Codes>) {
    let (mut own, mut codes) = (vec![0; rows.len()], Vec::new());
    if let Some(cells) = cells {
        gather(cells, Selected::Some(rows), &mut own);
    }
    own.iter().for_each(|cell| partial.rows[*cell as usize] += 1);
    if let Some(argument) = argument {
        gather(argument, Selected::Some(rows), &mut codes);
    }
    for (cell, code) in own.iter().zip(&codes) {
        let sum = &mut partial.sums[*cell as usize];
        sum.nonzero += u32::from(*code != 0);
        sum.sum += u64::from(*code);
    }
}

/// Where rows are counted.
#[derive(Clone, Copy)]
struct Place<'a> {
    start: usize,
    blocks: &'a [u16],
    stride: u32,
    n_cells: usize,
}

impl Place<'_> {
    #[inline(always)]
    fn of(&self, row: usize) -> usize {
        ((self.blocks[row - self.start] >> self.stride) as usize + 1) * self.n_cells
    }
}

#[inline(never)]
fn count_one(place: Place, selected: Selected, counts: &mut [u32]) {
    selected.for_each(|row| counts[place.of(row)] += 1);
}

#[inline(never)]
fn count<C: Code>(place: Place, selected: Selected, cells: &[C], counts: &mut [u32]) {
    selected.for_each(|row| counts[place.of(row) + cells[row].wide() as usize] += 1);
}

#[inline(never)]
fn sum(place: Place, selected: Selected, cell: impl Fn(usize) -> usize, argument: &[u32], sums: &mut [Cell]) {
    let mut argument = argument.iter();
    selected.for_each(|row| {
        let code = argument.next().copied().unwrap_or(0);
        let cell = &mut sums[place.of(row) + cell(row)];
        cell.rows += 1;
        cell.nonzero += u32::from(code != 0);
        cell.sum += u64::from(code);
    });
}
