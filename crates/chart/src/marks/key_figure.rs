use crate::pen::{HPos, Pen, VPos};
use crate::{Color, Frame, TextMeasure, Theme};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;

const VALUE: f64 = 44.0;
const VALUE_SIZE: f64 = 30.0;
const LINE: f64 = 20.0;

/// A number in large figures over lines of words.
pub struct KeyFigure<'a> {
    pub value: &'a str,
    pub lines: &'a [(String, Color)],
}

impl KeyFigure<'_> {
    /// How large it is drawn.
    pub fn size(&self, theme: &Theme, measure: &dyn TextMeasure) -> (f64, f64) {
        let lines = self.lines.iter().map(|(line, _)| measure.width(line, theme.font_size));
        (lines.fold(measure.width(self.value, VALUE_SIZE), f64::max), VALUE + self.lines.len() as f64 * LINE)
    }

    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        let side = (HPos::Left, VPos::Center);
        pen.sized_label(self.value, (0.0, VALUE / 2.0), side, frame.theme.ink, VALUE_SIZE)?;
        for (at, (line, color)) in self.lines.iter().enumerate() {
            pen.label(line, (0.0, VALUE + (at as f64 + 0.5) * LINE), side, *color)?;
        }
        Ok(())
    }
}
