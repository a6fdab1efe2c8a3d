//! Azurite, from npm: Microsoft's emulator of Azure's blobs, which the tests publish to.
use super::{installing, skipped};
use crate::{Result, command};
use std::{fs, process::Child};

const VERSION: &str = "3.37.0";

/// Starts the installation, which takes npm half a minute, where it is missing.
pub fn install() -> Result<Option<Child>> {
    let what = format!("Azurite {VERSION}");
    let folder = command::tools_dir().join("azurite");
    let manifest = folder.join("node_modules/azurite/package.json");
    let present = fs::read_to_string(manifest).is_ok_and(|text| text.contains(&format!("\"version\": \"{VERSION}\"")));
    if present {
        skipped(&what);
        return Ok(None);
    }
    installing(&format!("{what} (npm)"), "the tests publish to it");
    fs::create_dir_all(&folder)?;
    let mut npm = command::command("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix"]).arg(&folder);
    Ok(Some(npm.arg(format!("azurite@{VERSION}")).spawn().map_err(|error| format!("npm did not start: {error}"))?))
}
