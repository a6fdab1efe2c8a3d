use crate::axis::{Top, ValueAxis, draw_bottom};
use crate::pen::{Drawn, Pen, PlotArea, dot, path};
use crate::reference::{draw_bands, draw_lines};
use crate::time_axis::time_ticks;
use crate::{Color, Frame, Plot, Rect, Scale};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;
use tarn_dashboard::{NumberFormat, TimeUnit};

/// A measure over time. The selected interval is in accent with a soft area behind it and the rest grey; without a
/// selection all of it is in accent.
pub struct LineChart<'a> {
    /// In ascending order.
    pub points: &'a [LinePoint],
    pub grain: TimeUnit,
    /// `[from, to)` in microseconds; it may reach beyond the data.
    pub selected: Option<(f64, f64)>,
    pub format: &'a NumberFormat,
}

/// One unit of the grain. It is drawn in the middle of its interval, so that a brush over the interval covers the point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinePoint {
    /// `[from, to)` in microseconds since 1970.
    pub from: f64,
    pub to: f64,
    /// `None` leaves a gap.
    pub value: Option<f64>,
}

impl LinePoint {
    pub fn middle(&self) -> f64 {
        (self.from + self.to) / 2.0
    }
}

impl LineChart<'_> {
    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<Plot, DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        let y = ValueAxis::layout(frame, &mut self.points.iter().filter_map(|point| point.value), self.format, Top::Nice);
        let domain = (self.points.first().map_or(0.0, |point| point.from), self.points.last().map_or(1.0, |point| point.to));
        let x = Scale::new(domain, (y.area.left, y.area.right));
        y.draw_grid(&pen, frame)?;
        y.draw_zero(&pen, frame)?;
        let theme = frame.theme;
        if let Some((from, to)) = self.selected.filter(|(from, to)| *to > domain.0 && *from < domain.1) {
            let edge = |value: f64| x.pixel_from_value(x.clamp(value));
            pen.rect(Rect { left: edge(from), right: edge(to), ..y.area }, theme.selection())?;
        }
        draw_bands(&pen, frame, y.area, x, y.scale)?;
        y.draw(&pen, frame)?;
        draw_bottom(&pen, frame, y.area, x, &time_ticks(x, self.grain, frame))?;
        let area = pen.plot_area(x, y.scale);
        match self.selected {
            None => draw_run(&area, self.points, 2.0, theme.accent)?,
            Some((from, to)) => {
                let chosen = |point: &LinePoint| point.middle() >= from && point.middle() < to;
                let first = self.points.iter().position(chosen).unwrap_or(self.points.len());
                let end = self.points.iter().rposition(chosen).map_or(first, |last| last + 1);
                // Grey reaches the first and the last chosen point, so that the line has no gap; accent lies over it.
                let grey = theme.grey_line();
                draw_run(&area, &self.points[..(first + 1).min(self.points.len())], 1.5, grey)?;
                draw_run(&area, &self.points[end.saturating_sub(1)..], 1.5, grey)?;
                draw_run(&area, &self.points[first..end], 2.0, theme.accent)?;
            }
        }
        draw_lines(&pen, frame, y.area, x, y.scale)?;
        Ok(Plot { area: y.area, x, y: y.scale, second: None, rows: vec![], labelled: false })
    }
}

/// Neighbouring points are joined; a point between two gaps is a dot. What has no place on the scale is a gap.
pub(super) fn draw_run<DB: DrawingBackend>(area: &PlotArea<DB>, points: &[LinePoint], width: f64, color: Color) -> Drawn<DB> {
    let scale = area.as_coord_spec().y_spec();
    for run in points.split(|point| point.value.is_none_or(|value| !scale.kind.shows(value))) {
        let places: Vec<(f64, f64)> = run.iter().filter_map(|point| Some((point.middle(), point.value?))).collect();
        match places.as_slice() {
            [] => {}
            [place] => dot(area, *place, width, color)?,
            places => path(area, places, width, color)?,
        }
    }
    Ok(())
}
