//! Functions that the browser has already: Rust's bring tables and the reduction of huge arguments into the page's code.

#[cfg(not(target_arch = "wasm32"))]
pub fn sine_and_cosine(angle: f64) -> (f64, f64) {
    angle.sin_cos()
}

#[cfg(target_arch = "wasm32")]
pub fn sine_and_cosine(angle: f64) -> (f64, f64) {
    (js_sys::Math::sin(angle), js_sys::Math::cos(angle))
}

#[cfg(not(target_arch = "wasm32"))]
pub fn power(base: f64, exponent: f64) -> f64 {
    base.powf(exponent)
}

#[cfg(target_arch = "wasm32")]
pub fn power(base: f64, exponent: f64) -> f64 {
    js_sys::Math::pow(base, exponent)
}
