//! Going over the rows.
use crate::Table;
use crate::bitmap::Bitmap;
use crate::column::Column;
use crate::derived::GroupInputs;
use crate::group::Grouping;
use crate::partial::{Accumulator, Partial, gather};
use crate::selection::for_each_chunk;
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

/// The pass over all rows: made once per table.
pub(crate) fn unfiltered(table: &mut Table, pass: &mut Pass) -> Arc<Partial> {
    let inputs = (pass.grouping_inputs.clone(), pass.argument.as_ref().map(|(expr, _)| expr.clone()));
    if let Some(partial) = table.derived.unfiltered.get(&inputs) {
        return partial;
    }
    scan(&mut [pass], None, table.n_rows());
    let partial = pass.partial.take().unwrap_or_default();
    table.derived.unfiltered.insert_shared(inputs, partial)
}

/// Goes over the rows of a mask once for all passes.
pub(crate) fn scan(passes: &mut [&mut Pass], mask: Option<&Bitmap>, n_rows: usize) {
    let mut accumulators: Vec<Accumulator> =
        passes.iter().map(|pass| Accumulator::new(pass.grouping.n_cells, pass.argument.is_some())).collect();
    // Arguments that several passes share are read once per chunk.
    let mut arguments: Vec<(Arc<Column>, Vec<u32>)> = Vec::new();
    let mut places = Vec::new();
    for pass in passes.iter() {
        places.push(pass.argument.as_ref().map(|(_, column)| {
            arguments.iter().position(|(known, _)| Arc::ptr_eq(known, column)).unwrap_or_else(|| {
                arguments.push((column.clone(), Vec::new()));
                arguments.len() - 1
            })
        }));
    }
    for_each_chunk(mask, n_rows, |_, selected| {
        for (column, codes) in &mut arguments {
            if let Some(coded) = column.coded() {
                gather(&coded.codes, selected, codes);
            }
        }
        for ((pass, accumulator), place) in passes.iter().zip(&mut accumulators).zip(&places) {
            accumulator.add(selected, pass.grouping.codes(), place.map(|place| arguments[place].1.as_slice()));
        }
    });
    for (pass, accumulator) in passes.iter_mut().zip(accumulators) {
        pass.partial = Some(Arc::new(accumulator.finish()));
    }
}
