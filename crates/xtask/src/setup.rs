//! `cargo xtask setup`: installs what is missing, says what and why, and names what needs somebody with more rights.
mod axe;
mod cargo_tools;
mod from_npm;
mod own_python;
mod python;
mod system;
mod wasm_opt;
mod wasm_target;

use crate::{Result, command};
use std::env;
use std::path::PathBuf;

pub use cargo_tools::mdbook;
pub use own_python::{install_dbt, install_spark, install_streamlit};
pub use python::venv_python;
pub use system::{browser, firefox};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Building and serving the page.
    Serving,
    /// Also what makes the packages.
    Packaging,
    /// Everything that the tests and the bench use, too.
    Tests,
}

/// Something that is missing and cannot be installed from here.
struct Missing {
    what: String,
    how: String,
}

/// Safe to call again: what is present is skipped in about a second.
pub fn run(purpose: For) -> Result<()> {
    let mut missing = vec![];
    wasm_target::install(&mut missing)?;
    system::install(purpose, &mut missing)?;
    cargo_tools::install()?;
    wasm_opt::install(&mut missing)?;
    if purpose == For::Packaging {
        python::install(purpose, &missing)?;
    }
    if purpose == For::Tests {
        let started = from_npm::install()?;
        python::install(purpose, &missing)?;
        axe::install()?;
        for mut npm in started {
            if !npm.wait()?.success() {
                return Err("npm could not install what the tests use".into());
            }
        }
    }
    name_all(&missing)?;
    let path = env::var_os("PATH").unwrap_or_default();
    if !env::split_paths(&path).any(|folder| folder == command::cargo_bin_dir()) {
        println!("note: add {} to PATH, so that `trunk serve` is found", command::cargo_bin_dir().display());
    }
    Ok(())
}

/// Firefox, and geckodriver on PATH.
pub fn install_firefox() -> Result<PathBuf> {
    let mut missing = vec![];
    system::install_second_browser(&mut missing)?;
    name_all(&missing)?;
    cargo_tools::geckodriver()?;
    firefox().ok_or_else(|| "there is no `firefox-esr` or `firefox` on PATH".into())
}

fn name_all(missing: &[Missing]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = missing.iter().map(|Missing { what, how }| format!("  {what}\n      {how}")).collect();
    Err(format!("this has to be installed by hand, then run the task again:\n{}", list.join("\n")).into())
}

fn skipped(what: &str) {
    println!("  present     {what}");
}

fn installing(what: &str, why: &str) {
    println!("  installing  {what}: {why}");
}
