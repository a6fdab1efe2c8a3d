use super::Series;
use super::end_labels::spread;
use crate::math::sine_and_cosine;
use crate::pen::{HPos, Pen, VPos, path, polygon};
use crate::text::fit;
use crate::{Color, Frame, Plot, Rect, Scale, ascending};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;
use std::f64::consts::TAU;

/// Labels take their room only while the circle keeps this radius.
const MIN_RADIUS: f64 = 56.0;
const MAX_LABEL: f64 = 130.0;
/// From the circle to the knee of a leader, and from there to the label.
const LEADER: (f64, f64) = (8.0, 10.0);
/// The hole's share of the radius.
const HOLE: f64 = 0.6;
/// Chords of a whole circle; a chord is then less than half a pixel off.
const CHORDS: f64 = 120.0;

/// Parts of a whole: slices from the top, clockwise, named beside the circle where there is room. What has no positive value has
/// no slice; slices that are not chosen are grey.
pub struct Pie<'a> {
    /// Each with one value.
    pub slices: &'a [Series],
    /// As the labels say them.
    pub texts: &'a [String],
    /// What stands in the hole; without it there is none.
    pub whole: Option<&'a str>,
}

/// Where each slice begins and ends, in turns from the top.
pub fn turns(values: impl Iterator<Item = Option<f64>>) -> Vec<(f64, f64)> {
    let values: Vec<f64> = values.map(|value| value.filter(|value| value.is_finite() && *value > 0.0).unwrap_or(0.0)).collect();
    let whole: f64 = values.iter().sum();
    let mut end = 0.0;
    let mut turn = |value: &f64| {
        let from = end;
        end += if whole > 0.0 { value / whole } else { 0.0 };
        (from, end)
    };
    values.iter().map(&mut turn).collect()
}

/// The place at that distance from the centre, as many turns from the top, clockwise.
pub fn around(center: (f64, f64), radius: f64, turn: f64) -> (f64, f64) {
    let (sine, cosine) = sine_and_cosine(turn * TAU);
    (center.0 + radius * sine, center.1 - radius * cosine)
}

impl Pie<'_> {
    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<Plot, DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        let (theme, size) = (frame.theme, frame.theme.font_size);
        let turns = turns(self.slices.iter().map(|slice| slice.values.first().copied().flatten()));
        let labels: Vec<String> = self.texts.iter().map(|text| fit(text, MAX_LABEL, size, frame.measure)).collect();
        let beside = labels.iter().map(|label| frame.text_width(label)).fold(0.0, f64::max) + LEADER.0 + LEADER.1 + 4.0;
        let tallest = frame.height / 2.0 - 2.0;
        let named = (frame.width / 2.0 - beside).min(tallest - size * 0.6);
        // Panels of unequal circles would not be compared.
        let labelled = named >= MIN_RADIUS && frame.panel.is_none();
        let radius = if labelled { named } else { tallest.min(frame.width / 2.0 - 2.0).max(1.0) };
        let center = (frame.width / 2.0, frame.height / 2.0);
        let area = Rect { left: center.0 - radius, top: center.1 - radius, right: center.0 + radius, bottom: center.1 + radius };
        let (x, y) = (Scale::new((0.0, frame.width), (0.0, frame.width)), Scale::new((0.0, frame.height), (0.0, frame.height)));
        let plot_area = pen.plot_area(x, y);
        let at = |turn: f64, radius: f64| around(center, radius, turn);
        let inner = if self.whole.is_some() { radius * HOLE } else { 0.0 };
        let color = |slice: &Series| if slice.chosen { slice.color } else { theme.grey_mark };
        let shown = || self.slices.iter().zip(&turns).filter(|(_, (from, to))| from < to);
        for (slice, (from, to)) in shown() {
            let n = ((to - from) * CHORDS).ceil().max(1.0);
            let along = |radius: f64| (0..=n as usize).map(move |step| at(from + (to - from) * step as f64 / n, radius));
            let outline: Vec<(f64, f64)> = along(radius).chain(along(inner).rev()).collect();
            polygon(&plot_area, &outline, color(slice))?;
        }
        if shown().count() > 1 {
            for (_, (from, _)) in shown() {
                path(&plot_area, &[at(*from, inner), at(*from, radius)], 1.5, theme.card)?;
            }
        }
        if let Some(whole) = self.whole {
            pen.label(&fit(whole, inner * 1.7, size, frame.measure), center, (HPos::Center, VPos::Center), theme.ink)?;
        }
        if labelled {
            for right in [true, false] {
                let slices = self.slices.iter().zip(&labels).zip(&turns).filter(|(_, (from, to))| from < to);
                let side: Vec<(f64, Color, &str)> = slices
                    .map(|((slice, label), (from, to))| ((from + to) / 2.0, color(slice), label.as_str()))
                    .filter(|(turn, ..)| (*turn < 0.5) == right)
                    .collect();
                let heights: Vec<f64> = side.iter().map(|(turn, ..)| at(*turn, radius + LEADER.0).1).collect();
                let down = ascending(&heights);
                let bounds = (size * 0.6, frame.height - size * 0.6);
                let heights = spread(down.iter().map(|place| heights[*place]).collect(), size * 1.25, bounds);
                for ((turn, color, label), height) in down.iter().map(|place| side[*place]).zip(heights) {
                    let knee = at(turn, radius + LEADER.0);
                    let edge = center.0 + (radius + LEADER.0 + LEADER.1) * if right { 1.0 } else { -1.0 };
                    path(&plot_area, &[at(turn, radius + 1.0), (knee.0, height), (edge, height)], 1.0, color)?;
                    let (gap, anchor) = if right { (3.0, HPos::Left) } else { (-3.0, HPos::Right) };
                    pen.label(label, (edge + gap, height), (anchor, VPos::Center), theme.ink)?;
                }
            }
        }
        Ok(Plot { area, x, y, second: None, rows: vec![], labelled })
    }
}
