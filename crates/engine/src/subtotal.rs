use crate::bitmap::Bitmap;
use crate::group::Grouping;
use crate::order::Ordered;
use crate::plan::{Plan, Prepared};
use crate::rows::Groups;
use crate::run::{columns, measure_values};
use crate::vector::Vector;
use crate::{Query, Table};
use std::cmp::Ordering;
use std::sync::Arc;
use tarn_protocol::{QueryError, ResultTable, RowGroups};

/// The row groups by the first keys of a query, each with its measures at that grain.
struct Level {
    grouping: Arc<Grouping>,
    groups: Groups,
    measures: Vec<Vector>,
    /// By row group, the one of the level above that it is in; none at the outermost level.
    parents: Vec<u32>,
    /// By row group, its place in the order of the level.
    places: Vec<u32>,
}

/// All levels of row groups of a query, the outermost first, and to which of the innermost each of its groups belongs.
pub(crate) struct Nesting {
    levels: Vec<Level>,
    parents: Vec<u32>,
}

impl Nesting {
    /// That of the rows of some groups alone.
    pub fn within_rows(table: &mut Table, query: &Query, rows: Bitmap, groups: &Groups) -> Result<Self, QueryError> {
        let query = Query { totals: false, search: Vec::new(), ..query.clone() };
        let mut plan = Plan::over(rows);
        let prepared = plan.prepare(table, &query)?;
        plan.execute(table);
        Self::find(table, &plan, &query, &prepared, groups)
    }

    pub fn find(table: &Table, plan: &Plan, query: &Query, prepared: &Prepared, groups: &Groups) -> Result<Self, QueryError> {
        let mut levels: Vec<Level> = Vec::new();
        for grouping in &prepared.levels {
            let own = Groups::with_rows(plan, prepared.selection, grouping);
            let measures = measure_values(table, plan, query, prepared, grouping, &own.cells)?;
            let parents = levels.last().map_or_else(Vec::new, |above| parents(&above.groups, &own));
            let within: Vec<u32> = levels.last().map_or_else(Vec::new, |above| above.places_of(&parents));
            let ordered = Ordered { query, grouping, groups: &own, measures: &measures, rankings: &[], within: &within };
            let mut places = vec![0; own.cells.len()];
            for (place, row) in (0..).zip(ordered.sorted((0..own.cells.len() as u32).collect())) {
                places[row as usize] = place;
            }
            levels.push(Level { grouping: grouping.clone(), groups: own, measures, parents, places });
        }
        let parents = levels.last().map_or_else(Vec::new, |above| parents(&above.groups, groups));
        Ok(Self { levels, parents })
    }

    /// By group, the place of its innermost row group; empty where there are none.
    pub fn within(&self) -> Vec<u32> {
        self.levels.last().map_or_else(Vec::new, |above| above.places_of(&self.parents))
    }

    /// The row groups of the shown groups, which are in their order.
    pub fn of_shown(&self, query: &Query, shown: &[u32]) -> Vec<RowGroups> {
        let mut found = Vec::new();
        let mut members: Vec<u32> = shown.iter().filter_map(|row| self.parents.get(*row as usize).copied()).collect();
        for level in self.levels.iter().rev() {
            let (mut rows, mut ends): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
            for (end, member) in (1..).zip(&members) {
                if rows.last() != Some(member) {
                    rows.push(*member);
                    ends.push(end);
                }
                ends.iter_mut().last().into_iter().for_each(|last| *last = end);
            }
            let columns = columns(query, &level.grouping, &level.groups, &level.measures, &rows);
            found.push(RowGroups { table: ResultTable { columns, n_rows: rows.len() as u32 }, ends });
            members = members.iter().filter_map(|member| level.parents.get(*member as usize).copied()).collect();
        }
        found.reverse();
        found
    }
}

impl Level {
    /// Of those that a search leaves out, which are in none, any.
    fn places_of(&self, groups: &[u32]) -> Vec<u32> {
        groups.iter().map(|group| self.places.get(*group as usize).copied().unwrap_or(0)).collect()
    }
}

/// For each of the finer groups the one of the coarser that has its first keys. Both are in the order of their codes, and a coarser
/// one is there for every finer one.
fn parents(coarser: &Groups, finer: &Groups) -> Vec<u32> {
    let mut parent = 0;
    let compare = |parent: usize, group: usize| {
        let keys = coarser.codes.iter().zip(&finer.codes);
        keys.map(|(own, finer)| own[parent].cmp(&finer[group])).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    let one = |group: usize| {
        while parent + 1 < coarser.cells.len() && compare(parent, group).is_lt() {
            parent += 1;
        }
        parent as u32
    };
    (0..finer.cells.len()).map(one).collect()
}
