use super::Series;
use super::bar::{LABEL_GAP, THICKNESS, VALUE_GAP, pitch, plot_of_rows, row_labels};
use super::series::{extents, percent};
use crate::axis::{draw_foot, foot, number_ticks};
use crate::pen::{Bar, HPos, Pen, VPos};
use crate::reference::{draw_bands, draw_lines};
use crate::{Color, Frame, Plot, Rect, Scale, format_number};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;
use tarn_dashboard::{NumberFormat, Stack};

/// Distance from bar to bar in a group: as much as there is room for, within this.
const MAX_GROUPED: f64 = 16.0;

/// A measure by a dimension and by series: horizontal bars, in groups, on top of each other or as shares of their sum. What is not
/// selected is faint, series that are not chosen are grey.
pub struct BarSeries<'a> {
    pub rows: &'a [Category],
    pub series: &'a [Series],
    pub stack: Stack,
    /// Whether any row is selected, be it one that is not shown.
    pub has_selection: bool,
    pub format: &'a NumberFormat,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Category {
    pub label: String,
    pub selected: bool,
}

impl BarSeries<'_> {
    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<Plot, DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        let (theme, size) = (frame.theme, frame.theme.font_size);
        let (n_rows, n_series) = (self.rows.len().max(1) as f64, self.series.len().max(1) as f64);
        let grouped = self.stack == Stack::None;
        let (labels, label_width) = row_labels(frame, &mut self.rows.iter().map(|row| row.label.as_str()));
        let foot = foot(frame, self.stack != Stack::Zero);
        let head = if frame.has_labels_above() { size * 1.6 } else { 0.0 };
        let height = (frame.height - foot - head).max(1.0);
        let pitch = if grouped { (height / n_rows).min(MAX_GROUPED * n_series / THICKNESS) } else { pitch(height, n_rows, frame) };
        let extents = extents(self.series, self.rows.len(), self.stack);
        let reach = |pick: fn(f64, f64) -> f64| extents.iter().flatten().flatten().map(|(_, to)| *to).fold(0.0, pick);
        let (least, greatest) = (reach(f64::min), reach(f64::max));
        // Sums stand at the end of stacked bars; everything else is read from the axis.
        let sums: Vec<String> =
            if self.stack == Stack::Zero { (0..self.rows.len()).map(|row| self.sum(row, frame)).collect() } else { vec![] };
        let sum_width = sums.iter().map(|sum| frame.text_width(sum) + VALUE_GAP).fold(0.0, f64::max).ceil();
        let left = label_width + LABEL_GAP;
        let room = frame.panel.map_or(0.0, |panel| panel.room);
        let right = (frame.width - (sum_width + 1.0).max(room)).max(left + 1.0);
        let (least, greatest) = frame.referred(true).fold((least, greatest), |(a, b), value| (a.min(value), b.max(value)));
        let domain = if least == greatest { (0.0, 1.0) } else { (least, greatest) };
        let x = Scale::new(domain, (left, right)).divided(frame.scale);
        let bottom = head + pitch * n_rows;
        let whole = Rect { left, top: 0.0, right, bottom };
        let area = Rect { top: head, ..whole };
        let y = Scale::new((0.0, n_rows), (head, bottom));
        let shares = percent();
        let format = if self.stack == Stack::Normalize { &shares } else { self.format };
        let ticks = if self.stack == Stack::Zero { vec![] } else { number_ticks(x, format, frame) };
        draw_foot(&pen, frame, x, (head, bottom), &ticks)?;
        let plot_area = pen.plot_area(x, y);
        draw_bands(&pen, frame, whole, x, y)?;
        let edge = (1.0 - THICKNESS) / 2.0;
        for (at, (series, extents)) in self.series.iter().zip(&extents).enumerate() {
            for (row, extent) in extents.iter().enumerate() {
                let Some((from, to)) = extent.filter(|(from, to)| from != to) else { continue };
                let (top, height) = if grouped { (at as f64 / n_series * THICKNESS, THICKNESS / n_series) } else { (0.0, THICKNESS) };
                let top = row as f64 + edge + top;
                let outer = grouped
                    || !self.series[at + 1..].iter().any(|later| {
                        later.values.get(row).copied().flatten().is_some_and(|value| value != 0.0 && (value < 0.0) == (to < from))
                    });
                let rounded = match (outer, to < from) {
                    (false, _) => [false; 4],
                    (true, true) => [true, false, false, true],
                    (true, false) => [false, true, true, false],
                };
                let corners = [(from, top), (to, top + height)];
                let thick = height * pitch >= 4.0;
                let inset = (if grouped { 0.0 } else { 0.5 }, if grouped && thick { 0.5 } else { 0.0 });
                plot_area.draw(&Bar { corners, inset, radius: 2.0, rounded, color: self.color(series, row, frame) })?;
            }
        }
        for (row, (category, label)) in self.rows.iter().zip(&labels).enumerate() {
            let middle = y.pixel_from_value(row as f64 + 0.5);
            let ink = if category.selected { theme.ink } else { theme.muted };
            if pitch >= size * 0.9 {
                pen.label(label, (label_width, middle), (HPos::Right, VPos::Center), ink)?;
            }
            if let Some(sum) = sums.get(row) {
                let end = extents.iter().filter_map(|extents| extents.get(row).copied().flatten()).map(|(_, to)| to).fold(0.0, f64::max);
                pen.label(sum, (x.pixel_from_value(end) + VALUE_GAP, middle), (HPos::Left, VPos::Center), ink)?;
            }
        }
        draw_lines(&pen, frame, whole, x, y)?;
        Ok(plot_of_rows(frame, area, (x, y), self.rows.len()))
    }

    fn color(&self, series: &Series, row: usize, frame: &Frame<'_>) -> Color {
        let color = if series.chosen { series.color } else { frame.theme.grey_mark };
        let stands_back = self.has_selection && !self.rows.get(row).is_some_and(|row| row.selected);
        if stands_back { frame.theme.faint(color) } else { color }
    }

    fn sum(&self, row: usize, frame: &Frame<'_>) -> String {
        let values = self.series.iter().filter_map(|series| series.values.get(row).copied().flatten());
        format_number(self.format, values.sum(), frame.locale)
    }
}
