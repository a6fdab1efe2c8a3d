//! The filters that a view writes.
use super::resolve::Model;
use crate::{diagnostic::Report, suggest, yaml::Node};
use tarn_dashboard::{Bucket, DataType, FilterKind, Key};

/// Ids of filters, at most one for each key. `cells`: whole numbers may be chosen as intervals. Each must filter a field that the view shows, in a way that the view can choose.
pub(super) fn compile(
    node: &Node,
    (what, cells): (&str, bool),
    keys: &[Key],
    source: usize,
    model: &Model<'_>,
    report: &mut Report,
) -> Vec<String> {
    let mut ids: Vec<String> = vec![];
    for item in node.items() {
        let Some(id) = one(item, (what, cells), keys, source, model, report) else { continue };
        if ids.contains(&id) {
            report.error(item.span, format!("`{id}` stands here twice")).hint("remove one of them");
        }
        ids.push(id);
    }
    ids
}

fn one(node: &Node, (what, cells): (&str, bool), keys: &[Key], source: usize, model: &Model<'_>, report: &mut Report) -> Option<String> {
    let id = node.text(report)?;
    let Some((_, filter)) = model.filters.iter().find(|(known, _)| known == id) else {
        let hint = suggest::hint(id, "filters", model.filters.iter().map(|(known, _)| known.as_str()));
        report.error(node.span, format!("unknown filter `{id}`")).hint(hint);
        return None;
    };
    let filter = filter.as_ref()?;
    let field = filter.field_of(model.sources[source].name).map(|(field, _)| field);
    let shown = keys.iter().find(|key| field == Some(key.name.as_str()));
    let (fitting, expected): (&[FilterKind], _) = match shown.or(keys.first())? {
        Key { bucket: Bucket::Time { .. }, .. } => (&[FilterKind::DateRange], "a date_range filter"),
        Key { bucket: Bucket::Bins { .. }, .. } => (&[FilterKind::Range], "a range filter"),
        // A whole number is an interval too.
        Key { expr, .. } if expr.data_type == DataType::Int64 && cells => {
            (&[FilterKind::MultiSelect, FilterKind::Select, FilterKind::Range], "a multi_select, select or range filter")
        }
        _ => (&[FilterKind::MultiSelect, FilterKind::Select], "a multi_select or select filter"),
    };
    if !fitting.contains(&filter.kind) {
        report.error(node.span, format!("{what} selects {expected}; `{id}` is none")).hint("name another filter, or change its type");
        return None;
    }
    if shown.is_none() {
        let names: Vec<String> = keys.iter().map(|key| format!("`{}`", key.name)).collect();
        let message = format!("`{id}` filters `{}.{}`, this view shows {}", filter.source, filter.field, names.join(" and "));
        report.error(node.span, message).hint("a view selects the filter of a field that it shows");
        return None;
    }
    Some(id.to_owned())
}
