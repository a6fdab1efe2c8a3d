//! The column that a filter works on while it is dragged, laid out so that any interval of its values is a few blocks and a few rows.
use crate::codes::{Code, Codes, with_codes};
use crate::column::Column;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A block has more than one code only if it has fewer rows than one in this many.
pub(crate) const MAX_BLOCKS: usize = 512;
/// A column with more codes is no axis: its tables would be larger than its rows.
const MAX_DOMAIN: u32 = 1 << 22;

/// The codes of a column, cut into blocks of about as many rows or of one code, and all rows of its table in their order.
#[derive(Debug)]
pub(crate) struct Axis {
    pub column: Arc<Column>,
    /// The first code of every block, and the domain at the end.
    pub starts: Vec<u32>,
    /// By code.
    pub block_of: Vec<u16>,
    /// Where the rows of a code begin; one more than there are codes.
    offsets: Vec<u32>,
    /// Sorted by code, then by their place in the table; made when they are first asked for.
    rows: OnceLock<Vec<u32>>,
}

impl Axis {
    /// `None` for a column without codes, with too many of them, or whose evaluation failed in some row.
    pub fn new(column: &Arc<Column>) -> Option<Self> {
        let coded = column.coded().filter(|coded| coded.domain <= MAX_DOMAIN && column.failed.is_none())?;
        let n_codes = coded.domain as usize;
        let mut offsets = vec![0u32; n_codes + 1];
        with_codes!(&coded.codes, codes => count(codes, &mut offsets));
        for code in 0..n_codes {
            offsets[code + 1] += offsets[code];
        }
        let (starts, block_of) = blocks(&offsets);
        Some(Self { column: column.clone(), starts, block_of, offsets, rows: OnceLock::new() })
    }

    pub fn n_blocks(&self) -> usize {
        self.starts.len() - 1
    }

    /// The rows whose codes are in the interval.
    pub fn rows(&self, codes: Range<u32>) -> &[u32] {
        let rows = self.rows.get_or_init(|| self.in_order());
        let at = |code: u32| self.offsets.get(code as usize).map_or(rows.len(), |offset| *offset as usize);
        rows.get(at(codes.start)..at(codes.end)).unwrap_or(&[])
    }

    /// Makes what [`Self::rows`] are found in; false where it was there.
    pub fn put_in_order(&self) -> bool {
        let is_new = self.rows.get().is_none();
        self.rows(0..0);
        is_new
    }

    #[inline]
    pub fn occurs(&self, code: u32) -> bool {
        self.offsets.get(code as usize) != self.offsets.get(code as usize + 1)
    }

    fn in_order(&self) -> Vec<u32> {
        let mut rows = vec![0u32; self.column.len()];
        if let Some(coded) = self.column.coded() {
            with_codes!(&coded.codes, codes => place(codes, &mut self.offsets.clone(), &mut rows));
        }
        rows
    }

    /// `table[code]` of every row of a chunk: its block, or another place along the axis.
    pub fn places(&self, chunk: Range<usize>, table: &[u16], out: &mut Vec<u16>) {
        out.clear();
        if let Some(coded) = self.column.coded() {
            read_places(&coded.codes, chunk, table, out);
        }
    }

    pub fn bytes(&self) -> usize {
        self.rows.get().map_or(0, Vec::len) * 4 + self.offsets.len() * 4 + self.block_of.len() * 2
    }
}

/// Cuts the codes so that a block ends where its rows reach their share.
fn blocks(offsets: &[u32]) -> (Vec<u32>, Vec<u16>) {
    let n_rows = offsets.last().copied().unwrap_or(0) as usize;
    let share = n_rows.div_ceil(MAX_BLOCKS).max(1);
    let (mut starts, mut block_of) = (vec![0u32], Vec::with_capacity(offsets.len()));
    for (code, ends) in offsets.windows(2).enumerate() {
        let begun = starts.last().copied().unwrap_or(0);
        let held = (ends[0] - offsets[begun as usize]) as usize;
        if held > 0 && held + (ends[1] - ends[0]) as usize > share {
            starts.push(code as u32);
        }
        block_of.push((starts.len() - 1) as u16);
    }
    starts.push(offsets.len() as u32 - 1);
    (starts, block_of)
}

#[inline(never)]
fn count<C: Code>(codes: &[C], counts: &mut [u32]) {
    codes.iter().for_each(|code| counts[code.wide() as usize + 1] += 1);
}

#[inline(never)]
fn place<C: Code>(codes: &[C], next: &mut [u32], rows: &mut [u32]) {
    for (row, code) in (0u32..).zip(codes) {
        let next = &mut next[code.wide() as usize];
        rows[*next as usize] = row;
        *next += 1;
    }
}

#[inline(never)]
fn read_places(codes: &Codes, chunk: Range<usize>, table: &[u16], out: &mut Vec<u16>) {
    with_codes!(codes, codes => out.extend(codes[chunk].iter().map(|code| table[code.wide() as usize])));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_their_share_or_one_code() {
        let counts = [3u32, 0, 2000, 1, 1, 0, 5, 900];
        let mut offsets = vec![0u32];
        counts.iter().for_each(|count| offsets.push(offsets.last().copied().unwrap_or(0) + count));
        let (starts, block_of) = blocks(&offsets);
        assert_eq!(starts, [0, 2, 3, 6, 7, 8]);
        assert_eq!(block_of, [0, 0, 1, 2, 2, 2, 3, 4]);
    }
}
