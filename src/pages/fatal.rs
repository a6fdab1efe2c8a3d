use crate::boot::BootError;
use crate::strings;
use leptos::prelude::*;
use tarn_dashboard::Phrase;

/// The whole page when there is no dashboard to show.
#[component]
pub fn Fatal(error: BootError) -> impl IntoView {
    let [what, hint, detail] = strings::boot_error(&error);
    let reload = |_| _ = window().location().reload();
    view! {
        <main class="fatal" role="alert">
            <h1>{what}</h1>
            <p>{hint}</p>
            <button class="button" type="button" on:click=reload>{strings::say_without_catalogue(Phrase::Reload)}</button>
            {(!detail.is_empty()).then(|| view! { <code>{detail}</code> })}
        </main>
    }
}
