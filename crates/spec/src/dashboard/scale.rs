//! `scale:`: how an axis of numbers is divided.
use super::view::{Content, what};
use crate::{
    diagnostic::Report,
    suggest,
    yaml::{Node, Value},
};
use tarn_dashboard::{AxisScale, Bucket, Stack, ViewKind};

/// Of the axis of values; of a scatter plot of that which runs across, and of the vertical one.
pub(super) fn compile(
    node: &Node,
    kind: ViewKind,
    content: &Content,
    (stack, bounds): (Stack, Option<(f64, f64)>),
    report: &mut Report,
) -> [AxisScale; 2] {
    let mut found = [AxisScale::Linear; 2];
    match &node.value {
        Value::Mapping(entries) if kind == ViewKind::Scatter => {
            for entry in entries {
                let axes = content.measures.iter().take(2);
                let Some(at) = axes.clone().position(|measure| measure.name == entry.key.text) else {
                    let names: Vec<&str> = axes.map(|measure| measure.name.as_str()).collect();
                    let hint = format!("an axis is that of `{}`", names.join("` or `"));
                    report.error(entry.key.span, format!("`{}` is no axis of this view", entry.key.text)).hint(hint);
                    continue;
                };
                found[at] = one(&entry.value, report).unwrap_or_default();
            }
        }
        _ => found = [one(node, report).unwrap_or_default(); 2],
    }
    if found == [AxisScale::Linear; 2] {
        return found;
    }
    let is_log = found.contains(&AxisScale::Log);
    let from_zero = matches!(kind, ViewKind::Area | ViewKind::Bar | ViewKind::Histogram);
    if content.keys.iter().any(|key| matches!(key.bucket, Bucket::Span { .. })) {
        let message = "rows are counted in equal steps where they are many, and the axes are linear then";
        report.error(node.span, message).hint("name a dimension by `by`, or remove `scale`");
    } else if stack != Stack::None {
        report
            .error(node.span, "parts of a whole are compared by their length, which a linear scale alone keeps")
            .hint("remove `scale`, or write `stack: false`");
    } else if is_log && from_zero {
        report.error(node.span, format!("{} starts at zero, and `log` has none", what(kind))).hint("use `symlog`, or draw a line");
    } else if let (true, Some((from, _))) = (is_log, bounds.filter(|(from, _)| *from <= 0.0)) {
        report.error(node.span, format!("`log` has only what is above zero, and the axis starts at {from}")).hint("use `symlog`");
    }
    found
}

fn one(node: &Node, report: &mut Report) -> Option<AxisScale> {
    const WORDS: [(&str, AxisScale); 3] = [("linear", AxisScale::Linear), ("log", AxisScale::Log), ("symlog", AxisScale::Symlog)];
    suggest::word(node, "scale", "scales", WORDS, report)
}
