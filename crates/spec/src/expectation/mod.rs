//! The tests file: what the numbers of a dashboard are expected to be.
mod check;
mod expected;
mod invariant;

use crate::{
    Diagnostic, Files, Span,
    compile::read_text,
    diagnostic::Report,
    suggest,
    yaml::{self, Fields, Node, pairs},
};
use tarn_dashboard::{Dashboard, Filter, FilterValue, TimeUnit};

pub use check::{Check, What};
pub use expected::{Expected, Tolerance};
pub use invariant::{Comparison as InvariantComparison, Invariant, Reduce, Sum, Term};

/// One test: a question to the dashboard and what its answer has to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    pub name: String,
    pub span: Span,
    /// By the filter's id; `None` clears it.
    pub filters: Vec<(String, Option<FilterValue>)>,
    /// Whether the other filters have their defaults, as when the page opens.
    pub defaults: bool,
    pub grain: Option<TimeUnit>,
    pub tolerance: Tolerance,
    /// Never empty.
    pub checks: Vec<Check>,
}

/// What became of a tests file.
#[derive(Debug)]
pub struct CompiledTests {
    pub files: Files,
    pub diagnostics: Vec<Diagnostic>,
    /// Present exactly when no diagnostic is an error.
    pub tests: Option<Vec<Test>>,
}

/// Reads a tests file against the dashboard that it is about. `name` stands in messages.
pub fn compile_tests(name: &str, bytes: &[u8], dashboard: &Dashboard) -> CompiledTests {
    let mut files = Files::default();
    let mut report = Report::default();
    let tests = match read_text(bytes) {
        Ok(text) => {
            let file = files.add(name, text.to_owned());
            yaml::parse(text, file, &mut report).and_then(|root| tests(&root, dashboard, &mut report))
        }
        Err((message, hint)) => {
            let file = files.add(name, String::new());
            report.error(Span::new(file, 0, 0), message).hint(hint);
            None
        }
    };
    let tests = tests.filter(|_| !report.has_errors());
    CompiledTests { files, diagnostics: report.into_diagnostics(), tests }
}

fn tests(root: &Node, dashboard: &Dashboard, report: &mut Report) -> Option<Vec<Test>> {
    let mut fields = Fields::read(root, "a tests file", report)?;
    let node = fields.required("tests", "a list, as in `tests: [{ view: kpi-flights, value: 100 }]`", report);
    fields.finish(report);
    let items = node?.sequence(report)?;
    if items.is_empty() {
        report.error(node?.span, "the list is empty").hint("as in `tests: [{ view: kpi-flights, value: 100 }]`");
    }
    Some(items.iter().filter_map(|item| test(item, dashboard, report)).collect())
}

fn test(node: &Node, dashboard: &Dashboard, report: &mut Report) -> Option<Test> {
    let mut fields = Fields::read(node, "a test", report)?;
    let name = fields.get("name", report).and_then(|node| node.text(report));
    let filter_nodes = fields.get("filters", report);
    let defaults = fields.get("defaults", report).and_then(|node| node.boolean(report)).unwrap_or(true);
    let grain = fields.get("grain", report);
    let tolerance = fields.get("within", report).and_then(|node| expected::tolerance(node, report)).unwrap_or_default();
    let checks = check::read(&mut fields, dashboard, report);
    let span = fields.head();
    fields.finish(report);

    let filters = pairs(filter_nodes, report).iter().filter_map(|entry| {
        let id = &entry.key.text;
        let Some(filter) = dashboard.filter(id) else {
            let hint = suggest::hint(id, "filters", dashboard.filters.iter().map(|filter| filter.id.as_str()));
            report.error(entry.key.span, format!("unknown filter `{id}`")).hint(hint);
            return None;
        };
        Some((id.clone(), value(filter, &entry.value, report)?))
    });
    let filters = filters.collect();
    let grain = grain.and_then(|node| unit(node, report));
    let (what, checks) = checks?;
    Some(Test { name: name.map_or(what, str::to_owned), span, filters, defaults, grain, tolerance, checks })
}

/// As in an address, or as `default:` has it; null clears the filter.
fn value(filter: &Filter, node: &Node, report: &mut Report) -> Option<Option<FilterValue>> {
    if node.is_null() {
        return Some(None);
    }
    if let Some(value) = node.as_text().and_then(|text| filter.parse_text(text).ok()) {
        return Some(Some(value));
    }
    crate::dashboard::filter_value(filter, node, report).map(Some)
}

fn unit(node: &Node, report: &mut Report) -> Option<TimeUnit> {
    let text = node.text(report)?;
    let found = TimeUnit::ALL.into_iter().find(|unit| unit.name() == text);
    if found.is_none() {
        let hint = suggest::hint(text, "grains", TimeUnit::ALL.iter().map(|unit| unit.name()));
        report.error(node.span, format!("unknown grain `{text}`")).hint(hint);
    }
    found
}
