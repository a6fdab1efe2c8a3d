use crate::pen::{HPos, Pen, VPos};
use crate::text::fit;
use crate::{Color, Frame, Rect, TextMeasure, Theme};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;

const LINE: f64 = 26.0;
/// Beside a cell's text.
const PADDING: f64 = 10.0;
/// Longer texts are cut.
const WIDEST: f64 = 320.0;

/// A table as a picture: a head, lines, and words below them.
pub struct TextTable<'a> {
    /// By column: its words, and whether they and its cells stand at the right.
    pub heads: &'a [(String, bool)],
    pub lines: &'a [Vec<TableCell>],
    /// How many of the last lines are no part of the body: totals.
    pub n_foot: usize,
    pub note: &'a str,
}

/// One cell of the picture of a table.
pub struct TableCell {
    pub text: String,
    pub ink: Color,
    /// Behind the text, over that share of the cell's width.
    pub ground: Option<(Color, f64)>,
}

impl TextTable<'_> {
    /// How large it is drawn.
    pub fn size(&self, theme: &Theme, measure: &dyn TextMeasure) -> (f64, f64) {
        let note = measure.width(self.note, theme.font_size) + 2.0 * PADDING;
        let n_lines = self.lines.len() + 1 + usize::from(!self.note.is_empty());
        (self.edges(theme, measure).last().copied().unwrap_or(0.0).max(note), n_lines as f64 * LINE)
    }

    /// Where the columns end.
    fn edges(&self, theme: &Theme, measure: &dyn TextMeasure) -> Vec<f64> {
        let width = |text: &str| measure.width(text, theme.font_size);
        let mut end = 0.0;
        let edges = self.heads.iter().enumerate().map(|(at, (head, _))| {
            let cells = self.lines.iter().filter_map(|line| line.get(at)).map(|cell| width(&cell.text));
            end += cells.fold(width(head), f64::max).min(WIDEST) + 2.0 * PADDING;
            end
        });
        edges.collect()
    }

    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
        let (pen, theme) = (Pen::new(backend, frame), frame.theme);
        let mut left = 0.0;
        for (at, ((head, at_right), right)) in self.heads.iter().zip(self.edges(theme, frame.measure)).enumerate() {
            let (x, side) = if *at_right { (right - PADDING, HPos::Right) } else { (left + PADDING, HPos::Left) };
            let word = |line: usize, text: &str, ink| {
                let text = fit(text, WIDEST, theme.font_size, frame.measure);
                pen.label(&text, (x, (line as f64 + 0.5) * LINE), (side, VPos::Center), ink)
            };
            word(0, head, theme.muted)?;
            for (line, cell) in self.lines.iter().enumerate() {
                let Some(cell) = cell.get(at) else { continue };
                if let Some((color, share)) = cell.ground {
                    let top = (line + 1) as f64 * LINE;
                    pen.rect(Rect { left, top, right: left + (right - left) * share, bottom: top + LINE }, color)?;
                }
                word(line + 1, &cell.text, cell.ink)?;
            }
            left = right;
        }
        for line in 0..self.lines.len() {
            let is_edge = line == 0 || line + self.n_foot == self.lines.len();
            pen.horizontal(0.0, left, (line + 1) as f64 * LINE, if is_edge { theme.axis } else { theme.grid })?;
        }
        let below = (self.lines.len() as f64 + 1.5) * LINE;
        pen.label(self.note, (PADDING, below), (HPos::Left, VPos::Center), theme.muted)
    }
}
