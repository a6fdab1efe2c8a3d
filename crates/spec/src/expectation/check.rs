use super::{
    expected::{self, Expected},
    invariant::{self, Invariant},
};
use crate::{
    Span,
    diagnostic::Report,
    duration, suggest,
    yaml::{Fields, Node, pairs},
};
use tarn_dashboard::{Dashboard, View};

/// One thing that has to hold, and where that is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    pub span: Span,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The first measure of the first row.
    Value {
        view: String,
        expected: Expected,
    },
    /// The number of rows that the view shows.
    Rows {
        view: String,
        expected: Expected,
    },
    /// A column of the one row that has these keys.
    Cell {
        view: String,
        keys: Vec<(String, Expected)>,
        column: String,
        expected: Expected,
    },
    /// A measure over all rows.
    Total {
        view: String,
        column: String,
        expected: Expected,
    },
    Holds(Invariant),
    SourceRows {
        source: String,
        expected: Expected,
    },
    /// The newest value of the source's time column is at most that old.
    Newest {
        source: String,
        within_secs: u32,
    },
}

/// The checks of a test, and what they are about in a few words.
pub(super) fn read(fields: &mut Fields<'_>, dashboard: &Dashboard, report: &mut Report) -> Option<(String, Vec<Check>)> {
    let (view, that, source) = (fields.get("view", report), fields.get("that", report), fields.get("source", report));
    let given: Vec<&Node> = [view, that, source].into_iter().flatten().collect();
    let result = match (view, that, source) {
        (Some(node), None, None) => of_view(node, fields, dashboard, report),
        (None, Some(node), None) => invariant::parse(node, dashboard, report)
            .map(|invariant| (invariant.text.clone(), vec![Check { span: node.span, what: What::Holds(invariant) }])),
        (None, None, Some(node)) => of_source(node, fields, dashboard, report),
        _ => {
            let span = given.get(1).map_or(fields.head(), |node| node.span);
            let hint = "`view:` for its values, `that:` for what holds between views, or `source:` for its rows and age";
            report.error(span, "a test is about one thing").hint(hint);
            None
        }
    };
    // Keys of another kind of test are not unknown, but out of place.
    for (key, belongs) in [("value", "view"), ("rows", "view"), ("cells", "view"), ("totals", "view"), ("newest", "source")] {
        if let Some(entry) = fields.entry(key)
            && given.len() == 1
            && !(view.is_some() && belongs == "view" || source.is_some() && (belongs == "source" || key == "rows"))
        {
            report.error(entry.key.span, format!("`{key}` needs a `{belongs}`")).hint("write a test of its own for it");
        }
    }
    result
}

fn of_view(node: &Node, fields: &mut Fields<'_>, dashboard: &Dashboard, report: &mut Report) -> Option<(String, Vec<Check>)> {
    let id = node.text(report)?;
    let nodes = ["value", "rows", "cells", "totals"].map(|key| fields.entry(key).map(|entry| &entry.value));
    let view = find_view(id, node.span, dashboard, report)?;
    let mut checks = vec![];
    let mut add = |node: &Node, what: Option<What>| checks.extend(what.map(|what| Check { span: node.span, what }));
    let [value, rows, cells, totals] = nodes;
    if let Some(node) = value {
        add(node, expected::read(node, report).map(|expected| What::Value { view: id.into(), expected }));
    }
    if let Some(node) = rows {
        add(node, expected::read(node, report).map(|expected| What::Rows { view: id.into(), expected }));
    }
    for (column, node) in columns(totals, view, report) {
        if !view.totals {
            report.error(node.span, format!("the view `{id}` has no totals")).hint("only a table with `totals` has them");
        }
        add(node, expected::read(node, report).map(|expected| What::Total { view: id.into(), column, expected }));
    }
    for row in cells.map(Node::items).unwrap_or_default() {
        let all = columns(Some(row), view, report);
        let (keys, measures): (Vec<_>, Vec<_>) = all.into_iter().partition(|(name, _)| view.all_keys().any(|key| key.name == *name));
        let keys: Vec<(String, Expected)> =
            keys.into_iter().filter_map(|(name, node)| Some((name, expected::read(node, report)?))).collect();
        if measures.is_empty() {
            report.error(row.span, "nothing is expected of this row").hint("name a measure and its value beside the keys");
        }
        for (column, node) in measures {
            let keys = keys.clone();
            add(node, expected::read(node, report).map(|expected| What::Cell { view: id.into(), keys, column, expected }));
        }
    }
    if checks.is_empty() && nodes.iter().all(Option::is_none) {
        report.error(node.span, "the test expects nothing").hint("add `value:`, `rows:`, `cells:` or `totals:`");
    }
    Some((format!("view {id}"), checks))
}

fn of_source(node: &Node, fields: &mut Fields<'_>, dashboard: &Dashboard, report: &mut Report) -> Option<(String, Vec<Check>)> {
    let name = node.text(report)?;
    let (rows, newest) = (fields.entry("rows").map(|entry| &entry.value), fields.entry("newest").map(|entry| &entry.value));
    let Some(source) = dashboard.source(name) else {
        let hint = suggest::hint(name, "sources", dashboard.sources.iter().map(|source| source.name.as_str()));
        report.error(node.span, format!("unknown source `{name}`")).hint(hint);
        return None;
    };
    let mut checks = vec![];
    if let Some(node) = rows {
        let what = expected::read(node, report).map(|expected| What::SourceRows { source: name.into(), expected });
        checks.extend(what.map(|what| Check { span: node.span, what }));
    }
    if let Some(node) = newest {
        if source.time.is_none() {
            report.error(node.span, format!("the source `{name}` has no `time:`")).hint("name its time column in the dashboard");
        }
        let text = node.text(report)?;
        match duration::seconds(text) {
            Some(within_secs) => checks.push(Check { span: node.span, what: What::Newest { source: name.into(), within_secs } }),
            None => {
                report.error(node.span, format!("`{text}` is not a duration")).hint("how old the newest value may be: 2d, 36h");
            }
        }
    }
    if rows.is_none() && newest.is_none() {
        report.error(node.span, "the test expects nothing").hint("add `rows:` or `newest:`");
    }
    Some((format!("source {name}"), checks))
}

pub(super) fn find_view<'d>(id: &str, span: Span, dashboard: &'d Dashboard, report: &mut Report) -> Option<&'d View> {
    let found = dashboard.view(id).map(|(_, view)| view);
    if found.is_none() {
        let ids: Vec<&str> = dashboard.pages.iter().flat_map(|page| page.views()).map(|view| view.id.as_str()).collect();
        report.error(span, format!("unknown view `{id}`")).hint(suggest::hint(id, "views", ids.iter().copied()));
    }
    found
}

/// The entries whose names are columns of the view.
fn columns<'n>(node: Option<&'n Node>, view: &View, report: &mut Report) -> Vec<(String, &'n Node)> {
    let mut found = vec![];
    for entry in pairs(node, report) {
        if has_column(view, &entry.key.text) {
            found.push((entry.key.text.clone(), &entry.value));
        } else {
            explain_column(&entry.key.text, entry.key.span, view, report);
        }
    }
    found
}

pub(super) fn has_column(view: &View, name: &str) -> bool {
    view.all_keys().any(|key| key.name == name) || view.measures.iter().any(|measure| measure == name)
}

pub(super) fn explain_column(name: &str, span: Span, view: &View, report: &mut Report) {
    let known: Vec<&str> = view.all_keys().map(|key| key.name.as_str()).chain(view.measures.iter().map(String::as_str)).collect();
    let hint = suggest::hint(name, "columns", known.iter().copied());
    report.error(span, format!("the view `{}` has no column `{name}`", view.id)).hint(hint);
}
