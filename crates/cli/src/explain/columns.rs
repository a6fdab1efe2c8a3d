use super::sql::applied;
use crate::footer;
use std::path::Path;
use tarn_dashboard::{Dashboard, Expr, Location, Measure, Node, Page, Source, View};

/// A column that the view's query reads.
pub(super) struct Column {
    pub name: String,
    /// Compressed, in all row groups of the local files; `None` where they are not read from here.
    pub bytes: Option<u64>,
    /// Keys, measures and filters.
    pub used_by: Vec<String>,
}

/// In the order of the contract.
pub(super) fn columns(dashboard: &Dashboard, page: &Page, view: &View, source: &Source, dir: &Path) -> Vec<Column> {
    let mut used: Vec<(String, String)> = vec![];
    let mut note = |expr: &Expr, by: String| names(expr, &mut |name| used.push((name.to_owned(), by.clone())));
    for key in view.all_keys() {
        note(&key.expr, format!("by {}", key.name));
    }
    let shown = view.measures.iter().filter_map(|name| source.measure(name)).chain(&view.having);
    for measure in shown {
        of_measure(measure, &mut note);
    }
    for filter in applied(dashboard, page, view) {
        filter.field_of(&view.source).iter().for_each(|(_, expr)| note(expr, format!("filter {}", filter.id)));
        filter.by.iter().for_each(|by| of_measure(by, &mut note));
    }
    let of_contract = source.columns.iter().filter_map(|column| {
        let mut used_by: Vec<String> = used.iter().filter(|(name, _)| *name == column.name).map(|(_, by)| by.clone()).collect();
        used_by.dedup();
        (!used_by.is_empty()).then(|| Column { name: column.name.clone(), bytes: size(source, &column.name, dir), used_by })
    });
    of_contract.collect()
}

fn of_measure(measure: &Measure, note: &mut dyn FnMut(&Expr, String)) {
    for expr in measure.aggregates.iter().flat_map(|aggregate| aggregate.argument.iter().chain(&aggregate.filter)) {
        note(expr, measure.name.clone());
    }
}

fn names(expr: &Expr, found: &mut dyn FnMut(&str)) {
    match &expr.node {
        Node::Column(name) => found(name),
        Node::Literal(_) | Node::Aggregate(_) | Node::Parameter(_) => {}
        Node::Call(_, arguments) => arguments.iter().for_each(|argument| names(argument, found)),
        Node::Cast(argument) => names(argument, found),
        Node::Case { whens, otherwise } => {
            let branches = whens.iter().flat_map(|(when, then)| [when, then]).chain(otherwise.as_deref());
            branches.for_each(|branch| names(branch, found));
        }
    }
}

fn size(source: &Source, column: &str, dir: &Path) -> Option<u64> {
    let Location::Parquet(urls) = &source.location else { return None };
    let mut bytes = 0;
    for url in urls {
        let footer = footer::read(&dir.join(url)).ok()?;
        let projection = footer.projection(&[column]).ok()?;
        bytes += projection.ranges().iter().flatten().map(|range| range.end - range.start).sum::<u64>();
    }
    Some(bytes)
}
