//! `scale:`: how an axis of numbers is divided, or a heatmap's colours are.
use super::view::{Content, what};
use crate::{
    diagnostic::Report,
    suggest,
    yaml::{Node, Value},
};
use tarn_dashboard::{AxisScale, Bucket, Stack, ViewKind};

/// What an axis may be limited by: how its values share it, where it is said to begin, and how many measures have a second one.
pub(super) struct Axes {
    pub stack: Stack,
    pub bounds: Option<(f64, f64)>,
    pub at_right: usize,
}

/// Of the axis of values; of a scatter plot of that which runs across, and of the vertical one; of a combo of that of its bars, and
/// of a second one.
pub(super) fn compile(node: &Node, kind: ViewKind, content: &Content, axes: &Axes, report: &mut Report) -> [AxisScale; 2] {
    let mut found = [AxisScale::Linear; 2];
    let of_rows = content.keys.iter().any(|key| matches!(key.bucket, Bucket::Span { .. }));
    let named: Vec<(&str, usize)> = match kind {
        ViewKind::Scatter if of_rows => content.keys.iter().take(2).map(|key| key.name.as_str()).zip(0..).collect(),
        ViewKind::Scatter => content.measures.iter().take(2).map(|measure| measure.name.as_str()).zip(0..).collect(),
        _ if axes.at_right > 0 => {
            let n_left = content.measures.len() - axes.at_right;
            content.measures.iter().enumerate().map(|(at, measure)| (measure.name.as_str(), usize::from(at >= n_left))).collect()
        }
        _ => vec![],
    };
    match &node.value {
        Value::Mapping(entries) if !named.is_empty() => {
            for entry in entries {
                let Some((_, at)) = named.iter().find(|(name, _)| *name == entry.key.text) else {
                    let names: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
                    let hint = format!("an axis is that of `{}`", names.join("` or `"));
                    report.error(entry.key.span, format!("`{}` is no axis of this view", entry.key.text)).hint(hint);
                    continue;
                };
                found[*at] = one(&entry.value, report).unwrap_or_default();
            }
        }
        Value::Mapping(_) if kind == ViewKind::Combo => {
            let message = "without a second axis there is one scale";
            report.error(node.span, message).hint("write `second_axis: true`, or one word, as in `scale: symlog`");
        }
        _ => found = [one(node, report).unwrap_or_default(); 2],
    }
    if found == [AxisScale::Linear; 2] {
        return found;
    }
    let is_log = |at: usize| found[at] == AxisScale::Log;
    let from_zero = matches!(kind, ViewKind::Area | ViewKind::Bar | ViewKind::Histogram | ViewKind::Combo);
    let begins = |at: usize| match content.keys.get(at).map(|key| &key.bucket) {
        Some(Bucket::Span { from, .. }) => *from,
        _ => axes.bounds.map(|(from, _)| from),
    };
    let beyond = (0..2).filter(|at| is_log(*at)).find_map(|at| begins(at).filter(|from| *from <= 0.0));
    if axes.stack != Stack::None && found[0] != AxisScale::Linear {
        report
            .error(node.span, "parts of a whole are compared by their length, which a linear scale alone keeps")
            .hint("remove `scale`, or write `stack: false`");
    } else if is_log(0) && from_zero {
        let hint = match named.iter().find(|(_, at)| *at == 1) {
            Some((line, _)) => format!("use `symlog`, or `log` for the lines alone: `scale: {{ {line}: log }}`"),
            None => "use `symlog`, or draw a line".into(),
        };
        report.error(node.span, format!("{} starts at zero, and `log` has none", what(kind))).hint(hint);
    } else if let Some(from) = beyond {
        report.error(node.span, format!("`log` has only what is above zero, and the axis starts at {from}")).hint("use `symlog`");
    }
    found
}

fn one(node: &Node, report: &mut Report) -> Option<AxisScale> {
    const WORDS: [(&str, AxisScale); 3] = [("linear", AxisScale::Linear), ("log", AxisScale::Log), ("symlog", AxisScale::Symlog)];
    suggest::word(node, "scale", "scales", WORDS, report)
}
