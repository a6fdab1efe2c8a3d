use super::button::link_button;
use super::chip::Chip;
use crate::page::strings;
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::Phrase;

/// One chip per filter of the page, then one for each active filter that only a view sets, and for each parameter that another
/// page set; and the way back.
#[component]
pub fn FilterBar(app: App) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let page = app.current_page();
        let active = app.selections.in_force(page);
        let set_elsewhere = active.iter().filter(|(id, _)| !page.filters.contains(id));
        let set_elsewhere = set_elsewhere.filter_map(|(id, value)| {
            let filter = app.dashboard.filter(id)?;
            // A parameter counts where it changes what the page shows.
            let reads = || page.views().any(|view| app.dashboard.parameters_of(view).contains(&id.as_str()));
            (!filter.is_parameter() || (filter.default.as_ref() != Some(value) && reads())).then_some(filter)
        });
        page.filters.iter().filter_map(|id| app.dashboard.filter(id)).chain(set_elsewhere).collect::<Vec<_>>()
    });
    view! {
        <section class="filters" aria-label=strings::say(Phrase::Filters)>
            <For each=move || shown.get() key=|filter| filter.id.clone() children=move |filter| view! { <Chip app filter /> } />
            <Show when=move || app.selections.changed()>
                {link_button(strings::say(Phrase::Reset).to_owned(), Callback::new(move |()| app.selections.reset()))}
            </Show>
        </section>
    }
}
