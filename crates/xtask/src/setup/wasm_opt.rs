//! wasm-opt, from npm: distributions carry versions that are too old for what rustc emits.
use super::{Missing, installing, skipped};
use crate::{Result, command};
use std::fs;

/// Equals `wasm_opt` in Trunk.toml: Trunk takes the one on PATH if its version fits, and otherwise tries to download it.
pub const VERSION: &str = "132";

pub fn install(missing: &mut Vec<Missing>) -> Result<()> {
    let found = || command::output(command::command("wasm-opt").arg("--version")).unwrap_or_default();
    let is_right = |answer: &str| answer.split_whitespace().nth(2) == Some(VERSION);
    if is_right(&found()) {
        skipped(&format!("wasm-opt {VERSION}"));
        return Ok(());
    }
    let other = found();
    let target = command::cargo_bin_dir().join("wasm-opt");
    let in_the_way = !other.is_empty() && !target.exists() && first_on_path_is_elsewhere();
    if in_the_way {
        missing.push(Missing {
            what: format!("wasm-opt {VERSION}: `{other}` stands on PATH before {}", command::cargo_bin_dir().display()),
            how: format!("remove it, or put {} first on PATH", command::cargo_bin_dir().display()),
        });
        return Ok(());
    }
    installing(&format!("wasm-opt {VERSION} (npm: binaryen)"), "makes the deployed files smaller");
    let mut npm = command::command("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(command::tools_dir());
    command::run(npm.arg(format!("binaryen@{VERSION}")))?;
    // A copy, not a link: `cargo clean` removes target/, and `trunk serve` has to work all the same.
    let program = command::tools_dir().join("node_modules/binaryen/bin/wasm-opt");
    fs::create_dir_all(command::cargo_bin_dir())?;
    if target.symlink_metadata().is_ok() {
        fs::remove_file(&target)?;
    }
    fs::copy(program, &target)?;
    if is_right(&found()) { Ok(()) } else { Err(format!("wasm-opt {VERSION} was installed but answers `{}`", found()).into()) }
}

/// Whether another folder of PATH would be searched before cargo's.
fn first_on_path_is_elsewhere() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let first = std::env::split_paths(&path).find(|folder| *folder == command::cargo_bin_dir() || folder.join("wasm-opt").is_file());
    first.is_some_and(|folder| folder != command::cargo_bin_dir())
}
