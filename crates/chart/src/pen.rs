//! Elements over plotters: everything that marks and axes are painted with. Positions are CSS pixels or values; plotters
//! counts in whole numbers, so its coordinates are eighths of a pixel.
use crate::{Color, Frame, Rect, Scale, Theme};
use plotters::coord::{Shift, cartesian::Cartesian2d};
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea as _};
use plotters::element::{Circle, Drawable, PathElement, PointCollection, Polygon, Rectangle};
use plotters::style::{RGBAColor, ShapeStyle};
use plotters_backend::{BackendColor, BackendCoord, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontFamily, text_anchor};
use std::convert::Infallible;

pub use plotters_backend::text_anchor::{HPos, VPos};

/// Plotters' units in a CSS pixel. Backends divide by it.
pub const UNITS: f64 = 8.0;

pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;
pub type PlotArea<DB> = DrawingArea<DB, Cartesian2d<Scale, Scale>>;

/// Far outside of any screen, and far from overflow.
const FAR: f64 = 1e8;

pub fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round().clamp(-FAR, FAR) as i32
}

pub struct Pen<'a, DB: DrawingBackend> {
    root: DrawingArea<DB, Shift>,
    frame: &'a Frame<'a>,
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    pub fn new(backend: DB, frame: &'a Frame<'a>) -> Self {
        Self { root: backend.into_drawing_area(), frame }
    }

    pub fn theme(&self) -> &Theme {
        self.frame.theme
    }

    /// Where marks are placed by value.
    pub fn plot_area(&self, x: Scale, y: Scale) -> PlotArea<DB> {
        let pixels = |scale: Scale| units(scale.pixels.0)..units(scale.pixels.1);
        self.root.apply_coord_spec(Cartesian2d::<Scale, Scale>::new(x, y, (pixels(x), pixels(y))))
    }

    pub fn rect(&self, rect: Rect, color: Color) -> Drawn<DB> {
        let corners = [(units(rect.left), units(rect.top)), (units(rect.right), units(rect.bottom))];
        self.root.draw(&Rectangle::new(corners, fill(color)))
    }

    /// A line of one pixel that lies on whole pixels, so that it is crisp.
    pub fn horizontal(&self, left: f64, right: f64, y: f64, color: Color) -> Drawn<DB> {
        let top = y.round();
        self.rect(Rect { left, top, right, bottom: top + 1.0 }, color)
    }

    pub fn vertical(&self, x: f64, top: f64, bottom: f64, color: Color) -> Drawn<DB> {
        let left = x.round();
        self.rect(Rect { left, top, right: left + 1.0, bottom }, color)
    }

    /// A label beside the point, in the theme's font.
    pub fn label(&self, text: &str, at: (f64, f64), anchor: (HPos, VPos), color: Color) -> Drawn<DB> {
        self.sized_label(text, at, anchor, color, self.frame.theme.font_size)
    }

    /// The same in another size.
    pub fn sized_label(&self, text: &str, at: (f64, f64), anchor: (HPos, VPos), color: Color, size: f64) -> Drawn<DB> {
        let style = LabelStyle { family: &self.frame.theme.font_family, size: size * UNITS, color: backend_color(color), anchor };
        self.root.draw(&Label { text, at: (units(at.0), units(at.1)), style })
    }
}

pub fn path<DB: DrawingBackend>(area: &PlotArea<DB>, points: &[(f64, f64)], width: f64, color: Color) -> Drawn<DB> {
    area.draw(&PathElement::new(points, stroke(width, color)))
}

pub fn polygon<DB: DrawingBackend>(area: &PlotArea<DB>, points: &[(f64, f64)], color: Color) -> Drawn<DB> {
    area.draw(&Polygon::new(points, fill(color)))
}

pub fn dot<DB: DrawingBackend>(area: &PlotArea<DB>, at: (f64, f64), radius: f64, color: Color) -> Drawn<DB> {
    area.draw(&Circle::new(at, units(radius), fill(color)))
}

/// The outline of a dot.
pub fn ring<DB: DrawingBackend>(area: &PlotArea<DB>, at: (f64, f64), radius: f64, color: Color) -> Drawn<DB> {
    area.draw(&Circle::new(at, units(radius), stroke(1.0, color)))
}

pub fn stroke(width: f64, color: Color) -> ShapeStyle {
    ShapeStyle { color: rgba(color), filled: false, stroke_width: units(width) as u32 }
}

pub fn fill(color: Color) -> ShapeStyle {
    ShapeStyle { color: rgba(color), filled: true, stroke_width: 0 }
}

fn rgba(color: Color) -> RGBAColor {
    RGBAColor(color.red, color.green, color.blue, color.alpha)
}

fn backend_color(color: Color) -> BackendColor {
    BackendColor { rgb: (color.red, color.green, color.blue), alpha: color.alpha }
}

/// Which corners are rounded: top left, top right, bottom right, bottom left.
pub type Rounded = [bool; 4];

/// A filled rectangle between two corners, given by value.
pub struct Bar {
    pub corners: [(f64, f64); 2],
    /// Pixels that it is narrower at its left and right, and at its top and bottom.
    pub inset: (f64, f64),
    pub radius: f64,
    pub rounded: Rounded,
    pub color: Color,
}

impl<'a> PointCollection<'a, (f64, f64)> for &'a Bar {
    type Point = &'a (f64, f64);
    type IntoIter = &'a [(f64, f64); 2];

    fn point_iter(self) -> Self::IntoIter {
        &self.corners
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Bar {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut points: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        let (Some(a), Some(b)) = (points.next(), points.next()) else { return Ok(()) };
        let inset = (units(self.inset.0), units(self.inset.1));
        let (left, right) = (a.0.min(b.0) + inset.0, a.0.max(b.0) - inset.0);
        let (top, bottom) = (a.1.min(b.1) + inset.1, a.1.max(b.1) - inset.1);
        if left >= right || top >= bottom {
            return Ok(());
        }
        let style = fill(self.color);
        let radius = units(self.radius).min((right - left) / 2).min((bottom - top) / 2);
        if radius == 0 || self.rounded == [false; 4] {
            return backend.draw_rect((left, top), (right, bottom), &style, true);
        }
        let corner = |x: i32, y: i32, inward_x: i32, inward_y: i32, rounded: bool| {
            // Three chords of a quarter circle are smooth at two pixels.
            const ARC: [(f64, f64); 4] = [(0.0, 1.0), (0.134, 0.5), (0.5, 0.134), (1.0, 0.0)];
            let r = if rounded { f64::from(radius) } else { 0.0 };
            ARC.map(|(u, v)| (x + inward_x * (u * r).round() as i32, y + inward_y * (v * r).round() as i32))
        };
        let [top_left, top_right, bottom_right, bottom_left] = self.rounded;
        let mut outline = Vec::with_capacity(16);
        outline.extend(corner(left, top, 1, 1, top_left));
        outline.extend(corner(right, top, -1, 1, top_right).into_iter().rev());
        outline.extend(corner(right, bottom, -1, -1, bottom_right));
        outline.extend(corner(left, bottom, 1, -1, bottom_left).into_iter().rev());
        outline.dedup();
        backend.fill_polygon(outline, &style)
    }
}

struct Label<'a> {
    text: &'a str,
    at: BackendCoord,
    style: LabelStyle<'a>,
}

impl<'a> PointCollection<'a, BackendCoord> for &'a Label<'_> {
    type Point = &'a BackendCoord;
    type IntoIter = std::iter::Once<&'a BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.at)
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Label<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut points: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        points.next().map_or(Ok(()), |at| backend.draw_text(self.text, &self.style, at))
    }
}

/// Plotters' own text style measures by adding elements to the page; here layout has measured already.
struct LabelStyle<'a> {
    family: &'a str,
    size: f64,
    color: BackendColor,
    anchor: (HPos, VPos),
}

impl BackendTextStyle for LabelStyle<'_> {
    type FontError = Infallible;

    fn color(&self) -> BackendColor {
        self.color
    }

    fn size(&self) -> f64 {
        self.size
    }

    fn anchor(&self) -> text_anchor::Pos {
        text_anchor::Pos::new(self.anchor.0, self.anchor.1)
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::Name(self.family)
    }

    fn layout_box(&self, _: &str) -> Result<((i32, i32), (i32, i32)), Infallible> {
        Ok(((0, 0), (0, 0)))
    }

    fn draw<E, F: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        _: &str,
        _: BackendCoord,
        _: F,
    ) -> Result<Result<(), E>, Infallible> {
        Ok(Ok(()))
    }
}
