use crate::Query;
use crate::digits::sort_by_digits;
use crate::group::Grouping;
use crate::rows::Groups;
use crate::top::Ranking;
use crate::vector::{Lanes, Vector, canonical, compare_floats};
use std::cmp::Ordering;
use tarn_dashboard::{Order, OrderBy};
use tarn_decode::sort_numbers;

/// Fewer are sorted by comparing them.
const MANY: usize = 256;
/// Rows that are ranked in one call: a browser improves code between calls, not within one.
pub(crate) const STRIDE: usize = 1 << 13;
const SIGN: u64 = 1 << 63;

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
    pub fn limited(&self, rows: Vec<u32>) -> (Vec<u32>, Vec<u32>) {
        let limit = self.query.limit.map_or(rows.len(), |limit| limit as usize);
        if limit == 0 {
            return (Vec::new(), rows);
        }
        if limit < rows.len() {
            // Where most rows are shown, all of them are as soon in order.
            if let Some(mut rows) = (limit > rows.len() / 8).then(|| self.by_digits(&rows)).flatten() {
                let others = rows.split_off(limit);
                return (rows, others);
            }
            return self.best(&self.ranked(&rows), limit);
        }
        (self.sorted(rows), Vec::new())
    }

    pub fn sorted(&self, rows: Vec<u32>) -> Vec<u32> {
        if let Some(sorted) = self.by_digits(&rows) {
            return sorted;
        }
        let ranked = self.ranked(&rows);
        self.best(&ranked, ranked.len()).0
    }

    /// The first `limit` rows in their order, and the others in none.
    fn best(&self, ranked: &[(u64, u32)], limit: usize) -> (Vec<u32>, Vec<u32>) {
        let compare = |a: u32, b: u32| {
            let [a, b] = [ranked[a as usize], ranked[b as usize]];
            a.0.cmp(&b.0).then_with(|| self.compare(a.1, b.1))
        };
        let (mut best, mut others): (Vec<u32>, Vec<u32>) = (vec![], vec![]);
        let settle = |best: &mut Vec<u32>, others: &mut Vec<u32>| {
            sort_numbers(best, &mut |a, b| compare(a, b));
            others.extend(best.drain(limit.min(best.len())..));
        };
        // Of as many as are wanted: what comes after it is not among them.
        let mut last = None;
        for place in 0..ranked.len() as u32 {
            if last.is_some_and(|last| compare(place, last).is_gt()) {
                others.push(place);
                continue;
            }
            best.push(place);
            if best.len() >= limit.saturating_mul(2).max(MANY) {
                settle(&mut best, &mut others);
                last = best.last().copied();
            }
        }
        settle(&mut best, &mut others);
        let rows = |places: Vec<u32>| places.into_iter().map(|place| ranked[place as usize].1).collect();
        (rows(best), rows(others))
    }

    /// The rows in their order, where numbers tell it. `None` for few rows, for what stands in rankings or row groups, and where a
    /// column that is sorted by has values that are no numbers of 64 bits.
    fn by_digits(&self, rows: &[u32]) -> Option<Vec<u32>> {
        if rows.len() < MANY || !self.rankings.is_empty() || !self.within.is_empty() {
            return None;
        }
        // Groups are numbered in the order of their keys, but for nulls.
        let coded = || self.grouping.keys.iter().filter_map(|key| key.coded());
        let is_in_order = rows.is_sorted() && !coded().any(|key| key.nullable);
        let n_keys = if is_in_order { 0 } else { self.groups.codes.len() as u32 };
        let keys = (0..n_keys).map(|key| Order { by: OrderBy::Key(key), descending: false });
        let orders: Vec<Order> = self.query.order.iter().cloned().chain(keys).collect();
        if !orders.iter().all(|order| self.is_told_by_ranks(order)) {
            return None;
        }
        let mut sorted: Vec<(u64, u32)> = rows.iter().map(|row| (0, *row)).collect();
        // The last column first: rows that tie in one before it stay as they stand.
        for order in orders.iter().rev() {
            sorted.chunks_mut(STRIDE).for_each(|some| self.rank_all(order, some));
            sort_by_digits(&mut sorted);
        }
        Some(sorted.into_iter().map(|(_, row)| row).collect())
    }

    /// Whether values that differ have ranks that differ, and none that of null.
    fn is_told_by_ranks(&self, order: &Order) -> bool {
        let OrderBy::Measure(measure) = order.by else { return true };
        match self.measures.get(measure as usize).map(|vector| &vector.lanes) {
            Some(Lanes::Text(_)) => false,
            Some(Lanes::Int(lanes)) => !lanes.iter().any(|lane| matches!(*lane, i64::MIN | i64::MAX)),
            Some(Lanes::Decimal(lanes)) => lanes.iter().all(|lane| i128::from(i64::MIN) < *lane && *lane < i128::from(i64::MAX)),
            _ => true,
        }
    }

    /// Rows with a number that never contradicts their order, so that most comparisons need not look values up: of a million
    /// rows those are misses of the processor's cache.
    fn ranked(&self, rows: &[u32]) -> Vec<(u64, u32)> {
        let mut ranked: Vec<(u64, u32)> = rows.iter().map(|row| (0, *row)).collect();
        if let Some(first) = self.query.order.first().filter(|_| self.within.is_empty() && self.rankings.is_empty()) {
            ranked.chunks_mut(STRIDE).for_each(|some| self.rank_all(first, some));
        }
        ranked
    }

    /// Gives rows numbers in the order of a column; null has the last in either direction, and a column that is not there one for all.
    #[inline(never)]
    fn rank_all(&self, order: &Order, ranked: &mut [(u64, u32)]) {
        let directed = |rank: u64| if order.descending { !rank } else { rank };
        match order.by {
            OrderBy::Measure(measure) => {
                let Some(vector) = self.measures.get(measure as usize) else { return };
                for (own, row) in ranked {
                    let row = *row as usize;
                    *own = if vector.is_valid(row) { directed(rank(&vector.lanes, row)) } else { u64::MAX };
                }
            }
            OrderBy::Key(key) => {
                let column = self.grouping.keys.get(key as usize).and_then(|key| key.coded());
                let Some((column, codes)) = column.zip(self.groups.codes.get(key as usize)) else { return };
                for (own, row) in ranked {
                    let code = codes[*row as usize];
                    *own = column.value_index(code).map_or(u64::MAX, |_| directed(code.into()));
                }
            }
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

/// A number in the order of doubles, the same for equal ones.
pub(crate) fn rank_of_float(value: f64) -> u64 {
    let bits = canonical(value).to_bits();
    if bits & SIGN == 0 { bits ^ SIGN } else { !bits }
}

pub(crate) fn float_of_rank(rank: u64) -> f64 {
    f64::from_bits(if rank & SIGN == 0 { !rank } else { rank ^ SIGN })
}

/// Orders as [`compare_lanes`] does, except that values which differ may have the same.
fn rank(lanes: &Lanes, row: usize) -> u64 {
    match lanes {
        Lanes::Int(lanes) => lanes[row] as u64 ^ SIGN,
        Lanes::Decimal(lanes) => lanes[row].clamp(i64::MIN.into(), i64::MAX.into()) as u64 ^ SIGN,
        Lanes::Float(lanes) => rank_of_float(lanes[row]),
        Lanes::Text(texts) => texts.get(row).bytes().chain(std::iter::repeat(0)).take(8).fold(0, |rank, byte| rank << 8 | u64::from(byte)),
        Lanes::Bool(lanes) => lanes[row].into(),
        Lanes::Interval(_) => 0,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plan::Plan;
    use crate::reference::random::Random;
    use crate::run::measure_values;

    /// Random groups, with nulls, NaN, ties and the ends of the types, in random orders of one to three columns.
    #[test]
    fn digits_tell_the_order_that_comparisons_do() {
        let (mut n_told, mut n_untold) = (0, 0);
        for seed in 0..400 {
            let mut random = Random::new(seed);
            let (mut table, _) = random.table(2_000);
            let query = Query { tops: vec![], subtotals: false, having: None, ..random.query() };
            let mut plan = Plan::default();
            let Ok(prepared) = plan.prepare(&mut table, &query) else { continue };
            plan.execute(&mut table);
            let Ok(groups) = Groups::find(&plan, &query, &prepared, &[]) else { continue };
            let Ok(mut measures) = measure_values(&table, &plan, &query, &prepared, &prepared.grouping, &groups.cells) else { continue };
            for vector in &mut measures {
                if let (Lanes::Int(lanes), true) = (&mut vector.lanes, seed % 5 == 0) {
                    lanes.iter_mut().step_by(7).for_each(|lane| *lane = if *lane % 2 == 0 { i64::MAX } else { i64::MIN });
                }
            }
            let n_columns = query.keys.len() + query.measures.len();
            for _ in 0..8 {
                let order = |random: &mut Random| {
                    let at = random.below(n_columns as u64) as u32;
                    let by = at.checked_sub(query.keys.len() as u32).map_or(OrderBy::Key(at), OrderBy::Measure);
                    Order { by, descending: random.below(2) == 0 }
                };
                let order = (0..random.below(4)).map(|_| order(&mut random)).collect();
                let query = Query { order, ..query.clone() };
                let (grouping, rankings) = (&*prepared.grouping, &[]);
                let ordered = Ordered { query: &query, grouping, groups: &groups, measures: &measures, rankings, within: &[] };
                let mut rows: Vec<u32> = (0..groups.cells.len() as u32).filter(|row| row % 9 != 0).collect();
                if random.below(2) == 0 {
                    rows.reverse();
                }
                let Some(told) = ordered.by_digits(&rows) else {
                    n_untold += usize::from(rows.len() >= MANY);
                    continue;
                };
                n_told += 1;
                rows.sort_by(|a, b| ordered.compare(*a, *b));
                assert_eq!(told, rows, "seed {seed}: {:?}", query.order);
            }
        }
        assert!(n_told > 100 && n_untold > 10, "{n_told} and {n_untold}: too few groups, or measures, to tell");
    }
}
