use crate::{Locale, Panel, Rect, Reference, Scale, TextMeasure, Theme};
use tarn_dashboard::AxisScale;

/// What a chart is drawn in: its size in CSS pixels, and how it looks.
pub struct Frame<'a> {
    pub width: f64,
    pub height: f64,
    pub theme: &'a Theme,
    pub locale: &'a Locale,
    pub measure: &'a dyn TextMeasure,
    /// Drawn by charts with axes of values or of time.
    pub references: &'a [Reference],
    /// Of a chart that is one of several.
    pub panel: Option<Panel>,
    /// Of the axis of values.
    pub scale: AxisScale,
    /// What stands at the axis of values; empty where the card says it.
    pub measured: &'a str,
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

impl Plot {
    /// The same, seen from elsewhere.
    pub fn moved(mut self, (right, down): (f64, f64)) -> Self {
        let rect = |rect: &mut Rect| {
            *rect = Rect { left: rect.left + right, top: rect.top + down, right: rect.right + right, bottom: rect.bottom + down };
        };
        rect(&mut self.area);
        self.rows.iter_mut().for_each(rect);
        let scale = |scale: Scale, by: f64| Scale { pixels: (scale.pixels.0 + by, scale.pixels.1 + by), ..scale };
        (self.x, self.y, self.second) = (scale(self.x, right), scale(self.y, down), self.second.map(|second| scale(second, down)));
        self
    }
}

impl<'a> Frame<'a> {
    /// Of a chart alone, without references.
    pub fn new((width, height): (f64, f64), theme: &'a Theme, locale: &'a Locale, measure: &'a dyn TextMeasure) -> Self {
        Self { width, height, theme, locale, measure, references: &[], panel: None, scale: AxisScale::Linear, measured: "" }
    }

    /// The same, but for what stands at the right of it.
    pub(crate) fn without_right(&self, width: f64) -> Frame<'a> {
        Frame { width: (self.width - width).max(1.0), ..*self }
    }

    /// The ends of what an axis reaches for the sake of other panels: across, up, and a second one.
    pub(crate) fn shared(&self, axis: usize) -> impl Iterator<Item = f64> + use<> {
        self.panel.and_then(|panel| panel.spans[axis]).into_iter().flat_map(|(from, to)| [from, to])
    }

    pub(crate) fn text_width(&self, text: &str) -> f64 {
        self.measure.width(text, self.theme.font_size)
    }
}
