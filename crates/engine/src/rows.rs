use crate::aggregate::NO_CELL;
use crate::group::{Grouping, MAX_GROUPS, too_many};
use crate::plan::{Plan, Prepared};
use crate::top::Ranking;
use crate::{KeyBucket, Query};
use std::ops::RangeInclusive;
use std::sync::Arc;
use tarn_decode::sort_by;
use tarn_protocol::QueryError;

/// The groups of a query's result, before order and limit.
#[derive(Clone)]
pub(crate) struct Groups {
    /// [`NO_CELL`] for a group that only fills a gap.
    pub cells: Vec<u32>,
    /// Per key, its code in each group.
    pub codes: Vec<Vec<u32>>,
}

impl Groups {
    /// Those with rows and with shown values, and those that fill the gaps between them.
    pub fn find(plan: &Plan, query: &Query, prepared: &Prepared, rankings: &[Ranking]) -> Result<Self, QueryError> {
        let grouping = &prepared.grouping;
        if query.keys.is_empty() {
            return Ok(Self { cells: vec![0], codes: Vec::new() });
        }
        let shown = |cell: &u32| rankings.iter().all(|ranking| ranking.shows(grouping.part(ranking.key, *cell)));
        let groups = Self::of_cells(grouping, cells_with_rows(plan, prepared.selection, grouping).filter(shown).collect());
        let ranges: Vec<Option<RangeInclusive<u32>>> = (0..query.keys.len()).map(|key| groups.filled_range(query, prepared, key)).collect();
        match ranges.as_slice() {
            [Some(range)] => Ok(Self { cells: range.clone().collect(), codes: vec![range.clone().collect()] }),
            ranges if ranges.iter().any(Option::is_some) => groups.fill(ranges),
            _ => Ok(groups),
        }
    }

    /// All that have rows, in the order of their codes.
    pub fn with_rows(plan: &Plan, selection: usize, grouping: &Arc<Grouping>) -> Self {
        Self::of_cells(grouping, cells_with_rows(plan, selection, grouping).collect())
    }

    pub fn of_cells(grouping: &Grouping, cells: Vec<u32>) -> Self {
        let codes = (0..grouping.keys.len()).map(|key| grouping.parts(key, &cells)).collect();
        Self { cells, codes }
    }

    /// The cells with rows that only the last of the rankings leaves out.
    pub fn cut(plan: &Plan, prepared: &Prepared, rankings: &[Ranking]) -> Vec<u32> {
        let Some((last, others)) = rankings.split_last() else { return Vec::new() };
        let part = |ranking: &Ranking, cell: u32| ranking.shows(prepared.grouping.part(ranking.key, cell));
        let cells = cells_with_rows(plan, prepared.selection, &prepared.grouping);
        cells.filter(|cell| !part(last, *cell) && others.iter().all(|other| part(other, *cell))).collect()
    }

    /// The codes that a key's groups have to cover; `None` when gaps are no concern.
    fn filled_range(&self, query: &Query, prepared: &Prepared, key: usize) -> Option<RangeInclusive<u32>> {
        match query.keys.get(key)?.bucket {
            KeyBucket::Bins { .. } => Some(1..=prepared.grouping.keys.get(key)?.coded()?.domain - 1),
            KeyBucket::Time { fill: true, .. } => {
                let codes = self.codes.get(key)?;
                Some(codes.iter().min().copied().unwrap_or(1)..=codes.iter().max().copied().unwrap_or(0))
            }
            KeyBucket::Time { fill: false, .. } | KeyBucket::Value => None,
        }
    }

    /// Every combination of the other keys gets the whole range of the filled ones.
    fn fill(&self, ranges: &[Option<RangeInclusive<u32>>]) -> Result<Self, QueryError> {
        let combination = |group: usize| -> Vec<u32> { self.codes.iter().map(|codes| codes[group]).collect() };
        let mut known: Vec<(Vec<u32>, u32)> = (0..self.cells.len()).map(|group| (combination(group), self.cells[group])).collect();
        sort_by(&mut known, |a, b| a.0.cmp(&b.0));
        let mut combinations: Vec<Vec<u32>> = known.iter().map(|(codes, _)| codes.clone()).collect();
        if ranges.iter().all(Option::is_some) {
            combinations.push(vec![1; ranges.len()]);
        }
        for (key, range) in ranges.iter().enumerate() {
            let Some(range) = range else { continue };
            combinations.iter_mut().for_each(|codes| codes[key] = 0);
            sort_distinct(&mut combinations);
            let n_groups = combinations.len() as u64 * range.clone().count() as u64;
            if n_groups > MAX_GROUPS {
                return Err(too_many(n_groups));
            }
            let filled = combinations.into_iter().flat_map(|codes| {
                range.clone().map(move |code| {
                    let mut codes = codes.clone();
                    codes[key] = code;
                    codes
                })
            });
            combinations = filled.collect();
        }
        sort_distinct(&mut combinations);
        let cell = |codes: &Vec<u32>| known.binary_search_by(|known| known.0.cmp(codes)).map_or(NO_CELL, |at| known[at].1);
        let cells = combinations.iter().map(cell).collect();
        let codes = (0..ranges.len()).map(|key| combinations.iter().map(|codes| codes[key]).collect()).collect();
        Ok(Self { cells, codes })
    }
}

fn sort_distinct(combinations: &mut Vec<Vec<u32>>) {
    sort_by(combinations, Ord::cmp);
    combinations.dedup();
}

fn cells_with_rows<'a>(plan: &'a Plan, selection: usize, grouping: &Arc<Grouping>) -> impl Iterator<Item = u32> + use<'a> {
    let rows = plan.partial(selection, grouping, None).map_or(&[][..], |partial| &partial.rows);
    let first = usize::from(grouping.first_left_out);
    (0..).zip(rows).skip(first).filter(|(_, n)| **n > 0).map(|(cell, _)| cell)
}
