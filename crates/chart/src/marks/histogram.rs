use crate::axis::{Top, ValueAxis, clock_ticks, draw_bottom, number_ticks};
use crate::pen::{Bar, Pen};
use crate::reference::{draw_bands, draw_lines};
use crate::{Frame, Plot, Scale};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;
use tarn_dashboard::NumberFormat;

/// A measure by bins of equal width. The selected interval is in accent and the rest grey, split exactly where the
/// interval ends, also within a bar; without a selection all bars are in accent.
pub struct Histogram<'a> {
    /// Lower edge of the first bin.
    pub from: f64,
    pub width: f64,
    pub values: &'a [Option<f64>],
    /// `[from, to)`.
    pub selected: Option<(f64, f64)>,
    pub axis: BinAxis<'a>,
    pub format: &'a NumberFormat,
}

/// What the bins are of.
pub enum BinAxis<'a> {
    Number(&'a NumberFormat),
    /// Hours of the day.
    Clock,
}

impl Histogram<'_> {
    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<Plot, DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        let theme = frame.theme;
        let y = ValueAxis::layout(frame, &mut self.values.iter().flatten().copied(), self.format, Top::Tight);
        let x = Scale::new((self.from, self.from + self.width * self.values.len() as f64), (y.area.left, y.area.right));
        y.draw_grid(&pen, frame)?;
        draw_bands(&pen, frame, y.area, x, y.scale)?;
        let plot = Plot { area: y.area, x, y: y.scale, second: None, rows: vec![], labelled: false };
        let area = pen.plot_area(x, y.scale);
        let bin_pixels = y.area.width() / self.values.len().max(1) as f64;
        let (inset, radius) = if bin_pixels < 4.0 { (0.0, 0.0) } else { (0.5, 2.0) };
        for (i, value) in self.values.iter().enumerate() {
            let Some(value) = value.filter(|value| *value != 0.0) else { continue };
            let from = self.from + self.width * i as f64;
            let to = from + self.width;
            let rounded = if value > 0.0 { [true, true, false, false] } else { [false, false, true, true] };
            let bar = |color| Bar { corners: [(from, value), (to, 0.0)], inset: (inset, 0.0), radius, rounded, color };
            match self.selected {
                None => area.draw(&bar(theme.accent))?,
                Some((first, last)) if first <= from && to <= last => area.draw(&bar(theme.accent))?,
                Some((first, last)) => {
                    area.draw(&bar(theme.grey_mark))?;
                    if first < to && from < last {
                        // The part keeps the gap and the rounding at the sides where it reaches the bar's own edge.
                        let gap = inset / bin_pixels * self.width;
                        let (at_left, at_right) = (first <= from, to <= last);
                        let left = if at_left { from + gap } else { first };
                        let right = if at_right { to - gap } else { last };
                        let side = [at_left, at_right, at_right, at_left];
                        let rounded = std::array::from_fn(|i| rounded[i] && side[i]);
                        area.draw(&Bar {
                            corners: [(left, value), (right, 0.0)],
                            inset: (0.0, 0.0),
                            radius,
                            rounded,
                            color: theme.accent,
                        })?;
                    }
                }
            }
        }
        pen.horizontal(y.area.left, y.area.right, y.scale.pixel_from_value(0.0), theme.axis)?;
        y.draw(&pen, frame)?;
        let ticks = match &self.axis {
            BinAxis::Number(format) => number_ticks(x, format, frame),
            BinAxis::Clock => clock_ticks(x, frame),
        };
        draw_bottom(&pen, frame, y.area, x, &ticks)?;
        draw_lines(&pen, frame, y.area, x, y.scale)?;
        Ok(plot)
    }
}
