use super::Outcome;
use crate::input;
use serde_json::{Value, json};
use std::path::Path;
use tarn_spec::{Diagnostic, Files, render_github, render_text};

/// A line for each test, what is not as expected under it with its place, and a count.
pub(super) fn text(file: &Path, files: &Files, outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        let word = if outcome.failures.is_empty() { "ok  " } else { "FAIL" };
        text += &format!("{word} {}\n", outcome.test.name);
        for failure in &outcome.failures {
            text += &format!("\n{}\n", render_text(files, failure));
        }
    }
    let n_failed = outcomes.iter().filter(|outcome| !outcome.failures.is_empty()).count();
    let verdict = if n_failed == 0 { "all passed".to_owned() } else { format!("{n_failed} failed") };
    format!("{text}{}: {}, {verdict}\n", file.display(), input::count(outcomes.len(), "test"))
}

pub(super) fn json(files: &Files, outcomes: &[Outcome]) -> Value {
    let one = |outcome: &Outcome| {
        json!({
            "name": outcome.test.name,
            "line": files.position(outcome.test.span).line,
            "passed": outcome.failures.is_empty(),
            "failures": diagnostics(files, &outcome.failures),
        })
    };
    outcomes.iter().map(one).collect()
}

pub(super) fn diagnostics(files: &Files, diagnostics: &[Diagnostic]) -> Value {
    let one = |diagnostic: &Diagnostic| {
        let position = files.position(diagnostic.span);
        json!({
            "file": files.name(diagnostic.span),
            "line": position.line,
            "column": position.column,
            "message": diagnostic.message,
            "hint": diagnostic.hint,
        })
    };
    diagnostics.iter().map(one).collect()
}

pub(super) fn github(files: &Files, outcomes: &[Outcome]) -> String {
    outcomes.iter().flat_map(|outcome| &outcome.failures).map(|failure| render_github(files, failure)).collect()
}
