//! The service worker of a site, with the list of what it keeps.
use super::embedded::FILES;
use super::{Content, INDEX};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64;

/// Its address is the same in every build: it must not be kept without asking.
pub const SERVICE_WORKER: &str = "sw.js";

/// Keeps the page and its dashboard, not its data. Its bytes change with any name or with the page: that is how browsers notice.
pub fn keeping(files: &BTreeMap<String, Content>, index: &str) -> Result<Content, String> {
    let own = files.iter().filter(|(path, content)| !path.contains('/') && !matches!(content, Content::Local(_)));
    let mut names: Vec<&str> = own.map(|(path, _)| path.as_str()).filter(|path| ![SERVICE_WORKER, INDEX].contains(path)).collect();
    names.push(INDEX);
    let list = serde_json::to_string(&names).map_err(|error| error.to_string())?;
    script(xxh3_64(format!("{index}{list}").as_bytes()), &list)
}

/// Keeps nothing, and clears up what one that came before had kept.
pub fn leaving() -> Result<Content, String> {
    script(0, "[]")
}

fn script(version: u64, list: &str) -> Result<Content, String> {
    let changed = || "this program carries a page that it does not know\nhint: install tarn again".to_owned();
    let script = FILES.iter().find(|file| file.name == SERVICE_WORKER).ok_or_else(changed)?;
    let script = String::from_utf8(script.content()?).map_err(|_| changed())?;
    let (before, rest) = script.split_once("const SHELL = ").ok_or_else(changed)?;
    let (_, after) = rest.split_once('\n').ok_or_else(changed)?;
    let script = format!("{before}const SHELL = {{\"version\":\"{version:016x}\",\"files\":{list}}};\n{after}");
    Ok(Content::Bytes(script.into_bytes()))
}
