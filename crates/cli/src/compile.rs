use crate::{hash, input};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(clap::Args)]
#[command(
    after_help = "`tarn build` does this too: the command is for those who build the page themselves.\n\nExample:\n  tarn compile dashboard.yaml --out site --format json"
)]
pub struct Arguments {
    /// The dashboard file
    dashboard: PathBuf,
    /// The folder for `dashboard-<hash>.bin`; Trunk's staging folder when called from its hook
    #[arg(long)]
    out: Option<PathBuf>,
    /// `bin` is what the page loads, `json` the same for people and scripts
    #[arg(long, value_enum, default_value = "bin")]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Bin,
    Json,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let staging = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from);
    let Some(dir) = arguments.out.clone().or(staging) else {
        return Err("no folder to write to\nhint: name it with --out".into());
    };
    let (dashboard, access) = input::compile_sound(&arguments.dashboard)?;
    if access.is_some() && matches!(arguments.format, Format::Bin) {
        return Err("one file for everybody would tell all of them what `access:` guards: nothing was written\nhint: `tarn build` writes one for every role set; `--format json` is for the author's eyes".into());
    }
    let (content, extension) = match arguments.format {
        Format::Bin => (dashboard.to_bytes(), "bin"),
        Format::Json => {
            let json = serde_json::to_vec_pretty(&dashboard);
            (json.map_err(|error| format!("the dashboard cannot be written as JSON: {error}"))?, "json")
        }
    };
    fs::create_dir_all(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    remove_older(&dir, extension)?;
    let path = dir.join(hash::dashboard_name(&content, extension));
    fs::write(&path, content).map_err(|error| format!("{}: {error}", path.display()))?;
    input::print(&format!("{}\n", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// The page loads the one dashboard of its folder.
fn remove_older(dir: &Path, extension: &str) -> Result<(), String> {
    let entries = fs::read_dir(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        if name.starts_with("dashboard-") && name.rsplit_once('.').is_some_and(|(_, end)| end == extension) {
            fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}
