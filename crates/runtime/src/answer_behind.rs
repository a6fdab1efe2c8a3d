//! Answers which rows of the data are behind a number of a view.
use crate::columns::page_columns;
use crate::host::Host;
use crate::plan::plan;
use crate::prune::{Lacking, lacks_spans};
use crate::rank::rank;
use crate::runtime::Shared;
use crate::selection::{applied, resolve};
use tarn_dashboard::{Expr, Node, ParameterValues, Scalar};
use tarn_protocol::{LoadError, ResultTable, RowsRequest};

/// The first rows and how many there are, with those columns that the page has anyway. `None` where the view itself says what is wrong.
/// Fails with what has to be loaded first.
pub(crate) fn answer<H: Host>(
    shared: &Shared<H>,
    request: &RowsRequest,
    keys: &[Scalar],
    failed: &[LoadError],
) -> Result<Option<(ResultTable, u64)>, Vec<Lacking>> {
    let run = &request.run;
    let view = shared.page(&run.page).zip(run.views.first()).and_then(|(page, asked)| Some((page, asked, page.view(&asked.id)?)));
    let Some((page, asked, view)) = view else { return Ok(None) };
    let Some(slot) = shared.slot(&view.source).filter(|_| !failed.iter().any(|error| error.source == view.source)) else {
        return Ok(None);
    };
    if let Some(lacks) = lacks_spans(shared, slot, page) {
        return Err(vec![lacks]);
    }
    let parameters = ParameterValues::of(&shared.dashboard, &run.selections);
    let mut selections = resolve(shared, page, &run.selections, &run.comparisons);
    let mut state = slot.state.borrow_mut();
    let Some(snapshot) = &mut state.snapshot else { return Ok(None) };
    if rank(slot, snapshot, &mut selections, &parameters).map_err(|lacks| vec![lacks])?.is_err() {
        return Ok(None);
    }
    let Ok(plan) = plan(slot, snapshot, view, asked, &applied(&selections, view, asked.level), &parameters) else { return Ok(None) };
    if let Some(groups) = snapshot.lacks([plan.current.clauses.as_slice()].into_iter()) {
        return Err(vec![Lacking { source: view.source.clone(), groups }]);
    }
    let needed = page_columns(&shared.dashboard, page);
    let is_needed = |name: &String| needed.iter().any(|(source, names)| *source == view.source && names.contains(name));
    let columns = slot.source.columns.iter().filter(|column| is_needed(&column.name));
    let columns: Vec<(String, Expr)> = columns
        .map(|column| {
            let data_type = column.column_type.data_type();
            (column.name.clone(), Expr { data_type, node: Node::Column(column.name.clone()) })
        })
        .collect();
    Ok(tarn_engine::behind(&mut snapshot.table, &plan.current, keys, &columns, request.n_rows as usize).ok())
}
