use crate::Query;
use crate::group::Grouping;
use crate::rows::Groups;
use crate::top::Ranking;
use crate::vector::{Lanes, Vector, canonical, compare_floats};
use std::cmp::Ordering;
use tarn_dashboard::OrderBy;

/// What the order of groups goes by.
pub(crate) struct Ordered<'a> {
    pub query: &'a Query,
    pub grouping: &'a Grouping,
    pub groups: &'a Groups,
    pub measures: &'a [Vector],
    pub rankings: &'a [Ranking],
    /// By group, the place of the row group that it is in; empty where there are none.
    pub within: &'a [u32],
}

impl Ordered<'_> {
    /// The groups to show, in the query's order, and the others.
    pub fn limited(&self, mut rows: Vec<u32>) -> (Vec<u32>, Vec<u32>) {
        let limit = self.query.limit.map_or(rows.len(), |limit| limit as usize);
        if limit == 0 {
            return (Vec::new(), rows);
        }
        let mut others = Vec::new();
        if limit < rows.len() {
            let mut ranked = self.ranked(&rows);
            ranked.select_nth_unstable_by(limit - 1, self.by_rank());
            others = ranked.split_off(limit).into_iter().map(|(_, row)| row).collect();
            rows = ranked.into_iter().map(|(_, row)| row).collect();
        }
        (self.sorted(rows), others)
    }

    pub fn sorted(&self, rows: Vec<u32>) -> Vec<u32> {
        let mut ranked = self.ranked(&rows);
        ranked.sort_unstable_by(self.by_rank());
        ranked.into_iter().map(|(_, row)| row).collect()
    }

    /// One comparison for sorting and selecting, which share its code.
    fn by_rank(&self) -> impl FnMut(&(u64, u32), &(u64, u32)) -> Ordering {
        |a, b| a.0.cmp(&b.0).then_with(|| self.compare(a.1, b.1))
    }

    /// Rows with a number that never contradicts their order, so that most comparisons need not look values up: of a million
    /// rows those are misses of the processor's cache.
    fn ranked(&self, rows: &[u32]) -> Vec<(u64, u32)> {
        let first = self.query.order.first().filter(|_| self.within.is_empty());
        let directed = |rank: u64| if first.is_some_and(|order| order.descending) { !rank } else { rank };
        match first.map(|order| &order.by) {
            Some(OrderBy::Measure(measure)) => {
                let Some(vector) = self.measures.get(*measure as usize) else { return unranked(rows) };
                let rank = |row: usize| if vector.is_valid(row) { directed(rank(&vector.lanes, row)) } else { u64::MAX };
                rows.iter().map(|row| (rank(*row as usize), *row)).collect()
            }
            Some(OrderBy::Key(key)) if self.rankings.is_empty() => {
                let key = *key as usize;
                let column = self.grouping.keys.get(key).and_then(|key| key.coded());
                let (Some(column), Some(codes)) = (column, self.groups.codes.get(key)) else { return unranked(rows) };
                let rank = |code: u32| column.value_index(code).map_or(u64::MAX, |_| directed(code.into()));
                rows.iter().map(|row| (rank(codes[*row as usize]), *row)).collect()
            }
            _ => unranked(rows),
        }
    }

    /// Total: what ties is ordered by the keys.
    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = (a as usize, b as usize);
        let within = self.within.get(a).cmp(&self.within.get(b));
        let by_order = self.query.order.iter().map(|order| match order.by {
            OrderBy::Key(key) => self.compare_key(key as usize, a, b, order.descending),
            OrderBy::Measure(measure) => self.measures.get(measure as usize).map_or(Ordering::Equal, |vector| {
                nulls_last(vector.is_valid(a), vector.is_valid(b), order.descending, || compare_lanes(&vector.lanes, a, b))
            }),
        });
        let by_keys = (0..self.groups.codes.len()).map(|key| self.compare_key(key, a, b, false));
        within.then_with(|| by_order.chain(by_keys).find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
    }

    /// Equal by a key that the groups have not.
    fn compare_key(&self, key: usize, a: usize, b: usize, descending: bool) -> Ordering {
        let Some(codes) = self.groups.codes.get(key) else { return Ordering::Equal };
        if let Some(ranking) = self.rankings.iter().find(|ranking| ranking.key == key) {
            return ranking.rank(codes[a]).cmp(&ranking.rank(codes[b]));
        }
        let Some(column) = self.grouping.keys.get(key).and_then(|key| key.coded()) else { return Ordering::Equal };
        let index = |row: usize| column.value_index(codes[row]);
        nulls_last(index(a).is_some(), index(b).is_some(), descending, || codes[a].cmp(&codes[b]))
    }
}

pub(crate) fn nulls_last(a: bool, b: bool, descending: bool, compare: impl FnOnce() -> Ordering) -> Ordering {
    match (a, b) {
        (true, true) if descending => compare().reverse(),
        (true, true) => compare(),
        _ => b.cmp(&a),
    }
}

fn unranked(rows: &[u32]) -> Vec<(u64, u32)> {
    rows.iter().map(|row| (0, *row)).collect()
}

/// Orders as [`compare_lanes`] does, except that values which differ may have the same.
fn rank(lanes: &Lanes, row: usize) -> u64 {
    const SIGN: u64 = 1 << 63;
    match lanes {
        Lanes::Int(lanes) => lanes[row] as u64 ^ SIGN,
        Lanes::Decimal(lanes) => lanes[row].clamp(i64::MIN.into(), i64::MAX.into()) as u64 ^ SIGN,
        Lanes::Float(lanes) => {
            let bits = canonical(lanes[row]).to_bits();
            if bits & SIGN == 0 { bits ^ SIGN } else { !bits }
        }
        Lanes::Text(texts) => texts.get(row).bytes().chain(std::iter::repeat(0)).take(8).fold(0, |rank, byte| rank << 8 | u64::from(byte)),
        Lanes::Bool(_) | Lanes::Interval(_) => 0,
    }
}

pub(crate) fn compare_lanes(lanes: &Lanes, a: usize, b: usize) -> Ordering {
    match lanes {
        Lanes::Bool(lanes) => lanes[a].cmp(&lanes[b]),
        Lanes::Int(lanes) => lanes[a].cmp(&lanes[b]),
        Lanes::Float(lanes) => compare_floats(lanes[a], lanes[b]),
        Lanes::Decimal(lanes) => lanes[a].cmp(&lanes[b]),
        Lanes::Text(texts) => texts.get(a).cmp(texts.get(b)),
        Lanes::Interval(_) => Ordering::Equal,
    }
}
