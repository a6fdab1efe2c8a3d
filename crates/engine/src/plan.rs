use crate::bitmap::Bitmap;
use crate::column::{Column, Values};
use crate::derived::GroupInputs;
use crate::group::{Grouping, MAX_GROUPS, too_many};
use crate::partial::Partial;
use crate::pass::{Pass, count};
use crate::{Clause, KeyBucket, Query, Table, Test};
use std::sync::Arc;
use tarn_dashboard::{Aggregate, AggregateFunction, DataType, Expr, Node};
use tarn_protocol::QueryError;

/// More combinations of groups with the values of an argument are not counted one by one.
const MAX_COMBINATIONS: usize = 1 << 16;

/// The passes over the rows that a set of queries needs, each once.
#[derive(Default)]
pub(crate) struct Plan {
    /// The only rows that count at all; `None`: all rows.
    rows: Option<Bitmap>,
    pub selections: Vec<Selection>,
    pub passes: Vec<Pass>,
}

/// Rows that pass a set of clauses and, for an aggregate with `filter (where …)`, its condition.
pub(crate) struct Selection {
    pub clauses: Vec<Clause>,
    pub filter: Option<Expr>,
    /// An aggregate goes over the rows itself.
    pub needs_mask: bool,
    /// Made when first needed. Inside, `None`: all rows.
    mask: Option<Result<Option<Arc<Bitmap>>, QueryError>>,
    /// Known after [`Plan::execute`].
    pub n_selected: u64,
}

impl Selection {
    /// The mask of a selection whose rows are gone over; `None`: all rows.
    pub fn mask(&self) -> Result<Option<&Bitmap>, QueryError> {
        match &self.mask {
            Some(Ok(mask)) => Ok(mask.as_deref()),
            Some(Err(error)) => Err(error.clone()),
            None => Ok(None),
        }
    }
}

/// How one query is answered.
pub(crate) struct Prepared {
    pub selection: usize,
    pub grouping: Arc<Grouping>,
    /// One cell for all rows, where totals of them are wanted.
    pub total: Option<Arc<Grouping>>,
    /// One of the key alone for each of the query's tops.
    pub tops: Vec<Arc<Grouping>>,
    /// One for each level of row groups, the outermost first.
    pub levels: Vec<Arc<Grouping>>,
    /// Per measure, per aggregate; those of the condition on groups last.
    pub aggregates: Vec<Vec<Planned>>,
}

impl Prepared {
    /// Whether the rows of that selection matter to it.
    pub fn needs(&self, selection: usize) -> bool {
        self.selection == selection || self.aggregates.iter().flatten().any(|planned| planned.selection == selection)
    }
}

pub(crate) struct Planned {
    pub selection: usize,
    pub how: How,
}

/// Groupings, each with the one that has one more key.
pub(crate) type Combinations = Vec<(Arc<Grouping>, Arc<Grouping>)>;

pub(crate) enum How {
    /// Counts of a pass.
    Rows,
    /// Counts of a pass without nulls of the argument.
    Valid(Arc<Column>),
    /// Sums of a pass; the column's values are a linear function of its codes.
    CodeSums(Arc<Column>),
    /// Counts of a pass over the groups' combinations with the argument's values: how many of them occur.
    Distinct(Combinations),
    /// A pass of its own over the column, for the functions that need more. `time` for `first` and `last`.
    Scan { column: Arc<Column>, time: Option<Arc<Column>> },
}

impl Plan {
    /// A plan for which other rows do not exist.
    pub fn over(rows: Bitmap) -> Self {
        Self { rows: Some(rows), ..Self::default() }
    }

    /// How many of the rows that pass the clauses are in each cell, however many cells there are.
    pub fn count(table: &mut Table, clauses: &[Clause], inputs: &GroupInputs) -> Result<Arc<Partial>, QueryError> {
        let mut plan = Self::default();
        let selection = plan.select(table, clauses, None)?;
        plan.request(selection, &table.grouping(inputs)?, None);
        plan.execute(table);
        plan.selection(selection).mask()?;
        Ok(plan.passes.pop().and_then(|pass| pass.partial).unwrap_or_default())
    }

    pub fn prepare(&mut self, table: &mut Table, query: &Query) -> Result<Prepared, QueryError> {
        let selection = self.select(table, &query.clauses, None)?;
        let inputs: GroupInputs = query.keys.iter().map(|key| (key.expr.clone(), without_fill(key.bucket))).collect();
        let grouping = table.grouping(&inputs)?;
        if grouping.n_cells as u64 > MAX_GROUPS {
            return Err(too_many(grouping.n_cells as u64));
        }
        for key in &grouping.keys {
            self.check(table, selection, key)?;
        }
        let mut groupings = vec![(grouping.clone(), inputs)];
        // Those of a search are over what it finds: rows in no group are not even looked at.
        let is_searched = query.is_searched();
        let total = if query.totals && !is_searched { Some(table.grouping(&[])?) } else { None };
        groupings.extend(total.clone().map(|total| (total, Vec::new())));
        let mut tops = Vec::new();
        for top in &query.tops {
            let inputs: GroupInputs = query.keys.get(top.key).map(|key| (key.expr.clone(), key.bucket)).into_iter().collect();
            let grouping = table.grouping(&inputs)?;
            tops.push(grouping.clone());
            groupings.push((grouping, inputs));
        }
        let mut levels = Vec::new();
        for n_keys in 1..=if is_searched { 0 } else { query.n_levels() } {
            let inputs = groupings[0].1[..n_keys].to_vec();
            let grouping = table.grouping(&inputs)?;
            levels.push(grouping.clone());
            groupings.push((grouping, inputs));
        }
        let mut aggregates = Vec::new();
        for measure in query.measures.iter().chain(&query.having) {
            let planned = measure.aggregates.iter().map(|aggregate| self.plan(table, query, selection, aggregate, &groupings));
            aggregates.push(planned.collect::<Result<Vec<_>, _>>()?);
        }
        for (grouping, _) in &groupings {
            self.request(selection, grouping, None);
        }
        // Tells how many rows there are.
        self.request(selection, &table.grouping(&[])?, None);
        Ok(Prepared { selection, grouping, total, tops, levels, aggregates })
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
            groupings.iter().for_each(|(grouping, _)| self.request(selection, grouping, None));
            return Ok(Planned { selection, how: How::Rows });
        };
        let column = table.evaluated(argument)?;
        self.check_groups(table, selection, &column, groupings)?;
        let linear = column.coded().is_some_and(|coded| matches!(coded.values, Values::Linear { .. }));
        let summable = linear && matches!(column.data_type, DataType::Int64 | DataType::Decimal { .. });
        let how = match (aggregate.function, column.coded()) {
            (F::Count, Some(coded)) if !coded.nullable => How::Rows,
            (F::Count, Some(_)) => How::Valid(column.clone()),
            (F::Sum | F::Avg, _) if summable => How::CodeSums(column.clone()),
            (F::CountDistinct, _) => match self.combinations(table, selection, argument, groupings)? {
                Some(combinations) => return Ok(Planned { selection, how: How::Distinct(combinations) }),
                None => How::Scan { column: table.dense(argument)?, time: None },
            },
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
            How::Valid(_) | How::CodeSums(_) => Some(&column),
            How::Distinct(_) | How::Scan { .. } => {
                self.selections[selection].needs_mask = true;
                return Ok(Planned { selection, how });
            }
        };
        for (grouping, _) in groupings {
            self.request(selection, grouping, argument);
        }
        Ok(Planned { selection, how })
    }

    /// Asks for a pass over the combinations of each grouping's groups with the values of an expression. `None`: there may be too
    /// many of them.
    fn combinations(
        &mut self,
        table: &mut Table,
        selection: usize,
        argument: &Expr,
        groupings: &[(Arc<Grouping>, GroupInputs)],
    ) -> Result<Option<Combinations>, QueryError> {
        let domain = table.dense(argument)?.coded().map_or(usize::MAX, |coded| coded.domain as usize);
        if groupings.iter().any(|(grouping, _)| grouping.n_cells.saturating_mul(domain) > MAX_COMBINATIONS) {
            return Ok(None);
        }
        let mut combinations = Vec::new();
        for (grouping, inputs) in groupings {
            let finer: GroupInputs = inputs.iter().cloned().chain([(argument.clone(), KeyBucket::Value)]).collect();
            let combined = table.grouping(&finer)?;
            self.request(selection, &combined, None);
            combinations.push((grouping.clone(), combined));
        }
        Ok(Some(combinations))
    }

    pub fn selection(&self, index: usize) -> &Selection {
        &self.selections[index]
    }

    /// The finished pass over the selection and grouping. Every pass has counts, so without an argument any will do.
    pub fn partial(&self, selection: usize, grouping: &Arc<Grouping>, argument: Option<&Arc<Column>>) -> Option<&Partial> {
        let fits = |pass: &&Pass| {
            let same_argument = argument.is_none_or(|wanted| pass.argument.as_ref().is_some_and(|own| Arc::ptr_eq(own, wanted)));
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
        self.selections.push(Selection {
            clauses: clauses.to_vec(),
            filter: filter.cloned(),
            needs_mask: false,
            mask: None,
            n_selected: 0,
        });
        let index = self.selections.len() - 1;
        if let Some(filter) = filter {
            let base = self.select(table, clauses, None)?;
            let column = table.evaluated(filter)?;
            self.check(table, base, &column)?;
        }
        Ok(index)
    }

    /// The rows of a selection; `None`: all rows.
    pub fn mask_of(&mut self, table: &mut Table, index: usize) -> Result<Option<Arc<Bitmap>>, QueryError> {
        if let Some(mask) = &self.selections[index].mask {
            return mask.clone();
        }
        let mask = self.find_mask(table, index);
        self.selections[index].mask = Some(mask.clone());
        mask
    }

    fn find_mask(&mut self, table: &mut Table, index: usize) -> Result<Option<Arc<Bitmap>>, QueryError> {
        let (clauses, filter) = (self.selections[index].clauses.clone(), self.selections[index].filter.clone());
        let Some(filter) = filter else {
            let mut mask = table.mask_of_all(&clauses)?;
            if let Some(rows) = &self.rows {
                mask = Some(Arc::new(mask.map_or_else(|| rows.clone(), |mask| mask.and(rows))));
            }
            return Ok(mask);
        };
        let base = self.select(table, &clauses, None)?;
        let base = self.mask_of(table, base)?;
        let mask = table.mask(&filter, &Test::Is(true))?;
        Ok(Some(match base {
            None => mask,
            Some(base) => Arc::new(mask.and(&base)),
        }))
    }

    /// A row that passes the filters and could not be evaluated is the query's error.
    fn check(&mut self, table: &mut Table, selection: usize, column: &Column) -> Result<(), QueryError> {
        let Some((failed, error)) = &column.failed else { return Ok(()) };
        let mask = self.mask_of(table, selection)?;
        if mask.is_none_or(|mask| mask.intersects(failed)) { Err(error.clone()) } else { Ok(()) }
    }

    /// The same for rows that are in a group of the query.
    fn check_groups(
        &mut self,
        table: &mut Table,
        selection: usize,
        column: &Column,
        groupings: &[(Arc<Grouping>, GroupInputs)],
    ) -> Result<(), QueryError> {
        let Some((failed, _)) = &column.failed else { return Ok(()) };
        let mask = self.mask_of(table, selection)?;
        let is_grouped = |row: usize| {
            groupings.iter().any(|(grouping, _)| !grouping.first_left_out || grouping.codes().is_none_or(|codes| codes.get(row) != 0))
        };
        let counts = |row: &usize| failed.get(*row) && mask.as_ref().is_none_or(|mask| mask.get(*row)) && is_grouped(*row);
        if (0..column.len()).any(|row| counts(&row)) { self.check(table, selection, column) } else { Ok(()) }
    }

    fn request(&mut self, selection: usize, grouping: &Arc<Grouping>, argument: Option<&Arc<Column>>) {
        let same = |pass: &mut Pass| pass.selection == selection && Arc::ptr_eq(&pass.grouping, grouping);
        for pass in self.passes.iter_mut().filter_map(|pass| same(pass).then_some(pass)) {
            if argument.is_none() || pass.argument.as_ref().map(Arc::as_ptr) == argument.map(Arc::as_ptr) {
                return;
            }
            if pass.argument.is_none() {
                pass.argument = argument.cloned();
                return;
            }
        }
        self.passes.push(Pass { selection, grouping: grouping.clone(), argument: argument.cloned(), partial: None });
    }

    /// Makes all passes: from indexes where there are, else those over the same rows together.
    pub fn execute(&mut self, table: &mut Table) {
        for index in 0..self.selections.len() {
            self.execute_of(table, index);
        }
    }

    /// Those of one selection.
    pub fn execute_of(&mut self, table: &mut Table, index: usize) {
        let mut passes: Vec<&mut Pass> = self.passes.iter_mut().filter(|pass| pass.selection == index).collect();
        let selection = &self.selections[index];
        if self.rows.is_none() && !selection.needs_mask && selection.mask.is_none() && !selection.clauses.is_empty() {
            let indexed = table.indexed(selection, &passes);
            for (pass, partial) in passes.iter_mut().zip(indexed) {
                pass.partial = partial.map(Arc::new);
            }
        }
        if selection.needs_mask || passes.iter().any(|pass| pass.partial.is_none()) {
            self.go_over_rows(table, index);
        }
        let is_count = |pass: &&Pass| pass.selection == index && pass.grouping.codes().is_none();
        let counted = self.passes.iter().find(is_count).and_then(|pass| pass.partial.as_ref()?.rows.first());
        self.selections[index].n_selected = counted.map_or(0, |rows| u64::from(*rows));
    }

    /// Makes the passes of a selection that are not made yet. A selection that fails says so where it is used.
    fn go_over_rows(&mut self, table: &mut Table, index: usize) {
        let Ok(mask) = self.mask_of(table, index) else { return };
        let n_rows = table.n_rows();
        let n_selected = mask.as_ref().map_or(n_rows as u64, |mask| mask.count());
        let mut passes: Vec<&mut Pass> = Vec::new();
        for pass in self.passes.iter_mut().filter(|pass| pass.selection == index && pass.partial.is_none()) {
            if pass.grouping.codes().is_none() && pass.argument.is_none() {
                pass.partial = Some(Arc::new(Partial { rows: vec![n_selected as u32], sums: Vec::new() }));
            } else {
                passes.push(pass);
            }
        }
        if !passes.is_empty() {
            count(table, &mut passes, mask.as_ref(), n_selected);
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
pub(crate) fn same_clauses(a: &[Clause], b: &[Clause]) -> bool {
    let within = |a: &[Clause], b: &[Clause]| a.iter().all(|a| b.iter().any(|b| a.expr == b.expr && a.test == b.test));
    within(a, b) && within(b, a)
}
