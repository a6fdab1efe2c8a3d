use super::series::TimeFrame;
use crate::axis::Top;
use crate::pen::{Drawn, Pen, PlotArea, dot, path};
use crate::{Color, Frame, Plot};
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
        let mut values = self.points.iter().filter_map(|point| point.value);
        let axes = TimeFrame::draw(&pen, frame, self.points, &mut values, (self.format, self.grain), Top::Nice)?;
        let (theme, area) = (frame.theme, &axes.area);
        if let Some(selected) = self.selected {
            axes.shade(&pen, selected, theme.selection())?;
        }
        match self.selected {
            None => draw_run(area, self.points, 2.0, theme.accent)?,
            Some((from, to)) => {
                let chosen = |point: &LinePoint| point.middle() >= from && point.middle() < to;
                let first = self.points.iter().position(chosen).unwrap_or(self.points.len());
                let end = self.points.iter().rposition(chosen).map_or(first, |last| last + 1);
                // Grey reaches the first and the last chosen point, so that the line has no gap; accent lies over it.
                let grey = theme.grey_line();
                draw_run(area, &self.points[..(first + 1).min(self.points.len())], 1.5, grey)?;
                draw_run(area, &self.points[end.saturating_sub(1)..], 1.5, grey)?;
                draw_run(area, &self.points[first..end], 2.0, theme.accent)?;
            }
        }
        axes.draw_references(&pen, frame)?;
        Ok(axes.plot(false))
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
