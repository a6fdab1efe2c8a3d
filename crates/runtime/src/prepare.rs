//! Makes ready for the moves of the filter that the viewer's hand is at: while it is on its way, the engine builds what answers
//! them without going over the rows.
use crate::budget;
use crate::host::Host;
use crate::plan::plan;
use crate::rank::rank;
use crate::runtime::Shared;
use crate::selection::{Selection, applied, resolve};
use crate::tiles::next_tile;
use std::cell::{Cell, RefCell};
use tarn_dashboard::ParameterValues;
use tarn_engine::{Query, Tiling};
use tarn_protocol::{Response, Run, encode};

/// Fewer rows are gone over in less than a frame.
pub(crate) const MIN_ROWS: u64 = 50_000;

/// Where the viewer's hand is, and what the page shows.
#[derive(Default)]
pub(crate) struct Hand {
    filter: RefCell<Option<String>>,
    run: RefCell<Option<Run>>,
    /// The page has not been told yet that its filter is ready for.
    is_awaited: Cell<bool>,
    is_at_work: Cell<bool>,
    /// What was made ready for last.
    ready: RefCell<Option<Vec<u8>>>,
    /// What is being laid out for the page.
    laying: RefCell<Laying>,
}

/// What lets the page answer moves by itself.
#[derive(Default)]
struct Laying {
    subject: Vec<u8>,
    tiling: Tiling,
    /// Once the page has it: whether it tells all views that move.
    is_whole: Option<bool>,
}

impl Hand {
    pub fn note_filter(&self, filter: Option<String>) {
        self.is_awaited.set(filter.is_some());
        *self.filter.borrow_mut() = filter;
    }

    pub fn note_run(&self, run: Run) {
        let mut newest = self.run.borrow_mut();
        if newest.as_ref().is_none_or(|newest| newest.seq <= run.seq) {
            *newest = Some(run);
        }
    }
}

/// Works in pieces, between which the worker hears of newer questions. Says when it is done, once for every time that a filter
/// came to hand.
pub(crate) async fn prepare<H: Host>(shared: &Shared<H>) {
    let hand = &shared.hand;
    if hand.is_at_work.get() {
        return; // and sees what is new by itself
    }
    hand.is_at_work.set(true);
    // A move of the filter itself leaves everything as it is.
    while let Some(subject) = subject(shared).filter(|subject| hand.ready.borrow().as_ref() != Some(subject)) {
        let is_more = match lay_out(shared, &subject) {
            None => true,
            Some(true) => false,
            // Where there is no room for it, moves are answered from the rows.
            Some(false) => next_piece(shared) && !budget::keep(shared, 0),
        };
        if is_more {
            shared.host.give_way().await;
        } else {
            *hand.ready.borrow_mut() = Some(subject);
        }
    }
    hand.is_at_work.set(false);
    // Before the page is answered nothing can be ready: its answer comes here too.
    let filter = hand.run.borrow().as_ref().and(hand.filter.borrow().clone());
    if let Some(filter) = filter.filter(|_| hand.is_awaited.replace(false)) {
        (shared.sink)(Response::Prepared { filter });
    }
}

/// Does the next piece of what lets the page answer moves by itself. Returns, once there is no more, whether that tells all of them.
fn lay_out<H: Host>(shared: &Shared<H>, subject: &[u8]) -> Option<bool> {
    let (filter, run) = (shared.hand.filter.borrow(), shared.hand.run.borrow());
    let (Some(filter), Some(run)) = (filter.as_ref(), run.as_ref()) else { return Some(false) };
    let mut laying = shared.hand.laying.borrow_mut();
    if laying.subject != subject {
        *laying = Laying { subject: subject.to_vec(), ..Laying::default() };
    }
    if laying.is_whole.is_none() {
        laying.is_whole = next_tile(shared, filter, run, &mut laying.tiling);
    }
    laying.is_whole
}

/// Everything that the answers to moves of the filter depend on, but its value. `None` while there is nothing to make ready for.
fn subject<H: Host>(shared: &Shared<H>) -> Option<Vec<u8>> {
    let (filter, run) = (shared.hand.filter.borrow(), shared.hand.run.borrow());
    let (filter, run) = (shared.dashboard.filter(filter.as_ref()?)?, run.as_ref()?);
    let state = shared.slot(&filter.source)?.state.borrow();
    let snapshot = state.snapshot.as_ref()?;
    Some(encode(&(&snapshot.id, snapshot.n_rows(), tarn_protocol::subject(run, &filter.id))))
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
    // What another `top` filter keeps changes with every move: there is nothing that stays.
    let is_top = |selection: &Selection| selection.is_top() && selection.source == filter.source;
    if selections.iter().any(|selection| is_top(selection) && selection.filter.id != filter.id)
        || !matches!(rank(slot, snapshot, &mut selections, &parameters), Ok(Ok(())))
    {
        return false;
    }
    let mut queries: Vec<Query> = Vec::new();
    for request in &run.views {
        // A view that writes the filter does not move with it.
        let moves = page.view(&request.id).filter(|view| view.source == filter.source && !view.writes(&filter.id, request.level));
        let plan = moves.map(|view| plan(slot, snapshot, view, request, &applied(&selections, view, request.level), &parameters));
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
