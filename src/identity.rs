//! Who is looking, on a site with roles. The start-up script knows; on a public site there is nobody.
use crate::boot::boot_value;
use tarn_protocol::{LoadError, LoadErrorKind};
use wasm_bindgen::{JsCast as _, JsValue};

/// What the identity provider calls the viewer.
pub fn name() -> Option<String> {
    js_sys::Reflect::get(&boot_value("viewer")?, &"name".into()).ok()?.as_string()
}

/// Leaves nothing of the viewer behind, then ends the session.
pub fn sign_out() {
    let sign_out = boot_value("viewer").and_then(|viewer| js_sys::Reflect::get(&viewer, &"signOut".into()).ok());
    if let Some(sign_out) = sign_out.and_then(|value| value.dyn_into::<js_sys::Function>().ok()) {
        let _ = sign_out.call0(&JsValue::UNDEFINED);
    }
}

/// A store refused: the session may be over, or a group lost. Whoever knows the viewer asks again.
pub fn note_refusal(error: &LoadError) {
    use LoadErrorKind as K;
    if matches!(error.kind, K::Forbidden { .. } | K::HtmlInsteadOfData | K::Blocked { .. }) {
        crate::boot::tell("tarn-forbidden");
    }
}
