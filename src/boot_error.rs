//! Why there is no dashboard, and with it no catalogue of words.
use crate::page::strings::say;
use tarn_dashboard::Phrase;

/// Why there is no dashboard to show.
pub enum BootError {
    /// `boot.js` did not run: the page was put together wrongly.
    NoStartScript,
    NotLoaded {
        message: String,
    },
    NotADashboard,
    OtherVersion {
        found: u32,
    },
}

/// What happened, what to do, and what the browser said.
pub fn said(error: &BootError) -> [String; 3] {
    use BootError as E;
    let (what, hint, detail) = match error {
        // Nobody's language: whoever put the page together sees it.
        E::NoStartScript => {
            return ["This page is incomplete", "Its start-up script is missing. Build it again with `trunk build`.", ""]
                .map(str::to_owned);
        }
        E::NotLoaded { message } => (Phrase::DashboardNotLoaded, Phrase::DashboardNotLoadedHint, message.clone()),
        E::NotADashboard => (Phrase::DashboardDamaged, Phrase::DashboardDamagedHint, String::new()),
        E::OtherVersion { found } => {
            (Phrase::OtherVersion, Phrase::OtherVersionHint, format!("format {found}, expected {}", tarn_dashboard::FORMAT))
        }
    };
    [say_without_catalogue(what), say_without_catalogue(hint), detail]
}

/// In the words that `tarn build` wrote into the page; where there are none it is English.
pub fn say_without_catalogue(phrase: Phrase) -> String {
    let words = leptos::prelude::document().document_element().and_then(|root| root.get_attribute("data-words"));
    let place = Phrase::WITHOUT_CATALOGUE.iter().position(|own| *own == phrase);
    let word = words.as_deref().zip(place).and_then(|(words, place)| words.split('\n').nth(place));
    word.unwrap_or(say(phrase)).to_owned()
}
