use crate::bitmap::Bitmap;
use crate::codes::Codes;
use crate::column::Column;
use crate::encode::ranked;
use std::ops::{Add, Mul};
use std::sync::Arc;
use tarn_protocol::QueryError;

/// More groups than this are refused: no view can show them.
pub(crate) const MAX_GROUPS: u64 = 1 << 22;

pub(crate) fn too_many(groups: u64) -> QueryError {
    QueryError::TooManyGroups { groups, limit: MAX_GROUPS }
}

/// One dense number per row, its cell, for the combination of a query's keys.
#[derive(Debug)]
pub(crate) struct Grouping {
    pub keys: Vec<Arc<Column>>,
    cells: Cells,
    pub n_cells: usize,
    /// Rows of cell 0 are in no group: a key leaves them out.
    pub first_left_out: bool,
}

#[derive(Debug)]
enum Cells {
    /// Without keys, every row is in cell 0.
    One,
    /// The codes of the only key.
    Key,
    /// Combinations that occur, in the order of the keys' codes. `parts[key][cell]` is the key's code.
    Joint { codes: Codes, parts: Vec<Vec<u32>> },
}

impl Grouping {
    /// `left_out[n]`: rows whose n-th key has code 0 are in no group.
    pub fn new(keys: Vec<Arc<Column>>, left_out: &[bool]) -> Result<Self, QueryError> {
        let domains: Vec<u64> = keys.iter().map(|key| key.coded().map_or(0, |coded| u64::from(coded.domain))).collect();
        Ok(match domains.as_slice() {
            [] => Self { keys, cells: Cells::One, n_cells: 1, first_left_out: false },
            [domain] => Self { keys, cells: Cells::Key, n_cells: *domain as usize, first_left_out: left_out.contains(&true) },
            domains => {
                let (codes, parts) = joint(&keys, domains, left_out)?;
                let n_cells = parts.first().map_or(0, Vec::len);
                Self { keys, cells: Cells::Joint { codes, parts }, n_cells, first_left_out: true }
            }
        })
    }

    /// The cell of every row; `None` when there is only one.
    pub fn codes(&self) -> Option<&Codes> {
        match &self.cells {
            Cells::One => None,
            Cells::Key => self.keys.first().and_then(|key| key.coded()).map(|coded| &coded.codes),
            Cells::Joint { codes, .. } => Some(codes),
        }
    }

    /// The rows of some cells.
    pub fn rows_of(&self, cells: &[u32], n_rows: usize) -> Bitmap {
        let mut wanted = vec![false; self.n_cells];
        cells.iter().for_each(|cell| wanted.iter_mut().skip(*cell as usize).take(1).for_each(|wanted| *wanted = true));
        let mut rows = Bitmap::none(n_rows);
        if let Some(codes) = self.codes() {
            (0..n_rows).filter(|row| wanted[codes.get(*row) as usize]).for_each(|row| rows.set(row));
        }
        rows
    }

    /// The code that a key has in a cell.
    pub fn part(&self, key: usize, cell: u32) -> u32 {
        match &self.cells {
            Cells::One | Cells::Key => cell,
            Cells::Joint { parts, .. } => parts[key][cell as usize],
        }
    }

    /// The same for some cells, ascending.
    pub fn parts(&self, key: usize, cells: &[u32]) -> Vec<u32> {
        match &self.cells {
            Cells::One | Cells::Key => cells.to_vec(),
            // All of them: one copy.
            Cells::Joint { parts, .. } if cells.len() + 1 == self.n_cells && cells.first() == Some(&1) => parts[key][1..].to_vec(),
            Cells::Joint { parts, .. } => cells.iter().map(|cell| parts[key][*cell as usize]).collect(),
        }
    }

    /// Without the keys, which are counted elsewhere.
    pub fn bytes(&self) -> usize {
        match &self.cells {
            Cells::One | Cells::Key => 0,
            Cells::Joint { codes, parts } => codes.bytes() + parts.iter().map(|part| part.len() * 4).sum::<usize>(),
        }
    }
}

/// Numbers the combinations of codes that occur; 0 is for rows that a key leaves out.
fn joint(keys: &[Arc<Column>], domains: &[u64], left_out: &[bool]) -> Result<(Codes, Vec<Vec<u32>>), QueryError> {
    let n_rows = keys.first().map_or(0, |key| key.len());
    // Mixed radix: the first key is the most significant digit, so that numbers sort as the keys do.
    let mut n_numbers: u128 = 1;
    let mut numbers: Vec<u128> = Vec::new();
    let wide = domains.iter().try_fold(1u64, |product, domain| product.checked_mul(*domain)).is_none();
    let mut narrow: Vec<u64> = vec![0; if wide { 0 } else { n_rows }];
    if wide {
        numbers = vec![0; n_rows];
    }
    let mut out = vec![false; n_rows];
    let mut block = vec![0u32; 4096];
    for ((key, domain), left_out) in keys.iter().zip(domains).zip(left_out) {
        let Some(coded) = key.coded() else { continue };
        n_numbers = n_numbers.checked_mul(u128::from(*domain)).ok_or_else(|| too_many(u64::MAX))?;
        for start in (0..n_rows).step_by(4096) {
            let rows = start..n_rows.min(start + 4096);
            let block = &mut block[..rows.len()];
            coded.codes.read(start, block);
            if *left_out {
                out[rows.clone()].iter_mut().zip(&*block).for_each(|(out, code)| *out |= *code == 0);
            }
            if wide {
                append_digits(&mut numbers[rows], u128::from(*domain), block);
            } else {
                append_digits(&mut narrow[rows], *domain, block);
            }
        }
    }
    if wide {
        rank(&numbers, &out, domains)
    } else if n_numbers <= u128::from(MAX_GROUPS) {
        Ok(rank_dense(&narrow, &out, domains, n_numbers as usize))
    } else {
        rank(&narrow, &out, domains)
    }
}

/// Apart: a browser improves code between calls, not within one.
#[inline(never)]
fn append_digits<N: Copy + Mul<Output = N> + Add<Output = N> + From<u32>>(numbers: &mut [N], domain: N, codes: &[u32]) {
    numbers.iter_mut().zip(codes).for_each(|(number, code)| *number = *number * domain + N::from(*code));
}

#[inline(never)]
fn digits<N: Into<u128>>(number: N, domains: &[u64], parts: &mut [Vec<u32>]) {
    let mut rest: u128 = number.into();
    for (part, domain) in parts.iter_mut().zip(domains).rev() {
        // Division of 128 bits is slow.
        let (quotient, digit) = match u64::try_from(rest) {
            Ok(rest) => (u128::from(rest / domain), (rest % domain) as u32),
            Err(_) => (rest / u128::from(*domain), (rest % u128::from(*domain)) as u32),
        };
        part.push(digit);
        rest = quotient;
    }
}

/// Room for a digit per key, with the cell of left-out rows in place.
fn no_parts(domains: &[u64]) -> Vec<Vec<u32>> {
    vec![vec![0]; domains.len()]
}

/// Few possible numbers: those that occur are marked in a table.
fn rank_dense(numbers: &[u64], out: &[bool], domains: &[u64], n_numbers: usize) -> (Codes, Vec<Vec<u32>>) {
    let mut cells = vec![0u32; n_numbers];
    for (number, _) in numbers.iter().zip(out).filter(|(_, out)| !**out) {
        cells[*number as usize] = 1;
    }
    let mut parts = no_parts(domains);
    let mut n_cells = 1;
    for (number, cell) in cells.iter_mut().enumerate().filter(|(_, cell)| **cell == 1) {
        *cell = n_cells;
        n_cells += 1;
        digits(number as u64, domains, &mut parts);
    }
    let cell = |(number, out): (&u64, &bool)| if *out { 0 } else { cells[*number as usize] };
    (Codes::collect(u64::from(n_cells), numbers.iter().zip(out).map(cell)), parts)
}

/// Many possible numbers: those that occur are hashed.
fn rank<N: Copy + Ord + Into<u128>>(numbers: &[N], out: &[bool], domains: &[u64]) -> Result<(Codes, Vec<Vec<u32>>), QueryError> {
    let present: Vec<N> = numbers.iter().zip(out).filter(|(_, out)| !**out).map(|(number, _)| *number).collect();
    let (distinct, found, ranks) = ranked(&present);
    if distinct.len() as u64 > MAX_GROUPS {
        return Err(too_many(distinct.len() as u64));
    }
    let mut parts = no_parts(domains);
    distinct.iter().for_each(|number| digits(*number, domains, &mut parts));
    let mut found = found.into_iter();
    let cell = |out: &bool| if *out { 0 } else { found.next().map_or(0, |number| ranks[number as usize] + 1) };
    Ok((Codes::collect(distinct.len() as u64 + 1, out.iter().map(cell)), parts))
}
