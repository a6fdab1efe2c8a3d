//! The page /explore: loads what the dashboard's page loads, and what drafts a dashboard. No other page loads anything of it.
use super::{Result, find, hash_name, without_comment_lines, without_comments, worker};
use std::fs;
use std::path::Path;

/// How the names of the module begin that drafts.
pub const EXPLORER: &str = "tarn-explorer";

/// Names of files that every page has.
pub struct Shared<'a> {
    pub worker_script: &'a str,
    pub worker_wasm: &'a str,
    pub boot: &'a str,
}

pub fn run(staging: &Path, released: bool, shared: &Shared<'_>) -> Result<()> {
    // Once, as no dashboard's page loads it: a second time takes as long again.
    let (script, wasm) = worker(staging, EXPLORER, released.then_some(&["-Oz"]))?;

    // In a folder of their own: what a page and its data worker may connect to is a matter of their addresses.
    fs::create_dir_all(staging.join("explore"))?;
    let worker = without_comment_lines(include_str!("../../../../src/explore/worker.js")).replace("WORKER_SCRIPT", shared.worker_script);
    fs::write(staging.join("explore/worker.js"), worker)?;
    let worker = hash_name(staging, "explore/worker.js")?;

    let page = without_comment_lines(include_str!("../../../../src/explore/page.js"))
        .replace("DATA_WORKER", &worker)
        .replace("WORKER_WASM", shared.worker_wasm)
        .replace("EXPLORER_WASM", &wasm)
        .replace("EXPLORER_SCRIPT", &script)
        .replace("BOOT_SCRIPT", shared.boot);
    fs::write(staging.join("tarn-explorer-page.js"), page)?;
    let page = hash_name(staging, "tarn-explorer-page.js")?;
    fs::write(staging.join("tarn-explorer-styles.css"), without_comments(include_str!("../../../../styles/explore.css"))?)?;
    let styles = hash_name(staging, "tarn-explorer-styles.css")?;

    let index = include_str!("../../../../src/explore/index.html")
        .replace("EXPLORE_STYLES", &styles)
        .replace("EXPLORE_SCRIPT", &page)
        .replace("STYLES", &find(staging, "styles-", ".css")?)
        .replace("ICON", &find(staging, "icon-", ".svg")?);
    fs::write(staging.join("explore/index.html"), index)?;
    Ok(())
}
