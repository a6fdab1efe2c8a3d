use bytes::{Bytes, BytesMut};
use std::collections::BTreeMap;
use tarn_snapshot::ByteRange;

/// The bytes of one file that are here.
#[derive(Default)]
pub(crate) struct Chunks {
    /// By start. Pieces may overlap but none contains another: of those that start before a place, the last reaches furthest.
    pieces: BTreeMap<u64, Bytes>,
}

impl Chunks {
    pub fn insert(&mut self, start: u64, bytes: Bytes) {
        let range = ByteRange::new(start, start + bytes.len() as u64);
        if range.is_empty() || self.pieces().any(|(held, _)| held.contains(range)) {
            return;
        }
        self.pieces.retain(|start, held| !range.contains(ByteRange::new(*start, start + held.len() as u64)));
        self.pieces.insert(start, bytes);
    }

    /// The bytes of the range; copied only where it spans several pieces.
    pub fn get(&self, range: ByteRange) -> Option<Bytes> {
        let first = self.at(range.start, range.end)?;
        if first.len() as u64 == range.len() {
            return Some(first);
        }
        let mut joined = BytesMut::with_capacity(usize::try_from(range.len()).ok()?);
        joined.extend_from_slice(&first);
        while (joined.len() as u64) < range.len() {
            joined.extend_from_slice(&self.at(range.start + joined.len() as u64, range.end)?);
        }
        Some(joined.freeze())
    }

    pub fn covers(&self, range: ByteRange) -> bool {
        let mut at = range.start;
        while at < range.end {
            let Some(piece) = self.at(at, range.end) else { return false };
            at += piece.len() as u64;
        }
        true
    }

    /// Drops what ends at or before `end`.
    pub fn release_before(&mut self, end: u64) {
        self.pieces.retain(|start, bytes| start + bytes.len() as u64 > end);
    }

    pub fn pieces(&self) -> impl Iterator<Item = (ByteRange, &Bytes)> {
        self.pieces.iter().map(|(start, bytes)| (ByteRange::new(*start, start + bytes.len() as u64), bytes))
    }

    /// What is held from `start` on, at most up to `end`.
    fn at(&self, start: u64, end: u64) -> Option<Bytes> {
        if start >= end {
            return Some(Bytes::new());
        }
        let (piece_start, bytes) = self.pieces.range(..=start).next_back()?;
        let from = usize::try_from(start - piece_start).ok()?;
        let to = bytes.len().min(usize::try_from(end - piece_start).ok()?);
        (from < to).then(|| bytes.slice(from..to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(pieces: &[(u64, &'static str)]) -> Chunks {
        let mut chunks = Chunks::default();
        pieces.iter().for_each(|(start, text)| chunks.insert(*start, Bytes::from_static(text.as_bytes())));
        chunks
    }

    fn get(chunks: &Chunks, range: std::ops::Range<u64>) -> Option<String> {
        let bytes = chunks.get(range.clone().into());
        assert_eq!(bytes.is_some(), chunks.covers(range.into()));
        bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    #[test]
    fn ranges_are_cut_from_and_joined_over_pieces() {
        let chunks = chunks(&[(10, "abc"), (13, "def"), (20, "x")]);
        assert_eq!(get(&chunks, 11..13).as_deref(), Some("bc"));
        assert_eq!(get(&chunks, 11..16).as_deref(), Some("bcdef"));
        assert_eq!(get(&chunks, 20..21).as_deref(), Some("x"));
        assert_eq!(get(&chunks, 5..5).as_deref(), Some(""));
        for gap in [9..11, 15..17, 15..21, 20..22] {
            assert_eq!(get(&chunks, gap), None);
        }
    }

    #[test]
    fn overlapping_pieces_answer_together() {
        let chunks = chunks(&[(0, "abcdef"), (4, "efgh"), (2, "cd"), (6, "ghijkl"), (8, "i")]);
        assert_eq!(get(&chunks, 0..12).as_deref(), Some("abcdefghijkl"));
    }

    #[test]
    fn released_pieces_are_gone() {
        let mut chunks = chunks(&[(0, "ab"), (2, "cd")]);
        chunks.release_before(3);
        assert_eq!(get(&chunks, 0..2), None);
        assert_eq!(get(&chunks, 2..4).as_deref(), Some("cd"));
    }
}
