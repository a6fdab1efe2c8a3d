//! Which columns a page needs.
use tarn_dashboard::{Dashboard, FilterKind, Page};
use tarn_decode::sort_by;

/// Per source of the page's views: the columns of their keys and measures, and of the filters in force.
pub(crate) fn page_columns(dashboard: &Dashboard, page: &Page) -> Vec<(String, Vec<String>)> {
    let mut needed: Vec<(String, Vec<String>)> = vec![];
    for view in page.views() {
        dashboard.add_columns_of(view, columns_of(&mut needed, &view.source));
    }
    for filter in page.filters_in_force().into_iter().filter_map(|id| dashboard.filter(id)) {
        for (source, _, expr) in filter.fields() {
            expr.add_columns(columns_of(&mut needed, source));
        }
        let columns = columns_of(&mut needed, &filter.source);
        if let (Some(by), Some(source)) = (&filter.by, dashboard.source(&filter.source)) {
            by.add_columns(source.time.as_ref(), columns);
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

fn columns_of<'a>(needed: &'a mut Vec<(String, Vec<String>)>, source: &str) -> &'a mut Vec<String> {
    let at = needed.iter().position(|(name, _)| name == source).unwrap_or_else(|| {
        needed.push((source.to_owned(), vec![]));
        needed.len() - 1
    });
    &mut needed[at].1
}
