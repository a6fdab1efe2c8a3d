//! The page /explore: a file of the viewer's, looked at where it lies. It holds nothing of the site.
use super::Content;
use super::embedded::FILES;
use super::page::{escaped, replace_between};
use std::collections::BTreeMap;

/// The folder of the page and of its data worker: what they may connect to is not what the site's other pages may.
pub const EXPLORE: &str = "explore/";

const PAGE: &str = "explore/index.html";

/// What the page opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explore {
    /// Files of the viewer's device.
    Files,
    /// Also what lies at an https:// address.
    Addresses,
}

/// Whether a file of the page belongs to /explore alone.
pub fn owns(name: &str) -> bool {
    name.starts_with(EXPLORE) || name.starts_with("tarn-explorer")
}

pub fn add_files(explore: Explore, locale: &str, files: &mut BTreeMap<String, Content>) -> Result<(), String> {
    let changed = || "this program carries a page that it does not know\nhint: install tarn again".to_owned();
    let own = || FILES.iter().filter(|file| owns(file.name));
    if let Some(taken) = files.keys().find(|path| path.starts_with(EXPLORE)) {
        return Err(format!("the page /explore would stand where the data has `{taken}`\nhint: move the data to another folder"));
    }
    files.extend(own().map(|file| (file.name.to_owned(), Content::Embedded(file))));
    let page = own().find(|file| file.name == PAGE).ok_or_else(changed)?;
    let page = String::from_utf8(page.content()?).map_err(|_| changed())?;
    let mut page = replace_between(&page, "<html", "lang=\"", "\"", &escaped(locale)).ok_or_else(changed)?;
    if explore == Explore::Addresses {
        page = page.replacen("<html ", "<html data-addresses ", 1);
    }
    files.insert(PAGE.to_owned(), Content::Bytes(page.into_bytes()));
    Ok(())
}
