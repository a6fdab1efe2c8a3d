//! Going over the rows.
use crate::Table;
use crate::bitmap::Bitmap;
use crate::column::Column;
use crate::group::Grouping;
use crate::partial::{Accumulator, Partial, gather};
use crate::selection::{Selected, for_each_batch};
use std::sync::Arc;

/// Counts (and sums of the argument's codes) of the selected rows per cell.
pub(crate) struct Pass {
    pub selection: usize,
    pub grouping: Arc<Grouping>,
    pub argument: Option<Arc<Column>>,
    pub partial: Option<Arc<Partial>>,
}

/// A pass, as its grouping and argument, and what was counted.
pub(crate) struct Counted {
    pub grouping: Arc<Grouping>,
    pub argument: Option<Arc<Column>>,
    pub partial: Arc<Partial>,
}

impl Pass {
    fn is_of(&self, counted: &Counted) -> bool {
        let is_same = self.argument.as_ref().map(Arc::as_ptr) == counted.argument.as_ref().map(Arc::as_ptr);
        is_same && Arc::ptr_eq(&self.grouping, &counted.grouping)
    }

    fn counted(&self, partial: &Arc<Partial>) -> Counted {
        Counted { grouping: self.grouping.clone(), argument: self.argument.clone(), partial: partial.clone() }
    }
}

/// Rows that were selected lately, and what was counted of them in one go.
pub(crate) struct Former {
    pub mask: Arc<Bitmap>,
    pub counted: Vec<Counted>,
}

/// What was counted, most recent first, each with the runs since it was used.
#[derive(Default)]
pub(crate) struct Formers {
    /// Of all rows, from which those of almost all rows follow by subtraction.
    pub whole: Vec<(Counted, u8)>,
    pub lately: Vec<(Former, u8)>,
}

const MAX_WHOLE: usize = 64;
/// A dragged filter leaves one per step for every set of views that it filters, and one for every list of options.
const MAX_LATELY: usize = 8;
/// One that differs in so many times fewer rows than there are to go over is good enough.
const NEAR: u64 = 4;

impl Formers {
    /// As [`Cache::sweep`](crate::cache::Cache::sweep).
    pub fn sweep(&mut self, older_by: u8, limit: u16) {
        let stays = |age: &mut u8| {
            *age = age.saturating_add(older_by);
            u16::from(*age) < limit
        };
        self.whole.retain_mut(|(_, age)| stays(age));
        self.lately.retain_mut(|(_, age)| stays(age));
    }

    /// The one of these passes that differs from the mask in the fewest rows, and fewer than so many.
    fn nearest(&mut self, passes: &[&mut Pass], mask: &Bitmap, mut fewer_than: u64) -> Option<&Former> {
        let enough = fewer_than / NEAR;
        let mut nearest = None;
        for (former, age) in &mut self.lately {
            let is_of_these = former.counted.len() == passes.len() && passes.iter().zip(&former.counted).all(|(pass, of)| pass.is_of(of));
            if let Some(distance) = former.mask.distance(mask, if is_of_these { fewer_than } else { 0 }) {
                *age = 0;
                (nearest, fewer_than) = (Some(&*former), distance);
                // The one before is nearly always the nearest, and looking at more takes longer than going over a few rows.
                if distance < enough {
                    break;
                }
            }
        }
        nearest
    }
}

/// Makes the passes over the rows of a mask by going over as few rows as possible: those that are in, those that are out, or those that
/// came and went since they were made lately, as crossfilter does. `None` selects all rows; that is made once per table.
pub(crate) fn count(table: &mut Table, passes: &mut [&mut Pass], mask: Option<&Arc<Bitmap>>, n_selected: u64) {
    let n_rows = table.n_rows();
    let Some(mask) = mask else {
        return passes.iter_mut().for_each(|pass| pass.partial = Some(whole(table, pass)));
    };
    let n_out = n_rows as u64 - n_selected;
    let known = table.derived.formers.nearest(passes, mask, n_selected.min(n_out));
    let partials = |former: &Former| former.counted.iter().map(|counted| counted.partial.clone()).collect::<Vec<_>>();
    let mut known = known.map(|former| (former.mask.clone(), partials(former)));
    if known.is_none() && n_out < n_selected {
        known = Some((Arc::new(Bitmap::all(n_rows)), passes.iter_mut().map(|pass| whole(table, pass)).collect()));
    }
    let made: Vec<Arc<Partial>> = match known {
        None => scan(passes, &[Some(mask)], n_rows),
        Some((before, partials)) => {
            let changed = scan(passes, &[Some(&mask.minus(&before)), Some(&before.minus(mask))], n_rows);
            let (came, gone) = changed.split_at(passes.len());
            partials.iter().zip(came.iter().zip(gone)).map(|(own, (came, gone))| Arc::new(own.changed(came, gone))).collect()
        }
    };
    let lately = &mut table.derived.formers.lately;
    lately.truncate(MAX_LATELY - 1);
    let counted = passes.iter().zip(&made).map(|(pass, made)| pass.counted(made)).collect();
    lately.insert(0, (Former { mask: mask.clone(), counted }, 0));
    passes.iter_mut().zip(made).for_each(|(pass, made)| pass.partial = Some(made));
}

/// The pass over all rows: made once per table.
fn whole(table: &mut Table, pass: &mut Pass) -> Arc<Partial> {
    if let Some((known, age)) = table.derived.formers.whole.iter_mut().find(|(known, _)| pass.is_of(known)) {
        *age = 0;
        return known.partial.clone();
    }
    let partial = scan(&[&mut *pass], &[None], table.n_rows()).pop().unwrap_or_default();
    let whole = &mut table.derived.formers.whole;
    whole.truncate(MAX_WHOLE - 1);
    whole.insert(0, (pass.counted(&partial), 0));
    partial
}

/// Goes over the rows once: what each of the masks selects, and of that, what each of the passes counts.
fn scan(passes: &[&mut Pass], masks: &[Option<&Bitmap>], n_rows: usize) -> Vec<Arc<Partial>> {
    #[cfg(test)]
    tests::GONE_OVER.with(|rows| masks.iter().for_each(|mask| rows.set(rows.get() + mask.map_or(n_rows as u64, Bitmap::count))));
    let accumulator = |pass: &&mut Pass| Accumulator::new(pass.grouping.n_cells, pass.argument.is_some());
    let mut accumulators: Vec<Accumulator> = masks.iter().flat_map(|_| passes.iter().map(accumulator)).collect();
    let mut arguments = Arguments::default();
    let places: Vec<Option<usize>> = passes.iter().map(|pass| arguments.place(pass)).collect();
    for_each_batch(masks, n_rows, &mut |of_mask, selected| {
        arguments.read(selected);
        for ((pass, accumulator), place) in passes.iter().zip(&mut accumulators[of_mask * passes.len()..]).zip(&places) {
            accumulator.add(selected, pass.grouping.codes(), place.map(|place| arguments.codes(place)));
        }
    });
    accumulators.into_iter().map(|accumulator| Arc::new(accumulator.finish())).collect()
}

/// The arguments of passes: what several of them share is read once per chunk.
#[derive(Default)]
pub(crate) struct Arguments(Vec<(Arc<Column>, Vec<u32>)>);

impl Arguments {
    /// Where the codes of a pass's argument will be.
    pub fn place(&mut self, pass: &Pass) -> Option<usize> {
        let column = pass.argument.as_ref()?;
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
    use crate::reference::random::Random;
    use crate::{Clause, KeyBucket, Query, QueryKey, Test, run};
    use std::cell::Cell;
    use tarn_dashboard::{DataType, Expr, Node, Scalar};

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
        assert_eq!(step(120.0, 400.0), 30, "the second step is near enough, though the first is nearer");
    }
}
