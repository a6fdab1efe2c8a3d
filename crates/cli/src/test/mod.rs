//! `tarn test`: what the numbers of a dashboard are expected to be, by the engine that runs in the browser.
mod ask;
mod holds;
mod report;

use crate::progress::Progress;
use crate::{data_dir, input, terminal};
use ask::Answers;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};
use tarn_spec::{CompiledTests, Diagnostic, Severity, Test, compile_tests, render_all};

#[derive(clap::Args)]
#[command(
    after_help = "Exit code: 0 when everything is as expected, 1 when it is not or a file has errors, 2 when the command was not understood.\n\nExamples:\n  tarn test\n  tarn test sales.yaml --format github\n  tarn test sales.yaml --tests monday.yaml --data-dir exports"
)]
pub struct Arguments {
    /// The dashboard file
    #[arg(default_value = "dashboard.yaml")]
    dashboard: PathBuf,
    /// The tests; else the file beside the dashboard whose name ends in `.test.yaml`, such as dashboard.test.yaml
    #[arg(long, value_name = "FILE")]
    tests: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The folder that relative sources start from; else that of the dashboard, or the `public` folder above it
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs: a list of objects with name, passed and failures
    Json,
    /// For GitHub Actions: marks the lines of a pull request
    Github,
}

/// A test and what is not as expected.
struct Outcome<'a> {
    test: &'a Test,
    failures: Vec<Diagnostic>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let (dashboard, _) = input::compile_sound(&arguments.dashboard)?;
    let file = arguments.tests.clone().unwrap_or_else(|| beside(&arguments.dashboard));
    let bytes = fs::read(&file).map_err(|error| {
        format!("{}: {error}\nhint: write the tests beside the dashboard, or name their file with --tests", file.display())
    })?;
    let compiled = compile_tests(&file.display().to_string(), &bytes, &dashboard);
    let Some(tests) = &compiled.tests else {
        input::print(&broken(&compiled, arguments.format))?;
        return Ok(ExitCode::FAILURE);
    };
    let dir = data_dir::chosen(arguments.data_dir.as_deref(), &arguments.dashboard, &dashboard);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as i64);
    let answers = Answers::new(dashboard, dir, now);
    let progress = Progress::of("testing");
    let outcomes: Vec<Outcome> = tests.iter().map(|test| outcome(test, &answers)).collect();
    drop(progress);
    input::print(&match arguments.format {
        Format::Text => terminal::for_output(report::text(&file, &compiled.files, &outcomes)),
        Format::Json => format!("{}\n", report::json(&compiled.files, &outcomes)),
        Format::Github => report::github(&compiled.files, &outcomes),
    })?;
    let passed = outcomes.iter().all(|outcome| outcome.failures.is_empty());
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn beside(dashboard: &Path) -> PathBuf {
    let stem = dashboard.file_stem().and_then(|stem| stem.to_str()).unwrap_or("dashboard");
    dashboard.with_file_name(format!("{stem}.test.yaml"))
}

/// What is wrong with the tests file itself.
fn broken(compiled: &CompiledTests, format: Format) -> String {
    match format {
        Format::Text => render_all(&compiled.files, &compiled.diagnostics),
        Format::Json => format!("{}\n", report::diagnostics(&compiled.files, &compiled.diagnostics)),
        Format::Github => compiled.diagnostics.iter().map(|diagnostic| tarn_spec::render_github(&compiled.files, diagnostic)).collect(),
    }
}

fn outcome<'a>(test: &'a Test, answers: &Answers) -> Outcome<'a> {
    let failures = test.checks.iter().filter_map(|check| {
        let failure = holds::check(test, check, answers).err()?;
        let (message, hint) = failure.split_once("\nhint: ").map_or((failure.as_str(), None), |(message, hint)| (message, Some(hint)));
        Some(Diagnostic {
            severity: Severity::Error,
            span: check.span,
            message: format!("{}: {message}", test.name),
            hint: hint.map(str::to_owned),
        })
    });
    Outcome { test, failures: failures.collect() }
}
