//! A view as a standalone SVG with its title and filters, and that as PNG at any scale.
use super::download::save;
use leptos::prelude::*;
use std::fmt::Write as _;
use tarn_chart::Theme;
use wasm_bindgen::{JsCast as _, prelude::Closure};
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

const HEAD: f64 = 56.0;
const MARGIN: f64 = 16.0;

/// A chart as SVG, in CSS pixels.
pub struct Drawing {
    pub svg: String,
    pub width: f64,
    pub height: f64,
}

/// The chart under a head, on the theme's card.
pub fn framed(chart: &Drawing, title: &str, subtitle: &str, theme: &Theme) -> String {
    let Drawing { svg, width, height } = chart;
    let (full_width, full_height) = (width + 2.0 * MARGIN, height + HEAD + MARGIN);
    let (card, ink, muted) = (theme.card.css(), theme.ink.css(), theme.muted.css());
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{full_width}" height="{full_height}" viewBox="0 0 {full_width} {full_height}">"#
    );
    // Writing to a string does not fail.
    let _ = write!(out, r#"<rect width="100%" height="100%" fill="{card}"/>"#);
    let family = escaped(&theme.font_family);
    for (text, y, size, weight, color) in [(title, 26.0, 15.0, 700, &ink), (subtitle, 44.0, 11.0, 400, &muted)] {
        let text = escaped(text);
        let _ = write!(
            out,
            r#"<text x="{MARGIN}" y="{y}" font-family="{family}" font-size="{size}" font-weight="{weight}" fill="{color}">{text}</text>"#
        );
    }
    let _ = write!(out, r#"<svg x="{MARGIN}" y="{HEAD}" width="{width}" height="{height}">{svg}</svg></svg>"#);
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_text_and_never_markup() {
        let svg = framed(&Drawing { svg: "<g/>".into(), width: 100.0, height: 50.0 }, "<script>&\"", "All", &Theme::light());
        assert!(svg.contains("&lt;script>&amp;&quot;</text>") && svg.ends_with("<g/></svg></svg>"), "{svg}");
    }
}
