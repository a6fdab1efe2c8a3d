use crate::changing::changing_view;
use crate::controls::{link_button, value_text};
use crate::page::strings::say;
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::{Phrase, View};

/// How far down its hierarchy a view is, and the way back: what was chosen of each level, then the dimension that is shown.
#[component]
pub fn Crumbs(app: App, view: &'static View, on_climb: Callback<usize>) -> impl IntoView {
    let crumbs = move || {
        let (now, chosen) = (app.level(view), app.selections.all());
        let text = |at: usize| {
            let filter = at.checked_sub(1).and_then(|above| app.dashboard.filter(&view.drill.get(above)?.filter));
            filter.map_or_else(|| say(Phrase::All).to_owned(), |filter| value_text(app, filter, chosen.get(&filter.id)))
        };
        let above = |at: usize| link_button(text(at), Callback::new(move |()| on_climb.run(at)));
        let shown = view.drill.get(now).map_or("", |level| level.key.label.as_str());
        let here = format!("{} · {shown}", text(now)).into_any();
        Some((0..now).map(above).chain([here]).collect::<Vec<_>>().into_any())
    };
    view! { <nav class="crumbs" aria-label=format!("{}: {}", say(Phrase::Hierarchy), view.title)>{changing_view(crumbs)}</nav> }
}
