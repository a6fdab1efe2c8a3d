//! Lists of buttons of which one can be reached by Tab: the arrow keys walk from it to the others.
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};

/// Where a key leads from place `now` of `0..=last`; `None` for a key that does not walk.
pub fn walked(key: &str, now: usize, last: usize) -> Option<usize> {
    let now = now.min(last);
    match key {
        "ArrowDown" | "ArrowRight" => Some((now + 1).min(last)),
        "ArrowUp" | "ArrowLeft" => Some(now.saturating_sub(1)),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

pub fn focus(button: Option<Element>) {
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        // Fails for elements that cannot have the focus; a button can.
        let _ = button.focus();
    }
}
