use super::end_labels::EndLabels;
use super::line::draw_run;
use super::series::TimeFrame;
use super::{LinePoint, Series};
use crate::axis::Top;
use crate::pen::Pen;
use crate::{Frame, Plot};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;
use tarn_dashboard::{NumberFormat, TimeUnit};

/// Several measures, or one by a dimension, over time: a line each, named at its end where there is room. Outside of the
/// selected interval lines are faint; series that are not chosen are grey.
pub struct Lines<'a> {
    /// The axis, in ascending order; its values are of no concern.
    pub steps: &'a [LinePoint],
    /// The first lies over the others.
    pub series: &'a [Series],
    pub grain: TimeUnit,
    /// `[from, to)` in microseconds; it may reach beyond the data.
    pub selected: Option<(f64, f64)>,
    pub format: &'a NumberFormat,
}

impl Lines<'_> {
    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<Plot, DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        let theme = frame.theme;
        let labels = EndLabels::layout(frame, &mut self.series.iter().map(|series| series.label.as_str()));
        let mut values = self.series.iter().flat_map(|series| series.values.iter().flatten().copied());
        let inner = frame.without_right(labels.width);
        let axes = TimeFrame::draw(&pen, &inner, self.steps, &mut values, (self.format, self.grain), Top::Nice)?;
        if let Some(selected) = self.selected {
            axes.shade(&pen, selected, theme.selection())?;
        }
        let color = |series: &Series| if series.chosen { series.color } else { theme.grey_line() };
        for series in self.series.iter().filter(|series| !series.chosen).chain(self.series.iter().rev().filter(|series| series.chosen)) {
            let points: Vec<LinePoint> =
                self.steps.iter().zip(&series.values).map(|(step, value)| LinePoint { value: *value, ..*step }).collect();
            let color = color(series);
            let width = if series.chosen { 2.0 } else { 1.5 };
            let outside = if series.chosen { theme.faint(color) } else { color };
            match self.selected {
                None => draw_run(&axes.area, &points, width, color)?,
                Some((from, to)) => {
                    let chosen = |point: &LinePoint| point.middle() >= from && point.middle() < to;
                    let first = points.iter().position(chosen).unwrap_or(points.len());
                    let end = points.iter().rposition(chosen).map_or(first, |last| last + 1);
                    draw_run(&axes.area, &points[..(first + 1).min(points.len())], 1.5, outside)?;
                    draw_run(&axes.area, &points[end.saturating_sub(1)..], 1.5, outside)?;
                    draw_run(&axes.area, &points[first..end], width, color)?;
                }
            }
        }
        axes.draw_references(&pen, frame)?;
        if labels.width > 0.0 {
            let end = |series: &Series| {
                let last = series.values.iter().rev().flatten().next().copied()?;
                Some((axes.y.scale.pixel_from_value(last), color(series)))
            };
            labels.draw(&pen, frame, axes.y.area, &mut self.series.iter().map(end))?;
        }
        Ok(axes.plot(labels.width > 0.0))
    }
}
