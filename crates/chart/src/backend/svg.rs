use super::{baseline_shift, pixels};
use crate::pen::UNITS;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, text_anchor::HPos};
use std::convert::Infallible;
use std::fmt::{Display, Write as _};

/// Writes a standalone SVG, the same bytes for the same drawing on every machine.
pub struct SvgBackend<'a> {
    out: &'a mut String,
    width: f64,
    height: f64,
}

type Done = Result<(), DrawingErrorKind<Infallible>>;

impl<'a> SvgBackend<'a> {
    /// Appends the start of the document to `out`; [`SvgBackend::finish`] ends it. Sizes are CSS pixels.
    pub fn new(out: &'a mut String, width: f64, height: f64) -> Self {
        let _ =
            writeln!(out, r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">"#);
        Self { out, width, height }
    }

    /// A part of a document that has been started.
    pub fn within(out: &'a mut String, width: f64, height: f64) -> Self {
        Self { out, width, height }
    }

    /// Ends the document: the backend itself was consumed by the drawing.
    pub fn finish(out: &mut String) {
        out.push_str("</svg>\n");
    }

    // Writing to a string does not fail.
    fn line(&mut self, element: std::fmt::Arguments<'_>) -> Done {
        let _ = writeln!(self.out, "{element}");
        Ok(())
    }
}

struct Css(BackendColor);

impl Display for Css {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (red, green, blue) = self.0.rgb;
        write!(f, "\"#{red:02x}{green:02x}{blue:02x}\"")
    }
}

/// The paint of a shape or, without fill, its stroke.
struct Paint {
    color: BackendColor,
    stroke: Option<u32>,
}

impl Display for Paint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = if self.stroke.is_some() { "stroke" } else { "fill" };
        write!(f, "{name}={}", Css(self.color))?;
        if self.color.alpha < 1.0 {
            write!(f, " {name}-opacity=\"{}\"", self.color.alpha)?;
        }
        if let Some(width) = self.stroke {
            write!(f, " stroke-width=\"{}\" stroke-linejoin=\"round\" stroke-linecap=\"round\" fill=\"none\"", f64::from(width) / UNITS)?;
        }
        Ok(())
    }
}

fn paint<S: BackendStyle>(style: &S, fill: bool) -> Paint {
    Paint { color: style.color(), stroke: (!fill).then(|| style.stroke_width()) }
}

fn points(path: impl IntoIterator<Item = BackendCoord>) -> String {
    path.into_iter().map(|(x, y)| format!("{},{}", pixels(x), pixels(y))).collect::<Vec<_>>().join(" ")
}

impl DrawingBackend for SvgBackend<'_> {
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
        let paint = Paint { color, stroke: None };
        self.line(format_args!(r#"<rect x="{}" y="{}" width="1" height="1" {paint}/>"#, pixels(x), pixels(y)))
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Done {
        let (left, top) = (a.0.min(b.0), a.1.min(b.1));
        let (width, height) = ((a.0 - b.0).abs(), (a.1 - b.1).abs());
        let numbers = [left, top, width, height].map(pixels);
        let [left, top, width, height] = numbers;
        self.line(format_args!(r#"<rect x="{left}" y="{top}" width="{width}" height="{height}" {}/>"#, paint(style, fill)))
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Done {
        self.line(format_args!(r#"<polyline points="{}" {}/>"#, points(path), paint(style, false)))
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Done {
        let (x, y) = (pixels(center.0), pixels(center.1));
        self.line(format_args!(r#"<circle cx="{x}" cy="{y}" r="{}" {}/>"#, f64::from(radius) / UNITS, paint(style, fill)))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vertices: I, style: &S) -> Done {
        self.line(format_args!(r#"<polygon points="{}" {}/>"#, points(vertices), paint(style, true)))
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Done {
        let size = style.size() / UNITS;
        let anchor = style.anchor();
        let (x, y) = (pixels(at.0), pixels(at.1) + baseline_shift(&anchor.v_pos, size));
        let align = match anchor.h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let (family, paint) = (style.family().as_str().replace('"', "'"), Paint { color: style.color(), stroke: None });
        self.line(format_args!(
            r#"<text x="{x:.2}" y="{y:.2}" text-anchor="{align}" font-family="{family}" font-size="{size}" {paint}>{text}</text>"#
        ))
    }
}
