//! The looks of buttons that stand in many places.
use leptos::prelude::*;

/// One that reads as a link.
pub fn link_button(label: String, press: Callback<()>) -> AnyView {
    view! { <button class="link" type="button" on:click=move |_| press.run(())>{label}</button> }.into_any()
}

/// A cross that takes something away, and what it says.
pub fn close_button(label: &'static str, press: Callback<()>) -> AnyView {
    view! { <button class="icon-button" type="button" aria-label=label on:click=move |_| press.run(())>"×"</button> }.into_any()
}

/// One of several choices.
pub fn preset_button(label: String, pressed: Signal<bool>, press: Callback<()>) -> AnyView {
    let pressed = move || pressed.get().to_string();
    view! { <button class="preset" type="button" aria-pressed=pressed on:click=move |_| press.run(())>{label}</button> }.into_any()
}
