//! Going over the rows.
use crate::Table;
use crate::bitmap::Bitmap;
use crate::column::Column;
use crate::derived::GroupInputs;
use crate::group::Grouping;
use crate::partial::{Accumulator, Partial, gather};
use crate::selection::{Selected, for_each_chunk};
use std::sync::Arc;
use tarn_dashboard::Expr;

/// Counts (and sums of the argument's codes) of the selected rows per cell.
pub(crate) struct Pass {
    pub selection: usize,
    pub grouping: Arc<Grouping>,
    pub grouping_inputs: GroupInputs,
    pub argument: Option<(Expr, Arc<Column>)>,
    pub partial: Option<Arc<Partial>>,
}

/// What tells one pass from another over the same rows.
pub(crate) type PassInputs = (GroupInputs, Option<Expr>);

impl Pass {
    fn inputs(&self) -> PassInputs {
        (self.grouping_inputs.clone(), self.argument.as_ref().map(|(expr, _)| expr.clone()))
    }
}

/// Rows that were selected lately, and what was counted of them.
struct Former {
    mask: Arc<Bitmap>,
    partials: Vec<(PassInputs, Arc<Partial>)>,
    age: u8,
}

/// Most recent first.
#[derive(Default)]
pub(crate) struct Formers(Vec<Former>);

/// A dragged filter leaves one per step for every set of views that it filters.
const MAX_FORMERS: usize = 8;

impl Formers {
    pub fn masks(&self) -> impl Iterator<Item = &Arc<Bitmap>> {
        self.0.iter().map(|former| &former.mask)
    }

    /// Without the masks.
    pub fn bytes(&self) -> usize {
        self.0.iter().flat_map(|former| &former.partials).map(|(_, partial)| partial.bytes()).sum()
    }

    /// As [`Cache::sweep`](crate::cache::Cache::sweep).
    pub fn sweep(&mut self, older_by: u8, limit: u16) {
        self.0.iter_mut().for_each(|former| former.age = former.age.saturating_add(older_by));
        self.0.retain(|former| u16::from(former.age) < limit);
    }

    /// The one that differs from the mask in the fewest rows, and fewer than so many, of those of which all these passes are known:
    /// its mask and passes.
    fn nearest(&mut self, inputs: &[PassInputs], mask: &Bitmap, mut fewer_than: u64) -> Option<(Arc<Bitmap>, Vec<Arc<Partial>>)> {
        let mut nearest = None;
        for former in &mut self.0 {
            let known = |wanted: &PassInputs| former.partials.iter().find(|(own, _)| own == wanted).map(|(_, partial)| partial.clone());
            let Some(partials) = inputs.iter().map(known).collect::<Option<Vec<_>>>() else { continue };
            let distance = former.mask.distance(mask);
            if distance < fewer_than {
                fewer_than = distance;
                former.age = 0;
                nearest = Some((former.mask.clone(), partials));
            }
        }
        nearest
    }

    fn keep(&mut self, mask: &Arc<Bitmap>, partials: Vec<(PassInputs, Arc<Partial>)>) {
        match self.0.iter_mut().find(|former| former.mask == *mask) {
            Some(former) => {
                former.partials.retain(|(own, _)| partials.iter().all(|(made, _)| made != own));
                former.partials.extend(partials);
            }
            None => {
                self.0.truncate(MAX_FORMERS - 1);
                self.0.insert(0, Former { mask: mask.clone(), partials, age: 0 });
            }
        }
    }
}

/// Makes the passes over the rows of a mask by going over as few rows as possible: those that are in, those that are out, or those that
/// came and went since they were made lately, as crossfilter does. `None` selects all rows; that is made once per table.
pub(crate) fn count(table: &mut Table, passes: &mut [&mut Pass], mask: Option<&Arc<Bitmap>>, n_selected: u64) {
    let n_rows = table.n_rows();
    let Some(mask) = mask else {
        return passes.iter_mut().for_each(|pass| pass.partial = Some(unfiltered(table, pass)));
    };
    let inputs: Vec<PassInputs> = passes.iter().map(|pass| pass.inputs()).collect();
    let n_out = n_rows as u64 - n_selected;
    let mut known = table.derived.formers.nearest(&inputs, mask, n_selected.min(n_out));
    if known.is_none() && n_out < n_selected {
        known = Some((Arc::new(Bitmap::all(n_rows)), passes.iter_mut().map(|pass| unfiltered(table, pass)).collect()));
    }
    let made: Vec<Arc<Partial>> = match known {
        None => scan(passes, Some(mask), n_rows).into_iter().map(Arc::new).collect(),
        Some((before, partials)) if before == *mask => partials,
        Some((before, partials)) => {
            let came = scan(passes, Some(&mask.minus(&before)), n_rows);
            let gone = scan(passes, Some(&before.minus(mask)), n_rows);
            let changed = came.iter().zip(&gone);
            partials.iter().zip(changed).map(|(own, (came, gone))| Arc::new(own.changed(came, gone))).collect()
        }
    };
    for (pass, made) in passes.iter_mut().zip(&made) {
        pass.partial = Some(made.clone());
    }
    table.derived.formers.keep(mask, inputs.into_iter().zip(made).collect());
}

/// The pass over all rows: made once per table.
fn unfiltered(table: &mut Table, pass: &mut Pass) -> Arc<Partial> {
    let inputs = pass.inputs();
    if let Some(partial) = table.derived.unfiltered.get(&inputs) {
        return partial;
    }
    let partial = scan(&[pass], None, table.n_rows()).pop().unwrap_or_default();
    table.derived.unfiltered.insert(inputs, partial)
}

/// Goes over the rows of a mask once for all passes.
fn scan(passes: &[&mut Pass], mask: Option<&Bitmap>, n_rows: usize) -> Vec<Partial> {
    let mut accumulators: Vec<Accumulator> =
        passes.iter().map(|pass| Accumulator::new(pass.grouping.n_cells, pass.argument.is_some())).collect();
    #[cfg(test)]
    tests::GONE_OVER.with(|rows| rows.set(rows.get() + mask.map_or(n_rows as u64, Bitmap::count)));
    let mut arguments = Arguments::default();
    let places: Vec<Option<usize>> = passes.iter().map(|pass| arguments.place(pass)).collect();
    for_each_chunk(mask, n_rows, |_, selected| {
        arguments.read(selected);
        for ((pass, accumulator), place) in passes.iter().zip(&mut accumulators).zip(&places) {
            accumulator.add(selected, pass.grouping.codes(), place.map(|place| arguments.codes(place)));
        }
    });
    accumulators.into_iter().map(Accumulator::finish).collect()
}

/// The arguments of passes: what several of them share is read once per chunk.
#[derive(Default)]
pub(crate) struct Arguments(Vec<(Arc<Column>, Vec<u32>)>);

impl Arguments {
    /// Where the codes of a pass's argument will be.
    pub fn place(&mut self, pass: &Pass) -> Option<usize> {
        let (_, column) = pass.argument.as_ref()?;
        let known = self.0.iter().position(|(known, _)| Arc::ptr_eq(known, column));
        Some(known.unwrap_or_else(|| {
            self.0.push((column.clone(), Vec::new()));
            self.0.len() - 1
        }))
    }

    pub fn read(&mut self, selected: Selected) {
        for (column, codes) in &mut self.0 {
            if let Some(coded) = column.coded() {
                gather(&coded.codes, selected, codes);
            }
        }
    }

    /// A code per selected row.
    pub fn codes(&self, place: usize) -> &[u32] {
        &self.0[place].1
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::reference::random::Random;
    use crate::{Clause, KeyBucket, Query, QueryKey, Test, run};
    use std::cell::Cell;
    use tarn_dashboard::{DataType, Node, Scalar};

    thread_local! {
        /// How many rows were gone over.
        pub static GONE_OVER: Cell<u64> = const { Cell::new(0) };
    }

    fn count_rows(of: impl FnOnce()) -> u64 {
        GONE_OVER.set(0);
        of();
        GONE_OVER.get()
    }

    /// Filters that change again and again, on a table that remembers what was selected before, against new tables.
    #[test]
    fn what_was_counted_before_changes_no_answer() {
        for seed in 0..60 {
            let of_seed = || Random::new(seed);
            let (mut random, mut table) = (of_seed(), of_seed().table(300).0);
            random.table(300);
            let query = random.query();
            let sets: Vec<_> = (0..6).map(|_| random.clauses()).collect();
            for step in 0..24 {
                let clauses = sets[random.below(6) as usize].clone();
                let query = Query { clauses, ..query.clone() };
                let found = run(&mut table, std::slice::from_ref(&query));
                let expected = run(&mut of_seed().table(300).0, std::slice::from_ref(&query));
                // As text, where NaN equals itself.
                assert_eq!(format!("{found:?}"), format!("{expected:?}"), "seed {seed}, step {step}: {query:?}");
            }
        }
    }

    #[test]
    fn a_step_goes_over_the_rows_that_came_and_went() {
        let row = |at: i64| {
            let mut values = vec![Scalar::Null; 8];
            (values[0], values[2]) = (Scalar::Int(at), Scalar::String(format!("{}", at % 7)));
            values
        };
        let (mut table, _) = Random::new(1).table_of((0..1000).map(row).collect());
        let column = |name: &str, data_type| Expr { data_type, node: Node::Column(name.into()) };
        let key = QueryKey { name: "s".into(), expr: column("s", DataType::String), bucket: KeyBucket::Value };
        let mut step = |from: f64, to: f64| {
            let test = Test::Range { from: Some(from), to: Some(to) };
            let clause = Clause { filter: "a".into(), expr: column("a", DataType::Int64), test };
            let query = Query { keys: vec![key.clone()], clauses: vec![clause], ..Query::default() };
            count_rows(|| {
                let counted = run(&mut table, std::slice::from_ref(&query)).pop().unwrap().unwrap();
                assert_eq!(counted.rows_matched, (to - from) as u64);
            })
        };
        assert_eq!(step(100.0, 400.0), 300, "nothing is known: the rows that are in");
        assert_eq!(step(110.0, 420.0), 30, "10 are gone, 20 came");
        assert_eq!(step(110.0, 420.0), 0);
        assert_eq!(step(900.0, 950.0), 50, "fewer than in any difference");
        assert_eq!(step(0.0, 990.0), 1000 + 10, "all rows, once, without those that are out");
        assert_eq!(step(120.0, 400.0), 20, "the first step is nearer than the second");
    }
}
