mod pages;
mod plan;

use crate::input;
use chrono::Utc;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use tarn_dashboard::{Dashboard, Source};
use tarn_publish::{Event, Outcome, PublishError, Run, publish};
use tarn_spec::{Publication, render_all};

/// Rows are read from a database or from Parquet files, held to the dashboard's contract and the publication's checks, sorted,
/// and written as Parquet files that are named by their content. The manifest is switched last: a viewer sees the old snapshot
/// or the new one, whole.
///
/// Exit codes: 0 published (or nothing new), 1 the publication or its dashboard has errors, 2 usage, 3 a promise is broken,
/// 4 another publication finished first, 5 a store, a database or a disk failed and another try may help.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  tarn publish publish.yaml\n  tarn publish publish.yaml --plan\n  tarn publish publish.yaml --log json   # for a scheduler"
)]
pub struct Arguments {
    /// The publication file
    config: PathBuf,
    /// Tell what would be written and what each page would then fetch, and write nothing
    #[arg(long)]
    plan: bool,
    /// How to tell what happens, on standard error
    #[arg(long, value_enum, default_value_t = Log::Text)]
    log: Log,
    /// Megabytes of rows held at a time; sorting takes about three times that, and the rest waits on disk
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    memory: u32,
    /// Seconds for which a store that fails is asked again
    #[arg(long, value_name = "SECONDS", default_value_t = 180)]
    retry_for: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Log {
    /// For people
    Text,
    /// For programs: one object a line
    Json,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let publication = publication(&arguments.config)?;
    let base = arguments.config.parent().unwrap_or(Path::new("")).to_owned();
    let (dashboard, source) = source(&publication, &base)?;
    let log = |event: &Event| match arguments.log {
        Log::Text => eprintln!("{}", told(event)),
        Log::Json => eprintln!("{}", serde_json::to_string(event).unwrap_or_default()),
    };
    let run = Run {
        publication: &publication,
        source: &source,
        base: &base,
        now_ms: Utc::now().timestamp_millis() as f64,
        memory_bytes: arguments.memory as usize * 1_000_000,
        environment: &|name| env::var(name).ok(),
        patience: Duration::from_secs(arguments.retry_for),
        log: &log,
    };
    let done = if arguments.plan {
        tarn_publish::plan(&run).map(|planned| {
            let pages = pages::costs(&dashboard, &source.name, planned.folder.path());
            match arguments.log {
                Log::Text => plan::text(&planned.outcome, &pages),
                Log::Json => format!("{}\n", plan::json(&planned.outcome, &pages)),
            }
        })
    } else {
        publish(&run).map(|outcome| match arguments.log {
            Log::Text => summary(&outcome),
            Log::Json => format!("{}\n", serde_json::to_string(&outcome).unwrap_or_default()),
        })
    };
    match done {
        Ok(text) => {
            input::print(&text)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            match arguments.log {
                Log::Text => {
                    eprintln!("error: {error}");
                    if let Some(hint) = error.hint() {
                        eprintln!("hint: {hint}");
                    }
                }
                Log::Json => eprintln!("{}", failed(&error)),
            }
            Ok(ExitCode::from(error.exit_code()))
        }
    }
}

pub fn publication(path: &Path) -> Result<Publication, String> {
    let bytes =
        fs::read(path).map_err(|error| format!("{}: {error}\nhint: name a publication file, such as publish.yaml", path.display()))?;
    let compiled = tarn_spec::compile_publication(&path.display().to_string(), &bytes);
    let found = render_all(&compiled.files, &compiled.diagnostics);
    match compiled.publication {
        Some(publication) => {
            eprint!("{found}");
            Ok(publication)
        }
        None => Err(format!("the publication has errors\n{found}")),
    }
}

/// The dashboard, and the source whose contract is kept.
fn source(publication: &Publication, base: &Path) -> Result<(Dashboard, Source), String> {
    let path = base.join(&publication.dashboard);
    let compiled = input::compile(&path)?;
    let Some(dashboard) = compiled.dashboard else {
        return Err(format!("the dashboard has errors\n{}", render_all(&compiled.files, &compiled.diagnostics)));
    };
    let names = || dashboard.sources.iter().map(|source| format!("`{}`", source.name)).collect::<Vec<_>>().join(", ");
    let found = match (&publication.source, dashboard.sources.as_slice()) {
        (Some(name), sources) => sources.iter().find(|source| source.name == *name),
        (None, [only]) => Some(only),
        (None, _) => return Err(format!("{} has several sources\nhint: add `source:` with one of {}", path.display(), names())),
    };
    let found = found.cloned().ok_or_else(|| format!("{} has no such source\nhint: sources: {}", path.display(), names()))?;
    Ok((dashboard, found))
}

fn told(event: &Event) -> String {
    match event {
        Event::Read { rows } => format!("read {} rows", grouped(*rows)),
        Event::Checked { rows } => format!("checked {} rows: every promise is kept", grouped(*rows)),
        Event::Written { file, rows, row_groups, bytes } => format!("write {}", told_of_file(file, *rows, *row_groups, *bytes)),
        Event::Kept { file, rows, row_groups, bytes } => format!("keep  {}", told_of_file(file, *rows, *row_groups, *bytes)),
        Event::Switched { snapshot } => format!("switched to {snapshot}"),
        Event::Deleted { name } => format!("delete {name}"),
        Event::ClockDiffers { seconds } => {
            let (apart, way) = (grouped(seconds.unsigned_abs()), if *seconds > 0 { "ahead of" } else { "behind" });
            format!(
                "warning: this machine's clock is {apart} s {way} the store's: when the snapshot was created and the next refresh is expected, \
                 which pages tell, is off by as much"
            )
        }
    }
}

fn told_of_file(file: &str, rows: u64, row_groups: usize, bytes: u64) -> String {
    format!("{file}  {} rows, {}, {}", grouped(rows), input::count(row_groups, "row group"), megabytes(bytes))
}

/// One line, as the other events are.
fn failed(error: &PublishError) -> serde_json::Value {
    serde_json::json!({ "event": "failed", "exit_code": error.exit_code(), "message": error.to_string(), "hint": error.hint() })
}

fn summary(outcome: &Outcome) -> String {
    let Outcome { snapshot, rows, files, bytes, files_written, bytes_written, .. } = outcome;
    let what = if outcome.unchanged { "nothing new: still serving" } else { "published" };
    format!(
        "{what} {snapshot}: {} rows in {}, {}; wrote {}, {}\n",
        grouped(*rows),
        input::count(*files, "file"),
        megabytes(*bytes),
        input::count(*files_written, "file"),
        megabytes(*bytes_written)
    )
}

pub fn megabytes(bytes: u64) -> String {
    if bytes < 100_000 { format!("{:.1} kB", bytes as f64 / 1e3) } else { format!("{:.1} MB", bytes as f64 / 1e6) }
}

/// `3,000,000`
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (3_000_000, "3,000,000")] {
            assert_eq!(grouped(number), text);
        }
    }
}
