use crate::boot_error::{BootError, said, say_without_catalogue};
use leptos::prelude::*;
use tarn_dashboard::Phrase;

/// The whole page when there is no dashboard to show.
#[component]
pub fn Fatal(error: BootError) -> impl IntoView {
    let [what, hint, detail] = said(&error);
    let reload = |_| _ = window().location().reload();
    view! {
        <main class="fatal" role="alert">
            <h1>{what}</h1>
            <p>{hint}</p>
            <button class="button" type="button" on:click=reload>{say_without_catalogue(Phrase::Reload)}</button>
            {(!detail.is_empty()).then(|| view! { <code>{detail}</code> })}
        </main>
    }
}
