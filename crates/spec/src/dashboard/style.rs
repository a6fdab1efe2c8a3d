use crate::{
    diagnostic::Report,
    suggest,
    yaml::{Entry, Fields, Node, pairs},
};
use tarn_dashboard::CellStyle;

/// The styles of a table's columns, by measure.
pub(super) fn compile(node: &Node, measures: &[String], report: &mut Report) -> Vec<(String, CellStyle)> {
    let mut styles = vec![];
    for entry in pairs(Some(node), report) {
        let name = entry.key.text.rsplit('.').next().unwrap_or_default();
        if !measures.iter().any(|measure| measure == name) {
            let hint = suggest::hint(name, "measures of this table", measures.iter().map(String::as_str));
            report.error(entry.key.span, format!("the table shows no measure `{name}`")).hint(hint);
        }
        styles.extend(column(entry, report).into_iter().map(|style| (name.to_owned(), style)));
    }
    styles
}

fn column(entry: &Entry, report: &mut Report) -> Vec<CellStyle> {
    let Some(mut fields) = Fields::read(&entry.value, "a style", report) else { return vec![] };
    let (bar, warn) = (fields.get("bar", report), fields.get("warn", report));
    let (scale, range) = (fields.get("scale", report), fields.get("range", report));
    let span = fields.span;
    fields.finish(report);
    let mut styles = vec![];
    if bar.and_then(|node| node.boolean(report)) == Some(true) {
        styles.push(CellStyle::Bar);
    }
    match (scale, range) {
        (Some(scale), Some(range)) => styles.extend(good_bad(scale, range, report)),
        (Some(scale), None) => {
            report.error(scale.span, "a scale needs a `range`").hint("the good and the bad end, as in `range: [-15, 15]`");
        }
        (None, Some(range)) => {
            report.error(range.span, "a range needs a `scale`").hint("as in `scale: good-bad`");
        }
        (None, None) => {}
    }
    styles.extend(warn.and_then(|node| warning(node, report)));
    if styles.is_empty() && bar.is_none() && warn.is_none() && scale.is_none() && range.is_none() {
        report.error(span, "the style is empty").hint("`bar: true`, `warn: \"> 0.25\"`, or `scale: good-bad` with `range: [-15, 15]`");
    }
    styles
}

fn good_bad(scale: &Node, range: &Node, report: &mut Report) -> Option<CellStyle> {
    let name = scale.text(report)?;
    if name != "good-bad" {
        report.error(scale.span, format!("unknown scale `{name}`")).hint(suggest::hint(name, "scales", ["good-bad"]));
        return None;
    }
    let [good, bad] = range.sequence(report)? else {
        report.error(range.span, "a range has two ends").hint("the good and the bad end, as in [-15, 15]");
        return None;
    };
    let (from, to) = (good.number(report), bad.number(report));
    let (from, to) = (from?, to?);
    if from == to {
        report.error(range.span, "the ends of the range are equal").hint("the good and the bad end, as in [-15, 15]");
        return None;
    }
    Some(CellStyle::GoodBad { from, to })
}

fn warning(node: &Node, report: &mut Report) -> Option<CellStyle> {
    let text = node.text(report)?.trim();
    let parsed = text.strip_prefix('>').map(|rest| (rest, false)).or_else(|| text.strip_prefix('<').map(|rest| (rest, true)));
    let threshold = parsed.and_then(|(rest, below)| Some((rest.trim().parse().ok().filter(|number: &f64| number.is_finite())?, below)));
    if threshold.is_none() {
        report.error(node.span, format!("`{text}` is not a threshold")).hint("`> 0.25` or `< 10`, in quotes");
    }
    threshold.map(|(threshold, below)| CellStyle::Warn { threshold, below })
}
