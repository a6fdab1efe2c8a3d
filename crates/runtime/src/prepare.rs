//! Makes ready for the moves of the filter that the viewer's hand is at: while it is on its way, the engine builds what answers
//! them without going over the rows.
use crate::host::Host;
use crate::plan::plan;
use crate::rank::rank;
use crate::runtime::Shared;
use crate::selection::{applied, resolve};
use std::cell::{Cell, RefCell};
use tarn_dashboard::ParameterValues;
use tarn_engine::Query;
use tarn_protocol::{Response, Run};

/// Fewer rows are gone over in less than a frame.
const MIN_ROWS: u64 = 50_000;

/// Where the viewer's hand is, and what the page shows.
#[derive(Default)]
pub(crate) struct Hand {
    filter: RefCell<Option<String>>,
    run: RefCell<Option<Run>>,
    is_at_work: Cell<bool>,
}

impl Hand {
    pub fn note_filter(&self, filter: Option<String>) {
        *self.filter.borrow_mut() = filter;
    }

    pub fn note_run(&self, run: Run) {
        let mut newest = self.run.borrow_mut();
        if newest.as_ref().is_none_or(|newest| newest.seq <= run.seq) {
            *newest = Some(run);
        }
    }
}

/// Works in pieces, between which the worker hears of newer questions. Says when it is done, if a filter is at hand.
pub(crate) async fn prepare<H: Host>(shared: &Shared<H>) {
    if shared.hand.is_at_work.get() {
        return; // and sees what is new by itself
    }
    shared.hand.is_at_work.set(true);
    while next_piece(shared) {
        shared.host.give_way().await;
    }
    shared.hand.is_at_work.set(false);
    // Before the page is answered nothing can be ready: its answer comes here too.
    let filter = shared.hand.run.borrow().as_ref().and(shared.hand.filter.borrow().clone());
    if let Some(filter) = filter {
        (shared.sink)(Response::Prepared { filter });
    }
}

/// Returns whether there is more to do.
fn next_piece<H: Host>(shared: &Shared<H>) -> bool {
    let (filter, run) = (shared.hand.filter.borrow(), shared.hand.run.borrow());
    let (Some(filter), Some(run)) = (filter.as_ref().and_then(|id| shared.dashboard.filter(id)), run.as_ref()) else { return false };
    let (Some(page), Some(slot)) = (shared.page(&run.page), shared.slot(&filter.source)) else { return false };
    let mut selections = resolve(shared, page, &run.selections, &run.comparisons);
    let parameters = ParameterValues::of(&shared.dashboard, &run.selections);
    let mut state = slot.state.borrow_mut();
    let Some(snapshot) = state.snapshot.as_mut().filter(|snapshot| snapshot.n_rows() >= MIN_ROWS) else { return false };
    if !matches!(rank(slot, snapshot, &mut selections, &parameters), Ok(Ok(()))) {
        return false;
    }
    let mut queries: Vec<Query> = Vec::new();
    for request in &run.views {
        // A view that writes the filter does not move with it.
        let moves = page.view(&request.id).filter(|view| view.source == filter.source && !view.selects.contains(&filter.id));
        let plan = moves.map(|view| plan(slot, snapshot, view, request, &applied(&selections, view), &parameters));
        if let Some(Ok(plan)) = plan {
            queries.extend(plan.questions().cloned());
        }
    }
    if queries.is_empty() || snapshot.lacks(queries.iter().map(|query| query.clauses.as_slice())).is_some() {
        return false;
    }
    // What fails here fails where it is asked.
    tarn_engine::prepare(&mut snapshot.table, &queries, &parameters.bind(&filter.expr)).unwrap_or(false)
}
