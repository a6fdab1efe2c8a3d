use crate::strings;
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
        QueryError::Load(error) => ErrorText { what: error.what(), hint: error.hint(), place: Some(error.url.clone()) },
        QueryError::Overflow { expression } => without_place(strings::overflow(expression)),
        QueryError::Cast { expression, value } => without_place(strings::cast_failed(expression, value)),
        QueryError::TooManyGroups { groups, limit } => without_place(strings::too_many_groups(*groups, *limit)),
        QueryError::UnknownView { id } => without_place(strings::unknown_view(id)),
        QueryError::Unsupported { what } => without_place(strings::unsupported(what)),
    }
}
