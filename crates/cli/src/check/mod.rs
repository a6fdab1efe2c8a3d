//! `tarn check`: everything that is wrong with a dashboard file, and with its data.
#[cfg(feature = "query")]
mod data;

use crate::input;
use crate::terminal;
use serde_json::json;
use std::{path::PathBuf, process::ExitCode};
use tarn_spec::{Compiled, render_all, render_github};

#[derive(clap::Args)]
#[command(
    after_help = "Exit code: 0 without errors, 1 with errors, 2 when the command was not understood.\n\nExamples:\n  tarn check\n  tarn check sales.yaml --data\n  tarn check sales.yaml --format github"
)]
pub struct Arguments {
    /// The dashboard file
    #[arg(default_value = "dashboard.yaml")]
    dashboard: PathBuf,
    /// How to write what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also hold the local data files to their contract and answer every view once
    #[arg(long)]
    data: bool,
    /// The folder that relative sources start from; else that of the dashboard, or the `public` folder above it
    #[arg(long, requires = "data")]
    data_dir: Option<PathBuf>,
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
    let mut compiled = input::compile(&arguments.dashboard)?;
    if arguments.data {
        with_data(arguments, &mut compiled)?;
    }
    let text = match arguments.format {
        Format::Text => terminal::for_output(text(arguments, &compiled)),
        Format::Json => format!("{}\n", json(&compiled)),
        Format::Github => compiled.diagnostics.iter().map(|diagnostic| render_github(&compiled.files, diagnostic)).collect(),
    };
    input::print(&text)?;
    Ok(if compiled.n_errors() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(feature = "query")]
fn with_data(arguments: &Arguments, compiled: &mut Compiled) -> Result<(), String> {
    data::check(&arguments.dashboard, arguments.data_dir.as_deref(), compiled)
}

#[cfg(not(feature = "query"))]
fn with_data(_: &Arguments, _: &mut Compiled) -> Result<(), String> {
    Err("this build of tarn has no engine\nhint: build it with `cargo build --package tarn-cli --features query`".into())
}

fn text(arguments: &Arguments, compiled: &Compiled) -> String {
    let found = render_all(&compiled.files, &compiled.diagnostics);
    let gap = if found.is_empty() { "" } else { "\n" };
    let name = arguments.dashboard.display();
    let summary = match &compiled.dashboard {
        Some(dashboard) if compiled.n_errors() == 0 => {
            let views = dashboard.pages.iter().map(|page| page.views().count()).sum();
            let (pages, views) = (input::count(dashboard.pages.len(), "page"), input::count(views, "view"));
            format!("ok, {pages}, {views}, {}", input::count(dashboard.filters.len(), "filter"))
        }
        _ => input::count(compiled.n_errors(), "error"),
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
