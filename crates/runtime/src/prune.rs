//! Which row groups are loaded: those that can matter to what is asked. What is left out is known to matter to no answer that
//! is given: a question to which it could matter loads it first.
use crate::budget::admit;
use crate::chunks::Chunks;
use crate::ensure::{fresh, is_of_another_version, loader};
use crate::host::Host;
use crate::load::{Load, Loaded};
use crate::open::OpenFile;
use crate::points::straightened;
use crate::runtime::Shared;
use crate::selection::{applied, resolve_by};
use crate::settle::complete_day_before;
use crate::source::{Snapshot, SourceSlot, instant};
use crate::statistics::{can_match, span};
use crate::together::catch_up;
use tarn_dashboard::{Bucket, Comparison, Expr, FilterKind, FilterValue, Page};
use tarn_engine::{Clause, Span, Table};
use tarn_protocol::{LoadError, Run};

/// A choice of row groups of a source's files.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RowGroups {
    /// By file, by row group.
    chosen: Vec<Vec<bool>>,
}

/// Row groups that are enough for a page, and the spans of values over all rows that it asks for.
pub(crate) struct Part {
    pub groups: RowGroups,
    spans: Vec<(Expr, Span)>,
}

/// What a page shows: its filters as they are set.
#[derive(Clone)]
pub(crate) struct Demand {
    page: String,
    selections: Vec<(String, FilterValue)>,
    comparisons: Vec<(String, Option<Comparison>)>,
}

/// What a question needs of a source beyond what is loaded; `None` of its row groups means all.
pub(crate) struct Lacking {
    pub source: String,
    pub groups: Option<RowGroups>,
}

impl Demand {
    pub fn new(page: &str, selections: Vec<(String, FilterValue)>) -> Self {
        Self { page: page.to_owned(), selections, comparisons: vec![] }
    }

    pub fn of(run: &Run) -> Self {
        Self { comparisons: run.comparisons.clone(), ..Self::new(&run.page, run.selections.clone()) }
    }
}

impl RowGroups {
    fn of(files: &[OpenFile], mut choose: impl FnMut(&OpenFile, usize) -> bool) -> Self {
        let chosen = files.iter().map(|file| (0..file.footer.n_row_groups()).map(|group| choose(file, group)).collect());
        Self { chosen: chosen.collect() }
    }

    pub fn has(&self, file: usize, row_group: usize) -> bool {
        self.chosen.get(file).and_then(|groups| groups.get(row_group)).copied().unwrap_or(true)
    }

    pub fn n_left_out(&self) -> u32 {
        self.chosen.iter().flatten().filter(|chosen| !**chosen).count() as u32
    }

    fn or(mut self, other: &Self) -> Self {
        self.chosen.iter_mut().flatten().zip(other.chosen.iter().flatten()).for_each(|(own, other)| *own |= other);
        self
    }
}

impl Snapshot {
    /// The row groups to load before questions with these clauses are answered; `None` when all that matters is here.
    pub fn lacks<'a>(&self, questions: impl Iterator<Item = &'a [Clause]> + Clone) -> Option<Option<RowGroups>> {
        let held = self.held.as_ref()?;
        let wanted = RowGroups::of(&self.files, |file, group| questions.clone().any(|clauses| can_match(file, group, clauses)));
        let wanted = held.clone().or(&wanted);
        if wanted == *held {
            return None;
        }
        Some((wanted.n_left_out() > 0).then_some(wanted))
    }
}

/// Enough of the files for the page that was asked for last; `None` when that is all of them.
pub(crate) fn needed<H: Host>(shared: &Shared<H>, slot: &SourceSlot, files: &[OpenFile]) -> Option<Part> {
    let demand = slot.state.borrow().demand.clone()?;
    let page = shared.page(&demand.page)?;
    if files.iter().map(|file| file.footer.n_row_groups()).sum::<usize>() < 2 {
        return None;
    }
    let spans = spans(shared, slot, page, files)?;
    let time = slot.time_expr();
    let newest_day = |filter: &tarn_dashboard::Filter| {
        let expr = time.as_ref().unwrap_or(&filter.expr);
        Some(complete_day_before(instant(&spans.iter().find(|(known, _)| known == expr)?.1.1)?))
    };
    let mut selections = resolve_by(&shared.dashboard, page, &demand.selections, &demand.comparisons, newest_day);
    // Which values they keep is asked of the rows that the others leave.
    selections.retain(|selection| !selection.is_top());
    let mut questions: Vec<Vec<Clause>> = vec![];
    for view in page.views().filter(|view| view.source == slot.source.name) {
        let applied = applied(&selections, view, 0);
        let clauses: Vec<Clause> = applied.iter().map(|selection| selection.clause()).collect();
        for (at, selection) in applied.iter().enumerate() {
            let compared = selection.compared_clause().map(|clause| {
                let mut compared = clauses.clone();
                compared[at] = clause;
                compared
            });
            questions.extend(compared);
        }
        questions.push(clauses);
    }
    let groups = RowGroups::of(files, |file, group| questions.iter().any(|clauses| can_match(file, group, clauses)));
    (groups.n_left_out() > 0).then_some(Part { groups, spans })
}

/// The spans that the page asks for. `None` where the footers do not tell one of them.
fn spans<H: Host>(shared: &Shared<H>, slot: &SourceSlot, page: &Page, files: &[OpenFile]) -> Option<Vec<(Expr, Span)>> {
    spanned(shared, slot, page).map(|expr| Some((expr.clone(), span(files, &expr)?))).collect()
}

/// Whose spans a page asks for over all rows, whatever its filters: domains of controls, bounds of bins, the newest day.
fn spanned<H: Host>(shared: &Shared<H>, slot: &SourceSlot, page: &Page) -> impl Iterator<Item = Expr> {
    let in_force = page.filters_in_force().into_iter().filter_map(|id| shared.dashboard.filter(id));
    let ranges = in_force.filter(|filter| matches!(filter.kind, FilterKind::DateRange | FilterKind::Range));
    let ranges = ranges.filter(|filter| filter.source == slot.source.name).map(|filter| &filter.expr);
    let keys = page.views().filter(|view| view.source == slot.source.name).flat_map(|view| view.all_keys().map(move |key| (view, key)));
    let open = keys.filter(
        |(_, key)| matches!(key.bucket, Bucket::Bins { from, to, .. } | Bucket::Span { from, to, .. } if from.is_none() || to.is_none()),
    );
    let open = open.map(|(view, key)| match key.bucket {
        Bucket::Span { .. } => straightened(view.scale_of(&key.name), &key.expr),
        _ => key.expr.clone(),
    });
    let exprs: Vec<Expr> = ranges.cloned().chain(open).chain(slot.time_expr()).collect();
    exprs.into_iter()
}

/// All rows, when the page asks for a span that the rows at hand and the footers do not tell.
pub(crate) fn lacks_spans<H: Host>(shared: &Shared<H>, slot: &SourceSlot, page: &Page) -> Option<Lacking> {
    let mut state = slot.state.borrow_mut();
    let snapshot = state.snapshot.as_mut().filter(|snapshot| snapshot.held.is_some())?;
    let unknown = spanned(shared, slot, page).any(|expr| snapshot.table.min_max(&expr).is_err());
    unknown.then(|| Lacking { source: slot.source.name.clone(), groups: None })
}

/// Tells the table that it has only a part of the rows.
pub(crate) fn limit(table: &mut Table, part: Option<Part>) -> Option<RowGroups> {
    let Part { groups, spans } = part?;
    table.is_part_of(spans);
    Some(groups)
}

/// Loads what questions lack. The failures.
pub(crate) async fn widen<H: Host>(shared: &Shared<H>, lacking: Vec<Lacking>) -> Vec<LoadError> {
    let mut failed = vec![];
    for Lacking { source, groups } in lacking {
        let Some(slot) = shared.slot(&source) else { continue };
        let _guard = slot.lock.lock().await;
        // A store that failed is not asked again before the next validation.
        let known = slot.state.borrow().error.clone();
        let outcome = match known {
            Some(error) => Err(error),
            None => {
                let outcome = widen_source(shared, slot, groups).await;
                let visible = slot.state.borrow().visible.clone();
                admit(shared, slot, &visible, outcome)
            }
        };
        slot.state.borrow_mut().error = outcome.as_ref().err().cloned();
        shared.send_status(slot);
        failed.extend(outcome.err());
    }
    failed
}

async fn widen_source<H: Host>(shared: &Shared<H>, slot: &SourceSlot, groups: Option<RowGroups>) -> Result<(), LoadError> {
    match add_row_groups(shared, slot, groups).await {
        Err(error) if is_of_another_version(slot, &error) => {
            let wanted = slot.state.borrow().wanted.clone();
            fresh(shared, slot, &wanted).await
        }
        outcome => outcome,
    }
}

/// Loads the columns that are here once more, of more row groups. What is here of their bytes is not fetched again.
async fn add_row_groups<H: Host>(shared: &Shared<H>, slot: &SourceSlot, groups: Option<RowGroups>) -> Result<(), LoadError> {
    let report = |progress| shared.send_progress(slot, progress);
    let (mut files, id, columns, chunks, counted) = {
        let state = slot.state.borrow();
        let Some(snapshot) = &state.snapshot else { return Ok(()) };
        let columns = slot.source.columns.iter().filter(|column| snapshot.table.has_column(&column.name)).cloned();
        let mut chunks: Vec<Chunks> = snapshot.files.iter().map(|_| Chunks::default()).collect();
        for blob in &state.pending {
            chunks.get_mut(blob.file).into_iter().for_each(|chunks| chunks.insert(blob.range.start, blob.bytes.clone()));
        }
        (snapshot.files.clone(), snapshot.id.clone(), columns.collect::<Vec<_>>(), chunks, snapshot.held.clone())
    };
    let load = Load { counted, ..loader(shared, slot, &report) };
    catch_up(shared, slot, &load, (&id, &mut files), (&columns, groups.as_ref())).await?;
    let Loaded { table, new_blobs } = load.columns(&files, chunks, &id, &columns, groups.as_ref()).await?;
    let mut state = slot.state.borrow_mut();
    state.unsaved |= !new_blobs.is_empty();
    state.pending = new_blobs;
    let Some(snapshot) = state.snapshot.as_mut() else { return Ok(()) };
    snapshot.files = files;
    snapshot.table.give_place(table, groups.is_none());
    snapshot.held = groups;
    Ok(())
}
