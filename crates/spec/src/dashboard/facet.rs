//! `facet:`: a dimension that a chart is repeated by, with a panel for each of its values.
use super::{
    resolve::Model,
    view::{Content, field, what},
    view_parts::key,
};
use crate::{
    diagnostic::Report,
    sql::type_name,
    suggest,
    yaml::{Fields, Node, Value},
};
use tarn_dashboard::{Bucket, DataType, Facet, Level, Node as ExprNode, ViewKind};

/// Panels shown unless the author says otherwise, and the most that may be asked for.
const DEFAULT_PANELS: u32 = 12;
const MAX_PANELS: u32 = 48;
const MAX_COLUMNS: u32 = 12;
/// Groups shown in each panel unless the author says otherwise: it has less room than a chart alone.
pub(super) const DEFAULT_TOP: u32 = 8;

/// Whether views of the kind are charts.
pub(super) fn fits(kind: ViewKind) -> bool {
    !matches!(kind, ViewKind::Kpi | ViewKind::Table | ViewKind::Text)
}

/// `None` with its reason in the report.
pub(super) fn compile(
    node: &Node,
    kind: ViewKind,
    (content, drill): (&Content, &[Level]),
    model: &Model<'_>,
    report: &mut Report,
) -> Option<Facet> {
    if !fits(kind) {
        let hint = match kind {
            ViewKind::Table => "name the dimension in `by`; with `subtotals: true` its values are row groups",
            _ => "only charts have panels; write a view for each, or draw a bar chart",
        };
        report.error(node.span, format!("{} has no panels", what(kind))).hint(hint);
        return None;
    }
    let is_mapping = matches!(node.value, Value::Mapping(_));
    let mut fields = if is_mapping { Some(Fields::read(node, "a facet", report)?) } else { None };
    let (mut by, mut columns, mut limit, mut free) = (Some(node), Some(0), Some(DEFAULT_PANELS), Some(false));
    if let Some(fields) = &mut fields {
        by = fields.required("by", "the dimension of the panels, as in `facet: { by: carrier }`", report);
        columns = fields.get("columns", report).map_or(columns, |node| node.count(MAX_COLUMNS, report));
        limit = fields.get("limit", report).map_or(limit, |node| node.count(MAX_PANELS, report));
        free = fields.get("scales", report).map_or(free, |node| scales(node, report));
    }
    if let Some(fields) = fields {
        fields.finish(report);
    }
    let by = by?;
    if let [_, second, ..] = by.items().as_slice() {
        report.error(second.span, "panels are of one dimension").hint("make one of both, such as `origin || ' – ' || destination`");
        return None;
    }
    let found = field(by, Some(content.source), model, report)?;
    let shown = content.keys.iter().chain(drill.iter().map(|level| &level.key)).any(|key| key.name == found.name);
    if shown {
        report.error(by.span, format!("`{}` is what the view shows already", found.name)).hint("name another column or dimension");
        return None;
    }
    let few = match found.expr.data_type {
        DataType::String | DataType::Boolean | DataType::Int64 | DataType::Date => true,
        // A month of it, say.
        DataType::Timestamp => !matches!(found.expr.node, ExprNode::Column(_)),
        _ => false,
    };
    if !few {
        let message = format!("a panel stands for a value; `{}` is {}", found.name, type_name(found.expr.data_type));
        let hint =
            "make a dimension of few values, such as `extract(month from date)` or `case when delay > 15 then 'late' else 'on time' end`";
        report.error(by.span, message).hint(hint);
        return None;
    }
    Some(Facet { key: key(found, Bucket::Value), limit: limit?, columns: columns?, free: free? })
}

fn scales(node: &Node, report: &mut Report) -> Option<bool> {
    const WORDS: [(&str, bool); 2] = [("shared", false), ("free", true)];
    suggest::word(node, "scales", "scales", WORDS, report)
}
