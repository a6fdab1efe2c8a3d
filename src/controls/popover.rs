use super::button::close_button;
use crate::page::strings;
use js_sys::Reflect;
use leptos::{html, prelude::*};
use tarn_dashboard::Phrase;
use wasm_bindgen::{JsCast as _, JsValue};

/// Gap to the anchor and to the edges of the window, in pixels.
const GAP: f64 = 6.0;
const WIDTH: f64 = 300.0;

/// A dialog under its anchor, opened by a button with `popovertarget`. The browser closes it on Escape and on a click
/// outside, and gives the focus back. Its content exists only while it is open.
#[component]
pub fn Popover(id: String, label: String, anchor: NodeRef<html::Div>, children: ChildrenFn) -> impl IntoView {
    let open = RwSignal::new(false);
    let dialog = NodeRef::<html::Div>::new();
    let opens = |event: &web_sys::Event| {
        Reflect::get(event, &"newState".into()).ok().and_then(|state| state.as_string()).as_deref() == Some("open")
    };
    let before_toggle = move |event: web_sys::Event| {
        if opens(&event)
            && let (Some(anchor), Some(dialog)) = (anchor.get_untracked(), dialog.get_untracked())
        {
            place(&anchor, &dialog);
            open.set(true);
        }
    };
    // The content goes last: the browser gives the focus back only if it is still inside.
    let after_toggle = move |event: web_sys::Event| {
        if !opens(&event) {
            open.set(false);
        } else if let Some(dialog) = dialog.get_untracked() {
            // Refused only for what cannot have the focus.
            let _ = dialog.focus();
        }
    };
    let hide = Callback::new(move |()| {
        if let Some(dialog) = dialog.get_untracked() {
            // Fails only when it is closed already.
            let _ = dialog.hide_popover();
        }
    });
    let title = label.clone();
    let children = StoredValue::new(children);
    view! {
        <div id=id class="popover" popover="auto" role="dialog" tabindex="-1" aria-label=label node_ref=dialog on:beforetoggle=before_toggle on:toggle=after_toggle>
            <Show when=move || open.get()>
                <div class="popover-head">
                    <b>{title.clone()}</b>
                    {close_button(strings::say(Phrase::Close), hide)}
                </div>
                {children.with_value(|children| children())}
            </Show>
        </div>
    }
}

/// Under the anchor, inside the window. On a phone the style sheet makes it a sheet at the bottom instead.
fn place(anchor: &web_sys::HtmlElement, dialog: &web_sys::HtmlElement) {
    let rect = anchor.get_bounding_client_rect();
    let size = |value: Result<JsValue, JsValue>| value.ok().and_then(|value| value.as_f64()).unwrap_or(1024.0);
    let (width, height) = (size(window().inner_width()), size(window().inner_height()));
    let left = rect.left().min(width - WIDTH - GAP).max(GAP);
    let top = (rect.bottom() + GAP).min(height * 0.6);
    let style = dialog.unchecked_ref::<web_sys::HtmlElement>().style();
    for (name, value) in [("left", left), ("top", top), ("max-height", height - top - GAP)] {
        let _ = style.set_property(&format!("--popover-{name}"), &format!("{value}px"));
    }
}
