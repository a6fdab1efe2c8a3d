//! `tarn explore`: data in the browser with no dashboard file.
use crate::{init, serve};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(
    after_help = "The data stays on this machine. `tarn init` writes the same dashboard to a file, to go on from.\n\nExamples:\n  tarn explore exports/orders.parquet\n  tarn explore exports"
)]
pub struct Arguments {
    /// A Parquet file, or a folder of files that are read as one
    data: PathBuf,
    /// The port on this machine; the next free one when it is taken
    #[arg(long, default_value_t = serve::PORT)]
    port: u16,
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let folder = std::env::temp_dir().join(format!("tarn-explore-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let name = arguments.data.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let file = folder.join(format!("{name}.yaml"));
    let draft = init::dashboard(&arguments.data, &file);
    let served = draft.and_then(|yaml| {
        fs::write(&file, yaml).map_err(|error| format!("{}: {error}", file.display()))?;
        serve::run(&serve::Arguments::new(file.clone(), arguments.port, arguments.no_open))
    });
    let _ = fs::remove_dir_all(&folder);
    served
}
