use crate::controls::value_text;
use crate::page::{strings, text};
use crate::state::App;
use leptos::prelude::untrack;
use tarn_dashboard::{Phrase, View};
use tarn_protocol::ViewResult;

/// What a number needs to be understood later: dashboard and view, filters, snapshot, time, the measures' SQL.
pub fn notes(app: App, view: &View, result: &ViewResult) -> Vec<String> {
    let mut notes = vec![format!("{} · {}", app.dashboard.title, view.title)];
    notes.extend(untrack(|| filters(app, &result.filters_applied)));
    notes.extend(crate::page::chart::words::shown_in_part(view, result));
    notes.push(strings::fill(Phrase::Snapshot, &[("name", &result.snapshot)]));
    notes.push(strings::fill(Phrase::Exported, &[("at", &text::iso_instant((crate::link::now() * 1e3) as i64))]));
    let source = app.dashboard.source(&view.source);
    let measures = view.measures.iter().filter_map(|name| source?.measure(name));
    notes.extend(measures.map(|measure| format!("{} = {}", measure.name, measure.sql)));
    notes
}

/// The filters with a value, in words; reads signals: `Period: 3 Jun – 30 Jun 2001`.
pub fn filters(app: App, ids: &[String]) -> Vec<String> {
    let chosen = app.selections.all();
    let named = ids.iter().filter_map(|id| {
        let filter = app.dashboard.filter(id)?;
        Some(format!("{}: {}", filter.label, value_text(app, filter, Some(chosen.get(id)?))))
    });
    named.collect()
}
