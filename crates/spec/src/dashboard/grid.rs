//! What a heatmap shows.
use super::{
    resolve::Model,
    view::{Content, field, measures},
    view_parts::{axis, grains},
};
use crate::{
    diagnostic::Report,
    yaml::{Entry, Fields},
};
use tarn_dashboard::{Bucket, TimeUnit};

pub(super) fn heatmap(entry: &Entry, fields: &mut Fields<'_>, model: &Model<'_>, report: &mut Report) -> Option<Content> {
    let found = measures(&entry.value, model, report);
    let by = fields.required("by", "what runs across and what down, as in `by: [hour, weekday]`", report);
    let grain_node = fields.get("grain", report);
    let grains = grain_node.map_or(Some(vec![TimeUnit::Day]), |node| grains(node, model.calendar.week_start, report));
    if let [_, second, ..] = entry.value.items().as_slice() {
        report.error(second.span, "a heatmap shows one measure").hint("write a heatmap for each");
        return None;
    }
    let by = by?;
    let items = by.items();
    let [across, down] = items.as_slice() else {
        report
            .error(by.span, format!("a heatmap has two axes, found {}", items.len()))
            .hint("what runs across, then what runs down, as in `by: [hour, weekday]`");
        return None;
    };
    let within = found.as_ref().map(|found| found.0);
    let (x, y) = (field(across, within, model, report), field(down, within, model, report));
    let (x, y, grains) = (x?, y?, grains?);
    if x.name == y.name {
        report.error(down.span, format!("`{}` stands here twice", y.name)).hint("name another column or dimension");
        return None;
    }
    let keys = vec![axis(x, &grains), axis(y, &grains)];
    let times = keys.iter().filter(|key| matches!(key.bucket, Bucket::Time { .. })).count();
    if times > 1 {
        report.error(down.span, "a heatmap has one time axis").hint("make a dimension of the other, such as `extract(hour from date)`");
        return None;
    }
    if let (Some(node), 0) = (grain_node, times) {
        report.error(node.span, "a grain needs a time axis").hint("name a date or a timestamp in `by`, or remove `grain`");
    }
    let (source, measures) = found?;
    Some(Content { source, measures, keys })
}
