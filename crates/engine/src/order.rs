use crate::Query;
use crate::group::Grouping;
use crate::rows::Groups;
use crate::top::Ranking;
use crate::vector::{Lanes, Vector, compare_floats};
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
            rows.select_nth_unstable_by(limit - 1, |a, b| self.compare(*a, *b));
            others = rows.split_off(limit);
        }
        (self.sorted(rows), others)
    }

    pub fn sorted(&self, mut rows: Vec<u32>) -> Vec<u32> {
        rows.sort_unstable_by(|a, b| self.compare(*a, *b));
        rows
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
