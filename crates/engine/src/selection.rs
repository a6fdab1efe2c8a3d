use crate::bitmap::Bitmap;
use std::ops::Range;

/// Rows per kernel call. Their numbers, codes and values stay in the first-level cache, and V8 gets calls to optimise.
pub(crate) const CHUNK_ROWS: usize = 4096;

/// The selected rows of a chunk.
#[derive(Clone, Copy)]
pub(crate) enum Selected<'a> {
    /// All rows from `start` on.
    All {
        start: usize,
        len: usize,
    },
    Some(&'a [u32]),
}

impl Selected<'_> {
    pub fn len(&self) -> usize {
        match self {
            Self::All { len, .. } => *len,
            Self::Some(rows) => rows.len(),
        }
    }

    /// Calls with each selected row, in order.
    #[inline(always)]
    pub fn for_each(&self, mut each: impl FnMut(usize)) {
        match self {
            Self::All { start, len } => (*start..start + len).for_each(each),
            Self::Some(rows) => rows.iter().for_each(|row| each(*row as usize)),
        }
    }
}

/// Hands the selected rows of a mask out chunk by chunk; `None` selects all. Chunks without any are skipped.
pub(crate) fn for_each_chunk(mask: Option<&Bitmap>, n_rows: usize, mut visit: impl FnMut(Range<usize>, Selected)) {
    let mut rows = vec![0u32; CHUNK_ROWS];
    for start in (0..n_rows).step_by(CHUNK_ROWS) {
        let chunk = start..(start + CHUNK_ROWS).min(n_rows);
        let all = Selected::All { start, len: chunk.len() };
        let Some(mask) = mask else {
            visit(chunk, all);
            continue;
        };
        let words = &mask.words()[start / 64..chunk.end.div_ceil(64)];
        let n_selected: usize = words.iter().map(|word| word.count_ones() as usize).sum();
        if n_selected == chunk.len() {
            visit(chunk, all);
        } else if n_selected > 0 {
            let n_selected = list_rows(words, start as u32, &mut rows);
            visit(chunk, Selected::Some(&rows[..n_selected]));
        }
    }
}

/// The positions of set bits. `rows` has room for all of them.
#[inline(never)]
fn list_rows(words: &[u64], start: u32, rows: &mut [u32]) -> usize {
    let mut n_rows = 0;
    for (index, word) in words.iter().enumerate() {
        let base = start + index as u32 * 64;
        let n_set = word.count_ones() as usize;
        let out = &mut rows[n_rows..n_rows + n_set];
        if n_set == 64 {
            for (place, row) in out.iter_mut().enumerate() {
                *row = base + place as u32;
            }
        } else {
            let mut rest = *word;
            for row in out {
                *row = base + rest.trailing_zeros();
                rest &= rest.wrapping_sub(1);
            }
        }
        n_rows += n_set;
    }
    n_rows
}
