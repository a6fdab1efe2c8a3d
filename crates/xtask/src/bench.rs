//! `cargo xtask bench`: Tarn beside DuckDB-WASM, in one run.
use crate::{Result, command, setup};
use std::fs;
use std::process::Stdio;

const DATA: &str = "public/data/flights-3m.parquet";
const DASHBOARD: &str = "bench/dashboards/w.yaml";

pub fn run(arguments: &[String]) -> Result<()> {
    setup::run(setup::For::Tests)?;
    let build = !arguments.iter().any(|argument| argument == "--skip-build");
    let options = arguments.iter().filter(|argument| *argument != "--skip-build");
    if build {
        command::run(command::trunk().args(["build", "--release"]))?;
    }
    let work = command::root().join("target/bench");
    fs::create_dir_all(&work)?;

    install_packages()?;
    println!("asking native DuckDB for the right answers");
    let truth = fs::File::create(work.join("truth.json"))?;
    command::run(command::command(setup::venv_python()).args(["bench/truth.py", DATA]).stdout(Stdio::from(truth)))?;
    let compiled = work.join("w");
    fs::create_dir_all(&compiled)?;
    for old in fs::read_dir(&compiled)? {
        fs::remove_file(old?.path())?;
    }
    let mut tarn = command::cargo();
    tarn.args(["run", "--quiet", "--package", "tarn-cli", "--bin", "tarn", "--", "compile", DASHBOARD]);
    command::run(tarn.env("TRUNK_STAGING_DIR", &compiled))?;
    let json = fs::read_dir(&compiled)?.next().ok_or("`tarn compile` wrote nothing")??.path();

    command::run(command::command("node").arg("bench/build.mjs").arg(json))?;
    let mut driver = command::command("node");
    if let Some((chromium, _)) = setup::browser() {
        driver.env("CHROMIUM", chromium);
    }
    command::run(driver.args(["bench/bench.mjs", "--json"]).arg(work.join("results.json")).args(options))
}

/// The peer and the driver, in the versions of the lock file. Skipped when they are there.
fn install_packages() -> Result<()> {
    let folder = command::root().join("bench");
    let stamp = folder.join("node_modules/.package-lock.json");
    let newer = |stamp: fs::Metadata, lock: fs::Metadata| Some(stamp.modified().ok()? >= lock.modified().ok()?);
    let current = stamp.metadata().ok().zip(folder.join("package-lock.json").metadata().ok()).and_then(|(stamp, lock)| newer(stamp, lock));
    if current == Some(true) {
        return Ok(());
    }
    println!("  installing  DuckDB-WASM, esbuild and playwright-core (npm): the peer and what drives the browser");
    command::run(command::command("npm").current_dir(&folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    // Of all install scripts this one alone is needed: it puts esbuild's program for this machine in place.
    command::run(command::command("node").current_dir(&folder).arg("node_modules/esbuild/install.js"))
}
