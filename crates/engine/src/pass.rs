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
    let mut arguments = Arguments::default();
    let places: Vec<Option<usize>> = passes.iter().map(|pass| arguments.place(pass)).collect();
    for_each_chunk(mask, n_rows, |_, selected| {
        arguments.read(selected);
        for ((pass, accumulator), place) in passes.iter().zip(&mut accumulators).zip(&places) {
            accumulator.add(selected, pass.grouping.codes(), place.map(|place| arguments.codes(place)));
        }
    });
    for (pass, accumulator) in passes.iter_mut().zip(accumulators) {
        pass.partial = Some(Arc::new(accumulator.finish()));
    }
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
