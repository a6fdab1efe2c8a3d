use super::{CanvasBackend, SvgBackend};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use std::convert::Infallible;

/// A canvas or an SVG. The page draws to both: with one type every drawing is in its code once.
pub enum Backend<'a> {
    Canvas(CanvasBackend<'a>),
    Svg(SvgBackend<'a>),
}

type Done = Result<(), DrawingErrorKind<Infallible>>;

macro_rules! on {
    ($backend:expr, $inner:ident => $call:expr) => {
        match $backend {
            Backend::Canvas($inner) => $call,
            Backend::Svg($inner) => $call,
        }
    };
}

impl DrawingBackend for Backend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        on!(self, inner => inner.get_size())
    }

    fn ensure_prepared(&mut self) -> Done {
        on!(self, inner => inner.ensure_prepared())
    }

    fn present(&mut self) -> Done {
        on!(self, inner => inner.present())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Done {
        on!(self, inner => inner.draw_pixel(at, color))
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        on!(self, inner => inner.draw_line(from, to, style))
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Done {
        on!(self, inner => inner.draw_rect(a, b, style, fill))
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Done {
        on!(self, inner => inner.draw_path(path, style))
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Done {
        on!(self, inner => inner.draw_circle(center, radius, style, fill))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vertices: I, style: &S) -> Done {
        on!(self, inner => inner.fill_polygon(vertices, style))
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Done {
        on!(self, inner => inner.draw_text(text, style, at))
    }
}
