//! `tarn init`: a first dashboard for data that is there.
mod column;
mod guess;
mod path;
mod profile;
mod text;

use crate::input;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  tarn init exports/orders.parquet\n  tarn init exports --out sales.yaml")]
pub struct Arguments {
    /// A Parquet file, or a folder of files that are read as one
    data: PathBuf,
    /// The dashboard file to write
    #[arg(long, default_value = "dashboard.yaml")]
    out: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let out = &arguments.out;
    if out.exists() && !arguments.force {
        return Err(format!("{} is there already\nhint: choose another name with --out, or write over it with --force", out.display()));
    }
    let yaml = dashboard(&arguments.data, out)?;
    fs::write(out, yaml).map_err(|error| format!("{}: {error}", out.display()))?;
    let name = out.display();
    input::print(&format!("{name} is written. Next:\n  tarn serve {name}\n  tarn build {name} --out site\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// The text of a dashboard for the data, to stand in the file `out`. It compiles.
pub fn dashboard(data: &Path, out: &Path) -> Result<String, String> {
    let files = path::parquet_files(data)?;
    let profile = profile::read(&files)?;
    let name = data.file_stem().unwrap_or_default().to_string_lossy();
    let sources = files.iter().map(|file| path::relative(file, out)).collect::<Result<Vec<_>, _>>()?;
    let yaml = text::write(&name, &sources, &profile, &guess::guess(&profile));
    let compiled = tarn_spec::compile(&out.display().to_string(), yaml.as_bytes());
    if compiled.dashboard.is_none() {
        let found = tarn_spec::render_all(&compiled.files, &compiled.diagnostics);
        return Err(format!("the dashboard for this data would have errors: please report this\n{found}"));
    }
    Ok(yaml)
}
