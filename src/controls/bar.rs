use super::chip::Chip;
use crate::state::App;
use crate::strings;
use leptos::prelude::*;
use tarn_dashboard::Phrase;

/// One chip per filter of the page, then one for each active filter that only a view sets; and the way back.
#[component]
pub fn FilterBar(app: App) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let page = app.current_page();
        let active = app.selections.in_force(page);
        let set_by_views = active.iter().map(|(id, _)| id).filter(|id| !page.filters.contains(id));
        page.filters.iter().chain(set_by_views).filter_map(|id| app.dashboard.filter(id)).collect::<Vec<_>>()
    });
    view! {
        <section class="filters" aria-label=strings::say(Phrase::Filters)>
            <For each=move || shown.get() key=|filter| filter.id.clone() children=move |filter| view! { <Chip app filter /> } />
            <Show when=move || app.selections.changed()>
                <button class="link" type="button" on:click=move |_| app.selections.reset()>{strings::say(Phrase::Reset)}</button>
            </Show>
        </section>
    }
}
