//! axe-core, from npm: what the browser tests check accessibility with. Only the file is used, never run by Node.
use super::{installing, skipped};
use crate::{Result, command};
use std::fs;

const VERSION: &str = "4.14.1";

pub fn install() -> Result<()> {
    let what = format!("axe-core {VERSION}");
    let manifest = command::tools_dir().join("node_modules/axe-core/package.json");
    let present = fs::read_to_string(manifest).is_ok_and(|text| text.contains(&format!("\"version\": \"{VERSION}\"")));
    if present {
        skipped(&what);
        return Ok(());
    }
    installing(&format!("{what} (npm)"), "the browser tests look for barriers with it");
    let mut npm = command::command("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(command::tools_dir());
    command::run(npm.args([format!("axe-core@{VERSION}"), format!("binaryen@{}", super::wasm_opt::VERSION)]))
}
