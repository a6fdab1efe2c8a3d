//! Where things are.
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Cargo, started in the root.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// The folder of the release build, or the one that TARN_DIST names. Panics with what to do where there is none.
pub fn dist() -> PathBuf {
    let dist = std::env::var_os("TARN_DIST").map_or_else(|| root().join("dist"), PathBuf::from);
    assert!(dist.join("index.html").is_file(), "dist/ has no page: run `trunk build --release` first, or `cargo xtask test`, which does");
    dist
}

/// The command-line tool with its engine and its publisher: the one that TARN_TOOL names, or built when the first test of a
/// program asks for it.
pub fn tarn() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let build = || build_tarn("query,publish", &mut cargo());
    let mut command = Command::new(PROGRAM.get_or_init(|| std::env::var_os("TARN_TOOL").map_or_else(build, PathBuf::from)));
    command.current_dir(root());
    command
}

/// The tool as it is given away: with its engine, its publisher and the release build of the page; or the installed one that TARN_PROGRAM
/// names. A test program uses this one or [`tarn`]: both are built to the same path.
pub fn tarn_with_page() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let build = || build_tarn("publish,query,runtime", cargo().env("TARN_DIST", dist()));
    Command::new(PROGRAM.get_or_init(|| std::env::var_os("TARN_PROGRAM").map_or_else(build, PathBuf::from)))
}

fn build_tarn(features: &str, build: &mut Command) -> PathBuf {
    build.args(["build", "--quiet", "--package", "tarn-cli", "--features", features, "--bin", "tarn", "--message-format", "json"]);
    let output = build.output().unwrap();
    assert!(output.status.success(), "tarn does not compile:\n{}", String::from_utf8_lossy(&output.stderr));
    let messages = output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let programs: Vec<PathBuf> = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).collect();
    programs.last().expect("cargo names the program").clone()
}

/// A Python with DuckDB.
pub fn python() -> Command {
    let installed = root().join("target/tools/venv/bin/python");
    let mut python = Command::new(std::env::var_os("TARN_PYTHON").map_or(installed, PathBuf::from));
    python.env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

/// Every file with one of the extensions, relative to the root and sorted; build output and installed packages are left out.
pub fn source_files(extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = vec![];
    collect(&root(), extensions, &mut found);
    let mut relative: Vec<PathBuf> = found.iter().filter_map(|path| Some(path.strip_prefix(root()).ok()?.to_owned())).collect();
    relative.sort();
    relative
}

fn collect(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let generated = ["target", "dist", "node_modules"].contains(&name.as_str());
        if path.is_dir() {
            if !generated && !name.starts_with('.') {
                collect(&path, extensions, found);
            }
        } else if path.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted)) {
            found.push(path);
        }
    }
}
