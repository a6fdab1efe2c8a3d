use crate::axis::{draw_foot, foot, number_ticks};
use crate::pen::{Bar, HPos, Pen, VPos};
use crate::reference::{draw_bands, draw_lines};
use crate::text::fit;
use crate::{Frame, Plot, Rect, Scale};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;
use tarn_dashboard::{AxisScale, NumberFormat};

/// Distance from row to row: as much as there is room for, within this.
const MAX_PITCH: f64 = 28.0;
/// A panel is as tall as its neighbours, and seldom has many rows.
const MAX_PANEL_PITCH: f64 = 40.0;

/// The distance from row to row.
pub(super) fn pitch(height: f64, n_rows: f64, frame: &Frame<'_>) -> f64 {
    (height.max(1.0) / n_rows).min(if frame.panel.is_some() { MAX_PANEL_PITCH } else { MAX_PITCH })
}

/// The labels of rows, cut to their share of the chart, and how wide they are.
pub(super) fn row_labels(frame: &Frame<'_>, labels: &mut dyn Iterator<Item = &str>) -> (Vec<String>, f64) {
    let labels: Vec<String> = labels.map(|label| fit(label, frame.width * 0.4, frame.theme.font_size, frame.measure)).collect();
    let width = labels.iter().map(|label| frame.text_width(label)).fold(0.0, f64::max).ceil();
    (labels, width)
}

/// Where a chart of rows lies, each of them as wide as the chart.
pub(super) fn plot_of_rows(frame: &Frame<'_>, area: Rect, (x, y): (Scale, Scale), n_rows: usize) -> Plot {
    let row = |row: usize| Rect {
        left: 0.0,
        top: y.pixel_from_value(row as f64),
        right: frame.width,
        bottom: y.pixel_from_value((row + 1) as f64),
    };
    Plot { area, x, y, second: None, rows: (0..n_rows).map(row).collect(), labelled: false }
}

/// The bar's share of it.
pub(super) const THICKNESS: f64 = 0.8;
pub(super) const LABEL_GAP: f64 = 8.0;
pub(super) const VALUE_GAP: f64 = 5.0;

/// A measure by a dimension: horizontal bars, labels at the left, values at their end. Under a selection,
/// rows that are not in it are grey. On a scale that is not linear there is an axis below.
pub struct BarChart<'a> {
    pub rows: &'a [BarRow],
    pub format: &'a NumberFormat,
    /// Whether anything is selected, be it a row that is not shown.
    pub has_selection: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BarRow {
    pub label: String,
    pub value: Option<f64>,
    /// The value as its format says.
    pub text: String,
    pub selected: bool,
}

impl BarChart<'_> {
    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<Plot, DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        let (theme, size) = (frame.theme, frame.theme.font_size);
        let (labels, label_width) = row_labels(frame, &mut self.rows.iter().map(|row| row.label.as_str()));
        let value_width = self.rows.iter().map(|row| frame.text_width(&row.text)).fold(0.0, f64::max).ceil();
        let values = || self.rows.iter().filter_map(|row| row.value).filter(|value| value.is_finite());
        let referred = || values().chain(frame.referred(true));
        let least = referred().fold(0.0, f64::min);
        let greatest = referred().fold(0.0, f64::max);
        let head = if frame.has_labels_above() { size * 1.6 } else { 0.0 };
        let has_axis = frame.scale != AxisScale::Linear;
        let pitch = pitch(frame.height - head - foot(frame, has_axis), self.rows.len().max(1) as f64, frame);
        let left = label_width + LABEL_GAP + if least < 0.0 { value_width + VALUE_GAP } else { 0.0 };
        let room = frame.panel.map_or(0.0, |panel| panel.room);
        let right = (frame.width - (value_width + VALUE_GAP + 1.0).max(room)).max(left + 1.0);
        let bottom = head + pitch * self.rows.len() as f64;
        let whole = Rect { left, top: 0.0, right, bottom };
        let area = Rect { top: head, ..whole };
        let domain = if least == greatest { (0.0, 1.0) } else { (least, greatest) };
        let x = Scale::new(domain, (left, right)).divided(frame.scale);
        // Rows count downwards from the top.
        let y = Scale::new((0.0, self.rows.len().max(1) as f64), (area.top, area.top + pitch * self.rows.len().max(1) as f64));
        let plot_area = pen.plot_area(x, y);
        let ticks = if has_axis { number_ticks(x, self.format, frame) } else { vec![] };
        draw_foot(&pen, frame, x, (head, bottom), &ticks)?;
        draw_bands(&pen, frame, whole, x, y)?;
        for (i, (row, label)) in self.rows.iter().zip(&labels).enumerate() {
            let top = i as f64;
            let chosen = row.selected || !self.has_selection;
            let color = if chosen { theme.accent } else { theme.grey_mark };
            let middle = y.pixel_from_value(top + 0.5);
            let at = (label_width, middle);
            pen.label(label, at, (HPos::Right, VPos::Center), if row.selected { theme.ink } else { theme.muted })?;
            let value = row.value.filter(|value| value.is_finite()).unwrap_or(0.0);
            let rounded = if value < 0.0 { [true, false, false, true] } else { [false, true, true, false] };
            let inset = pitch * (1.0 - THICKNESS) / 2.0;
            if value != 0.0 {
                plot_area.draw(&Bar { corners: [(0.0, top), (value, top + 1.0)], inset: (0.0, inset), radius: 2.0, rounded, color })?;
            }
            let end = x.pixel_from_value(value);
            let (at, anchor) = if value < 0.0 { (end - VALUE_GAP, HPos::Right) } else { (end + VALUE_GAP, HPos::Left) };
            pen.label(&row.text, (at, middle), (anchor, VPos::Center), if row.selected { theme.ink } else { theme.muted })?;
        }
        draw_lines(&pen, frame, whole, x, y)?;
        Ok(plot_of_rows(frame, area, (x, y), self.rows.len()))
    }
}
