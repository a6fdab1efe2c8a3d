//! What is made while a viewer takes hold of a filter, so that its every move is answered without going over the rows.
use crate::axis::Axis;
use crate::bitmap::Bitmap;
use crate::column::Column;
use crate::group::Grouping;
use crate::mask::passing_codes;
use crate::partial::Partial;
use crate::pass::{Arguments, Pass};
use crate::plan::{Plan, Selection, same_clauses};
use crate::prefix::{Prefix, add_rows};
use crate::selection::for_each_chunk;
use crate::{Clause, Query, Table};
use std::ops::Range;
use std::sync::Arc;
use tarn_dashboard::Expr;
use tarn_protocol::QueryError;

/// All indexes of a table together; the least recently used go first.
const MAX_BYTES: usize = 96 << 20;
/// Axes hold a number per row.
const MAX_AXES: usize = 3;
/// Passes that are indexed in one go.
const AT_ONCE: usize = 4;
/// A test that leaves more intervals of codes times cells is answered from the rows.
const MAX_ADDITIONS: usize = 1 << 18;

/// A pass, as its grouping and argument, and its cumulated counts and sums.
type Built = (Arc<Grouping>, Option<Arc<Column>>, Arc<Prefix>);

/// The passes of one selection along an axis, which is the expression of one more clause.
struct Index {
    axis: Arc<Axis>,
    expr: Expr,
    /// The other clauses.
    clauses: Vec<Clause>,
    filter: Option<Expr>,
    mask: Option<Arc<Bitmap>>,
    prefixes: Vec<Built>,
}

/// The indexes of a table.
#[derive(Default)]
pub(crate) struct Indexes {
    axes: Vec<(Expr, Option<Arc<Axis>>)>,
    /// Least recently used first.
    entries: Vec<Index>,
    /// Runs since one of them was used.
    age: u8,
}

impl Indexes {
    /// Without columns and groupings.
    pub fn bytes(&self) -> usize {
        let axes = self.axes.iter().filter_map(|(_, axis)| axis.as_ref()).map(|axis| axis.bytes());
        axes.sum::<usize>() + self.entries.iter().map(Index::bytes).sum::<usize>()
    }

    pub fn columns(&self) -> impl Iterator<Item = &Arc<Column>> {
        let arguments = self.entries.iter().flat_map(|entry| &entry.prefixes).filter_map(|(_, argument, _)| argument.as_ref());
        arguments.chain(self.axes.iter().filter_map(|(_, axis)| Some(&axis.as_ref()?.column)))
    }

    pub fn groupings(&self) -> impl Iterator<Item = &Arc<Grouping>> {
        self.entries.iter().flat_map(|entry| &entry.prefixes).map(|(grouping, ..)| grouping)
    }

    /// As [`Cache::sweep`](crate::cache::Cache::sweep), all together: they are of what the viewer's hand is at.
    pub fn sweep(&mut self, older_by: u8, limit: u16) {
        self.age = self.age.saturating_add(older_by);
        if u16::from(self.age) >= limit {
            *self = Self::default();
        }
    }

    fn find(&mut self, expr: &Expr, clauses: &[Clause], filter: Option<&Expr>) -> Option<&mut Index> {
        let is_it = |entry: &Index| entry.expr == *expr && entry.filter.as_ref() == filter && same_clauses(&entry.clauses, clauses);
        let found = self.entries.iter().position(is_it)?;
        let entry = self.entries.remove(found);
        self.entries.push(entry);
        self.age = 0;
        self.entries.last_mut()
    }

    /// Keeps the budget. Returns whether nothing along the axis of the newest index had to go.
    fn shrink(&mut self) -> bool {
        let mut kept = true;
        while self.entries.len() > 1 && self.entries.iter().map(Index::bytes).sum::<usize>() > MAX_BYTES {
            let gone = self.entries.remove(0);
            kept &= self.entries.last().is_some_and(|newest| newest.expr != gone.expr);
        }
        kept
    }
}

impl Index {
    fn bytes(&self) -> usize {
        self.prefixes.iter().map(|(.., prefix)| prefix.bytes()).sum::<usize>() + self.mask.as_ref().map_or(0, |mask| mask.bytes())
    }

    fn prefix(&self, pass: &Pass) -> Option<&Arc<Prefix>> {
        let argument = pass.argument.as_ref().map(Arc::as_ptr);
        let is_it = |(grouping, own, _): &&Built| Arc::ptr_eq(grouping, &pass.grouping) && own.as_ref().map(Arc::as_ptr) == argument;
        self.prefixes.iter().find(is_it).map(|(.., prefix)| prefix)
    }

    /// The passes over the rows whose codes are in the intervals; `None` for one that is not indexed, or cheaper without.
    fn answer(&self, passes: &[&mut Pass], codes: &[Range<u32>]) -> Vec<Option<Partial>> {
        // Rows between the steps, by stride.
        let mut loose: Vec<(u32, Vec<u32>)> = Vec::new();
        let mut one = |pass: &&mut Pass| {
            let prefix = self.prefix(pass).filter(|prefix| prefix.n_cells() * codes.len() <= MAX_ADDITIONS)?;
            let (mut partial, rest) = prefix.whole_steps(&self.axis, codes);
            let stride = prefix.stride();
            if !loose.iter().any(|(own, _)| *own == stride) {
                loose.push((stride, self.rows(&rest)));
            }
            let rows = loose.iter().find(|(own, _)| *own == stride).map_or(&[][..], |(_, rows)| rows);
            let argument = pass.argument.as_ref().and_then(|column| column.coded()).map(|coded| &coded.codes);
            add_rows(&mut partial, rows, pass.grouping.codes(), argument);
            Some(partial)
        };
        passes.iter().map(&mut one).collect()
    }

    fn rows(&self, codes: &[Range<u32>]) -> Vec<u32> {
        let rows = codes.iter().flat_map(|codes| self.axis.rows(codes.clone()));
        rows.copied().filter(|row| self.mask.as_ref().is_none_or(|mask| mask.get(*row as usize))).collect()
    }
}

impl Table {
    /// Those of a selection's passes that are indexed along the expression of one of its clauses.
    pub(crate) fn indexed(&mut self, selection: &Selection, passes: &[&mut Pass]) -> Vec<Option<Partial>> {
        let indexes = &mut self.derived.indexes;
        let mut answers: Vec<Option<Partial>> = passes.iter().map(|_| None).collect();
        let clauses = if indexes.entries.is_empty() { &[][..] } else { &selection.clauses };
        for (at, clause) in clauses.iter().enumerate() {
            let Some(index) = indexes.find(&clause.expr, &without(clauses, at), selection.filter.as_ref()) else { continue };
            let column = &index.axis.column;
            // A test that does not fit fails on the way over the rows.
            let Some(Ok(codes)) = column.coded().map(|coded| passing_codes(column, coded, &clause.test)) else { continue };
            for (answer, found) in answers.iter_mut().zip(index.answer(passes, &codes)) {
                *answer = answer.take().or(found);
            }
        }
        answers
    }

    /// `None` inside where the expression's values cannot be an axis.
    pub(crate) fn axis(&mut self, expr: &Expr) -> Result<Option<Arc<Axis>>, QueryError> {
        let axes = &mut self.derived.indexes.axes;
        if let Some(found) = axes.iter().position(|(own, _)| own == expr) {
            let axis = axes.remove(found);
            axes.push(axis.clone());
            return Ok(axis.1);
        }
        let axis = Axis::new(&self.evaluated(expr)?).map(Arc::new);
        let Indexes { axes, entries, age } = &mut self.derived.indexes;
        *age = 0;
        if axes.len() >= MAX_AXES {
            let (gone, _) = axes.remove(0);
            entries.retain(|entry| entry.expr != gone);
        }
        axes.push((expr.clone(), axis.clone()));
        Ok(axis)
    }
}

/// Does the next piece of work towards answering the queries, under any test of the expression `axis`, without going over the
/// rows: a fraction of the time that they take once. Returns whether there is more to do.
pub fn prepare(table: &mut Table, queries: &[Query], axis: &Expr) -> Result<bool, QueryError> {
    let Some(along) = table.axis(axis)? else { return Ok(false) };
    if along.put_in_order() {
        return Ok(true);
    }
    let mut plan = Plan::default();
    for query in queries {
        let at = query.clauses.iter().position(|clause| clause.expr == *axis);
        let clauses = at.map_or_else(|| query.clauses.clone(), |at| without(&query.clauses, at));
        // A query that fails is answered, and fails, without an index.
        let _ = plan.prepare(table, &Query { clauses, ..query.clone() });
    }
    for index in 0..plan.selections.len() {
        let selection = &plan.selections[index];
        if selection.needs_mask {
            continue;
        }
        let (clauses, filter) = (selection.clauses.clone(), selection.filter.clone());
        let known = table.derived.indexes.find(axis, &clauses, filter.as_ref()).map(|known| &*known);
        let lacks = |pass: &&Pass| pass.selection == index && known.is_none_or(|known| known.prefix(pass).is_none());
        let lacking: Vec<usize> = (0..plan.passes.len()).filter(|at| lacks(&&plan.passes[*at])).collect();
        let mask = if lacking.is_empty() { continue } else { plan.mask_of(table, index)? };
        let prefix = |at: &usize| Some((&plan.passes[*at], prefix_of(&plan.passes[*at], &along)?));
        let mut missing: Vec<(&Pass, Prefix)> = lacking.iter().filter_map(prefix).take(AT_ONCE).collect();
        if missing.is_empty() {
            continue;
        }
        add_all(&along, &along.block_of, mask.as_deref(), &mut missing, table.n_rows());
        let built = |(pass, mut prefix): (&Pass, Prefix)| {
            prefix.finish();
            (pass.grouping.clone(), pass.argument.clone(), Arc::new(prefix))
        };
        let prefixes: Vec<Built> = missing.into_iter().map(built).collect();
        let indexes = &mut table.derived.indexes;
        if indexes.find(axis, &clauses, filter.as_ref()).is_none() {
            indexes.entries.push(Index { axis: along, expr: axis.clone(), clauses, filter, mask, prefixes: Vec::new() });
        }
        if let Some(entry) = indexes.entries.last_mut() {
            entry.prefixes.extend(prefixes);
        }
        return Ok(indexes.shrink());
    }
    Ok(false)
}

fn prefix_of(pass: &Pass, axis: &Axis) -> Option<Prefix> {
    Prefix::new(axis, pass.grouping.n_cells, pass.argument.is_some())
}

/// Goes over the selected rows once for all passes. `places` is where the rows of a code are counted.
pub(crate) fn add_all(axis: &Axis, places: &[u16], mask: Option<&Bitmap>, passes: &mut [(&Pass, Prefix)], n_rows: usize) {
    let (mut of_rows, mut arguments) = (Vec::new(), Arguments::default());
    let wanted = passes.iter().map(|(pass, prefix)| if prefix.has_sums() { arguments.place(pass) } else { None });
    let wanted: Vec<Option<usize>> = wanted.collect();
    for_each_chunk(mask, n_rows, |chunk, selected| {
        axis.places(chunk.clone(), places, &mut of_rows);
        arguments.read(selected);
        for ((pass, prefix), argument) in passes.iter_mut().zip(&wanted) {
            prefix.add(chunk.start, selected, &of_rows, pass.grouping.codes(), argument.map(|place| arguments.codes(place)));
        }
    });
}

fn without(clauses: &[Clause], at: usize) -> Vec<Clause> {
    clauses.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, clause)| clause.clone()).collect()
}
