use crate::{Locale, Rect, Reference, Scale, TextMeasure, Theme};

/// What a chart is drawn in: its size in CSS pixels, and how it looks.
pub struct Frame<'a> {
    pub width: f64,
    pub height: f64,
    pub theme: &'a Theme,
    pub locale: &'a Locale,
    pub measure: &'a dyn TextMeasure,
    /// Drawn by charts with axes of values or of time.
    pub references: &'a [Reference],
}

/// Where a drawn chart's data lies: for hit tests, brushes and tooltips.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Between the axes.
    pub area: Rect,
    pub x: Scale,
    pub y: Scale,
    /// Of lines that have an axis of their own.
    pub second: Option<Scale>,
    /// The rows of a bar chart, label included; empty for other marks.
    pub rows: Vec<Rect>,
    /// Whether series are named beside their marks.
    pub labelled: bool,
}

impl<'a> Frame<'a> {
    /// The same, but for what stands at the right of it.
    pub(crate) fn without_right(&self, width: f64) -> Frame<'a> {
        Frame { width: (self.width - width).max(1.0), ..*self }
    }

    pub(crate) fn text_width(&self, text: &str) -> f64 {
        self.measure.width(text, self.theme.font_size)
    }
}
