use super::end_labels::EndLabels;
use super::series::{TimeFrame, extents, percent};
use super::{LinePoint, Series};
use crate::axis::Top;
use crate::pen::{Bar, Drawn, Pen, PlotArea, path, polygon};
use crate::{Color, Frame, Plot};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;
use tarn_dashboard::{NumberFormat, Stack, TimeUnit};

/// Measures over time as areas, on top of each other or as shares of their sum; the first lies at the bottom. A series alone
/// is a line with a soft area below it. Outside of the selected interval all is faint.
pub struct AreaChart<'a> {
    /// The axis, in ascending order; its values are of no concern.
    pub steps: &'a [LinePoint],
    pub series: &'a [Series],
    pub stack: Stack,
    pub grain: TimeUnit,
    /// `[from, to)` in microseconds; it may reach beyond the data.
    pub selected: Option<(f64, f64)>,
    pub format: &'a NumberFormat,
}

/// Closer steps have areas without lines between them.
const MIN_STEP: f64 = 3.0;

/// The edges of an area at one step: where it stands on the axis, and from where to where it reaches.
type Edge = (f64, (f64, f64));

impl AreaChart<'_> {
    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<Plot, DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        let theme = frame.theme;
        let labels = EndLabels::layout(frame, &mut self.series.iter().map(|series| series.label.as_str()));
        let extents = extents(self.series, self.steps.len(), self.stack);
        let mut values = extents.iter().flatten().flatten().map(|(_, to)| *to);
        let shares = percent();
        let (format, top) = if self.stack == Stack::Normalize { (&shares, Top::Tight) } else { (self.format, Top::Nice) };
        let inner = frame.without_right(labels.width);
        let axes = TimeFrame::draw(&pen, &inner, self.steps, &mut values, (format, self.grain), top)?;
        let soft = self.stack == Stack::None;
        let color = |series: &Series| if series.chosen { series.color } else { theme.grey_mark };
        let mut tops = vec![];
        for (series, extents) in self.series.iter().zip(&extents) {
            let fill = if soft { color(series).with_alpha(0.14) } else { theme.filled(color(series)) };
            let edges: Vec<Option<Edge>> = self.steps.iter().zip(extents).map(|(step, extent)| Some((step.middle(), (*extent)?))).collect();
            for (at, run) in runs(&edges) {
                fill_run(&axes.area, self.steps, at, &run, fill)?;
                tops.push((run.iter().map(|(x, (_, to))| (*x, *to)).collect::<Vec<_>>(), if soft { color(series) } else { theme.card }));
            }
        }
        // Over the areas, so that none hides the line between it and the next; between steps that lie close there is no room for it.
        let is_dense = axes.y.area.width() < self.steps.len() as f64 * MIN_STEP;
        for (top, color) in tops.iter().filter(|(top, _)| top.len() > 1 && (soft || !is_dense)) {
            path(&axes.area, top, if soft { 2.0 } else { 1.0 }, *color)?;
        }
        if let Some((from, to)) = self.selected {
            let veil = theme.card.with_alpha(0.68);
            axes.shade(&pen, (f64::NEG_INFINITY, from), veil)?;
            axes.shade(&pen, (to, f64::INFINITY), veil)?;
        }
        axes.draw_references(&pen, frame)?;
        if labels.width > 0.0 {
            let pixel = |value: f64| axes.y.scale.pixel_from_value(value);
            let end = |(series, extents): (&Series, &Vec<Option<(f64, f64)>>)| {
                let (from, to) = extents.iter().rev().flatten().next().copied()?;
                Some((pixel((from + to) / 2.0), color(series)))
            };
            labels.draw(&pen, frame, axes.y.area, &mut self.series.iter().zip(&extents).map(end))?;
        }
        Ok(axes.plot(labels.width > 0.0))
    }
}

/// The parts of an area between gaps, each with the position of its first step.
fn runs(edges: &[Option<Edge>]) -> Vec<(usize, Vec<Edge>)> {
    let mut runs: Vec<(usize, Vec<Edge>)> = vec![];
    for (at, edge) in edges.iter().enumerate() {
        match (edge, runs.last_mut().filter(|(first, run)| first + run.len() == at)) {
            (Some(edge), Some((_, run))) => run.push(*edge),
            (Some(edge), None) => runs.push((at, vec![*edge])),
            (None, _) => {}
        }
    }
    runs
}

/// A lone step is as wide as its unit.
fn fill_run<DB: DrawingBackend>(area: &PlotArea<DB>, steps: &[LinePoint], at: usize, run: &[Edge], color: Color) -> Drawn<DB> {
    if let [(_, (from, to))] = run {
        let Some(step) = steps.get(at).filter(|_| from != to) else { return Ok(()) };
        return area.draw(&Bar {
            corners: [(step.from, *to), (step.to, *from)],
            inset: (0.0, 0.0),
            radius: 0.0,
            rounded: [false; 4],
            color,
        });
    }
    if run.iter().all(|(_, (from, to))| from == to) {
        return Ok(());
    }
    let outline: Vec<(f64, f64)> =
        run.iter().map(|(x, (_, to))| (*x, *to)).chain(run.iter().rev().map(|(x, (from, _))| (*x, *from))).collect();
    polygon(area, &outline, color)
}
