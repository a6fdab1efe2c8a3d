//! `tarn build`: a folder for any file server.
use crate::deploy::{self, PUBLIC};
use crate::progress::Progress;
use crate::site::{Content, Explore, INDEX, Site};
use crate::{build_kept, data_dir, input};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  tarn build dashboard.yaml --out site\n  tarn build sales.yaml --out /var/www/sales --data-dir exports\n  tarn build --target nginx --auth-at 127.0.0.1:4180\n  tarn build --out releases/2 --keep releases/1\n  tarn build sales.yaml --out site --explore"
)]
pub struct Arguments {
    /// The dashboard file
    #[arg(default_value = "dashboard.yaml")]
    dashboard: PathBuf,
    /// The folder to write; one that an earlier build wrote is replaced, another one is left alone
    #[arg(long, default_value = "site")]
    out: PathBuf,
    /// The folder that relative sources start from; else that of the dashboard, or the `public` folder above it
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Keep nothing in browsers for times without a network, and clear up what an earlier build kept
    #[arg(long)]
    no_service_worker: bool,
    /// A former build: its files with hashed names are taken along, for pages that are still open. Those that it had taken along are not
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Add the page /explore, on which viewers look at Parquet files of their own: those stay on their devices
    #[arg(long)]
    explore: bool,
    /// The same, and let the page open https:// addresses, too
    #[arg(long)]
    explore_addresses: bool,
    #[command(flatten)]
    deploy: deploy::Options,
}

/// The list of what a build wrote: the next one replaces nothing else.
const LIST: &str = "tarn-build.json";

#[derive(Serialize, Deserialize)]
struct List {
    tarn: String,
    files: BTreeSet<String>,
    /// Those of them that the build before wrote.
    #[serde(default)]
    kept: BTreeSet<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let (dashboard, access) = input::compile_sound(&arguments.dashboard)?;
    let dir = data_dir::chosen(arguments.data_dir.as_deref(), &arguments.dashboard, &dashboard);
    let locale = dashboard.locale.clone();
    let mut site = Site::new(dashboard, access.as_ref(), &dir)?;
    if arguments.no_service_worker {
        site = site.without_service_worker()?;
    }
    if arguments.explore || arguments.explore_addresses {
        let explore = if arguments.explore_addresses { Explore::Addresses } else { Explore::Files };
        site = site.with_explore(explore, &locale)?;
    }
    let mut files = deploy::files(site, &arguments.deploy)?;
    let kept = match &arguments.keep {
        Some(former) => {
            let list = read_list(former).ok_or_else(|| {
                format!("{} was written by no build\nhint: --keep names the folder of the build before", former.display())
            })?;
            build_kept::take_along(former, &(&list.files - &list.kept), &mut files)
        }
        None => BTreeSet::new(),
    };
    let out = &arguments.out;
    refuse_foreign(out)?;
    // Beside the folder, so that the rename stays on one file system.
    let staging = beside(out, "new");
    let _ = fs::remove_dir_all(&staging);
    let written = write(&files, kept, &staging).and_then(|bytes| replace(out, &staging).map(|()| bytes));
    if written.is_err() {
        let _ = fs::remove_dir_all(&staging);
    }
    let bytes = written?;
    input::print(&format!("{}: {}, {:.1} MB\n", out.display(), input::count(files.len() + 1, "file"), bytes as f64 / 1e6))?;
    Ok(ExitCode::SUCCESS)
}

/// A folder may be replaced when it is empty, or when everything in it was written by a build.
fn refuse_foreign(out: &Path) -> Result<(), String> {
    let mut present = BTreeSet::new();
    match collect(out, "", &mut present) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(format!("{}: {error}", out.display())),
        Ok(()) if present.is_empty() => return Ok(()),
        Ok(()) => {}
    }
    let known = read_list(out).map(|list| list.files).unwrap_or_default();
    let foreign = present.iter().find(|path| *path != LIST && !known.contains(*path));
    match foreign {
        None => Ok(()),
        Some(path) => Err(format!(
            "{} holds `{path}`, which no build wrote: nothing was changed\nhint: name an empty folder with --out",
            out.display()
        )),
    }
}

fn read_list(folder: &Path) -> Option<List> {
    serde_json::from_slice(&fs::read(folder.join(LIST)).ok()?).ok()
}

fn collect(folder: &Path, below: &str, found: &mut BTreeSet<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{path}/"), found)?;
        } else {
            found.insert(path);
        }
    }
    Ok(())
}

/// Writes the files, the page last, and returns their bytes.
fn write(files: &BTreeMap<String, Content>, kept: BTreeSet<String>, folder: &Path) -> Result<u64, String> {
    let list = List { tarn: env!("CARGO_PKG_VERSION").into(), files: files.keys().cloned().collect(), kept };
    let mut bytes = put(folder, LIST, &Content::Bytes(serde_json::to_vec_pretty(&list).map_err(|error| error.to_string())?))?;
    let is_page = |path: &str| path.strip_prefix(PUBLIC).map_or(path, |path| path.trim_start_matches('/')).starts_with(INDEX);
    let (page, others): (Vec<_>, Vec<_>) = files.iter().partition(|(path, _)| is_page(path));
    let progress = Progress::of_bytes("writing", files.values().map(Content::bytes).sum());
    for (path, content) in others.into_iter().chain(page) {
        let written = put(folder, path, content)?;
        progress.advance(written);
        bytes += written;
    }
    Ok(bytes)
}

fn put(folder: &Path, path: &str, content: &Content) -> Result<u64, String> {
    let file = folder.join(path);
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    fs::create_dir_all(file.parent().unwrap_or(folder)).map_err(failed)?;
    match content {
        Content::Local(source) => fs::copy(source, &file).map_err(|error| format!("{} to {}: {error}", source.display(), file.display())),
        Content::Bytes(bytes) => fs::write(&file, bytes).map(|()| bytes.len() as u64).map_err(failed),
        Content::Embedded(embedded) => {
            let bytes = embedded.content()?;
            fs::write(&file, &bytes).map(|()| bytes.len() as u64).map_err(failed)
        }
    }
}

/// Puts the finished folder in place; the former one is there until then.
fn replace(out: &Path, staging: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", out.display());
    let former = beside(out, "old");
    let _ = fs::remove_dir_all(&former);
    if out.exists() {
        fs::rename(out, &former).map_err(failed)?;
    }
    if let Err(error) = fs::rename(staging, out) {
        // Where this fails too there is nothing left to try: the message names the folder.
        let _ = fs::rename(&former, out);
        return Err(failed(error));
    }
    let _ = fs::remove_dir_all(&former);
    Ok(())
}

fn beside(out: &Path, what: &str) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!(".{name}.tarn-{what}"))
}
