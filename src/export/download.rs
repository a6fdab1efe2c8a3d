use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Lets the browser save a text under that name.
pub fn save_text(name: &str, kind: &str, content: &str) {
    save_texts(name, kind, &js_sys::Array::of1(&content.into()));
}

/// The same of a text in pieces.
pub fn save_texts(name: &str, kind: &str, texts: &js_sys::Array) {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    if let Ok(blob) = Blob::new_with_str_sequence_and_options(texts, &options) {
        save(name, &blob);
    }
}

pub(super) fn save(name: &str, blob: &Blob) {
    let Ok(url) = Url::create_object_url_with_blob(blob) else { return };
    if let Some(link) = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The browser has read the address by then.
    let release = move || _ = Url::revoke_object_url(&url);
    set_timeout(release, std::time::Duration::from_secs(10));
}

/// Whether the text is on the clipboard now: it is not outside a secure context.
pub async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    if JsValue::is_undefined(&clipboard) {
        return false;
    }
    wasm_bindgen_futures::JsFuture::from(clipboard.write_text(text)).await.is_ok()
}
