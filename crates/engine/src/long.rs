use crate::Query;
use crate::column::lane_bytes;
use crate::group::Grouping;
use crate::rows::Groups;
use crate::run::columns;
use crate::vector::{Vector, float_from_scalar};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use tarn_protocol::ResultTable;

/// The ordered groups of a query as codes and places, of which any stretch can be given as values.
#[derive(Clone)]
pub struct LongTable {
    /// For the names and types of the columns.
    query: Query,
    grouping: Arc<Grouping>,
    groups: Groups,
    measures: Vec<Vector>,
    /// Places of the groups, in the order of the rows.
    rows: Vec<u32>,
}

impl LongTable {
    pub(crate) fn new(query: &Query, grouping: Arc<Grouping>, groups: Groups, measures: Vec<Vector>, rows: Vec<u32>) -> Self {
        let query = Query { keys: query.keys.clone(), measures: query.measures.clone(), ..Query::default() };
        // Only codes are told as values.
        let groups = Groups { cells: Vec::new(), codes: groups.codes };
        Self { query, grouping, groups, measures, rows }
    }

    pub fn n_rows(&self) -> u32 {
        self.rows.len() as u32
    }

    /// The rows of the range that there are.
    pub fn rows(&self, range: Range<u32>) -> ResultTable {
        let to = self.rows.len().min(range.end as usize);
        let rows = &self.rows[to.min(range.start as usize)..to];
        ResultTable { columns: columns(&self.query, &self.grouping, &self.groups, &self.measures, rows), n_rows: rows.len() as u32 }
    }

    /// By column, the greatest number over all rows of those measures that `is_wanted` names; 0 of others, and where none is above.
    pub fn maxima(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<f64> {
        let keys = self.query.keys.iter().map(|_| 0.0);
        let measures = self.query.measures.iter().zip(&self.measures).map(|(measure, vector)| {
            if !is_wanted(&measure.name) {
                return 0.0;
            }
            let column = |row: &u32| float_from_scalar(&vector.scalar(measure.data_type(), *row as usize));
            self.rows.iter().filter_map(column).fold(0.0, f64::max)
        });
        keys.chain(measures).collect()
    }

    /// Of memory, without what the table of the query holds anyway.
    pub fn memory_bytes(&self) -> usize {
        let codes: usize = self.groups.codes.iter().map(|codes| codes.len() * 4).sum();
        let measures = self.measures.iter().map(|vector| lane_bytes(&vector.lanes) + vector.valid.as_ref().map_or(0, Vec::len));
        self.rows.len() * 4 + codes + measures.sum::<usize>()
    }
}

/// Without its rows, which are many.
impl fmt::Debug for LongTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows", self.rows.len())
    }
}
