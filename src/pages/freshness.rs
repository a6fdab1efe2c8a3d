//! How old what is shown is, in a word.
use crate::page::strings;
use tarn_dashboard::Phrase;

pub fn freshness_word(freshness: tarn_coordinator::Freshness) -> &'static str {
    use tarn_coordinator::Freshness as F;
    strings::say(match freshness {
        F::Fresh => Phrase::Fresh,
        F::Stale => Phrase::Stale,
        F::Expired => Phrase::Expired,
    })
}
