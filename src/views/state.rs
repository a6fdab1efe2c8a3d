use super::error::{ErrorText, error_text};
use crate::page::strings;
use crate::state::App;
use leptos::prelude::*;
use tarn_coordinator::Freshness;
use tarn_dashboard::{Phrase, View, ViewKind};
use tarn_protocol::ViewResult;

/// What a view shows, in the order of precedence: an error hides everything, an empty result is never called stale.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewState {
    Error(ErrorText),
    Loading,
    /// No row matches; the filters that were applied.
    Empty(Vec<String>),
    Stale,
    Ready,
}

impl ViewState {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Error(_) => "error",
            Self::Loading => "loading",
            Self::Empty(_) => "empty",
            Self::Stale => "stale",
            Self::Ready => "ready",
        }
    }

    /// Whether the view's own drawing is visible.
    pub fn shows_data(&self) -> bool {
        matches!(self, Self::Stale | Self::Ready)
    }

    /// Reads the view's slot, its source's freshness and the fate of the workers.
    pub fn of(app: App, view: &View) -> Self {
        let Some(slot) = app.results.slot(&view.id) else { return Self::Loading };
        if let Some(error) = slot.error.get() {
            return Self::Error(error_text(&error));
        }
        let failed = app.results.failed.get();
        let result = slot.result.get();
        let Some(result) = result else {
            return match failed {
                Some(message) => Self::Error(ErrorText {
                    what: strings::fill(Phrase::WorkersDied, &[("message", &message)]),
                    hint: strings::say(Phrase::WorkersDiedHint).to_owned(),
                    place: None,
                }),
                None => Self::Loading,
            };
        };
        if is_empty(view, &result) {
            return Self::Empty(result.filters_applied.clone());
        }
        let fresh =
            app.sources.slot(&view.source).and_then(|slot| slot.freshness.get()).is_none_or(|freshness| freshness == Freshness::Fresh);
        if fresh && failed.is_none() { Self::Ready } else { Self::Stale }
    }
}

/// A KPI over no rows still says so with its own value when that is a number (0 flights); other kinds need a row.
fn is_empty(view: &View, result: &ViewResult) -> bool {
    match view.kind {
        ViewKind::Kpi => result.rows_matched == 0 && view.measures.first().and_then(|name| result.table.column(name)?.number(0)).is_none(),
        // Its words stand whatever the filters leave.
        ViewKind::Text => false,
        // Who searches for what is not there sees that in the table itself.
        _ => result.rows_matched == 0 || (result.table.n_rows == 0 && !result.searched),
    }
}
