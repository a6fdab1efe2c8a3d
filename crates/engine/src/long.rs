use crate::Query;
use crate::column::lane_bytes;
use crate::group::Grouping;
use crate::order::{Ordered, STRIDE};
use crate::rows::Groups;
use crate::run::columns;
use crate::vector::{Vector, float_from_scalar};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use tarn_dashboard::{DataType, Order};
use tarn_protocol::ResultTable;

/// The ordered groups of a query as codes and places, of which any stretch can be given as values.
#[derive(Clone)]
pub struct LongTable {
    groups: Arc<Unordered>,
    /// Places of the groups: of the shown ones in the order of the rows, then of those beyond the limit.
    rows: Vec<u32>,
    n_rows: usize,
}

/// Groups that tables in several orders share.
struct Unordered {
    /// For the names and types of the columns.
    query: Query,
    grouping: Arc<Grouping>,
    groups: Groups,
    measures: Vec<Vector>,
}

impl LongTable {
    pub(crate) fn new(
        query: &Query,
        grouping: Arc<Grouping>,
        groups: Groups,
        measures: Vec<Vector>,
        (mut rows, others): (Vec<u32>, Vec<u32>),
    ) -> Self {
        let query = Query { keys: query.keys.clone(), measures: query.measures.clone(), ..Query::default() };
        // Only codes are told as values.
        let groups = Groups { cells: Vec::new(), codes: groups.codes };
        let n_rows = rows.len();
        rows.extend(others);
        Self { groups: Arc::new(Unordered { query, grouping, groups, measures }), rows, n_rows }
    }

    pub fn n_rows(&self) -> u32 {
        self.n_rows as u32
    }

    /// The same groups in another order, as the query would give them: nothing is counted again.
    pub fn in_order(&self, order: &[Order]) -> Self {
        let Unordered { query, grouping, groups, measures } = &*self.groups;
        let query = Query { order: order.to_vec(), ..query.clone() };
        let ordered = Ordered { query: &query, grouping, groups, measures, rankings: &[], within: &[] };
        // Whatever order they are in, groups are soonest sorted from that of their keys.
        let mut places = vec![false; groups.codes.first().map_or(0, Vec::len)];
        self.rows.iter().for_each(|row| places[*row as usize] = true);
        let rows = (0..).zip(places).filter(|(_, is_there)| *is_there).map(|(row, _)| row).collect();
        Self { groups: self.groups.clone(), rows: ordered.sorted(rows), n_rows: self.n_rows }
    }

    /// The rows of the range that there are.
    pub fn rows(&self, range: Range<u32>) -> ResultTable {
        let to = self.n_rows.min(range.end as usize);
        let rows = &self.rows[to.min(range.start as usize)..to];
        let Unordered { query, grouping, groups, measures } = &*self.groups;
        ResultTable { columns: columns(query, grouping, groups, measures, rows), n_rows: rows.len() as u32 }
    }

    /// By column, the greatest number over all rows of those measures that `is_wanted` names; 0 of others, and where none is above.
    pub fn maxima(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<f64> {
        let Unordered { query, measures, .. } = &*self.groups;
        let keys = query.keys.iter().map(|_| 0.0);
        let measures = query.measures.iter().zip(measures).map(|(measure, vector)| {
            if !is_wanted(&measure.name) {
                return 0.0;
            }
            let some = self.rows[..self.n_rows].chunks(STRIDE);
            some.map(|rows| greatest(vector, measure.data_type(), rows)).fold(0.0, f64::max)
        });
        keys.chain(measures).collect()
    }

    /// Of memory for some tables, without what the table of their queries holds anyway. Groups that they share count once.
    pub fn memory_bytes<'a>(tables: impl Iterator<Item = &'a Self>) -> usize {
        let (mut counted, mut bytes) = (Vec::new(), 0);
        for table in tables {
            bytes += table.rows.len() * 4;
            let shared = Arc::as_ptr(&table.groups);
            if !counted.contains(&shared) {
                counted.push(shared);
                bytes += table.groups.memory_bytes();
            }
        }
        bytes
    }
}

#[inline(never)]
fn greatest(vector: &Vector, data_type: DataType, rows: &[u32]) -> f64 {
    rows.iter().filter_map(|row| float_from_scalar(&vector.scalar(data_type, *row as usize))).fold(0.0, f64::max)
}

impl Unordered {
    fn memory_bytes(&self) -> usize {
        let codes: usize = self.groups.codes.iter().map(|codes| codes.len() * 4).sum();
        let measures = self.measures.iter().map(|vector| lane_bytes(&vector.lanes) + vector.valid.as_ref().map_or(0, Vec::len));
        codes + measures.sum::<usize>()
    }
}

/// Without its rows, which are many.
impl fmt::Debug for LongTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows", self.n_rows)
    }
}
