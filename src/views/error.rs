use crate::page::strings::{catalogue, with_hint};
use crate::page::text;
use tarn_dashboard::Phrase as P;
use tarn_protocol::QueryError;

/// An error as a person reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorText {
    pub what: String,
    pub hint: String,
    /// The URL, where there is one: long, so it comes last.
    pub place: Option<String>,
}

pub fn error_text(error: &QueryError) -> ErrorText {
    let without_place = |(what, hint)| ErrorText { what, hint, place: None };
    match error {
        QueryError::Load(error) => {
            ErrorText { what: error.what_in(catalogue()), hint: error.hint_in(catalogue()), place: Some(error.url.clone()) }
        }
        QueryError::Overflow { expression } => without_place(with_hint(P::Overflow, P::OverflowHint, &[("expression", expression)])),
        QueryError::Cast { expression, value } => {
            without_place(with_hint(P::CastFailed, P::CastFailedHint, &[("expression", expression), ("value", value)]))
        }
        QueryError::TooManyGroups { groups, limit } => {
            let values = [("groups", &*text::count(*groups)), ("limit", &*text::count(*limit))];
            without_place(with_hint(P::TooManyGroups, P::TooManyGroupsHint, &values))
        }
        QueryError::UnknownView { id } => without_place(with_hint(P::UnknownView, P::UnknownViewHint, &[("view", id)])),
        QueryError::Unsupported { what } => without_place(with_hint(P::Unsupported, P::UnsupportedHint, &[("what", what)])),
    }
}
