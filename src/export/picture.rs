//! A view's SVG as PNG at any scale.
use super::download::save;
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, prelude::Closure};
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

/// Draws the SVG on a canvas of that many times its size, and saves it.
pub fn save_png(name: String, svg: &str, scale: f64) {
    let Ok(image) = HtmlImageElement::new() else { return };
    let drawn = image.clone();
    let on_load = Closure::once_into_js(move || {
        let size = |length: u32| (f64::from(length) * scale).round();
        let canvas: Option<HtmlCanvasElement> = document().create_element("canvas").ok().and_then(|canvas| canvas.dyn_into().ok());
        let Some(canvas) = canvas else { return };
        canvas.set_width(size(drawn.natural_width()) as u32);
        canvas.set_height(size(drawn.natural_height()) as u32);
        let context = canvas.get_context("2d").ok().flatten().and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
        let Some(context) = context else { return };
        let painted = context.draw_image_with_html_image_element_and_dw_and_dh(
            &drawn,
            0.0,
            0.0,
            f64::from(canvas.width()),
            f64::from(canvas.height()),
        );
        let give = Closure::once_into_js(move |blob: wasm_bindgen::JsValue| {
            if let Ok(blob) = blob.dyn_into::<Blob>() {
                save(&name, &blob);
            }
        });
        if painted.is_ok() {
            // Fails for canvases that took in foreign pictures; this one has our own.
            let _ = canvas.to_blob(give.unchecked_ref());
        }
    });
    image.set_onload(Some(on_load.unchecked_ref()));
    image.set_src(&format!("data:image/svg+xml;charset=utf-8,{}", String::from(js_sys::encode_uri_component(svg))));
}
