use crate::bitmap::Bitmap;
use std::ops::Range;

/// Rows per kernel call. Their numbers, codes and values stay in the first-level cache, and V8 gets calls to optimise.
pub(crate) const CHUNK_ROWS: usize = 4096;

/// Rows that are listed at a time.
const AT_ONCE: usize = 4;

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
    let mut rows = vec![0u32; CHUNK_ROWS + AT_ONCE];
    for start in (0..n_rows).step_by(CHUNK_ROWS) {
        let chunk = start..(start + CHUNK_ROWS).min(n_rows);
        let n_selected = select(mask, chunk.clone(), &mut rows);
        if n_selected == chunk.len() {
            visit(chunk, Selected::All { start, len: n_selected });
        } else if n_selected > 0 {
            visit(chunk, Selected::Some(&rows[..n_selected]));
        }
    }
}

/// How many rows of a chunk a mask selects. Unless it is all or none, lists them.
#[inline(never)]
fn select(mask: Option<&Bitmap>, chunk: Range<usize>, rows: &mut [u32]) -> usize {
    let Some(mask) = mask else { return chunk.len() };
    let words = &mask.words()[chunk.start / 64..chunk.end.div_ceil(64)];
    let n_selected: usize = words.iter().map(|word| word.count_ones() as usize).sum();
    if n_selected > 0 && n_selected < chunk.len() { list_rows(words, chunk.start as u32, rows) } else { n_selected }
}

/// Hands out the selected rows of each mask, by its place, where chunks do not matter: what is few in each is gathered from several, as
/// a kernel that is called for a handful of rows waits for the memory of every one of them. All masks move along the rows together,
/// so that their columns come from the memory once.
pub(crate) fn for_each_batch(masks: &[Option<&Bitmap>], n_rows: usize, visit: &mut dyn FnMut(usize, Selected)) {
    let mut batches: Vec<(Vec<u32>, usize)> = masks.iter().map(|_| (vec![0; 2 * CHUNK_ROWS + AT_ONCE], 0)).collect();
    for start in (0..n_rows).step_by(CHUNK_ROWS) {
        let chunk = start..(start + CHUNK_ROWS).min(n_rows);
        for (place, (mask, (rows, len))) in masks.iter().zip(&mut batches).enumerate() {
            let n_selected = select(*mask, chunk.clone(), &mut rows[*len..]);
            if n_selected == chunk.len() { visit(place, Selected::All { start, len: n_selected }) } else { *len += n_selected }
        }
        let is_full = batches.iter().any(|(_, len)| *len >= CHUNK_ROWS);
        if is_full || chunk.end == n_rows {
            for (place, (rows, len)) in batches.iter_mut().enumerate() {
                visit(place, Selected::Some(&rows[..std::mem::take(len)]));
            }
        }
    }
}

/// The positions of set bits. `rows` has room for all of them, and a few more: they are listed four at a time, whether there are
/// as many or not, as no processor foresees how many bits the next word has.
#[inline(never)]
fn list_rows(words: &[u64], start: u32, rows: &mut [u32]) -> usize {
    let mut n_rows = 0;
    for (index, word) in words.iter().enumerate() {
        let base = start + index as u32 * 64;
        let n_set = word.count_ones() as usize;
        let (fours, _) = rows[n_rows..].as_chunks_mut::<AT_ONCE>();
        let mut rest = *word;
        for four in &mut fours[..n_set.div_ceil(AT_ONCE)] {
            for row in four {
                *row = base + rest.trailing_zeros();
                rest &= rest.wrapping_sub(1);
            }
        }
        n_rows += n_set;
    }
    n_rows
}
