//! `tarn init`: a first dashboard for data that is there.
mod data;
mod path;
#[cfg(feature = "runtime")]
mod remote;

use crate::input;
pub use data::Data;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
pub use tarn_draft::Shape;

#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  tarn init exports/orders.parquet\n  tarn init exports --out sales.yaml\n  tarn init https://example.com/orders.parquet"
)]
pub struct Arguments {
    /// A Parquet file, its address, or a folder of files that are read as one, with those in its folders `column=value`
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
    let yaml = Data::read(&arguments.data)?.dashboard(Shape::Draft, out)?;
    fs::write(out, yaml).map_err(|error| format!("{}: {error}", out.display()))?;
    let name = out.display();
    input::print(&format!("{name} is written. Next:\n  tarn serve {name}\n  tarn build {name} --out site\n"))?;
    Ok(ExitCode::SUCCESS)
}
