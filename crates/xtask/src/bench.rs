//! `cargo xtask bench`: Tarn beside DuckDB-WASM, in one run; with `--tables` the times of long tables and lists, with `--throughput`
//! rows and bytes per second, with `--paint` the times of painting a chart, with `--drag` those of a brush with twelve linked views,
//! with `--lighthouse` what Lighthouse says of the demo.
mod crowd;
mod lighthouse;

use crate::{Result, command, setup};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const DATA: &str = "public/data/flights-3m.parquet";
const DASHBOARD: &str = "bench/dashboards/w.yaml";
const DEMO: &str = "examples/flights/dashboard.yaml";
const TABLES: &str = "bench/dashboards/tables.yaml";
const PAINT: &str = "bench/dashboards/paint.yaml";
const THROUGHPUT: &str = "bench/dashboards/throughput.yaml";
const DRAG: &str = "bench/dashboards/drag.yaml";

pub fn run(arguments: &[String]) -> Result<()> {
    setup::run(setup::For::Tests)?;
    let build = !arguments.iter().any(|argument| argument == "--skip-build");
    let is_large = arguments.iter().any(|argument| argument == "--ten-million");
    let options = arguments.iter().filter(|argument| !argument.starts_with("--"));
    if build {
        command::run(command::trunk().args(["build", "--release"]))?;
    }
    let work = command::root().join("target/bench");
    fs::create_dir_all(&work)?;

    if arguments.iter().any(|argument| argument == "--lighthouse") {
        return lighthouse::run(&work, options);
    }
    install_packages()?;
    if arguments.iter().any(|argument| argument == "--crowd") {
        return crowd::run(&work, options);
    }
    if arguments.iter().any(|argument| argument == "--tables") {
        return tables(&work, options);
    }
    if arguments.iter().any(|argument| argument == "--throughput") {
        return throughput(&work, options);
    }
    if arguments.iter().any(|argument| argument == "--paint") {
        return command::run(browser_driver("bench/paint.mjs").args([&page_of(&work, PAINT)?, &command::root().join(DATA)]).args(options));
    }
    if arguments.iter().any(|argument| argument == "--drag") {
        return command::run(browser_driver("bench/drag.mjs").args([&page_of(&work, DRAG)?, &command::root().join(DATA)]).args(options));
    }
    let data = if is_large { ten_million(&work)? } else { command::root().join(DATA) };
    println!("asking native DuckDB for the right answers");
    let truth = work.join("truth.json");
    let output = Stdio::from(fs::File::create(&truth)?);
    command::run(command::command(setup::venv_python()).arg("bench/truth.py").arg(&data).stdout(output))?;
    let page = page_of(&work, DASHBOARD)?;
    command::run(browser_driver("bench/run.mjs").args([&page, &data, &truth, &work]).args(options))
}

/// A table of a million rows and a filter list of a hundred thousand values.
fn tables<'a>(work: &Path, options: impl Iterator<Item = &'a String>) -> Result<()> {
    let data = work.join("users.parquet");
    command::run(command::command(setup::venv_python()).arg("bench/make_users.py").arg(&data))?;
    command::run(browser_driver("bench/tables.mjs").args([&page_of(work, TABLES)?, &data]).args(options))
}

/// Rows and bytes per second, natively and in the page.
fn throughput<'a>(work: &Path, options: impl Iterator<Item = &'a String>) -> Result<()> {
    let (data, native) = (work.join("keys.parquet"), work.join("throughput.json"));
    let n_rows = "10000000";
    command::run(command::command(setup::venv_python()).arg("bench/make_keys.py").arg(&data).arg(n_rows))?;
    println!("asking the engine natively");
    let mut example = command::cargo();
    example.args(["run", "--quiet", "--profile", "dist", "--package", "tarn-engine", "--example", "throughput", "--"]).arg(&data);
    command::run(example.stdout(fs::File::create(&native)?))?;
    let page = page_of(work, THROUGHPUT)?;
    command::run(browser_driver("bench/throughput.mjs").arg(&page).arg(&data).arg(n_rows).arg(&native).arg(work).args(options))
}

/// `cargo xtask soak`: one page for a long time, whose memory is to be that of its first minute.
pub fn soak(arguments: &[String]) -> Result<()> {
    let minutes = match arguments {
        [] => "30",
        [flag, minutes] if flag == "--minutes" && minutes.parse::<u32>().is_ok_and(|minutes| minutes > 0) => minutes.as_str(),
        _ => return Err("usage: cargo xtask soak [--minutes N]".into()),
    };
    setup::run(setup::For::Tests)?;
    command::run(command::trunk().args(["build", "--release"]))?;
    install_packages()?;
    let work = command::root().join("target/bench");
    fs::create_dir_all(&work)?;
    let demo = fs::read_to_string(command::root().join(DEMO))?;
    // Refreshes come often, as there is little time for them.
    let soaked = demo.replace("ttl: 5m", "ttl: 30s");
    if soaked == demo {
        return Err(format!("{DEMO} has no `ttl: 5m`").into());
    }
    let dashboard = work.join("soak.yaml");
    fs::write(&dashboard, soaked)?;
    let (data, other) = (command::root().join(DATA), work.join("flights-but-one.parquet"));
    let fewer = "import duckdb, sys; duckdb.execute(f\"copy (select * from read_parquet('{sys.argv[1]}') offset 1) to '{sys.argv[2]}' (compression zstd)\")";
    command::run(command::command(setup::venv_python()).args(["-c", fewer]).arg(&data).arg(&other))?;
    let page = page_of(&work, &dashboard.to_string_lossy())?;
    command::run(browser_driver("bench/soak.mjs").args([&page, &data, &other]).arg(minutes))
}

/// Node with a script that drives the browser.
fn browser_driver(script: &str) -> std::process::Command {
    let mut driver = command::command("node");
    if let Some((chromium, _)) = setup::browser() {
        driver.env("CHROMIUM", chromium);
    }
    driver.arg(script);
    driver
}

/// The flights several times over, made once.
fn ten_million(work: &Path) -> Result<PathBuf> {
    let data = work.join("flights-10m.parquet");
    if !data.exists() {
        println!("making ten million flights of three");
        let unfinished = work.join("flights-10m.parquet.part");
        command::run(command::command(setup::venv_python()).args(["bench/make_10m.py", DATA]).arg(&unfinished))?;
        fs::rename(unfinished, &data)?;
    }
    Ok(data)
}

/// A copy of `dist/` that opens a dashboard of the bench.
fn page_of(work: &Path, dashboard: &str) -> Result<PathBuf> {
    let page = work.join("page");
    if page.exists() {
        fs::remove_dir_all(&page)?;
    }
    fs::create_dir_all(&page)?;
    let mut demo = None;
    for entry in fs::read_dir(command::root().join("dist"))? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| format!("{name:?} in dist/ is no UTF-8"))?;
        if name.starts_with("dashboard-") {
            demo = Some(name);
        } else if entry.file_type()?.is_file() {
            fs::copy(entry.path(), page.join(name))?;
        }
    }
    let demo = demo.ok_or("dist/ holds no compiled dashboard: run `trunk build --release`")?;
    let mut tarn = command::cargo();
    tarn.args(["run", "--quiet", "--package", "tarn-cli", "--bin", "tarn", "--", "compile", dashboard]);
    command::run(tarn.env("TRUNK_STAGING_DIR", &page))?;
    let names = fs::read_dir(&page)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let workload = names.into_iter().find(|name| name.starts_with("dashboard-")).ok_or("`tarn compile` wrote nothing")?;
    let index = page.join("index.html");
    fs::write(&index, fs::read_to_string(&index)?.replace(&demo, &workload))?;
    Ok(page)
}

/// The peer and the driver.
fn install_packages() -> Result<()> {
    let folder = command::root().join("bench");
    if install(&folder, "DuckDB-WASM, esbuild and playwright-core")? {
        // Of all install scripts this one alone is needed: it puts esbuild's program for this machine in place.
        command::run(command::command("node").current_dir(&folder).arg("node_modules/esbuild/install.js"))?;
    }
    Ok(())
}

/// What a folder's lock file names, in those versions; false where it is there already.
fn install(folder: &Path, what: &str) -> Result<bool> {
    let stamp = folder.join("node_modules/.package-lock.json");
    let newer = |stamp: fs::Metadata, lock: fs::Metadata| Some(stamp.modified().ok()? >= lock.modified().ok()?);
    let current = stamp.metadata().ok().zip(folder.join("package-lock.json").metadata().ok()).and_then(|(stamp, lock)| newer(stamp, lock));
    if current == Some(true) {
        return Ok(false);
    }
    println!("  installing  {what} (npm)");
    command::run(command::command("npm").current_dir(folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    Ok(true)
}
