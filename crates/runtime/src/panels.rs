//! Small multiples: what is told of the panels, and what is cut from each of them.
use tarn_dashboard::{Scalar, View, ViewKind};
use tarn_protocol::{ResultTable, ViewResult};

/// `tops` are those of the view's query, of which the first is its panels'; `limit` is of the groups.
pub(crate) fn give(view: &View, tops: &[(Vec<Scalar>, u64)], limit: Option<u32>, result: &mut ViewResult) {
    let Some((panels, n)) = tops.first().filter(|_| view.facet.is_some()) else { return };
    (result.panels, result.n_panels) = (panels.clone(), *n);
    let has_series = view.series.is_some() && view.kind != ViewKind::Scatter;
    if let Some((groups, _)) = tops.get(1).filter(|_| tops.len() > 1 + usize::from(has_series)) {
        result.groups.clone_from(groups);
    }
    if let Some(limit) = limit.filter(|_| view.limits_panels()) {
        keep_first(&mut result.table, limit);
    }
}

/// That many rows of each panel, whose rows follow one another.
fn keep_first(table: &mut ResultTable, limit: u32) {
    let Some(panels) = table.columns.first() else { return };
    let (mut kept, mut panel, mut n) = (vec![], None, 0);
    for row in 0..table.n_rows {
        let of = panels.scalar(row as usize);
        if panel.as_ref() != Some(&of) {
            (panel, n) = (Some(of), 0);
        }
        n += 1;
        if n <= limit {
            kept.push(row);
        }
    }
    *table = table.take(&kept);
}
