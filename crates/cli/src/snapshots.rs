use crate::{
    input,
    publish::{grouped, megabytes, publication},
};
use chrono::DateTime;
use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use tarn_publish::{Difference, Listed, PublishError, Store, difference, list, roll_back};
use tarn_spec::Publication;

/// Works on what `tarn publish` wrote: lists the snapshots of a source, tells what changed between two, serves an earlier one
/// again.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  tarn snapshots publish.yaml\n  tarn snapshots publish.yaml diff 20260101T000000Z-0a1b2c3d4e5f 20260102T000000Z-6f7e8d9c0b1a\n  tarn snapshots publish.yaml rollback 20260101T000000Z-0a1b2c3d4e5f"
)]
pub struct Arguments {
    /// The publication file
    config: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// All snapshots, the newest first (this is also what happens without a command)
    List,
    /// What changed between two snapshots
    Diff { from: String, to: String },
    /// Serve an earlier snapshot again
    Rollback { snapshot: String },
}

/// A person waits for the answer.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let publication = publication(&arguments.config)?;
    let base = arguments.config.parent().unwrap_or(Path::new(""));
    let to = tarn_publish::filled_in(&publication.to, &|name| env::var(name).ok());
    let done =
        to.and_then(|to| Store::open(&to, base, PATIENCE)).and_then(|store| perform(&store, &publication, arguments.command.as_ref()));
    match done {
        Ok(text) => {
            input::print(&text)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!("error: {error}");
            if let Some(hint) = error.hint() {
                eprintln!("hint: {hint}");
            }
            Ok(ExitCode::from(error.exit_code()))
        }
    }
}

fn perform(store: &Store, publication: &Publication, command: Option<&Command>) -> Result<String, PublishError> {
    match command {
        None | Some(Command::List) => Ok(list(store)?.iter().map(line).collect()),
        Some(Command::Diff { from, to }) => Ok(told(&difference(store, from, to)?)),
        Some(Command::Rollback { snapshot }) => {
            roll_back(store, snapshot, publication.keep_secs)?;
            Ok(format!("serving {snapshot}\n"))
        }
    }
}

fn line(listed: &Listed) -> String {
    let created = DateTime::from_timestamp_millis(listed.created_ms as i64)
        .map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string());
    let mark = if listed.served { "*" } else { " " };
    format!(
        "{mark} {}  {created}  {:>14} rows  {:>9}  {}\n",
        listed.id,
        grouped(listed.rows),
        megabytes(listed.bytes),
        input::count(listed.files, "file")
    )
}

fn told(difference: &Difference) -> String {
    let sign = if difference.rows < 0 { "-" } else { "+" };
    let mut text = format!("rows    {sign}{}\n", grouped(difference.rows.unsigned_abs()));
    text.push_str(&format!(
        "files   {} kept, {} removed, {} added ({})\n",
        difference.files_kept,
        difference.files_removed.len(),
        difference.files_added.len(),
        megabytes(difference.bytes_added)
    ));
    if difference.schema_changed {
        text.push_str("schema  changed\n");
    }
    difference.files_removed.iter().for_each(|file| text.push_str(&format!("  - {file}\n")));
    difference.files_added.iter().for_each(|file| text.push_str(&format!("  + {file}\n")));
    text
}
