use super::embedded::FILES;
use tarn_dashboard::{Dashboard, Phrase};

pub const INDEX: &str = "index.html";

const LINK: &str = "<link id=\"tarn-dashboard\"";

/// How the page finds its dashboard.
pub enum Opens<'a> {
    /// The one that everybody gets, by its name.
    Dashboard(&'a str),
    /// The one that this script chooses.
    Chosen { script: &'a str },
}

/// The page with the dashboard's title and language.
pub fn index(dashboard: &Dashboard, opens: &Opens<'_>) -> Result<String, String> {
    let changed = || "this program carries a page that it does not know\nhint: install tarn again".to_owned();
    let file = FILES.iter().find(|file| file.name == INDEX).ok_or_else(changed)?;
    let page = String::from_utf8(file.content()?).map_err(|_| changed())?;
    let page = match opens {
        Opens::Dashboard(name) => replace_between(&page, LINK, "href=\"", "\"", &format!("./{name}")),
        Opens::Chosen { script } => replace_element(&page, LINK, &format!("<script type=\"module\" src=\"./{script}\"></script>")),
    };
    let page = replace_between(&page.ok_or_else(changed)?, "<title", ">", "<", &escaped(&dashboard.title)).ok_or_else(changed)?;
    let page = replace_between(&page, "<html", "lang=\"", "\"", &escaped(&dashboard.locale)).ok_or_else(changed)?;
    let catalogue = dashboard.catalogue();
    if catalogue.is_english() {
        return Ok(page);
    }
    // What is said where the dashboard, and with it its words, cannot be had.
    let words = Phrase::WITHOUT_CATALOGUE.iter().map(|phrase| catalogue.say(*phrase).replace('\n', " "));
    let words = escaped(&words.collect::<Vec<_>>().join("\n")).replace('\n', "&#10;");
    let page = page.replacen("<html ", &format!("<html data-words=\"{words}\" "), 1);
    replace_between(&page, "<noscript", "class=\"fatal\">", "<", &escaped(catalogue.say(Phrase::NeedsScripts))).ok_or_else(changed)
}

/// Replaces the element without content that begins with `mark`.
fn replace_element(text: &str, mark: &str, with: &str) -> Option<String> {
    let start = text.find(mark)?;
    let end = text[start..].find('>')? + start + 1;
    Some(format!("{}{with}{}", &text[..start], &text[end..]))
}

/// The page with one more script at the end of its head.
pub fn with_script(page: &str, name: &str) -> String {
    page.replacen("</head>", &format!("<script type=\"module\" src=\"./{name}\"></script>\n</head>"), 1)
}

/// Replaces what stands between `open` and `close`, behind `mark`.
pub fn replace_between(text: &str, mark: &str, open: &str, close: &str, with: &str) -> Option<String> {
    let mark = text.find(mark)?;
    let start = text[mark..].find(open)? + mark + open.len();
    let end = text[start..].find(close)? + start;
    Some(format!("{}{with}{}", &text[..start], &text[end..]))
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
