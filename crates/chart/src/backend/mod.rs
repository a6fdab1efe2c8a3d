//! What plotters draws to. Both backends divide its coordinates by [`UNITS`], so positions and strokes are sub-pixel.
#[cfg(feature = "canvas")]
mod canvas;
#[cfg(feature = "canvas")]
mod either;
mod part;
mod svg;

#[cfg(feature = "canvas")]
pub use canvas::{CanvasBackend, CanvasMeasure};
#[cfg(feature = "canvas")]
pub use either::Backend;
pub use part::{Part, Place};
pub use svg::SvgBackend;

use crate::pen::UNITS;
use plotters_backend::text_anchor::VPos;

fn pixels(units: i32) -> f64 {
    f64::from(units) / UNITS
}

/// How far below the anchor the letters stand. Digits and capitals are 0.73 of the font size high in common fonts.
fn baseline_shift(anchor: &VPos, font_size: f64) -> f64 {
    match anchor {
        VPos::Top => font_size * 0.9,
        VPos::Center => font_size * 0.36,
        VPos::Bottom => -font_size * 0.2,
    }
}
