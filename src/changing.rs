//! What changes with the state, behind one type each: a closure of its own type in a view would cost its own code to build and to
//! rebuild it, about 1.5 kB of wasm.
use leptos::prelude::*;

/// A view, or nothing.
pub fn changing_view(view: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
    fn erased(view: Box<dyn Fn() -> Option<AnyView> + Send>) -> AnyView {
        (move || view()).into_any()
    }
    erased(Box::new(view))
}

pub fn changing_text(text: impl Fn() -> String + Send + 'static) -> AnyView {
    fn erased(text: Box<dyn Fn() -> String + Send>) -> AnyView {
        (move || text()).into_any()
    }
    erased(Box::new(text))
}
