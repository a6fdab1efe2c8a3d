//! `tarn query`: the rows of a view, by the engine that runs in the browser.
mod plain;
mod question;

use crate::{data_dir, input};
pub use plain::scalar;
pub use question::{Asked, answer, explained};
use question::{Question, ask};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::PathBuf, process::ExitCode};
use tarn_runtime::{FileHost, Runtime};

#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  tarn query --view kpi-flights\n  tarn query sales.yaml --view routes --filter origin=ATL,ORD --filter \"period=last 28 days\" --format json\n  tarn query sales.yaml --batch questions.json"
)]
pub struct Arguments {
    /// The dashboard file
    #[arg(default_value = "dashboard.yaml")]
    dashboard: PathBuf,
    /// The id of the view
    #[arg(long, required_unless_present = "batch")]
    view: Option<String>,
    /// A filter's value, in the form that stands in the page's URL; `id=` clears the filter
    #[arg(long = "filter", value_name = "ID=TEXT", conflicts_with = "batch")]
    filters: Vec<String>,
    /// Start without the defaults of the filters
    #[arg(long, conflicts_with = "batch")]
    no_defaults: bool,
    /// The grain of a time axis, one of those that the view offers
    #[arg(long, conflicts_with = "batch")]
    grain: Option<String>,
    /// The level of the view's hierarchy (`drill:`), from 0; the filters above it are given by `--filter`
    #[arg(long, default_value_t = 0, conflicts_with = "batch")]
    level: u32,
    /// What a date filter is compared with: `previous period`, `previous year` or `none`
    #[arg(long = "compare", value_name = "ID=TEXT", conflicts_with = "batch")]
    comparisons: Vec<String>,
    /// Many questions at once: a JSON array of {view, filters: {id: text or null}, grain, level, search: {column: text}}; prints an array of results; one that fails is {error}
    #[arg(long, value_name = "FILE", conflicts_with = "view")]
    batch: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// The folder that relative sources start from; else that of the dashboard, or the `public` folder above it
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The rows, with those of row groups, without totals. A text that a spreadsheet would run has an apostrophe before it; JSON has none
    Csv,
    /// Columns, rows, totals, subtotals and snapshot, as `window.tarn.result` gives them
    Json,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let (dashboard, _) = input::compile_sound(&arguments.dashboard)?;
    let dir = data_dir::chosen(arguments.data_dir.as_deref(), &arguments.dashboard, &dashboard);
    let runtime = Runtime::new(FileHost::new(dir), dashboard, "", |_| {});
    let progress = crate::progress::Progress::of("asking");
    let (text, answered) = match &arguments.batch {
        Some(file) => batch(&runtime, file)?,
        None => {
            let question = single(arguments)?;
            let result = ask(&runtime, &question)?;
            let text = match arguments.format {
                Format::Csv => plain::csv(&result),
                Format::Json => format!("{}\n", plain::result(&result)),
            };
            (text, true)
        }
    };
    drop(progress);
    input::print(&text)?;
    Ok(if answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn single(arguments: &Arguments) -> Result<Question, String> {
    let mut filters = BTreeMap::new();
    for filter in &arguments.filters {
        let Some((id, text)) = filter.split_once('=') else {
            return Err(format!("`--filter {filter}` has no value\nhint: as in --filter origin=ATL"));
        };
        filters.insert(id.to_owned(), (!text.is_empty()).then(|| text.to_owned()));
    }
    let mut comparisons = BTreeMap::new();
    for comparison in &arguments.comparisons {
        let Some((id, text)) = comparison.split_once('=') else {
            return Err(format!("`--compare {comparison}` has no value\nhint: as in --compare 'period=previous year'"));
        };
        comparisons.insert(id.to_owned(), text.to_owned());
    }
    let (view, grain) = (arguments.view.clone().unwrap_or_default(), arguments.grain.clone());
    let search = BTreeMap::new();
    Ok(Question { view, filters, comparisons, grain, level: arguments.level, search, no_defaults: arguments.no_defaults })
}

/// The answers, in the order of the questions, and whether all of them could be answered. A question that fails has its error
/// in its place.
fn batch(runtime: &Runtime<FileHost>, file: &PathBuf) -> Result<(String, bool), String> {
    let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let questions: Vec<Question> = serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut answered = true;
    let results = questions.iter().map(|question| match ask(runtime, question) {
        Ok(result) => plain::result(&result),
        Err(error) => {
            answered = false;
            json!({ "error": error })
        }
    });
    let results: Vec<Value> = results.collect();
    Ok((format!("{}\n", Value::Array(results)), answered))
}
