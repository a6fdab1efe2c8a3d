use std::collections::BTreeSet;
use tarn_dashboard::{Dashboard, Expr, Filter, Measure, Node, Page, Source, View};

/// The dashboard as if nobody had ever written the other views: pages, filters, sources, measures, dimensions and columns that
/// only those need are gone, too.
pub(super) fn keep_views(dashboard: &Dashboard, views: &BTreeSet<String>) -> Dashboard {
    let pages: Vec<Page> = dashboard.pages.iter().filter_map(|page| keep_in_page(page, views)).collect();
    let in_force: BTreeSet<&str> = pages.iter().flat_map(Page::filters_in_force).collect();
    let offered = |filter: &&Filter| in_force.contains(filter.id.as_str()) || filter.is_parameter();
    let filters = dashboard.filters.iter().filter(offered).cloned().collect();
    let mut kept = Dashboard { sources: vec![], filters, pages, ..dashboard.clone() };
    kept.sources = dashboard.sources.iter().filter_map(|source| keep_in_source(source, &kept)).collect();
    // A filter over a source that no view of these pages shows does nothing here; nor does a parameter that none of them reads.
    let mut read: BTreeSet<String> =
        kept.pages.iter().flat_map(Page::views).flat_map(|view| kept.parameters_of(view)).map(String::from).collect();
    for filter in &kept.filters {
        let mut note = |name: &str| _ = read.insert(name.to_owned());
        filter.fields().for_each(|(.., expr)| expr.parameters(&mut note));
        filter.by.iter().for_each(|by| by.parameters(&mut note));
    }
    let sources = &kept.sources;
    kept.filters.retain(|filter| match filter.is_parameter() {
        true => read.contains(&filter.id),
        false => sources.iter().any(|source| filter.field_of(&source.name).is_some()),
    });
    for filter in &mut kept.filters {
        filter.also.retain(|also| sources.iter().any(|source| source.name == also.source));
    }
    for page in &mut kept.pages {
        page.filters.retain(|id| kept.filters.iter().any(|filter| filter.id == *id));
    }
    kept
}

fn keep_in_page(page: &Page, views: &BTreeSet<String>) -> Option<Page> {
    let rows = page.rows.iter().map(|row| row.iter().filter(|view| views.contains(&view.id)).cloned().collect::<Vec<View>>());
    let rows: Vec<Vec<View>> = rows.filter(|row| !row.is_empty()).collect();
    (!rows.is_empty()).then(|| Page { rows, ..page.clone() })
}

fn keep_in_source(source: &Source, kept: &Dashboard) -> Option<Source> {
    let views: Vec<&View> = kept.pages.iter().flat_map(Page::views).filter(|view| view.source == source.name).collect();
    if views.is_empty() {
        return None;
    }
    let filters = || kept.filters.iter().filter(|filter| filter.source == source.name);
    let filtered = || kept.filters.iter().filter_map(|filter| filter.field_of(&source.name));
    let shown = |measure: &&Measure| views.iter().any(|view| view.measures.contains(&measure.name));
    let measures: Vec<Measure> = source.measures.iter().filter(shown).cloned().collect();
    let fields: BTreeSet<&str> =
        views.iter().flat_map(|view| view.all_keys()).map(|key| key.name.as_str()).chain(filtered().map(|(field, _)| field)).collect();
    let dimensions = source.dimensions.iter().filter(|dimension| fields.contains(dimension.name.as_str())).cloned().collect();

    let mut columns: BTreeSet<String> = source.time.iter().cloned().collect();
    views.iter().flat_map(|view| view.all_keys()).for_each(|key| add_columns(&key.expr, &mut columns));
    filtered().for_each(|(_, expr)| add_columns(expr, &mut columns));
    let ranking = filters().filter_map(|filter| filter.by.as_ref());
    for measure in measures.iter().chain(views.iter().filter_map(|view| view.having.as_ref())).chain(ranking) {
        let expressions = measure.aggregates.iter().flat_map(|aggregate| aggregate.argument.iter().chain(&aggregate.filter));
        expressions.for_each(|expr| add_columns(expr, &mut columns));
    }
    let columns = source.columns.iter().filter(|column| columns.contains(&column.name)).cloned().collect();
    Some(Source { columns, dimensions, measures, ..source.clone() })
}

fn add_columns(expr: &Expr, columns: &mut BTreeSet<String>) {
    match &expr.node {
        Node::Column(name) => _ = columns.insert(name.clone()),
        Node::Literal(_) | Node::Aggregate(_) | Node::Parameter(_) => {}
        Node::Call(_, arguments) => arguments.iter().for_each(|argument| add_columns(argument, columns)),
        Node::Cast(inner) => add_columns(inner, columns),
        Node::Case { whens, otherwise } => {
            whens.iter().flat_map(|(when, then)| [when, then]).chain(otherwise.as_deref()).for_each(|expr| add_columns(expr, columns));
        }
    }
}
