//! Elements over a chart that follow it: one code for all of them, where a closure for each side of each would have its own.
use leptos::prelude::*;
use std::rc::Rc;
use tarn_chart::Rect;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};

/// Where an element is, from its place in the style sheet: its size is left to that where `right` or `bottom` is not a number.
#[derive(Clone)]
pub struct At(Rc<dyn Fn() -> Rect>);

impl At {
    pub fn new(rect: impl Fn() -> Rect + 'static) -> Self {
        Self(Rc::new(rect))
    }
}

/// A place without a size of its own.
pub fn point(left: f64, top: f64) -> Rect {
    Rect { left, top, right: f64::NAN, bottom: f64::NAN }
}

/// Keeps an element there. It is moved as it is drawn, which lays nothing out anew.
pub fn placed(element: Element, at: At) {
    let Ok(element) = element.dyn_into::<HtmlElement>() else { return };
    Effect::new(move |_| {
        let rect = (at.0)();
        let style = element.style();
        // Fails for names that are none.
        let set = |name, value: &str| style.set_property(name, value).unwrap_or_default();
        set("translate", &format!("{}px {}px", rect.left, rect.top));
        for (name, value) in [("width", rect.width()), ("height", rect.height())] {
            if value.is_finite() {
                set(name, &format!("{value}px"));
            }
        }
    });
}

/// Tab leads to an element, or only keys and the pointer do.
pub fn tabbed(element: Element, is_active: Signal<bool>) {
    Effect::new(move |_| {
        let _ = element.set_attribute("tabindex", if is_active.get() { "0" } else { "-1" });
    });
}
