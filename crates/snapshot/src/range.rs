use serde::{Deserialize, Serialize};
use std::ops::Range;
use tarn_decode::sort_by;

/// `[start, end)` of a file's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ByteRange {
    pub start: u64,
    pub end: u64,
}

impl ByteRange {
    pub fn new(start: u64, end: u64) -> Self {
        Self { start, end: end.max(start) }
    }

    pub fn len(self) -> u64 {
        self.end - self.start
    }

    pub fn is_empty(self) -> bool {
        self.end == self.start
    }

    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The value of a `Range` header. The range must not be empty: HTTP cannot say that.
    pub fn header(self) -> String {
        format!("bytes={}-{}", self.start, self.end.saturating_sub(1))
    }
}

/// The parts of `wanted` that no range of `held` covers, ascending.
pub fn uncovered(wanted: &[ByteRange], held: &[ByteRange]) -> Vec<ByteRange> {
    let mut held = held.to_vec();
    sort_by(&mut held, Ord::cmp);
    let mut parts = vec![];
    for range in wanted {
        let mut at = range.start;
        for held in held.iter().filter(|held| held.overlaps(*range)) {
            if at < held.start {
                parts.push(ByteRange::new(at, held.start));
            }
            at = at.max(held.end);
        }
        if at < range.end {
            parts.push(ByteRange::new(at, range.end));
        }
    }
    sort_by(&mut parts, Ord::cmp);
    parts
}

impl From<Range<u64>> for ByteRange {
    fn from(range: Range<u64>) -> Self {
        Self::new(range.start, range.end)
    }
}

impl From<ByteRange> for Range<u64> {
    fn from(range: ByteRange) -> Self {
        range.start..range.end
    }
}

/// What a `Content-Range` header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentRange {
    pub range: ByteRange,
    /// `None` for `*`.
    pub file_length: Option<u64>,
}

impl ContentRange {
    /// Reads `bytes 0-99/1234`. `None` for anything else, also for an end before the start.
    pub fn parse(header: &str) -> Option<Self> {
        let (range, length) = header.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        let file_length = match length.trim() {
            "*" => None,
            length => Some(length.parse().ok()?),
        };
        let end = last.checked_add(1)?;
        let plausible = first < end && file_length.is_none_or(|length| end <= length);
        plausible.then_some(Self { range: ByteRange { start: first, end }, file_length })
    }
}

/// How wanted ranges become requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchPlan {
    /// Neighbours at most this far apart travel together, the nearest first: a request costs more than these bytes, as long as
    /// they are few beside what is wanted.
    pub max_gap: u64,
    /// A request is closed when the next range would make it larger than this.
    pub target: u64,
    /// A single range that is larger is cut into pieces of this size.
    pub max: u64,
}

impl FetchPlan {
    /// Sized so that several requests are in flight and decoding overlaps the network.
    pub const DEFAULT: Self = Self { max_gap: 64 << 10, target: 2 << 20, max: 4 << 20 };

    /// The ranges to request, ascending and disjoint, together covering all that is wanted.
    pub fn requests(self, wanted: &[ByteRange]) -> Vec<ByteRange> {
        let mut wanted: Vec<ByteRange> = wanted.iter().copied().filter(|range| !range.is_empty()).collect();
        sort_by(&mut wanted, Ord::cmp);
        let max_gap = self.affordable_gap(&wanted);
        let mut merged: Vec<ByteRange> = vec![];
        for range in wanted {
            match merged.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                Some(last) if range.start - last.end <= max_gap && range.end - last.start <= self.target => last.end = range.end,
                _ => merged.push(range),
            }
        }
        merged.into_iter().flat_map(|range| self.pieces(range)).collect()
    }

    /// So wide may gaps be that all of them together add a quarter to what is wanted, or `max_gap`. Without it, a page that
    /// needs every other column of small row groups would fetch the columns between them, too: all of the file.
    fn affordable_gap(self, sorted: &[ByteRange]) -> u64 {
        let n_wanted: u64 = sorted.iter().map(|range| range.len()).sum();
        let affordable = (n_wanted / 4).max(self.max_gap);
        let gaps = || sorted.windows(2).map(|pair| pair[1].start.saturating_sub(pair[0].end));
        let mut max_gap = self.max_gap;
        while gaps().filter(|gap| *gap <= max_gap).sum::<u64>() > affordable {
            max_gap = max_gap * 7 / 8;
        }
        max_gap
    }

    fn pieces(self, range: ByteRange) -> impl Iterator<Item = ByteRange> {
        let size = self.max.max(1);
        (0..range.len().div_ceil(size)).map(move |n| {
            let start = range.start + n * size;
            ByteRange::new(start, (start + size).min(range.end))
        })
    }
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "lists of ranges, some of length one")]
mod tests {
    use super::*;

    fn check(wanted: &[Range<u64>], expected: &[Range<u64>]) {
        let wanted: Vec<ByteRange> = wanted.iter().cloned().map(ByteRange::from).collect();
        let requests = FetchPlan { max_gap: 10, target: 100, max: 200 }.requests(&wanted);
        assert_eq!(requests, expected.iter().cloned().map(ByteRange::from).collect::<Vec<_>>());
    }

    #[test]
    fn neighbours_travel_together() {
        check(&[0..10, 20..30], &[0..30]);
        check(&[20..30, 0..10], &[0..30]);
        check(&[0..10, 21..30], &[0..10, 21..30]);
        check(&[0..10, 5..30, 5..8], &[0..30]);
        check(&[5..5], &[]);
    }

    /// Every other column of 40 row groups: bridging each of the gaps would fetch nearly twice as much.
    #[test]
    fn gaps_add_little_to_what_is_wanted() {
        let groups = |gap: u64| (0..40).map(move |n| n * (10 + gap)..n * (10 + gap) + 10).collect::<Vec<_>>();
        check(&groups(9), &groups(9));
        // A tenth is worth it: as many travel together as a request takes.
        let joined: Vec<_> = (0..40).step_by(9).map(|n| n * 11..((n + 9).min(40) - 1) * 11 + 10).collect();
        check(&groups(1), &joined);
        // The nearest first.
        let mixed: Vec<_> = groups(9).into_iter().flat_map(|group| [group.start..group.start + 4, group.start + 5..group.end]).collect();
        check(&mixed, &groups(9));
    }

    #[test]
    fn requests_end_between_ranges_where_they_can() {
        check(&[0..60, 60..120, 120..160], &[0..60, 60..160]);
        check(&[0..450], &[0..200, 200..400, 400..450]);
    }

    #[test]
    fn held_ranges_are_cut_out() {
        let ranges = |ranges: &[Range<u64>]| -> Vec<ByteRange> { ranges.iter().cloned().map(ByteRange::from).collect() };
        let check = |wanted: &[Range<u64>], held: &[Range<u64>], expected: &[Range<u64>]| {
            assert_eq!(uncovered(&ranges(wanted), &ranges(held)), ranges(expected));
        };
        check(&[0..10, 20..30], &[], &[0..10, 20..30]);
        check(&[0..10, 20..30], &[25..40, 5..22], &[0..5, 22..25]);
        check(&[0..10], &[2..4, 3..6], &[0..2, 6..10]);
        check(&[0..10], &[0..20], &[]);
    }

    #[test]
    fn content_range_is_read_strictly() {
        assert_eq!(ContentRange::parse("bytes 0-99/1234"), Some(ContentRange { range: (0..100).into(), file_length: Some(1234) }));
        assert_eq!(ContentRange::parse("bytes 5-5/*"), Some(ContentRange { range: (5..6).into(), file_length: None }));
        for wrong in ["", "bytes */1234", "bytes 9-5/20", "bytes 0-99/50", "items 0-1/2", "bytes 0-18446744073709551615/*", "bytes -1-2/3"]
        {
            assert_eq!(ContentRange::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn header_counts_the_last_byte() {
        assert_eq!(ByteRange::new(0, 100).header(), "bytes=0-99");
    }
}
