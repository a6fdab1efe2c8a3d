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
    match arguments.format {
        Format::Text => text(arguments, &compiled),
        Format::Json => println!("{}", json(&compiled)),
        Format::Github => compiled.diagnostics.iter().for_each(|diagnostic| print!("{}", render_github(&compiled.files, diagnostic))),
    }
    Ok(if compiled.dashboard.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn text(arguments: &Arguments, compiled: &Compiled) {
    eprint!("{}", render_all(&compiled.files, &compiled.diagnostics));
    let name = arguments.dashboard.display();
    match &compiled.dashboard {
        Some(dashboard) => {
            let views = dashboard.pages.iter().map(|page| page.views().count()).sum();
            let (pages, views) = (input::count(dashboard.pages.len(), "page"), input::count(views, "view"));
            println!("{name}: ok, {pages}, {views}, {}", input::count(dashboard.filters.len(), "filter"));
        }
        None => eprintln!("\n{name}: {}", input::count(compiled.n_errors(), "error")),
    }
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
