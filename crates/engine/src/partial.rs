use crate::codes::{Code, Codes, with_codes};
use crate::selection::Selected;

/// Counts and sums of codes per cell. Exact, so partials of parts of the rows can be added and taken away.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Partial {
    /// Rows in each cell.
    pub rows: Vec<u32>,
    /// Per cell, of the argument's codes; empty without an argument. Fits: fewer than 2^32 rows of codes below 2^32.
    pub sums: Vec<CodeSum>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct CodeSum {
    /// Rows whose code is not 0, which is null in nullable columns.
    pub nonzero: u32,
    pub sum: u64,
}

impl Partial {
    pub fn bytes(&self) -> usize {
        self.rows.len() * 4 + self.sums.len() * size_of::<CodeSum>()
    }

    /// The cells that have rows, ascending.
    pub fn occurring(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.rows).filter(|(_, n_rows)| **n_rows > 0).map(|(cell, _)| cell)
    }

    /// The same with the rows that came and without those that are gone, which are among the own.
    pub fn changed(&self, came: &Self, gone: &Self) -> Self {
        let sum = |(own, (came, gone)): (&CodeSum, (&CodeSum, &CodeSum))| CodeSum {
            nonzero: own.nonzero + came.nonzero - gone.nonzero,
            sum: own.sum + came.sum - gone.sum,
        };
        Self {
            rows: self.rows.iter().zip(came.rows.iter().zip(&gone.rows)).map(|(own, (came, gone))| own + came - gone).collect(),
            sums: self.sums.iter().zip(came.sums.iter().zip(&gone.sums)).map(sum).collect(),
        }
    }
}

/// Grows a [`Partial`] chunk by chunk.
pub(crate) struct Accumulator {
    n_cells: usize,
    /// Several tables of cells where they are small: neighbouring rows often share a cell, and adding twice to one place in
    /// memory has to wait for the first addition.
    counts: Vec<u32>,
    sums: Vec<Cell>,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    rows: u32,
    sum: CodeSum,
}

const N_TABLES: usize = 4;
const SMALL: usize = 2048;

impl Accumulator {
    pub fn new(n_cells: usize, with_argument: bool) -> Self {
        let n_tables = if n_cells <= SMALL { N_TABLES } else { 1 };
        let room = |wanted: bool| if wanted { n_cells * n_tables } else { 0 };
        Self { n_cells, counts: vec![0; room(!with_argument)], sums: vec![Cell::default(); room(with_argument)] }
    }

    /// Adds the selected rows. `cells` is `None` where there is one cell; `argument` holds a code per selected row.
    pub fn add(&mut self, selected: Selected, cells: Option<&Codes>, argument: Option<&[u32]>) {
        match (cells, argument) {
            (None, None) => self.counts[0] += selected.len() as u32,
            (None, Some(argument)) => add_all(&mut self.sums[0], argument),
            (Some(cells), None) => with_codes!(cells, cells => match selected {
                Selected::All { start, len } => count_all(&cells[start..start + len], &mut self.counts, self.n_cells),
                Selected::Some(rows) => count_some(cells, rows, &mut self.counts, self.n_cells),
            }),
            (Some(cells), Some(argument)) => with_codes!(cells, cells => match selected {
                Selected::All { start, len } => sum_all(&cells[start..start + len], argument, &mut self.sums, self.n_cells),
                Selected::Some(rows) => sum_some(cells, rows, argument, &mut self.sums, self.n_cells),
            }),
        }
    }

    pub fn finish(self) -> Partial {
        let mut partial = Partial { rows: vec![0; self.n_cells], sums: Vec::new() };
        for table in self.counts.chunks(self.n_cells.max(1)) {
            partial.rows.iter_mut().zip(table).for_each(|(rows, count)| *rows += count);
        }
        if !self.sums.is_empty() {
            partial.sums = vec![CodeSum::default(); self.n_cells];
            for table in self.sums.chunks(self.n_cells.max(1)) {
                for (index, cell) in table.iter().enumerate() {
                    partial.rows[index] += cell.rows;
                    partial.sums[index].nonzero += cell.sum.nonzero;
                    partial.sums[index].sum += cell.sum.sum;
                }
            }
        }
        partial
    }
}

impl Cell {
    #[inline(always)]
    fn add(&mut self, code: u32) {
        self.rows += 1;
        self.sum.nonzero += u32::from(code != 0);
        self.sum.sum += u64::from(code);
    }
}

#[inline(never)]
fn add_all(cell: &mut Cell, argument: &[u32]) {
    cell.rows += argument.len() as u32;
    cell.sum.nonzero += argument.iter().map(|code| u32::from(*code != 0)).sum::<u32>();
    cell.sum.sum += argument.iter().map(|code| u64::from(*code)).sum::<u64>();
}

#[inline(never)]
fn count_all<C: Code>(cells: &[C], counts: &mut [u32], n_cells: usize) {
    if counts.len() == n_cells {
        return cells.iter().for_each(|cell| counts[cell.wide() as usize] += 1);
    }
    let Some([a, b, c, d]) = tables(counts, n_cells) else { return };
    let (fours, rest) = cells.as_chunks::<N_TABLES>();
    for four in fours {
        a[four[0].wide() as usize] += 1;
        b[four[1].wide() as usize] += 1;
        c[four[2].wide() as usize] += 1;
        d[four[3].wide() as usize] += 1;
    }
    rest.iter().for_each(|cell| a[cell.wide() as usize] += 1);
}

#[inline(never)]
fn count_some<C: Code>(cells: &[C], rows: &[u32], counts: &mut [u32], n_cells: usize) {
    if counts.len() == n_cells {
        return rows.iter().for_each(|row| counts[cells[*row as usize].wide() as usize] += 1);
    }
    let Some([a, b, c, d]) = tables(counts, n_cells) else { return };
    let (fours, rest) = rows.as_chunks::<N_TABLES>();
    for four in fours {
        a[cells[four[0] as usize].wide() as usize] += 1;
        b[cells[four[1] as usize].wide() as usize] += 1;
        c[cells[four[2] as usize].wide() as usize] += 1;
        d[cells[four[3] as usize].wide() as usize] += 1;
    }
    rest.iter().for_each(|row| a[cells[*row as usize].wide() as usize] += 1);
}

#[inline(never)]
fn sum_all<C: Code>(cells: &[C], argument: &[u32], sums: &mut [Cell], n_cells: usize) {
    // Rows take turns among the tables; with one table the turn is always 0.
    let turn = if sums.len() == n_cells { 0 } else { n_cells };
    for (index, (cell, code)) in cells.iter().zip(argument).enumerate() {
        sums[cell.wide() as usize + (index % N_TABLES) * turn].add(*code);
    }
}

#[inline(never)]
fn sum_some<C: Code>(cells: &[C], rows: &[u32], argument: &[u32], sums: &mut [Cell], n_cells: usize) {
    let turn = if sums.len() == n_cells { 0 } else { n_cells };
    for (index, (row, code)) in rows.iter().zip(argument).enumerate() {
        sums[cells[*row as usize].wide() as usize + (index % N_TABLES) * turn].add(*code);
    }
}

fn tables(counts: &mut [u32], n_cells: usize) -> Option<[&mut [u32]; N_TABLES]> {
    let mut tables = counts.chunks_exact_mut(n_cells);
    Some([tables.next()?, tables.next()?, tables.next()?, tables.next()?])
}

/// The codes of the selected rows, in order.
#[inline(never)]
pub(crate) fn gather(codes: &Codes, selected: Selected, out: &mut Vec<u32>) {
    out.clear();
    with_codes!(codes, codes => match selected {
        Selected::All { start, len } => out.extend(codes[start..start + len].iter().map(|code| code.wide())),
        Selected::Some(rows) => out.extend(rows.iter().map(|row| codes[*row as usize].wide())),
    });
}
