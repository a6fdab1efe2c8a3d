use super::LinePoint;
use crate::axis::{Top, ValueAxis, draw_bottom};
use crate::pen::{Drawn, Pen, PlotArea};
use crate::reference::{draw_bands, draw_lines};
use crate::time_axis::time_ticks;
use crate::{Color, Frame, Plot, Rect, Scale};
use plotters_backend::DrawingBackend;
use tarn_dashboard::{NumberFormat, Stack, TimeUnit};

/// One of several series of a chart. Those that are not chosen stand back.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub label: String,
    pub color: Color,
    /// One for each step of the axis.
    pub values: Vec<Option<f64>>,
    pub chosen: bool,
}

/// From where to where each series reaches at each step, `[series][step]`. What is negative goes down from zero. A series
/// without a value has no extent; a step of which no series has a value is `None` in all.
pub(super) fn extents(series: &[Series], n_steps: usize, stack: Stack) -> Vec<Vec<Option<(f64, f64)>>> {
    let mut ends = vec![(0.0f64, 0.0f64); n_steps];
    let value = |of: &Series, step: usize| of.values.get(step).copied().flatten().filter(|value| value.is_finite());
    let whole = |step: usize| series.iter().filter_map(|of| value(of, step)).map(f64::abs).sum::<f64>();
    let empty: Vec<bool> = (0..n_steps).map(|step| series.iter().all(|of| value(of, step).is_none())).collect();
    let one = |of: &Series| -> Vec<Option<(f64, f64)>> {
        let extent = |step: usize| {
            if empty[step] {
                return None;
            }
            let own = value(of, step).unwrap_or(0.0);
            let own = if stack == Stack::Normalize && own != 0.0 { own / whole(step) } else { own };
            if stack == Stack::None {
                return Some((0.0, own));
            }
            let (up, down) = &mut ends[step];
            let end = if own < 0.0 { down } else { up };
            let from = *end;
            *end += own;
            // Shares may add up to a little more than all.
            let limit = if stack == Stack::Normalize { 1.0 } else { f64::INFINITY };
            *end = end.clamp(-limit, limit);
            Some((from, *end))
        };
        (0..n_steps).map(extent).collect()
    };
    series.iter().map(one).collect()
}

/// What shares are written as.
pub(super) fn percent() -> NumberFormat {
    NumberFormat { style: tarn_dashboard::NumberStyle::Percent, decimals: Some(0), ..NumberFormat::default() }
}

/// The axes of series over time.
pub(super) struct TimeFrame<DB: DrawingBackend> {
    pub x: Scale,
    pub y: ValueAxis,
    pub area: PlotArea<DB>,
}

impl<DB: DrawingBackend> TimeFrame<DB> {
    /// Draws what lies behind the marks. `frame` is without what stands at the right.
    pub fn draw(
        pen: &Pen<'_, DB>,
        frame: &Frame<'_>,
        steps: &[LinePoint],
        values: &mut dyn Iterator<Item = f64>,
        (format, grain): (&NumberFormat, TimeUnit),
        top: Top,
    ) -> Result<Self, plotters::drawing::DrawingAreaErrorKind<DB::ErrorType>> {
        let y = ValueAxis::layout(frame, values, format, top);
        let domain = (steps.first().map_or(0.0, |step| step.from), steps.last().map_or(1.0, |step| step.to));
        let x = Scale::new(domain, (y.area.left, y.area.right));
        y.draw_grid(pen, frame)?;
        y.draw_zero(pen, frame)?;
        draw_bands(pen, frame, y.area, x, y.scale)?;
        y.draw(pen, frame)?;
        draw_bottom(pen, frame, y.area, x, &time_ticks(x, grain, frame))?;
        let area = pen.plot_area(x, y.scale);
        Ok(Self { x, y, area })
    }

    /// The selected interval, behind lines or, for areas, over what is not selected.
    pub fn shade(&self, pen: &Pen<'_, DB>, (from, to): (f64, f64), color: Color) -> Drawn<DB> {
        let edge = |value: f64| self.x.pixel_from_value(self.x.clamp(value));
        let (left, right) = (edge(from), edge(to));
        if left < right { pen.rect(Rect { left, right, ..self.y.area }, color) } else { Ok(()) }
    }

    pub fn draw_references(&self, pen: &Pen<'_, DB>, frame: &Frame<'_>) -> Drawn<DB> {
        draw_lines(pen, frame, self.y.area, self.x, self.y.scale)
    }

    pub fn plot(self, labelled: bool) -> Plot {
        Plot { area: self.y.area, x: self.x, y: self.y.scale, second: None, rows: vec![], labelled }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_lie_on_each_other_by_sign() {
        let series =
            |values: &[Option<f64>]| Series { label: String::new(), color: Color::rgb(0, 0, 0), values: values.to_vec(), chosen: true };
        let all = [series(&[Some(3.0), None, Some(1.0)]), series(&[Some(-2.0), None, None]), series(&[Some(5.0), None, Some(3.0)])];
        let stacked = extents(&all, 3, Stack::Zero);
        assert_eq!(stacked[0], [Some((0.0, 3.0)), None, Some((0.0, 1.0))]);
        assert_eq!(stacked[1], [Some((0.0, -2.0)), None, Some((1.0, 1.0))]);
        assert_eq!(stacked[2], [Some((3.0, 8.0)), None, Some((1.0, 4.0))]);
        let shares = extents(&all, 3, Stack::Normalize);
        assert_eq!((shares[0][0], shares[1][0], shares[2][2]), (Some((0.0, 0.3)), Some((0.0, -0.2)), Some((0.25, 1.0))));
        assert_eq!(extents(&all, 1, Stack::None)[2], [Some((0.0, 5.0))]);
    }
}
