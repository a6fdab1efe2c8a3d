use crate::Query;
use crate::group::Grouping;
use crate::rows::Groups;
use crate::top::Ranking;
use crate::vector::{Lanes, Vector, compare_floats};
use std::cmp::Ordering;
use tarn_dashboard::OrderBy;

/// The groups to show, in the query's order, and the others. The order is total: what ties is ordered by the keys.
pub(crate) fn ordered_rows(
    query: &Query,
    grouping: &Grouping,
    groups: &Groups,
    measures: &[Vector],
    rankings: &[Ranking],
    mut rows: Vec<u32>,
) -> (Vec<u32>, Vec<u32>) {
    let compare_key = |key: usize, a: usize, b: usize, descending: bool| {
        if let (Some(ranking), Some(codes)) = (rankings.iter().find(|ranking| ranking.key == key), groups.codes.get(key)) {
            return ranking.rank(codes[a]).cmp(&ranking.rank(codes[b]));
        }
        let (Some(column), Some(codes)) = (grouping.keys.get(key).and_then(|key| key.coded()), groups.codes.get(key)) else {
            return Ordering::Equal;
        };
        let index = |row: usize| column.value_index(codes[row]);
        nulls_last(index(a).is_some(), index(b).is_some(), descending, || codes[a].cmp(&codes[b]))
    };
    let compare = |a: &u32, b: &u32| {
        let (a, b) = (*a as usize, *b as usize);
        let by_order = query.order.iter().map(|order| match order.by {
            OrderBy::Key(key) => compare_key(key as usize, a, b, order.descending),
            OrderBy::Measure(measure) => measures.get(measure as usize).map_or(Ordering::Equal, |vector| {
                nulls_last(vector.is_valid(a), vector.is_valid(b), order.descending, || compare_lanes(&vector.lanes, a, b))
            }),
        });
        let by_keys = (0..groups.codes.len()).map(|key| compare_key(key, a, b, false));
        by_order.chain(by_keys).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    let limit = query.limit.map_or(rows.len(), |limit| limit as usize);
    if limit == 0 {
        return (Vec::new(), rows);
    }
    let mut others = Vec::new();
    if limit < rows.len() {
        rows.select_nth_unstable_by(limit - 1, compare);
        others = rows.split_off(limit);
    }
    rows.sort_unstable_by(compare);
    (rows, others)
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
