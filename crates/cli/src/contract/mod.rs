//! `tarn contract import`: what dbt promises of a model becomes the `schema:` of a source and the `checks:` of its publication.
mod dbt;
mod sql_type;
mod text;

use crate::input;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Print the contract of a model, from the manifest.json that dbt writes
    Import(Import),
}

#[derive(clap::Args)]
#[command(
    after_help = "Types come from `data_type:` or from the catalog.json of `dbt docs generate`; `!` from `not_null`, checks from `unique` and\n`accepted_values`, `fresh_within` from a source's freshness. What is not taken over is named in comments.\n\nExamples:\n  tarn contract import target/manifest.json --model orders\n  tarn contract import target/manifest.json --model orders --part schema"
)]
struct Import {
    /// What `dbt parse`, `build` or `docs generate` wrote
    manifest: PathBuf,
    /// The model, snapshot, seed or source, by its name or unique id; may be left out where there is only one model
    #[arg(long)]
    model: Option<String>,
    /// The types that the warehouse has, as `dbt docs generate` writes them; else the catalog.json beside the manifest, if it is there
    #[arg(long)]
    catalog: Option<PathBuf>,
    /// Print only what goes into the dashboard or into the publication
    #[arg(long, value_enum)]
    part: Option<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// For the source in the dashboard file
    Schema,
    /// For the publication file
    Checks,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let Command::Import(arguments) = &arguments.command;
    let manifest =
        dbt::Manifest::read(&bytes(&arguments.manifest)?).map_err(|error| format!("{}: {error}", arguments.manifest.display()))?;
    let beside = arguments.manifest.with_file_name("catalog.json");
    let catalog = arguments.catalog.clone().or_else(|| beside.is_file().then_some(beside));
    let catalog = match catalog {
        Some(path) => Some(dbt::Catalog::read(&bytes(&path)?).map_err(|error| format!("{}: {error}", path.display()))?),
        None => None,
    };
    let contract = manifest.contract(arguments.model.as_deref(), catalog.as_ref())?;
    let text = match arguments.part {
        None => text::whole(&contract, &arguments.manifest.display().to_string()),
        Some(part) => {
            contract.notes.iter().for_each(|note| eprintln!("note: {note}"));
            if part == Part::Schema { text::schema(&contract) } else { text::checks(&contract) }
        }
    };
    input::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}\nhint: dbt writes target/manifest.json; run `dbt parse` first", path.display()))
}
