use super::packed::Packed;
use super::read::Reader;
use serde::Serialize;
use std::cell::OnceCell;
use std::ops::Range;

/// Counts and sums of every cell of a grouping, along an axis: those of an interval of its places are the difference of two steps and
/// a few changes.
///
/// The idea is that of Falcon's data tiles (Moritz, Howe and Heer, "Falcon: Balancing Interactive Latency and Resolution Sensitivity
/// for Scalable Linked Visualizations", CHI 2019) with what lies between the steps kept too, so that every interval is exact.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tile {
    n_cells: u32,
    /// Places from one step to the next.
    stride: u32,
    /// Where the changes of a place begin; one more than there are places.
    starts: Packed,
    /// The cell of every change.
    cells: Packed,
    lanes: Vec<Lane>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Lane {
    /// A value per cell for every step: of the places before it.
    steps: Packed,
    changes: Packed,
}

impl Tile {
    /// `changes` are the cells that have rows at a place and what is added to each lane there, `ends` how many of them there are up to
    /// the end of each place.
    pub fn new(n_cells: u32, ends: &[u64], cells: &[u64], changes: &[Vec<u64>]) -> Self {
        // As much for the steps as for the changes.
        let stride = (ends.len() * n_cells as usize).div_ceil(cells.len().max(n_cells as usize).max(1)).max(1);
        let lanes = changes.iter().map(|changes| {
            let (mut sums, mut steps, mut next) = (vec![0u64; n_cells as usize], Vec::new(), 0);
            for place in 0..=ends.len() {
                if place % stride == 0 {
                    steps.extend_from_slice(&sums);
                }
                let end = ends.get(place).map_or(next, |end| *end as usize);
                cells[next..end].iter().zip(&changes[next..end]).for_each(|(cell, change)| sums[*cell as usize] += change);
                next = end;
            }
            Lane { steps: Packed::new(&steps), changes: Packed::new(changes) }
        });
        let lanes = lanes.collect();
        let starts: Vec<u64> = [0].iter().chain(ends).copied().collect();
        Self { n_cells, stride: stride as u32, starts: Packed::new(&starts), cells: Packed::new(cells), lanes }
    }

    pub(super) fn read(from: &mut Reader) -> Option<Self> {
        let lane = |from: &mut Reader| Some(Lane { steps: Packed::read(from)?, changes: Packed::read(from)? });
        Some(Self {
            n_cells: from.take()?,
            stride: from.take()?,
            starts: Packed::read(from)?,
            cells: Packed::read(from)?,
            lanes: from.many(lane)?,
        })
    }

    pub fn n_bytes(&self) -> usize {
        let lanes = self.lanes.iter().map(|lane| lane.steps.n_bytes() + lane.changes.n_bytes());
        self.starts.n_bytes() + self.cells.n_bytes() + lanes.sum::<usize>()
    }

    /// By lane, by cell, over all of the intervals.
    fn within(&self, places: &[Range<u32>]) -> Vec<Vec<u64>> {
        let one = |lane: &Lane| {
            let mut sums = vec![0u64; self.n_cells as usize];
            for Range { start, end } in places {
                let (first, last) = (start.div_ceil(self.stride), end / self.stride);
                if first < last {
                    self.add(lane, *start..first * self.stride, &mut sums);
                    self.add(lane, last * self.stride..*end, &mut sums);
                    let [first, last] = [first, last].map(|step| step as usize * sums.len());
                    for (cell, sum) in sums.iter_mut().enumerate() {
                        *sum += lane.steps.get(last + cell) - lane.steps.get(first + cell);
                    }
                } else {
                    self.add(lane, *start..*end, &mut sums);
                }
            }
            sums
        };
        self.lanes.iter().map(one).collect()
    }

    fn add(&self, lane: &Lane, places: Range<u32>, sums: &mut [u64]) {
        for change in self.starts.get(places.start as usize)..self.starts.get(places.end as usize) {
            if let Some(sum) = sums.get_mut(self.cells.get(change as usize) as usize) {
                *sum += lane.changes.get(change as usize);
            }
        }
    }
}

/// All tiles over one choice of places, each made when it is first asked for.
pub(super) struct Sums<'a> {
    tiles: &'a [Tile],
    places: Vec<Range<u32>>,
    made: Vec<OnceCell<Vec<Vec<u64>>>>,
    distinct: Vec<OnceCell<Vec<u64>>>,
}

impl<'a> Sums<'a> {
    pub fn new(tiles: &'a [Tile], places: Vec<Range<u32>>) -> Self {
        Self { tiles, places, made: vec![OnceCell::new(); tiles.len()], distinct: vec![OnceCell::new(); tiles.len()] }
    }

    /// By cell; nothing of a tile or lane that is not there.
    pub fn of(&self, tile: u32, lane: u32) -> &[u64] {
        let Some(made) = self.made.get(tile as usize) else { return &[] };
        made.get_or_init(|| self.tiles[tile as usize].within(&self.places)).get(lane as usize).map_or(&[], Vec::as_slice)
    }

    /// By coarser cell, how many cells of a tile have rows.
    pub fn distinct(&self, tile: u32, of: &Packed) -> &[u64] {
        let Some(made) = self.distinct.get(tile as usize) else { return &[] };
        made.get_or_init(|| {
            let mut counts = vec![];
            for (finer, rows) in self.of(tile, 0).iter().enumerate() {
                let cell = of.get(finer) as usize;
                if *rows > 0 {
                    counts.resize(counts.len().max(cell + 1), 0);
                    counts[cell] += 1;
                }
            }
            counts
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every interval of a small axis, against adding up.
    #[test]
    fn intervals_are_what_their_places_add_up_to() {
        let changes: Vec<Vec<(u64, u64)>> =
            (0..23u64).map(|place| (0..place % 4).map(|n| ((place * 7 + n * 3) % 5, place + n)).collect()).collect();
        let mut ends = vec![];
        changes.iter().for_each(|place| ends.push(ends.last().copied().unwrap_or(0) + place.len() as u64));
        let (cells, values): (Vec<u64>, Vec<u64>) = changes.iter().flatten().copied().unzip();
        let tile = Tile::new(5, &ends, &cells, &[vec![1; cells.len()], values]);
        assert!(tile.stride > 1 && tile.stride < 20, "{}", tile.stride);
        for start in 0..=23 {
            for end in start..=23 {
                let mut expected = vec![vec![0; 5]; 2];
                for (cell, value) in changes[start..end].iter().flatten() {
                    expected[0][*cell as usize] += 1;
                    expected[1][*cell as usize] += value;
                }
                let places = start as u32..end as u32;
                assert_eq!(tile.within(std::slice::from_ref(&places)), expected, "{places:?}");
                let both = [0..start as u32 / 2, places];
                assert_eq!(
                    tile.within(&both)[0].iter().sum::<u64>(),
                    ends_at(&ends, start / 2) + ends_at(&ends, end) - ends_at(&ends, start)
                );
            }
        }
    }

    fn ends_at(ends: &[u64], place: usize) -> u64 {
        place.checked_sub(1).map_or(0, |place| ends[place])
    }
}
