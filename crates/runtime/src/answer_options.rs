//! Answers what a filter can be set to: the values of a set, the distribution of a number.
use crate::distribution::distribution;
use crate::host::Host;
use crate::prune::{Lacking, lacks_spans};
use crate::rank::rank;
use crate::runtime::Shared;
use crate::selection::{Selection, resolve};
use tarn_dashboard::{FilterKind, ParameterValues};
use tarn_engine::Clause;
use tarn_protocol::{LoadError, Options, OptionsRequest};

/// Fails with what has to be loaded first: row groups that were left out and matter to the answer.
pub(crate) fn answer<H: Host>(shared: &Shared<H>, request: &OptionsRequest, failed: Vec<LoadError>) -> Result<Options, Vec<Lacking>> {
    let nothing = |rows| Options { seq: request.seq, filter: request.filter.clone(), offset: request.offset, rows, n_matching: 0 };
    let (Some(filter), Some(page)) = (shared.dashboard.filter(&request.filter), shared.page(&request.page)) else {
        return Ok(nothing(Ok(vec![])));
    };
    if let Some(error) = failed.into_iter().find(|error| error.source == filter.source) {
        return Ok(nothing(Err(error)));
    }
    let parameters = ParameterValues::of(&shared.dashboard, &request.selections);
    let expr = parameters.bind(&filter.expr);
    let mut selections = resolve(shared, page, &request.selections, &[]);
    selections.retain(|selection| selection.source == filter.source && selection.filter.id != filter.id);
    let Some(slot) = shared.slot(&filter.source) else { return Ok(nothing(Ok(vec![]))) };
    if let Some(lacks) = lacks_spans(shared, slot, page) {
        return Err(vec![lacks]);
    }
    let mut state = slot.state.borrow_mut();
    let Some(snapshot) = &mut state.snapshot else { return Ok(nothing(Ok(vec![]))) };
    // Where the ranking fails, the values can still be listed without it.
    if rank(slot, snapshot, &mut selections, &parameters).map_err(|lacks| vec![lacks])?.is_err() {
        selections.retain(|selection| !selection.is_top());
    }
    let clauses: Vec<Clause> = selections.iter().map(Selection::clause).collect();
    if let Some(groups) = snapshot.lacks([clauses.as_slice()].into_iter()) {
        return Err(vec![Lacking { source: filter.source.clone(), groups }]);
    }
    let table = &mut snapshot.table;
    let mut ask = |clauses: &[Clause]| match filter.kind {
        FilterKind::Range => distribution(table, filter, clauses),
        _ => tarn_engine::options(table, &expr, clauses, &request.search, request.offset..request.offset.saturating_add(request.limit)),
    };
    // Where the other filters fail, the values can still be listed without them.
    Ok(match ask(&clauses).or_else(|_| ask(&[])) {
        Ok((rows, n_matching)) => Options { n_matching, ..nothing(Ok(rows)) },
        Err(_) => nothing(Ok(vec![])),
    })
}
