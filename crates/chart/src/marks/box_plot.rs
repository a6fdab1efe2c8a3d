use super::bar::{LABEL_GAP, pitch, plot_of_rows, row_labels};
use crate::axis::{draw_foot, foot, number_ticks};
use crate::pen::{Bar, HPos, Pen, VPos};
use crate::reference::{draw_bands, draw_lines};
use crate::scale::power_domain;
use crate::{Frame, Plot, Rect, Scale};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;
use tarn_dashboard::{AxisScale, NumberFormat};

/// The box's share of the distance from row to row, and the caps' share of the box.
const THICKNESS: f64 = 0.62;
const CAP: f64 = 0.5;

/// How numbers are spread, by a dimension: a box from the first quartile to the third with the median in it, and whiskers. Under a
/// selection, rows that are not in it are grey.
pub struct BoxPlot<'a> {
    pub rows: &'a [BoxRow],
    /// Whether anything is selected, be it a row that is not shown.
    pub has_selection: bool,
    /// What the axis shows; without it from the least to the greatest value.
    pub span: Option<(f64, f64)>,
    pub format: &'a NumberFormat,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BoxRow {
    pub label: String,
    /// The lower whisker's end, the quartiles, the upper whisker's end; `None` without values.
    pub values: Option<[f64; 5]>,
    pub selected: bool,
}

impl BoxPlot<'_> {
    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<Plot, DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        let (theme, size) = (frame.theme, frame.theme.font_size);
        let n_rows = self.rows.len().max(1) as f64;
        let (labels, label_width) = row_labels(frame, &mut self.rows.iter().map(|row| row.label.as_str()));
        let (head, foot) = (if frame.has_labels_above() { size * 1.6 } else { 0.0 }, foot(frame, true));
        let pitch = pitch(frame.height - head - foot, n_rows, frame);
        let left = label_width + LABEL_GAP;
        let (right, bottom) = ((frame.width - 1.0).max(left + 1.0), head + pitch * n_rows);
        let whole = Rect { left, top: 0.0, right, bottom };
        let area = Rect { top: head, ..whole };
        let x = Scale::new(self.domain(frame), (left, right)).divided(frame.scale);
        let y = Scale::new((0.0, n_rows), (head, bottom));
        let plot_area = pen.plot_area(x, y);
        draw_foot(&pen, frame, x, (head, bottom), &number_ticks(x, self.format, frame))?;
        draw_bands(&pen, frame, whole, x, y)?;
        let at = |value: f64| x.pixel_from_value(x.clamp(value));
        for (place, (row, label)) in self.rows.iter().zip(&labels).enumerate() {
            let chosen = row.selected || !self.has_selection;
            let color = if chosen { theme.accent } else { theme.grey_mark };
            let (top, middle) = (place as f64, y.pixel_from_value(place as f64 + 0.5).round());
            if pitch >= size * 0.9 {
                pen.label(label, (label_width, middle), (HPos::Right, VPos::Center), if row.selected { theme.ink } else { theme.muted })?;
            }
            let Some([least, first, median, third, greatest]) = row.values else { continue };
            let half = (pitch * THICKNESS / 2.0).max(1.0);
            let cap = half * CAP;
            for (end, edge) in [(least, first), (greatest, third)] {
                pen.horizontal(at(end).min(at(edge)), at(end).max(at(edge)), middle - 0.5, color)?;
                // What goes on beyond the axis has no end there.
                if x.clamp(end) == end {
                    pen.vertical(at(end).min(right - 1.0), middle - cap, middle + cap, color)?;
                }
            }
            let inset = (0.0, (pitch - 2.0 * half) / 2.0);
            let corners = [(x.clamp(first), top), (x.clamp(third), top + 1.0)];
            plot_area.draw(&Bar { corners, inset, radius: 2.0, rounded: [true; 4], color: theme.card.mixed(color, 0.35) })?;
            let line = at(median).round();
            if x.clamp(median) != median {
                continue;
            }
            pen.rect(Rect { left: line - 1.0, right: line + 1.0, top: middle - half, bottom: middle + half }, color)?;
        }
        draw_lines(&pen, frame, whole, x, y)?;
        Ok(plot_of_rows(frame, area, (x, y), self.rows.len()))
    }

    fn domain(&self, frame: &Frame<'_>) -> (f64, f64) {
        if let Some(span) = self.span {
            return span;
        }
        let mut values = self.rows.iter().filter_map(|row| row.values).flatten().chain(frame.referred(true));
        if frame.scale != AxisScale::Linear {
            return power_domain(frame.scale, &mut values, false);
        }
        let values = values.filter(|value| value.is_finite());
        let (least, greatest) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| (a.min(value), b.max(value)));
        if least > greatest { (0.0, 1.0) } else { (least, greatest) }
    }
}
