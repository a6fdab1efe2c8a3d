use super::{access, ids::Ids, resolve::Model, view};
use crate::{
    diagnostic::Report,
    names, suggest,
    yaml::{Fields, Node, Value},
};
use tarn_dashboard::Page;

pub(super) fn compile_all(pages: Option<&Node>, model: &mut Model<'_>, report: &mut Report) -> Vec<Page> {
    let Some(pages) = pages else { return vec![] };
    let Some(nodes) = pages.sequence(report) else { return vec![] };
    if nodes.is_empty() {
        report.error(pages.span, "a dashboard has at least one page").hint("as in `pages: [{ title: Overview, rows: [[kpi: flights]] }]`");
    }
    let (mut page_ids, mut view_ids) = (Ids::default(), Ids::default());
    let given: Vec<Option<String>> = nodes.iter().map(|node| given_id(node, "page", &mut page_ids, report)).collect();
    let given_views: Vec<Vec<Vec<Option<String>>>> = nodes
        .iter()
        .map(|page| {
            rows_of(page)
                .into_iter()
                .map(|row| row.into_iter().map(|view| given_id(view, "view", &mut view_ids, report)).collect())
                .collect()
        })
        .collect();
    let mut compiled = vec![];
    for ((node, given), given_views) in nodes.iter().zip(given).zip(given_views) {
        compiled.extend(page(node, given, &given_views, &mut page_ids, &mut view_ids, model, report));
    }
    compiled
}

fn page(
    node: &Node,
    given: Option<String>,
    given_views: &[Vec<Option<String>>],
    page_ids: &mut Ids,
    view_ids: &mut Ids,
    model: &mut Model<'_>,
    report: &mut Report,
) -> Option<Page> {
    let mut fields = Fields::read(node, "a page", report)?;
    let title = fields.required("title", "it stands in the navigation", report).and_then(|node| super::nonempty(node, report));
    fields.entry("id");
    let filters = fields.get("filters", report);
    let rows = fields.required("rows", "the views of the page, as in `rows: [[kpi: flights]]`", report);
    let roles = fields.entry("roles");
    if let (Some(_), None) = (&model.access, roles) {
        let span = fields.entry("title").map_or(node.span, |entry| entry.key.span);
        report.error(span, "the page has no `roles`: with `access:` every page says who may see it").hint("as in `roles: [viewer]`");
    }
    fields.finish(report);
    let roles = access::guard(roles, model, report);

    let filters = filters.map_or_else(Vec::new, |node| page_filters(node, model, report));
    check_rows(rows, report);
    let mut compiled_rows = vec![];
    for (row, given) in rows_of(node).into_iter().zip(given_views) {
        let mut views = vec![];
        for (view, given) in row.into_iter().zip(given) {
            views.extend(view::compile(view, given.clone(), view_ids, model, report));
        }
        compiled_rows.push(views);
    }
    let title = title?;
    let slug = names::slug(&title);
    let id = given.unwrap_or_else(|| page_ids.derive(if slug.is_empty() { "page" } else { &slug }));
    if let (Some(access), Some(roles)) = (&mut model.access, roles) {
        access.pages.insert(id.clone(), roles);
    }
    Some(Page { id, title, filters, rows: compiled_rows })
}

fn page_filters(node: &Node, model: &Model<'_>, report: &mut Report) -> Vec<String> {
    let mut ids: Vec<String> = vec![];
    for item in node.items() {
        let Some(id) = item.text(report) else { continue };
        if !model.filters.iter().any(|(known, _)| known == id) {
            let hint = suggest::hint(id, "filters", model.filters.iter().map(|(known, _)| known.as_str()));
            report.error(item.span, format!("unknown filter `{id}`")).hint(hint);
        } else if ids.iter().any(|known| known == id) {
            report.error(item.span, format!("the filter `{id}` stands here twice")).hint("remove one of them");
        } else {
            ids.push(id.to_owned());
        }
    }
    ids
}

fn check_rows(rows: Option<&Node>, report: &mut Report) {
    let Some(items) = rows.and_then(|rows| rows.sequence(report)) else { return };
    if let (Some(rows), true) = (rows, items.is_empty()) {
        report.error(rows.span, "the page has no views").hint("as in `rows: [[kpi: flights]]`");
    }
    for row in items {
        match &row.value {
            Value::Sequence(views) if views.is_empty() => {
                report.error(row.span, "the row has no views").hint("remove it");
            }
            Value::Scalar(_) => {
                report
                    .error(row.span, format!("expected a row (a list of views), found {}", row.kind()))
                    .hint("as in `- [kpi: flights, kpi: avg_delay]`");
            }
            _ => {}
        }
    }
}

/// The views by row, whatever else may be wrong. A row of one view may stand without its list.
fn rows_of(page: &Node) -> Vec<Vec<&Node>> {
    let Value::Mapping(entries) = &page.value else { return vec![] };
    let Some(rows) = entries.iter().find(|entry| entry.key.text == "rows") else { return vec![] };
    let Value::Sequence(rows) = &rows.value.value else { return vec![] };
    rows.iter().filter(|row| !matches!(row.value, Value::Scalar(_))).map(Node::items).collect()
}

fn given_id(node: &Node, what: &str, ids: &mut Ids, report: &mut Report) -> Option<String> {
    let Value::Mapping(entries) = &node.value else { return None };
    let entry = entries.iter().find(|entry| entry.key.text == "id")?;
    ids.give(&entry.value, what, report)
}
