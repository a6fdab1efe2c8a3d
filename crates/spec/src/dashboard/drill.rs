//! `drill:`: a hierarchy that a viewer goes down, level by level.
use super::{
    resolve::Model,
    view::{field, what},
    view_parts::key,
};
use crate::{diagnostic::Report, sql::type_name, yaml::Node};
use tarn_dashboard::{Bucket, FilterKind, Key, Level, ViewKind};

/// The levels, of which the first is a dimension that the view shows. Each needs a filter of its field, which a way down sets: one
/// of `selects` where that names one. The first level's filter joins `selects`.
pub(super) fn compile(
    node: &Node,
    kind: ViewKind,
    keys: &[Key],
    source: usize,
    selects: &mut Vec<String>,
    model: &Model<'_>,
    report: &mut Report,
) -> Vec<Level> {
    let items = node.items();
    let mut levels: Vec<Level> = vec![];
    for (at, item) in items.iter().enumerate() {
        let Some(found) = field(item, Some(source), model, report) else { continue };
        let name = found.name.clone();
        let shown = keys.iter().find(|key| key.name == name);
        let is_first = at == 0;
        if is_first && shown.is_none() {
            let names: Vec<String> = keys.iter().map(|key| format!("`{}`", key.name)).collect();
            let message = format!("the hierarchy begins with `{name}`, and {} shows {}", what(kind), names.join(" and "));
            report.error(item.span, message).hint("begin with the dimension of `by`, as in `by: region` and `drill: [region, country]`");
        } else if levels.iter().any(|level| level.key.name == name) {
            report.error(item.span, format!("`{name}` stands here twice")).hint("remove one of them");
        } else if !is_first && shown.is_some() {
            report.error(item.span, format!("`{name}` is what the view shows already")).hint("name another column or dimension");
        } else if found.expr.data_type.is_temporal() {
            let message = format!("a level has a value for each group; `{name}` is {}", type_name(found.expr.data_type));
            report.error(item.span, message).hint("make a dimension of it, such as `extract(year from date)`");
        } else if let Some(filter) = filter_of(&name, source, selects, model) {
            levels.push(Level { key: key(found, Bucket::Value), filter });
        } else {
            let source = model.sources[source].name;
            report
                .error(item.span, format!("there is no filter of `{name}`, which a way down sets"))
                .hint(format!("add one to `filters:`, as in `{name}: {{ field: {source}.{name}, type: multi_select }}`"));
        }
    }
    if items.len() < 2 {
        report.error(node.span, "a hierarchy has two levels or more").hint("as in `drill: [region, country, city]`");
    }
    if let Some(first) = levels.first().map(|level| &level.filter).filter(|first| !selects.contains(first)) {
        selects.insert(0, first.clone());
    }
    levels
}

/// A filter that takes values of the field.
fn filter_of(name: &str, source: usize, selects: &[String], model: &Model<'_>) -> Option<String> {
    let takes = |id: &&String| {
        let filter = model.filters.iter().find(|(known, _)| known == *id).and_then(|(_, filter)| filter.as_ref());
        filter.is_some_and(|filter| {
            matches!(filter.kind, FilterKind::MultiSelect | FilterKind::Select)
                && filter.field_of(model.sources[source].name).is_some_and(|(field, _)| field == name)
        })
    };
    selects.iter().chain(model.filters.iter().map(|(id, _)| id)).find(takes).cloned()
}
