use crate::bitmap::Bitmap;
use crate::column::{Column, Values};
use crate::derived::GroupInputs;
use crate::group::Grouping;
use crate::partial::{Accumulator, Partial, gather};
use crate::selection::for_each_chunk;
use crate::{Clause, KeyBucket, Query, Table, Test};
use std::sync::Arc;
use tarn_dashboard::{Aggregate, AggregateFunction, DataType, Expr, Node};
use tarn_protocol::QueryError;

/// The passes over the rows that a set of queries needs, each once.
#[derive(Default)]
pub(crate) struct Plan {
    /// The only rows that count at all; `None`: all rows.
    rows: Option<Bitmap>,
    selections: Vec<Selection>,
    passes: Vec<Pass>,
}

/// Rows that pass a set of clauses and, for an aggregate with `filter (where …)`, its condition.
pub(crate) struct Selection {
    clauses: Vec<Clause>,
    filter: Option<Expr>,
    /// `None`: all rows.
    pub mask: Option<Arc<Bitmap>>,
    pub n_selected: u64,
}

/// Counts (and sums of the argument's codes) of the selected rows per cell.
struct Pass {
    selection: usize,
    grouping: Arc<Grouping>,
    grouping_inputs: GroupInputs,
    argument: Option<(Expr, Arc<Column>)>,
    partial: Option<Arc<Partial>>,
}

/// How one query is answered.
pub(crate) struct Prepared {
    pub selection: usize,
    pub grouping: Arc<Grouping>,
    /// One cell for all rows, where totals are wanted.
    pub total: Option<Arc<Grouping>>,
    /// Per measure, per aggregate; those of the condition on groups last.
    pub aggregates: Vec<Vec<Planned>>,
}

pub(crate) struct Planned {
    pub selection: usize,
    pub how: How,
}

pub(crate) enum How {
    /// Counts of a pass.
    Rows,
    /// Counts of a pass without nulls of the argument.
    Valid(Arc<Column>),
    /// Sums of a pass; the column's values are a linear function of its codes.
    CodeSums(Arc<Column>),
    /// A pass of its own over the column, for the functions that need more. `time` for `first` and `last`.
    Scan { column: Arc<Column>, time: Option<Arc<Column>> },
}

impl Plan {
    /// A plan for which other rows do not exist.
    pub fn over(rows: Bitmap) -> Self {
        Self { rows: Some(rows), ..Self::default() }
    }

    pub fn prepare(&mut self, table: &mut Table, query: &Query) -> Result<Prepared, QueryError> {
        let selection = self.select(table, &query.clauses, None)?;
        let inputs: GroupInputs = query.keys.iter().map(|key| (key.expr.clone(), without_fill(key.bucket))).collect();
        let grouping = table.grouping(&inputs)?;
        for key in &grouping.keys {
            self.check(selection, key)?;
        }
        let mut groupings = vec![(grouping.clone(), inputs)];
        let total = if query.totals { Some(table.grouping(&[])?) } else { None };
        groupings.extend(total.clone().map(|total| (total, Vec::new())));
        let mut aggregates = Vec::new();
        for measure in query.measures.iter().chain(&query.having) {
            let planned = measure.aggregates.iter().map(|aggregate| self.plan(table, query, selection, aggregate, &groupings));
            aggregates.push(planned.collect::<Result<Vec<_>, _>>()?);
        }
        for grouping in &groupings {
            self.request(selection, grouping, None);
        }
        Ok(Prepared { selection, grouping, total, aggregates })
    }

    fn plan(
        &mut self,
        table: &mut Table,
        query: &Query,
        selection: usize,
        aggregate: &Aggregate,
        groupings: &[(Arc<Grouping>, GroupInputs)],
    ) -> Result<Planned, QueryError> {
        use AggregateFunction as F;
        let selection = match &aggregate.filter {
            None => selection,
            Some(filter) => self.select(table, &query.clauses, Some(filter))?,
        };
        let Some(argument) = &aggregate.argument else {
            groupings.iter().for_each(|grouping| self.request(selection, grouping, None));
            return Ok(Planned { selection, how: How::Rows });
        };
        let column = table.evaluated(argument)?;
        self.check_groups(selection, &column, groupings)?;
        let linear = column.coded().is_some_and(|coded| matches!(coded.values, Values::Linear { .. }));
        let summable = linear && matches!(column.data_type, DataType::Int64 | DataType::Decimal { .. });
        let how = match (aggregate.function, column.coded()) {
            (F::Count, Some(coded)) if !coded.nullable => How::Rows,
            (F::Count, Some(_)) => How::Valid(column.clone()),
            (F::Sum | F::Avg, _) if summable => How::CodeSums(column.clone()),
            (F::Count | F::Sum | F::Avg | F::Stddev | F::Variance, _) => How::Scan { column: column.clone(), time: None },
            (F::First | F::Last, _) => {
                let Some(time) = &query.time else {
                    return Err(QueryError::Unsupported { what: "first and last of a source without a time column".into() });
                };
                let time = table.dense(&Expr { data_type: DataType::Timestamp, node: Node::Column(time.clone()) })?;
                How::Scan { column: table.dense(argument)?, time: Some(time) }
            }
            _ => How::Scan { column: table.dense(argument)?, time: None },
        };
        let argument = match &how {
            How::Rows => None,
            How::Valid(_) | How::CodeSums(_) => Some((argument.clone(), column)),
            How::Scan { .. } => return Ok(Planned { selection, how }),
        };
        for grouping in groupings {
            self.request(selection, grouping, argument.clone());
        }
        Ok(Planned { selection, how })
    }

    pub fn selection(&self, index: usize) -> &Selection {
        &self.selections[index]
    }

    /// The finished pass over the selection and grouping. Every pass has counts, so without an argument any will do.
    pub fn partial(&self, selection: usize, grouping: &Arc<Grouping>, argument: Option<&Arc<Column>>) -> Option<&Partial> {
        let fits = |pass: &&Pass| {
            let same_argument = argument.is_none_or(|wanted| pass.argument.as_ref().is_some_and(|(_, own)| Arc::ptr_eq(own, wanted)));
            pass.selection == selection && Arc::ptr_eq(&pass.grouping, grouping) && same_argument && pass.partial.is_some()
        };
        self.passes.iter().find(fits).and_then(|pass| pass.partial.as_deref())
    }

    fn select(&mut self, table: &mut Table, clauses: &[Clause], filter: Option<&Expr>) -> Result<usize, QueryError> {
        if let Some(known) =
            self.selections.iter().position(|known| same_clauses(&known.clauses, clauses) && known.filter.as_ref() == filter)
        {
            return Ok(known);
        }
        let (mask, n_selected) = match filter {
            None => {
                let mut mask = table.mask_of_all(clauses)?;
                if let Some(rows) = &self.rows {
                    mask.get_or_insert_with(|| Bitmap::all(table.n_rows())).and(rows);
                }
                let n_selected = mask.as_ref().map_or(table.n_rows() as u64, Bitmap::count);
                (mask, n_selected)
            }
            Some(filter) => {
                let base = self.select(table, clauses, None)?;
                let column = table.evaluated(filter)?;
                self.check(base, &column)?;
                let mut mask = table.mask(filter, &Test::Is(true))?.as_ref().clone();
                if let Some(base) = &self.selections[base].mask {
                    mask.and(base);
                }
                let n_selected = mask.count();
                (Some(mask), n_selected)
            }
        };
        self.selections.push(Selection { clauses: clauses.to_vec(), filter: filter.cloned(), mask: mask.map(Arc::new), n_selected });
        Ok(self.selections.len() - 1)
    }

    /// A row that passes the filters and could not be evaluated is the query's error.
    fn check(&self, selection: usize, column: &Column) -> Result<(), QueryError> {
        match &column.failed {
            Some((failed, error)) if self.selections[selection].mask.as_ref().is_none_or(|mask| mask.intersects(failed)) => {
                Err(error.clone())
            }
            _ => Ok(()),
        }
    }

    /// The same for rows that are in a group of the query.
    fn check_groups(&self, selection: usize, column: &Column, groupings: &[(Arc<Grouping>, GroupInputs)]) -> Result<(), QueryError> {
        let Some((failed, _)) = &column.failed else { return Ok(()) };
        let mask = self.selections[selection].mask.as_ref();
        let is_grouped = |row: usize| {
            groupings.iter().any(|(grouping, _)| !grouping.first_left_out || grouping.codes().is_none_or(|codes| codes.get(row) != 0))
        };
        let counts = |row: &usize| failed.get(*row) && mask.is_none_or(|mask| mask.get(*row)) && is_grouped(*row);
        if (0..column.len()).any(|row| counts(&row)) { self.check(selection, column) } else { Ok(()) }
    }

    fn request(&mut self, selection: usize, (grouping, inputs): &(Arc<Grouping>, GroupInputs), argument: Option<(Expr, Arc<Column>)>) {
        let same = |pass: &mut Pass| pass.selection == selection && Arc::ptr_eq(&pass.grouping, grouping);
        let argument_of = |argument: &Option<(Expr, Arc<Column>)>| argument.as_ref().map(|(_, column)| Arc::as_ptr(column));
        for pass in self.passes.iter_mut().filter_map(|pass| same(pass).then_some(pass)) {
            if argument.is_none() || argument_of(&pass.argument) == argument_of(&argument) {
                return;
            }
            if pass.argument.is_none() {
                pass.argument = argument;
                return;
            }
        }
        self.passes.push(Pass { selection, grouping: grouping.clone(), grouping_inputs: inputs.clone(), argument, partial: None });
    }

    /// Makes all passes, those over the same rows together.
    pub fn execute(&mut self, table: &mut Table) {
        let n_rows = table.n_rows();
        for (index, selection) in self.selections.iter().enumerate() {
            let mut passes: Vec<&mut Pass> = self.passes.iter_mut().filter(|pass| pass.selection == index).collect();
            if passes.is_empty() {
                continue;
            }
            let Some(mask) = &selection.mask else {
                passes.iter_mut().for_each(|pass| pass.partial = Some(unfiltered(table, pass)));
                continue;
            };
            if selection.n_selected * 2 > n_rows as u64 {
                // Fewer rows are out than in: count those, and take them from what all rows together are.
                let all: Vec<Arc<Partial>> = passes.iter_mut().map(|pass| unfiltered(table, pass)).collect();
                scan(&mut passes, Some(&mask.complement()), n_rows);
                for (pass, all) in passes.iter_mut().zip(all) {
                    pass.partial = pass.partial.take().map(|out| Arc::new(all.minus(&out)));
                }
            } else {
                scan(&mut passes, Some(mask), n_rows);
            }
        }
    }
}

impl Table {
    fn grouping(&mut self, inputs: &[(Expr, KeyBucket)]) -> Result<Arc<Grouping>, QueryError> {
        let inputs = inputs.to_vec();
        if let Some(grouping) = self.derived.groupings.get(&inputs) {
            return Ok(grouping);
        }
        let keys = inputs.iter().map(|(expr, bucket)| self.key(expr, *bucket)).collect::<Result<Vec<_>, _>>()?;
        let left_out: Vec<bool> = inputs.iter().map(|(_, bucket)| *bucket != KeyBucket::Value).collect();
        let grouping = Grouping::new(keys, &left_out)?;
        Ok(self.derived.groupings.insert(inputs, grouping))
    }
}

/// The same groups are found whether gaps are filled afterwards or not.
fn without_fill(bucket: KeyBucket) -> KeyBucket {
    if let KeyBucket::Time { unit, .. } = bucket { KeyBucket::Time { unit, fill: false } } else { bucket }
}

/// Clauses in any order, whichever filter they come from.
fn same_clauses(a: &[Clause], b: &[Clause]) -> bool {
    let within = |a: &[Clause], b: &[Clause]| a.iter().all(|a| b.iter().any(|b| a.expr == b.expr && a.test == b.test));
    within(a, b) && within(b, a)
}

/// The pass over all rows: made once per table.
fn unfiltered(table: &mut Table, pass: &mut Pass) -> Arc<Partial> {
    let inputs = (pass.grouping_inputs.clone(), pass.argument.as_ref().map(|(expr, _)| expr.clone()));
    if let Some(partial) = table.derived.unfiltered.get(&inputs) {
        return partial;
    }
    scan(&mut [pass], None, table.n_rows());
    let partial = pass.partial.take().unwrap_or_default();
    table.derived.unfiltered.insert_shared(inputs, partial)
}

/// Goes over the rows of a mask once for all passes.
fn scan(passes: &mut [&mut Pass], mask: Option<&Bitmap>, n_rows: usize) {
    let mut accumulators: Vec<Accumulator> =
        passes.iter().map(|pass| Accumulator::new(pass.grouping.n_cells, pass.argument.is_some())).collect();
    // Arguments that several passes share are read once per chunk.
    let mut arguments: Vec<(Arc<Column>, Vec<u32>)> = Vec::new();
    let mut places = Vec::new();
    for pass in passes.iter() {
        places.push(pass.argument.as_ref().map(|(_, column)| {
            arguments.iter().position(|(known, _)| Arc::ptr_eq(known, column)).unwrap_or_else(|| {
                arguments.push((column.clone(), Vec::new()));
                arguments.len() - 1
            })
        }));
    }
    for_each_chunk(mask, n_rows, |_, selected| {
        for (column, codes) in &mut arguments {
            if let Some(coded) = column.coded() {
                gather(&coded.codes, selected, codes);
            }
        }
        for ((pass, accumulator), place) in passes.iter().zip(&mut accumulators).zip(&places) {
            accumulator.add(selected, pass.grouping.codes(), place.map(|place| arguments[place].1.as_slice()));
        }
    });
    for (pass, accumulator) in passes.iter_mut().zip(accumulators) {
        pass.partial = Some(Arc::new(accumulator.finish()));
    }
}
