use crate::page::strings;
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::{Filter, FilterValue, Phrase};

/// The end of a menu: a remark, and the way back to everything, which a required filter has not.
#[component]
pub fn MenuFoot(
    app: App,
    filter: &'static Filter,
    value: Signal<Option<FilterValue>>,
    #[prop(into)] remark: Signal<String>,
) -> impl IntoView {
    let cleared = move || value.with(|value| *value == filter.cleared());
    view! {
        <div class="menu-foot">
            <span class="muted" role="status">{remark}</span>
            <button class="link" type="button" disabled=cleared on:click=move |_| app.selections.set(&filter.id, None)>
                {if filter.required { strings::say(Phrase::Reset) } else { strings::say(Phrase::All) }}
            </button>
        </div>
    }
}
