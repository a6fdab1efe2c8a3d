use super::pixels;
use crate::pen::units;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

/// Where a chart is drawn in a larger picture, and what of its axes is left to its neighbours. Pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// From the picture's top left corner.
    pub shift: (f64, f64),
    /// What lies wholly beyond these is not drawn: left, right and bottom of the plot.
    pub left: Option<f64>,
    pub right: Option<f64>,
    pub bottom: Option<f64>,
    /// Nothing is drawn: only the layout is wanted.
    pub blank: bool,
}

/// A chart's own part of a picture.
pub struct Part<DB> {
    inner: DB,
    place: Place,
}

/// What lies this far beyond an edge may still be the edge's own line.
const SLACK: f64 = 2.0;

impl<DB: DrawingBackend> Part<DB> {
    pub fn new(inner: DB, place: Place) -> Self {
        Self { inner, place }
    }

    fn at(&self, (x, y): BackendCoord) -> BackendCoord {
        (x + units(self.place.shift.0), y + units(self.place.shift.1))
    }

    /// Whether a rectangle between two corners is drawn.
    #[inline(never)]
    fn shows(&self, a: BackendCoord, b: BackendCoord) -> bool {
        let Place { left, right, bottom, blank, .. } = self.place;
        let (from, to) = (pixels(a.0.min(b.0)), pixels(a.0.max(b.0)));
        let (top, foot) = (pixels(a.1.min(b.1)), pixels(a.1.max(b.1)));
        let beyond = |own: Option<f64>, is: &dyn Fn(f64) -> bool| own.is_some_and(is);
        !blank
            && !beyond(left, &|left| to <= left && from < left - SLACK)
            && !beyond(right, &|right| from >= right && to > right + SLACK)
            && !beyond(bottom, &|bottom| top >= bottom && foot > bottom + SLACK)
    }
}

type Done<DB> = Result<(), DrawingErrorKind<<DB as DrawingBackend>::ErrorType>>;

impl<DB: DrawingBackend> DrawingBackend for Part<DB> {
    type ErrorType = DB::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.inner.get_size()
    }

    fn ensure_prepared(&mut self) -> Done<DB> {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> Done<DB> {
        self.inner.present()
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Done<DB> {
        if self.shows(at, at) { self.inner.draw_pixel(self.at(at), color) } else { Ok(()) }
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done<DB> {
        if self.shows(from, to) { self.inner.draw_line(self.at(from), self.at(to), style) } else { Ok(()) }
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Done<DB> {
        if self.shows(a, b) { self.inner.draw_rect(self.at(a), self.at(b), style, fill) } else { Ok(()) }
    }

    // What has more corners than a rectangle is a mark, and lies within the plot.
    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Done<DB> {
        if self.place.blank {
            return Ok(());
        }
        let path: Vec<BackendCoord> = path.into_iter().map(|at| self.at(at)).collect();
        self.inner.draw_path(path, style)
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Done<DB> {
        if self.place.blank { Ok(()) } else { self.inner.draw_circle(self.at(center), radius, style, fill) }
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vertices: I, style: &S) -> Done<DB> {
        if self.place.blank {
            return Ok(());
        }
        let vertices: Vec<BackendCoord> = vertices.into_iter().map(|at| self.at(at)).collect();
        self.inner.fill_polygon(vertices, style)
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Done<DB> {
        if self.shows(at, at) { self.inner.draw_text(text, style, self.at(at)) } else { Ok(()) }
    }
}
