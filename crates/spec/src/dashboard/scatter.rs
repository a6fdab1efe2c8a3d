//! What a scatter plot shows: a point for each row, or with `by` for each group.
use super::{
    resolve::{Field, Model},
    view::{Content, field, measures, what},
    view_parts::{count_measure, key},
};
use crate::{
    diagnostic::Report,
    sql::type_name,
    yaml::{Entry, Fields, Node, pairs},
};
use tarn_dashboard::{Bucket, DataType, Key, OrderBy, ViewKind};

/// Points shown unless the author says otherwise, and the most that may be asked for: more rows are shown as bins, more groups not.
const DEFAULT_POINTS: u32 = 5_000;
const MAX_POINTS: u32 = 100_000;
/// Across and up.
const BINS: [u32; 2] = [60, 40];

/// The content and how many points it has at most.
pub(super) fn compile(
    entry: &Entry,
    fields: &mut Fields<'_>,
    model: &mut Model<'_>,
    report: &mut Report,
) -> Option<(Content, Option<u32>)> {
    let (by, size, bounds) = (fields.get("by", report), fields.get("size", report), fields.get("bounds", report));
    let points = fields.get("points", report).and_then(|node| node.count(MAX_POINTS, report)).unwrap_or(DEFAULT_POINTS);
    let items = entry.value.items();
    let [across, up] = items.as_slice() else {
        let message = format!("{} has two axes, found {}", what(ViewKind::Scatter), items.len());
        report.error(entry.value.span, message).hint("what runs across, then what runs up, as in `scatter: [distance, delay]`");
        return None;
    };
    let content = match by {
        Some(by) => {
            if let Some(bounds) = bounds {
                report.error(bounds.span, "`bounds` are of columns, and with `by` the axes show measures").hint("remove `bounds`");
            }
            of_groups(entry, by, size, model, report)
        }
        None => of_rows([across, up], size, bounds, model, report),
    };
    Some((content?, Some(points)))
}

/// Measures by a dimension, the size last.
fn of_groups(entry: &Entry, by: &Node, size: Option<&Node>, model: &Model<'_>, report: &mut Report) -> Option<Content> {
    let (source, mut shown) = measures(&entry.value, model, report)?;
    if let [_, second, ..] = by.items().as_slice() {
        report.error(second.span, "a scatter plot has a point for each value of one dimension").hint("name a second one by `color`");
        return None;
    }
    if let Some(node) = size {
        let measure = model.measure(node.text(report)?, Some(source), node.span, report)?.1;
        if shown.iter().any(|known| known.name == measure.name) {
            report.error(node.span, format!("`{}` is on an axis already", measure.name)).hint("name another measure, or remove `size`");
            return None;
        }
        shown.push(measure);
    }
    for (measure, node) in shown.iter().zip(entry.value.items().into_iter().chain(size)) {
        number(&measure.name, measure.data_type(), node, what(ViewKind::Scatter), report)?;
    }
    let keys = vec![key(field(by, Some(source), model, report)?, Bucket::Value)];
    Some(Content { source, measures: shown, keys })
}

/// Numbers of each row, counted by bins where they are many.
fn of_rows(axes: [&Node; 2], size: Option<&Node>, bounds: Option<&Node>, model: &mut Model<'_>, report: &mut Report) -> Option<Content> {
    let name = axes[0].text(report)?;
    let (found, first) = model.field(name, None, axes[0].span, report)?;
    let source = found.source;
    let mut read = |node: &Node| field(node, Some(source), model, report).and_then(|field| numeric(field, node, report));
    let second = read(axes[1]);
    let size = size.map(|node| (node, read(node)));
    let (first, second) = (numeric(first, axes[0], report)?, second?);
    if first.name == second.name {
        report.error(axes[1].span, format!("`{}` stands here twice", second.name)).hint("name another column or dimension");
        return None;
    }
    let given = read_bounds(bounds, [&first.name, &second.name], report);
    let span = |at: usize| {
        let (from, to) = given[at].unzip();
        Bucket::Span { from, to, bins: BINS[at] }
    };
    let mut keys = vec![key(first, span(0)), key(second, span(1))];
    if let Some((node, size)) = size {
        let size = size?;
        if keys.iter().any(|known| known.name == size.name) {
            report.error(node.span, format!("`{}` is on an axis already", size.name)).hint("name another column, or remove `size`");
            return None;
        }
        keys.push(key(size, Bucket::Value));
    }
    let measure = count_measure(&mut model.sources[source], model.catalogue);
    Some(Content { source, measures: vec![measure], keys })
}

/// The bounds of the axes, by their names.
pub(super) fn read_bounds<const N: usize>(node: Option<&Node>, names: [&str; N], report: &mut Report) -> [Option<(f64, f64)>; N] {
    let mut found = [None; N];
    for entry in pairs(node, report) {
        let Some(at) = names.iter().position(|name| *name == entry.key.text) else {
            let hint = format!("an axis is that of `{}`", names.join("` or `"));
            report.error(entry.key.span, format!("`{}` is no axis of this view", entry.key.text)).hint(hint);
            continue;
        };
        let ends = match entry.value.items().as_slice() {
            [from, to] => from.number(report).zip(to.number(report)),
            _ => None,
        };
        match ends.filter(|(from, to)| from < to) {
            Some(ends) => found[at] = Some(ends),
            None => {
                let hint = format!("as in `bounds: {{ {}: [0, 100] }}`", entry.key.text);
                report.error(entry.value.span, "bounds are two numbers, the lesser first").hint(hint);
            }
        }
    }
    found
}

fn numeric(field: Field, node: &Node, report: &mut Report) -> Option<Field> {
    number(&field.name, field.expr.data_type, node, what(ViewKind::Scatter), report)?;
    Some(field)
}

pub(super) fn number(name: &str, data_type: DataType, node: &Node, what: &str, report: &mut Report) -> Option<()> {
    if data_type.is_numeric() {
        return Some(());
    }
    let message = format!("{what} needs numbers; `{name}` is {}", type_name(data_type));
    report.error(node.span, message).hint("draw a bar chart or a heatmap, or a line over time");
    None
}

/// What groups are ordered by before the limit: their size, else the axis that runs across. Rows are ordered by bins.
pub(super) fn first(content: &Content) -> Option<OrderBy> {
    match content.measures.len() {
        0 | 1 => None,
        2 => Some(OrderBy::Measure(0)),
        _ => Some(OrderBy::Measure(2)),
    }
}

/// The labels of the axes, across and up.
pub(super) fn axes(content: &Content) -> [&str; 2] {
    match (content.measures.as_slice(), content.keys.as_slice()) {
        ([across, up, ..], _) => [&across.label, &up.label],
        (_, [across, up, ..]) => [&across.label, &up.label],
        _ => [""; 2],
    }
}

/// Whether a click on a point chooses by this key: its group, and its colour. Numbers of rows are not chosen.
pub(super) fn is_choice(key: &Key, content: &Content, series: Option<u32>) -> bool {
    let of_rows = content.keys.iter().any(|key| matches!(key.bucket, Bucket::Span { .. }));
    !of_rows || (series.is_some() && content.keys.last() == Some(key))
}
