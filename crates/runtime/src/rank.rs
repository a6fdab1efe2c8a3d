//! Which values a `top` filter keeps: the greatest by its measure, under all other filters of its source.
use crate::prune::Lacking;
use crate::selection::Selection;
use crate::source::{Snapshot, SourceSlot};
use std::sync::Arc;
use tarn_dashboard::{FilterValue, Order, OrderBy, ParameterValues};
use tarn_engine::{Clause, KeyBucket, Query, QueryKey, Test};
use tarn_protocol::QueryError;

/// Puts the values in the place of the numbers. Fails with what has to be loaded first.
pub(crate) fn rank(
    slot: &SourceSlot,
    snapshot: &mut Snapshot,
    selections: &mut [Selection],
    parameters: &ParameterValues,
) -> Result<Result<(), QueryError>, Lacking> {
    let is_own = |selection: &Selection| selection.source == slot.source.name;
    let own = selections.iter().filter(|selection| is_own(selection) && !selection.is_top());
    let clauses: Vec<Clause> = own.map(Selection::clause).collect();
    for selection in selections.iter_mut().filter(|selection| is_own(selection)) {
        let (FilterValue::Top(count), Some(by)) = (selection.value, &selection.filter.by) else { continue };
        if let Some(groups) = snapshot.lacks([clauses.as_slice()].into_iter()) {
            return Err(Lacking { source: slot.source.name.clone(), groups });
        }
        let query = Query {
            keys: vec![QueryKey { name: selection.filter.field.clone(), expr: selection.clause().expr, bucket: KeyBucket::Value }],
            measures: vec![Arc::new(parameters.bind_measure(by))],
            clauses: clauses.clone(),
            order: vec![Order { by: OrderBy::Measure(0), descending: true }],
            limit: Some(*count),
            time: slot.source.time.clone(),
            ..Query::default()
        };
        match tarn_engine::run(&mut snapshot.table, &[query]).into_iter().next() {
            Some(Ok(result)) => {
                let key = result.table.columns.first();
                let values = key.map(|key| (0..result.table.n_rows as usize).map(|row| key.scalar(row)).collect());
                selection.test = Test::Set(values.unwrap_or_default());
                selection.ranked = true;
            }
            Some(Err(error)) => return Ok(Err(error)),
            None => {}
        }
    }
    Ok(Ok(()))
}
