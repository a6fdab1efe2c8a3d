use super::packed::Packed;
use super::read::Reader;
use super::sums::Sums;
use super::value::{Value, evaluate, float_from_decimal};
use crate::{ResultColumn, ResultTable, Values};
use serde::Serialize;
use std::cmp::Ordering;
use tarn_dashboard::{DataType, Expr, Order, OrderBy};

/// One query, as far as its result follows from tiles.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Question {
    /// The keys of every cell; a cell is a group.
    pub keys: Vec<ResultColumn>,
    /// Where there are several keys: the place of each cell's key in the order of that key's values.
    pub codes: Vec<Packed>,
    /// The cells before are in no group.
    pub first: u32,
    /// Whether cells without rows between cells with rows are groups, too.
    pub fills: bool,
    /// Whether all cells are groups.
    pub shows_all: bool,
    /// The tile whose first lane counts the rows of every cell.
    pub rows: u32,
    /// The one of the rows in any group or none.
    pub matched: u32,
    pub measures: Vec<Formula>,
    pub order: Vec<Order>,
    pub limit: Option<u32>,
    /// Whether the groups beyond the limit are wanted together.
    pub other: bool,
    /// By measure its aggregates over all rows, where they are wanted.
    pub totals: Option<Vec<Vec<Tally>>>,
    /// Of measures over time: the most days that the filter's period may have for them.
    pub most_days: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Formula {
    pub name: String,
    pub value: Expr,
    pub aggregates: Vec<Tally>,
}

/// How an aggregate follows from a tile.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tally {
    pub tile: u32,
    /// Counts the rows or values.
    pub lane: u32,
    /// Of a distinct count, where the cells of the tile that have rows are counted: by cell of the tile, the cell that it counts for, or
    /// one that there is not.
    pub cells: Option<Packed>,
    /// A sum or an average: the tile's second lane has the sums of `(value - base) / step`, of `nullable` columns plus one for each value.
    pub is_sum: bool,
    pub base: i64,
    pub step: i64,
    pub nullable: bool,
    /// Of the argument.
    pub scale: u8,
    pub is_average: bool,
    pub data_type: DataType,
}

/// What is told of a query.
pub(super) struct Told {
    pub table: ResultTable,
    pub totals: Option<ResultTable>,
    pub other: Option<ResultTable>,
    pub n_groups: u64,
    pub rows_matched: u64,
}

impl Question {
    pub(super) fn read(from: &mut Reader) -> Option<Self> {
        Some(Self {
            keys: from.take()?,
            codes: from.many(Packed::read)?,
            first: from.take()?,
            fills: from.take()?,
            shows_all: from.take()?,
            rows: from.take()?,
            matched: from.take()?,
            measures: from.many(Formula::read)?,
            order: from.take()?,
            limit: from.take()?,
            other: from.take()?,
            totals: from.maybe(|from| from.many(|from| from.many(Tally::read)))?,
            most_days: from.take()?,
        })
    }

    /// The tiles that it takes.
    pub fn tiles(&self) -> Vec<u32> {
        let mut tiles = vec![self.rows, self.matched];
        for measure in &self.measures {
            tiles.extend(measure.aggregates.iter().map(|tally| tally.tile));
        }
        for aggregates in self.totals.iter().flatten() {
            tiles.extend(aggregates.iter().map(|tally| tally.tile));
        }
        tiles
    }

    /// `None` where something of it fails: whoever can say why is asked then.
    pub(super) fn answer(&self, sums: &Sums) -> Option<Told> {
        let groups = self.groups(sums);
        let mut values: Vec<Vec<Value>> = vec![];
        for measure in &self.measures {
            let mut own = Vec::with_capacity(groups.len());
            for cell in &groups {
                own.push(measure.value(&measure.aggregates, sums, &[*cell])?);
            }
            values.push(own);
        }
        let limit = self.limit.map_or(groups.len(), |limit| limit as usize);
        let (rows, others) = in_order(groups.len(), limit, &|a, b| self.compare(&groups, &values, a as usize, b as usize));
        let shown: Vec<u32> = rows.iter().map(|row| groups[*row as usize]).collect();
        let mut columns: Vec<ResultColumn> = self.keys.iter().map(|key| taken(key, &shown)).collect();
        for (measure, values) in self.measures.iter().zip(&values) {
            let values: Vec<Value> = rows.iter().map(|row| values[*row as usize]).collect();
            columns.push(measure.column(&values));
        }
        let (mut totals, mut other) = (None, None);
        if let Some(of) = &self.totals {
            totals = Some(self.row(of.iter().map(Vec::as_slice), sums, &[0])?);
        }
        if self.other && !others.is_empty() {
            let cells: Vec<u32> = others.iter().map(|row| groups[*row as usize]).collect();
            other = Some(self.row(self.measures.iter().map(|measure| measure.aggregates.as_slice()), sums, &cells)?);
        }
        Some(Told {
            table: ResultTable { columns, n_rows: rows.len() as u32 },
            totals,
            other,
            n_groups: groups.len() as u64,
            rows_matched: sums.of(self.matched, 0).first().copied().unwrap_or(0),
        })
    }

    /// The measures over all of the cells together.
    fn row<'a>(&'a self, aggregates: impl Iterator<Item = &'a [Tally]>, sums: &Sums, cells: &[u32]) -> Option<ResultTable> {
        let mut columns = vec![];
        for (measure, aggregates) in self.measures.iter().zip(aggregates) {
            columns.push(measure.column(&[measure.value(aggregates, sums, cells)?]));
        }
        Some(ResultTable { columns, n_rows: 1 })
    }

    /// The cells of the groups, in the order of their keys but for nulls.
    fn groups(&self, sums: &Sums) -> Vec<u32> {
        if self.keys.is_empty() {
            return vec![0];
        }
        let rows = sums.of(self.rows, 0);
        let mut cells: Vec<u32> = (self.first..rows.len() as u32).collect();
        if !self.shows_all {
            let has_rows = |cell: &u32| rows[*cell as usize] > 0;
            if self.fills {
                let first = cells.iter().position(has_rows).unwrap_or(cells.len());
                cells.drain(..first);
                cells.truncate(cells.iter().rposition(has_rows).map_or(0, |last| last + 1));
            } else {
                cells.retain(has_rows);
            }
        }
        cells
    }

    /// Total: what ties is ordered by the keys. Nulls are last in either direction.
    fn compare(&self, groups: &[u32], values: &[Vec<Value>], a: usize, b: usize) -> Ordering {
        let by_key = |key: usize, descending: bool| {
            let Some(column) = self.keys.get(key) else { return Ordering::Equal };
            let [a, b] = [groups[a] as usize, groups[b] as usize];
            let code = |cell: usize| self.codes.get(key).map_or(cell as u64, |codes| codes.get(cell));
            nulls_last(column.is_valid(a), column.is_valid(b), descending, code(a).cmp(&code(b)))
        };
        for Order { by, descending } in &self.order {
            let order = match by {
                OrderBy::Key(key) => by_key(*key as usize, *descending),
                OrderBy::Measure(measure) => values.get(*measure as usize).map_or(Ordering::Equal, |values| {
                    let (a, b) = (values[a], values[b]);
                    nulls_last(!a.is_null(), !b.is_null(), *descending, a.compare(b))
                }),
            };
            if order.is_ne() {
                return order;
            }
        }
        for key in 0..self.keys.len() {
            let order = by_key(key, false);
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }
}

fn nulls_last(a: bool, b: bool, descending: bool, order: Ordering) -> Ordering {
    match (a, b) {
        (true, true) if descending => order.reverse(),
        (true, true) => order,
        _ => b.cmp(&a),
    }
}

/// The first of the numbers below `n` in a total order, so many as the limit says, and the others in none: a heap gives them out one
/// by one.
fn in_order(n: usize, limit: usize, compare: &dyn Fn(u32, u32) -> Ordering) -> (Vec<u32>, Vec<u32>) {
    let mut heap: Vec<u32> = (0..n as u32).collect();
    if heap.windows(2).all(|pair| compare(pair[0], pair[1]).is_le()) {
        let others = heap.split_off(limit.min(n));
        return (heap, others);
    }
    let sink = |heap: &mut [u32], mut at: usize| {
        loop {
            let mut child = 2 * at + 1;
            if child >= heap.len() {
                return;
            }
            if child + 1 < heap.len() && compare(heap[child + 1], heap[child]).is_lt() {
                child += 1;
            }
            if compare(heap[at], heap[child]).is_le() {
                return;
            }
            heap.swap(at, child);
            at = child;
        }
    };
    (0..n / 2).rev().for_each(|at| sink(&mut heap, at));
    let mut first = vec![];
    while first.len() < limit && !heap.is_empty() {
        first.push(heap.swap_remove(0));
        sink(&mut heap, 0);
    }
    (first, heap)
}

impl Formula {
    fn read(from: &mut Reader) -> Option<Self> {
        Some(Self { name: from.take()?, value: from.take()?, aggregates: from.many(Tally::read)? })
    }

    /// Over all of the cells.
    fn value(&self, aggregates: &[Tally], sums: &Sums, cells: &[u32]) -> Option<Value> {
        let mut values = Vec::with_capacity(aggregates.len());
        for tally in aggregates {
            values.push(tally.value(sums, cells)?);
        }
        evaluate(&self.value, &values)
    }

    fn column(&self, values: &[Value]) -> ResultColumn {
        let data_type = self.value.data_type;
        let valid: Vec<bool> = values.iter().map(|value| !value.is_null()).collect();
        let values = match data_type {
            DataType::Float64 => {
                Values::Float(values.iter().map(|value| if let Value::Float(value) = value { *value } else { 0.0 }).collect())
            }
            DataType::Decimal { .. } => {
                Values::Decimal(values.iter().map(|value| if let Value::Decimal(value) = value { *value } else { 0 }).collect())
            }
            _ => Values::Int(values.iter().map(|value| if let Value::Int(value) = value { *value } else { 0 }).collect()),
        };
        ResultColumn { name: self.name.clone(), data_type, values, validity: Some(valid).filter(|valid| valid.contains(&false)) }
    }
}

impl Tally {
    fn read(from: &mut Reader) -> Option<Self> {
        Some(Self {
            tile: from.take()?,
            lane: from.take()?,
            cells: from.maybe(Packed::read)?,
            is_sum: from.take()?,
            base: from.take()?,
            step: from.take()?,
            nullable: from.take()?,
            scale: from.take()?,
            is_average: from.take()?,
            data_type: from.take()?,
        })
    }

    /// Over all of the cells. `None` for a sum beyond its type.
    fn value(&self, sums: &Sums, cells: &[u32]) -> Option<Value> {
        let counts = match &self.cells {
            Some(of) => sums.distinct(self.tile, of),
            None => sums.of(self.tile, self.lane),
        };
        let add = |lane: &[u64]| cells.iter().filter_map(|cell| lane.get(*cell as usize)).sum::<u64>();
        let n = add(counts);
        if !self.is_sum {
            return Some(Value::Int(n as i64));
        }
        let steps = i128::from(add(sums.of(self.tile, 1))) - if self.nullable { i128::from(n) } else { 0 };
        let total = i128::from(self.base) * i128::from(n) + i128::from(self.step) * steps;
        Some(match self.data_type {
            _ if n == 0 => Value::Null,
            // In DuckDB's order, whose rounding it is then.
            _ if self.is_average => Value::Float(total as f64 / 10f64.powi(i32::from(self.scale)) / n as f64),
            DataType::Float64 => Value::Float(float_from_decimal(total, self.scale)),
            DataType::Decimal { precision, .. } => {
                let limit = 10i128.checked_pow(u32::from(precision)).unwrap_or(i128::MAX).unsigned_abs();
                Value::Decimal(Some(total).filter(|total| total.unsigned_abs() < limit)?)
            }
            _ => Value::Int(i64::try_from(total).ok()?),
        })
    }
}

/// Without a mark of nulls where there are none.
fn taken(column: &ResultColumn, rows: &[u32]) -> ResultColumn {
    let mut taken = column.take(rows);
    taken.validity = taken.validity.filter(|valid| valid.contains(&false));
    taken
}
