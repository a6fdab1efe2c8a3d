//! The browser's Host: fetch and IndexedDB, and the message loop.
use wasm_bindgen::prelude::*;
use wasm_bindgen::JsCast as _;

fn main() {
    let scope: web_sys::DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let _ = scope.post_message(&JsValue::from_str("started"));
}
