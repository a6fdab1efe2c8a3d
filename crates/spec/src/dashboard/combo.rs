//! What a combo chart shows: bars and lines over the same steps.
use super::{
    resolve::Model,
    view::{Content, field, measures, what},
    view_parts::{axis, grains},
};
use crate::{
    diagnostic::Report,
    yaml::{Entry, Fields, Node},
};
use tarn_dashboard::{Bucket, DataType, OrderBy, Stack, TimeUnit, ViewKind};

/// The measures of the bars, by time or by a dimension.
pub(super) fn bars(entry: &Entry, fields: &mut Fields<'_>, model: &Model<'_>, report: &mut Report) -> Option<Content> {
    let found = measures(&entry.value, model, report);
    let by = fields.required("by", "what runs across, as in `by: date` or `by: origin`", report);
    let grain_node = fields.get("grain", report);
    let grains = grain_node.map_or(Some(vec![TimeUnit::Day]), |node| grains(node, model.calendar.week_start, report));
    let by = by?;
    if let [_, second, ..] = by.items().as_slice() {
        report.error(second.span, "a combo chart has one axis across").hint("remove one of them");
        return None;
    }
    let key = axis(field(by, found.as_ref().map(|found| found.0), model, report)?, &grains?);
    if let (Some(node), false) = (grain_node, matches!(key.bucket, Bucket::Time { .. })) {
        report.error(node.span, "a grain needs a time axis").hint("name a date or a timestamp in `by`, or remove `grain`");
    }
    let (source, measures) = found?;
    Some(Content { source, measures, keys: vec![key] })
}

/// The keys about the lines.
pub(super) struct Lines<'a> {
    lines: Option<&'a Node>,
    second_axis: Option<bool>,
    stack: Option<bool>,
}

/// What they come to.
#[derive(Default)]
pub(super) struct Parts {
    pub lines: u32,
    pub second_axis: bool,
    pub stack: Stack,
}

impl<'a> Lines<'a> {
    pub fn read(fields: &mut Fields<'a>, report: &mut Report) -> Self {
        Self {
            lines: fields.required("lines", "the measures of the lines, as in `lines: avg_delay`", report),
            second_axis: fields.get("second_axis", report).and_then(|node| node.boolean(report)),
            stack: fields.get("stack", report).and_then(|node| node.boolean(report)),
        }
    }

    /// Adds the measures of the lines to those of the bars.
    pub fn compile(&self, content: &mut Content, model: &Model<'_>, report: &mut Report) -> Parts {
        let n_bars = content.measures.len();
        for node in self.lines.map(Node::items).unwrap_or_default() {
            let Some(name) = node.text(report) else { continue };
            let Some((_, measure)) = model.measure(name, Some(content.source), node.span, report) else { continue };
            if content.measures.iter().any(|known| known.name == measure.name) {
                report.error(node.span, format!("{} shows `{name}` already", what(ViewKind::Combo))).hint("remove one of them");
                continue;
            }
            content.measures.push(measure);
        }
        let stack = if self.stack == Some(true) { Stack::Zero } else { Stack::None };
        Parts { lines: (content.measures.len() - n_bars) as u32, second_axis: self.second_axis == Some(true), stack }
    }
}

/// Names are ranked by the first measure; numbers and times have an order of their own.
pub(super) fn first(content: &Content) -> Option<OrderBy> {
    let key = content.keys.first()?;
    let is_name = key.bucket == Bucket::Value && matches!(key.expr.data_type, DataType::String | DataType::Boolean);
    is_name.then_some(OrderBy::Measure(0))
}
