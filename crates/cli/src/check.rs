use crate::input;
use serde_json::json;
use std::{path::PathBuf, process::ExitCode};
use tarn_spec::{Compiled, render_all, render_github};

#[derive(clap::Args)]
pub struct Arguments {
    /// The dashboard file
    dashboard: PathBuf,
    /// How to write what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs: a list of objects with file, line, column, severity, message and hint
    Json,
    /// For GitHub Actions: marks the lines of a pull request
    Github,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let compiled = input::compile(&arguments.dashboard)?;
    let text = match arguments.format {
        Format::Text => text(arguments, &compiled),
        Format::Json => format!("{}\n", json(&compiled)),
        Format::Github => compiled.diagnostics.iter().map(|diagnostic| render_github(&compiled.files, diagnostic)).collect(),
    };
    input::print(&text)?;
    Ok(if compiled.dashboard.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn text(arguments: &Arguments, compiled: &Compiled) -> String {
    let found = render_all(&compiled.files, &compiled.diagnostics);
    let gap = if found.is_empty() { "" } else { "\n" };
    let name = arguments.dashboard.display();
    let summary = match &compiled.dashboard {
        Some(dashboard) => {
            let views = dashboard.pages.iter().map(|page| page.views().count()).sum();
            let (pages, views) = (input::count(dashboard.pages.len(), "page"), input::count(views, "view"));
            format!("ok, {pages}, {views}, {}", input::count(dashboard.filters.len(), "filter"))
        }
        None => input::count(compiled.n_errors(), "error"),
    };
    format!("{found}{gap}{name}: {summary}\n")
}

fn json(compiled: &Compiled) -> serde_json::Value {
    let diagnostics = compiled.diagnostics.iter().map(|diagnostic| {
        let position = compiled.files.position(diagnostic.span);
        json!({
            "file": compiled.files.name(diagnostic.span),
            "line": position.line,
            "column": position.column,
            "severity": diagnostic.severity.name(),
            "message": diagnostic.message,
            "hint": diagnostic.hint,
        })
    });
    diagnostics.collect()
}
