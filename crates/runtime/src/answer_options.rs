//! Answers what a set filter can be set to.
use crate::host::Host;
use crate::runtime::Shared;
use crate::selection::resolve;
use tarn_engine::Clause;
use tarn_protocol::{LoadError, Options, OptionsRequest};

pub(crate) fn answer<H: Host>(shared: &Shared<H>, request: &OptionsRequest, failed: Vec<LoadError>) -> Options {
    let nothing = |rows| Options { seq: request.seq, filter: request.filter.clone(), rows, n_matching: 0 };
    let (Some(filter), Some(page)) = (shared.dashboard.filter(&request.filter), shared.page(&request.page)) else {
        return nothing(Ok(vec![]));
    };
    if let Some(error) = failed.into_iter().find(|error| error.source == filter.source) {
        return nothing(Err(error));
    }
    let others = resolve(shared, page, &request.selections);
    let others = others.iter().filter(|selection| selection.filter.source == filter.source && selection.filter.id != filter.id);
    let clauses: Vec<Clause> = others.map(|selection| selection.clause()).collect();
    let Some(slot) = shared.slot(&filter.source) else { return nothing(Ok(vec![])) };
    let mut state = slot.state.borrow_mut();
    let Some(snapshot) = &mut state.snapshot else { return nothing(Ok(vec![])) };
    match tarn_engine::options(&mut snapshot.table, &filter.expr, &clauses, &request.search, request.limit) {
        Ok((rows, n_matching)) => Options { n_matching, ..nothing(Ok(rows)) },
        // The values cannot be listed under these filters; without the counts they still can.
        Err(_) => match tarn_engine::options(&mut snapshot.table, &filter.expr, &[], &request.search, request.limit) {
            Ok((rows, n_matching)) => Options { n_matching, ..nothing(Ok(rows)) },
            Err(_) => nothing(Ok(vec![])),
        },
    }
}
