//! Which columns a page needs.
use tarn_dashboard::{AggregateFunction, Dashboard, Expr, FilterKind, Measure, Node, Page, Source, View, ViewKind};
use tarn_decode::sort_by;

/// Per source of the page's views: the columns of their keys and measures, and of the filters in force.
pub(crate) fn page_columns(dashboard: &Dashboard, page: &Page) -> Vec<(String, Vec<String>)> {
    let mut needed: Vec<(String, Vec<String>)> = vec![];
    for view in page.views() {
        let Some(source) = dashboard.source(&view.source) else { continue };
        add_view(view, source, columns_of(&mut needed, &view.source));
    }
    for filter in page.filters_in_force().into_iter().filter_map(|id| dashboard.filter(id)) {
        for (source, _, expr) in filter.fields() {
            add_columns(expr, columns_of(&mut needed, source));
        }
        let columns = columns_of(&mut needed, &filter.source);
        if let (Some(by), Some(source)) = (&filter.by, dashboard.source(&filter.source)) {
            add_measure(by, source.time.as_ref(), columns);
        }
        // Relative periods count back from the newest complete day.
        if filter.kind == FilterKind::DateRange {
            columns.extend(dashboard.source(&filter.source).and_then(|source| source.time.clone()));
        }
    }
    for (_, columns) in &mut needed {
        sort_by(columns, |a, b| a.cmp(b));
        columns.dedup();
    }
    needed.retain(|(name, _)| page.views().any(|view| view.source == *name));
    needed
}

/// The columns that one view of a page can ask for: those of its keys and measures, and of the filters that it applies.
pub(crate) fn view_columns(dashboard: &Dashboard, page: &Page, view: &View) -> Vec<String> {
    let mut columns = vec![];
    if let Some(source) = dashboard.source(&view.source) {
        add_view(view, source, &mut columns);
    }
    let applied = page.filters_in_force().into_iter().filter(|id| !view.writes(id, 0)).filter_map(|id| dashboard.filter(id));
    for (_, _, expr) in applied.flat_map(|filter| filter.fields()).filter(|(source, ..)| *source == view.source) {
        add_columns(expr, &mut columns);
    }
    columns
}

fn add_view(view: &View, source: &Source, columns: &mut Vec<String>) {
    view.all_keys().for_each(|key| add_columns(&key.expr, columns));
    for measure in view.measures.iter().filter_map(|name| source.measure(name)).chain(&view.having) {
        add_measure(measure, source.time.as_ref(), columns);
    }
    if view.kind == ViewKind::Kpi {
        columns.extend(source.time.clone());
    }
}

fn add_measure(measure: &Measure, time: Option<&String>, columns: &mut Vec<String>) {
    for aggregate in &measure.aggregates {
        aggregate.argument.iter().chain(&aggregate.filter).for_each(|expr| add_columns(expr, columns));
        if matches!(aggregate.function, AggregateFunction::First | AggregateFunction::Last) {
            columns.extend(time.cloned());
        }
    }
}

/// Adds the columns that the expression reads.
pub(crate) fn add_columns(expr: &Expr, columns: &mut Vec<String>) {
    match &expr.node {
        Node::Column(name) => {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        Node::Literal(_) | Node::Aggregate(_) | Node::Parameter(_) => {}
        Node::Call(_, arguments) => arguments.iter().for_each(|argument| add_columns(argument, columns)),
        Node::Cast(inner) => add_columns(inner, columns),
        Node::Case { whens, otherwise } => {
            whens.iter().for_each(|(when, then)| [when, then].into_iter().for_each(|expr| add_columns(expr, columns)));
            otherwise.iter().for_each(|expr| add_columns(expr, columns));
        }
    }
}

fn columns_of<'a>(needed: &'a mut Vec<(String, Vec<String>)>, source: &str) -> &'a mut Vec<String> {
    let at = needed.iter().position(|(name, _)| name == source).unwrap_or_else(|| {
        needed.push((source.to_owned(), vec![]));
        needed.len() - 1
    });
    &mut needed[at].1
}
