//! `references:`: lines and bands that data is read against.
use super::nonempty;
use crate::{
    diagnostic::Report,
    yaml::{Fields, Node},
};
use tarn_dashboard::{Bucket, Civil, Key, Reference, Stack, ViewKind};

pub(super) fn compile(node: &Node, kind: ViewKind, keys: &[Key], stack: Stack, report: &mut Report) -> Vec<Reference> {
    node.items().into_iter().filter_map(|item| one(item, kind, keys.first()?, stack, report)).collect()
}

fn one(node: &Node, kind: ViewKind, key: &Key, stack: Stack, report: &mut Report) -> Option<Reference> {
    let mut fields = Fields::read(node, "a reference", report)?;
    let (at, from, to) = (fields.get("at", report), fields.get("from", report), fields.get("to", report));
    let label = fields.get("label", report).and_then(|node| nonempty(node, report));
    let span = fields.span;
    fields.finish(report);
    let (first, last) = match (at, from, to) {
        (Some(at), None, None) => (at, at),
        (None, Some(from), Some(to)) => (from, to),
        _ => {
            report.error(span, "a reference is a line or a band").hint("as in `{ at: 15 }` for a line, `{ from: -15, to: 15 }` for a band");
            return None;
        }
    };
    let (first_value, last_value) = (value(first, key, report), value(last, key, report));
    let ((across, from), (across_too, to)) = (first_value?, last_value?);
    if across != across_too {
        report.error(last.span, "one end is a date, the other a number").hint("both lie on one axis");
        return None;
    }
    if from > to || (from == to && at.is_none()) {
        report.error(last.span, "the band ends before it starts").hint("`from` is less than `to`");
        return None;
    }
    if stack == Stack::Normalize && !across && !(0.0..=1.0).contains(&to) {
        report.error(last.span, format!("shares reach from 0 to 1; this is {to}")).hint("0.5 is 50 %");
    }
    // The bins of a histogram run across, and so do the values of bars.
    let across = across || matches!(kind, ViewKind::Histogram | ViewKind::Bar | ViewKind::Box);
    Some(Reference { across, from, to, label: label.unwrap_or_default() })
}

/// Whether it is a time, and the number: of a date the microseconds since 1970.
fn value(node: &Node, key: &Key, report: &mut Report) -> Option<(bool, f64)> {
    if let Some(number) = node.as_number() {
        return Some((false, number));
    }
    let micros = node.as_text().and_then(|text| Civil::parse_instant(text)?.to_micros());
    let in_time = matches!(key.bucket, Bucket::Time { .. });
    match micros.filter(|_| in_time) {
        Some(micros) => Some((true, micros as f64)),
        None => {
            let hint = if in_time { "a number for a value, a date such as 2001-06-14 for a time" } else { "a number, such as 15" };
            report.error(node.span, "a reference stands at a number").hint(hint);
            None
        }
    }
}
