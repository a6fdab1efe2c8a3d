use super::{baseline_shift, pixels};
use crate::{TextMeasure, pen::UNITS};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, text_anchor::HPos};
use std::cell::RefCell;
use std::collections::HashMap;
use std::convert::Infallible;
use web_sys::CanvasRenderingContext2d;

/// Widths that are remembered before the memory starts anew: a chart asks for the same few dozen in every frame.
const MAX_REMEMBERED: usize = 2000;

/// Text widths as the browser draws them, each asked for once.
pub struct CanvasMeasure {
    context: CanvasRenderingContext2d,
    font_family: String,
    /// By font size in eighths of a pixel, then by text.
    widths: RefCell<HashMap<(u32, String), f64>>,
}

impl CanvasMeasure {
    /// The context's font is changed by measuring.
    pub fn new(context: CanvasRenderingContext2d, font_family: &str) -> Self {
        Self { context, font_family: font_family.to_owned(), widths: RefCell::default() }
    }

    pub fn font_family(&self) -> &str {
        &self.font_family
    }
}

impl TextMeasure for CanvasMeasure {
    fn width(&self, text: &str, font_size: f64) -> f64 {
        let key = ((font_size * UNITS) as u32, text.to_owned());
        if let Some(width) = self.widths.borrow().get(&key) {
            return *width;
        }
        self.context.set_font(&format!("{font_size}px {}", self.font_family));
        // A browser that cannot measure gets a usual width.
        let width = self.context.measure_text(text).map_or(0.6 * font_size * text.len() as f64, |metrics| metrics.width());
        let mut widths = self.widths.borrow_mut();
        if widths.len() >= MAX_REMEMBERED {
            widths.clear();
        }
        widths.insert(key, width);
        width
    }
}

/// Draws to a canvas. The context is scaled to device pixels once per drawing; positions are CSS pixels with fractions.
pub struct CanvasBackend<'a> {
    context: &'a CanvasRenderingContext2d,
    width: f64,
    height: f64,
    /// Setting a paint or a font parses CSS, so each is set only when it changes.
    fill: Option<Paint>,
    stroke: Option<Paint>,
    font_size: Option<f64>,
}

type Paint = ((u8, u8, u8), f64);
type Done = Result<(), DrawingErrorKind<Infallible>>;

impl<'a> CanvasBackend<'a> {
    /// Clears the canvas. Width and height are CSS pixels; the canvas has `device_pixel_ratio` times as many.
    pub fn new(context: &'a CanvasRenderingContext2d, width: f64, height: f64, device_pixel_ratio: f64) -> Self {
        // Fails only for a detached canvas, where nothing is seen anyway.
        let _ = context.set_transform(device_pixel_ratio, 0.0, 0.0, device_pixel_ratio, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, width, height);
        context.set_line_join("round");
        context.set_line_cap("round");
        Self::within(context, width, height)
    }

    /// A part of a drawing that has been started.
    pub fn within(context: &'a CanvasRenderingContext2d, width: f64, height: f64) -> Self {
        Self { context, width, height, fill: None, stroke: None, font_size: None }
    }

    fn fill_with(&mut self, color: BackendColor) {
        let paint = (color.rgb, color.alpha);
        if self.fill != Some(paint) {
            self.context.set_fill_style_str(&css(paint));
            self.fill = Some(paint);
        }
    }

    fn stroke_with<S: BackendStyle>(&mut self, style: &S) {
        let paint = (style.color().rgb, style.color().alpha);
        if self.stroke != Some(paint) {
            self.context.set_stroke_style_str(&css(paint));
            self.stroke = Some(paint);
        }
        self.context.set_line_width(f64::from(style.stroke_width()) / UNITS);
    }

    fn trace(&self, path: impl IntoIterator<Item = BackendCoord>) {
        self.context.begin_path();
        for (i, (x, y)) in path.into_iter().enumerate() {
            let (x, y) = (pixels(x), pixels(y));
            if i == 0 { self.context.move_to(x, y) } else { self.context.line_to(x, y) }
        }
    }
}

fn css(((red, green, blue), alpha): Paint) -> String {
    format!("#{:08x}", u32::from_be_bytes([red, green, blue, (alpha * 255.0).round() as u8]))
}

impl DrawingBackend for CanvasBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        ((self.width * UNITS) as u32, (self.height * UNITS) as u32)
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Done {
        self.fill_with(color);
        self.context.fill_rect(pixels(x), pixels(y), 1.0, 1.0);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Done {
        let (left, top, width, height) = (pixels(a.0), pixels(a.1), pixels(b.0 - a.0), pixels(b.1 - a.1));
        if fill {
            self.fill_with(style.color());
            self.context.fill_rect(left, top, width, height);
        } else {
            self.stroke_with(style);
            self.context.stroke_rect(left, top, width, height);
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Done {
        self.stroke_with(style);
        self.trace(path);
        self.context.stroke();
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Done {
        self.context.begin_path();
        // Fails only for a negative radius.
        let _ = self.context.arc(pixels(center.0), pixels(center.1), f64::from(radius) / UNITS, 0.0, std::f64::consts::TAU);
        if fill {
            self.fill_with(style.color());
            self.context.fill();
        } else {
            self.stroke_with(style);
            self.context.stroke();
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vertices: I, style: &S) -> Done {
        self.fill_with(style.color());
        self.trace(vertices);
        self.context.fill();
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Done {
        let size = style.size() / UNITS;
        if self.font_size != Some(size) {
            self.context.set_font(&format!("{size}px {}", style.family().as_str()));
            self.font_size = Some(size);
        }
        self.fill_with(style.color());
        let anchor = style.anchor();
        self.context.set_text_align(match anchor.h_pos {
            HPos::Left => "left",
            HPos::Center => "center",
            HPos::Right => "right",
        });
        // Fails for no reason that the specification names.
        let _ = self.context.fill_text(text, pixels(at.0), pixels(at.1) + baseline_shift(&anchor.v_pos, size));
        Ok(())
    }
}
