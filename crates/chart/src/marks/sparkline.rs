use crate::pen::{Pen, dot, fill, path};
use crate::{Frame, Plot, Rect, Scale};
use plotters::drawing::DrawingAreaErrorKind;
use plotters::element::Polygon;
use plotters_backend::DrawingBackend;

/// The course of a number, without axes: it spans its own least to its greatest value.
pub struct Sparkline<'a> {
    /// At equal distances; `None` leaves a gap.
    pub values: &'a [Option<f64>],
}

impl Sparkline<'_> {
    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<Plot, DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        // Room for half of the stroke.
        let area = Rect { left: 1.0, top: 1.5, right: (frame.width - 1.0).max(2.0), bottom: (frame.height - 1.0).max(2.5) };
        let finite = || self.values.iter().flatten().filter(|value| value.is_finite());
        let least = finite().copied().fold(f64::INFINITY, f64::min);
        let greatest = finite().copied().fold(f64::NEG_INFINITY, f64::max);
        let x = Scale::new((0.0, self.values.len().saturating_sub(1) as f64), (area.left, area.right));
        let (least, greatest) = if least <= greatest { (least, greatest) } else { (0.0, 1.0) };
        let y = Scale::new((least, greatest), (area.bottom, area.top));
        let plot_area = pen.plot_area(x, y);
        let mut start = 0;
        for run in self.values.split(|value| value.is_none_or(|value| !value.is_finite())) {
            let places: Vec<(f64, f64)> = run.iter().enumerate().filter_map(|(i, value)| Some(((start + i) as f64, (*value)?))).collect();
            start += run.len() + 1;
            let (Some(first), Some(last)) = (places.first(), places.last()) else { continue };
            if places.len() == 1 {
                dot(&plot_area, *first, 1.5, frame.theme.accent)?;
                continue;
            }
            let floor = y.value_from_pixel(frame.height);
            let outline: Vec<(f64, f64)> = [(first.0, floor)].into_iter().chain(places.iter().copied()).chain([(last.0, floor)]).collect();
            plot_area.draw(&Polygon::new(outline, fill(frame.theme.area())))?;
            path(&plot_area, &places, 1.5, frame.theme.accent)?;
        }
        Ok(Plot { area, x, y, second: None, rows: vec![], labelled: false })
    }
}
