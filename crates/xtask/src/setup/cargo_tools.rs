//! Programs from crates.io: Trunk, the command-line part of wasm-bindgen, mdBook and geckodriver.
use super::{installing, skipped};
use crate::{Result, command};
use std::fs;

const TRUNK: &str = "0.21.14";
const MDBOOK: &str = "0.5.4";
const GECKODRIVER: &str = "0.37.1";

pub fn install() -> Result<()> {
    install_one("trunk", "trunk", TRUNK, &["--locked"], "builds and serves the page")?;
    let version = locked_version("wasm-bindgen")?;
    // With its own lock file it asks for a release of a dependency that is not to be had everywhere.
    install_one("wasm-bindgen", "wasm-bindgen-cli", &version, &[], "writes the JavaScript side; its version must equal the library's")
}

/// What makes a site of docs/: for `cargo xtask docs` alone.
pub fn mdbook() -> Result<()> {
    let options = ["--locked", "--no-default-features", "--features", "search,serve,watch"];
    install_one("mdbook", "mdbook", MDBOOK, &options, "makes a site of docs/")
}

/// What drives Firefox: for `cargo xtask test --full` alone. Debian has no package of it.
pub fn geckodriver() -> Result<()> {
    install_one("geckodriver", "geckodriver", GECKODRIVER, &["--locked"], "drives Firefox for the tests")
}

fn install_one(program: &str, package: &str, version: &str, options: &[&str], why: &str) -> Result<()> {
    let found = || command::output(command::command(program).arg("--version")).unwrap_or_default();
    let what = format!("{package} {version}");
    if is_version(&found(), version) {
        skipped(&what);
        return Ok(());
    }
    installing(&what, &format!("{why} (some minutes)"));
    if !found().is_empty() {
        println!("              in place of {}", found());
    }
    let mut cargo = command::cargo();
    cargo.args(["install", package, "--version", version]).args(options);
    // Finished crates survive an interruption, and the two tools share some.
    cargo.env("CARGO_TARGET_DIR", command::tools_dir().join("build"));
    // These run for seconds on a developer's machine: time to compile matters more than time to run.
    for (name, value) in [("LTO", "off"), ("CODEGEN_UNITS", "16"), ("OPT_LEVEL", "1"), ("DEBUG", "false")] {
        cargo.env(format!("CARGO_PROFILE_RELEASE_{name}"), value);
    }
    command::run(&mut cargo)?;
    if is_version(&found(), version) {
        Ok(())
    } else {
        let folder = command::cargo_bin_dir();
        Err(format!("another `{program}` ({}) stands on PATH before {}: remove it or change the order", found(), folder.display()).into())
    }
}

/// Whether the text is the answer of `--version`, such as `trunk 0.21.14` or `mdbook v0.5.4`.
fn is_version(answer: &str, version: &str) -> bool {
    answer.split_whitespace().nth(1).map(|word| word.trim_start_matches('v')) == Some(version)
}

/// The version of the crate in Cargo.lock.
fn locked_version(package: &str) -> Result<String> {
    let lock = fs::read_to_string(command::root().join("Cargo.lock"))?;
    let entry = format!("name = \"{package}\"\nversion = \"");
    let version = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    Ok(version.ok_or_else(|| format!("Cargo.lock has no {package}"))?.0.to_owned())
}
