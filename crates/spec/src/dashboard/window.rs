//! Measures along a time axis: `{ running: flights }` and `{ moving: flights, window: 7 }`.
use super::source;
use crate::{
    diagnostic::Report,
    names,
    sql::type_name,
    suggest,
    yaml::{Entry, Fields, Node, Value},
};
use std::collections::BTreeMap;
use tarn_dashboard::{Measure, Window};

/// Wider windows than this say nothing of the time that they are shown at.
const MAX_STEPS: u32 = 1_000;

/// Whether a measure is made of another one's values.
pub(super) fn is_one(node: &Node) -> bool {
    let Value::Mapping(entries) = &node.value else { return false };
    entries.iter().any(|entry| matches!(entry.key.text.as_str(), "running" | "moving"))
}

pub(super) fn compile(entry: &Entry, measures: &BTreeMap<String, Option<Measure>>, report: &mut Report) -> Option<Measure> {
    let mut fields = Fields::read(&entry.value, "a measure over time", report)?;
    let (running, moving) = (fields.get("running", report), fields.get("moving", report));
    let steps = if moving.is_some() {
        let node = fields.required("window", "how many steps of the axis are averaged, as in `window: 7`", report);
        node.and_then(|node| node.count(MAX_STEPS, report))
    } else {
        None
    };
    let label = fields.get("label", report).and_then(|node| super::nonempty(node, report));
    let format = fields.get("format", report).and_then(|node| source::format(node, report));
    let good = fields.get("good", report).and_then(|node| source::direction(node, report));
    fields.finish(report);
    if let (Some(_), Some(moving)) = (running, moving) {
        report.error(moving.span, "a measure is either `running` or `moving`").hint("write one measure for each");
        return None;
    }
    let node = running.or(moving)?;
    let name = node.text(report)?;
    let Some(base) = measures.get(name) else {
        report.error(node.span, format!("unknown measure `{name}`")).hint(suggest::hint(
            name,
            "measures",
            measures.keys().map(String::as_str),
        ));
        return None;
    };
    let base = base.clone()?;
    if base.window.is_some() {
        report.error(node.span, format!("`{name}` is itself made over time")).hint("name the measure that it is made of");
        return None;
    }
    if !base.value.data_type.is_numeric() {
        let message = format!("only numbers can be added up over time; `{name}` is {}", type_name(base.value.data_type));
        report.error(node.span, message).hint("name a measure that is a number");
        return None;
    }
    let window = if running.is_some() { Window::Running } else { Window::Moving(steps?) };
    Some(Measure {
        name: entry.key.text.clone(),
        label: label.unwrap_or_else(|| names::label(&entry.key.text)),
        format: format.unwrap_or_else(|| base.format.clone()),
        good,
        window: Some(window),
        ..base
    })
}
