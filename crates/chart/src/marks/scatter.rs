use crate::axis::{GAP, MARK, ValueAxis, draw_bottom, number_ticks};
use crate::marks::heatmap::legend;
use crate::pen::{Bar, Drawn, HPos, Pen, PlotArea, VPos, dot, ring};
use crate::scale::nice_step;
use crate::{Color, Frame, Plot, Rect, Scale, format_number};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;
use tarn_dashboard::NumberFormat;

/// Radius and opacity of points without a size, by how many there are at most.
const POINTS: [(usize, f64, f64); 3] = [(300, 3.5, 0.75), (2_000, 2.5, 0.55), (usize::MAX, 1.5, 0.4)];
/// Space between the outermost points and the edges.
const INSET: f64 = 6.0;
/// The radius of the largest bubble: this share of the shorter side, within these.
const LARGEST: (f64, f64, f64) = (0.08, 8.0, 26.0);
const SMALLEST: f64 = 2.0;

/// Numbers against numbers: a point for each datum, its area the size where there is one; or, of too many, rectangles whose
/// colour tells how many lie there. Points that are not chosen are grey and lie behind.
pub struct Scatter<'a> {
    pub across: NumberAxis<'a>,
    pub up: NumberAxis<'a>,
    pub points: &'a [Point],
    pub density: Option<Density<'a>>,
    /// Of the density's numbers.
    pub format: &'a NumberFormat,
}

pub struct NumberAxis<'a> {
    pub label: &'a str,
    pub format: &'a NumberFormat,
    /// From where to where it reaches; without it the points decide.
    pub span: Option<(f64, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub at: (f64, f64),
    /// Its share of the largest size, 0..=1.
    pub size: Option<f64>,
    pub color: Color,
    pub chosen: bool,
}

/// How many lie in each of the rectangles that fill the plot.
pub struct Density<'a> {
    pub columns: usize,
    pub rows: usize,
    /// Column by column from the left, each from below.
    pub counts: &'a [f64],
    /// What has the strongest colour.
    pub greatest: f64,
}

impl NumberAxis<'_> {
    /// To whole steps of about `pixels`, so that the outermost points are not on the edge.
    fn domain(&self, values: impl Iterator<Item = f64>, pixels: f64) -> (f64, f64) {
        if let Some(span) = self.span {
            return span;
        }
        let finite = values.filter(|value| value.is_finite());
        let (least, greatest) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| (a.min(value), b.max(value)));
        if least > greatest {
            return (0.0, 1.0);
        }
        if least == greatest {
            return (least - 0.5, least + 0.5);
        }
        let step = nice_step((greatest - least) / (pixels / 50.0).max(1.0));
        ((least / step).floor() * step, (greatest / step).ceil() * step)
    }
}

impl Scatter<'_> {
    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<Plot, DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        let (theme, size) = (frame.theme, frame.theme.font_size);
        let title = (size * 1.5).ceil();
        let up = self.up.domain(self.points.iter().map(|point| point.at.1).chain(frame.shared(1)), frame.height);
        let across = self.across.domain(self.points.iter().map(|point| point.at.0).chain(frame.shared(0)), frame.width);
        let axis = ValueAxis::between(frame, up, self.up.format, title);
        let area = axis.area;
        let largest = (area.width().min(area.height()) * LARGEST.0).clamp(LARGEST.1, LARGEST.2);
        let sized = self.points.iter().any(|point| point.size.is_some());
        let inset = match (&self.density, sized) {
            (Some(_), _) => 0.0,
            (None, true) => largest * 0.7,
            (None, false) => INSET,
        };
        let inset = inset.min(area.width() / 4.0).min(area.height() / 4.0);
        let x = Scale::new(across, (area.left + inset, area.right - inset));
        let y = Scale::new(up, (area.bottom - inset, area.top + inset));
        let axis = ValueAxis { scale: y, ..axis };
        let ticks = number_ticks(x, self.across.format, frame);
        axis.draw_grid(&pen, frame)?;
        for tick in &ticks {
            pen.vertical(x.pixel_from_value(tick.value).min(area.right - 1.0), area.top, area.bottom, theme.grid)?;
        }
        let plot_area = pen.plot_area(x, y);
        match &self.density {
            Some(density) => self.draw_density(&pen, &plot_area, density, (across, up))?,
            None => self.draw_points(&plot_area, frame, largest)?,
        }
        axis.draw(&pen, frame)?;
        draw_bottom(&pen, frame, area, x, &ticks)?;
        // Of several panels the last names it for all.
        let is_last = frame.panel.is_none_or(|panel| panel.has_legend);
        if is_last {
            let foot = area.bottom + MARK + GAP + (size * 1.3).ceil();
            pen.label(&format!("{} →", self.across.label), (frame.width, foot), (HPos::Right, VPos::Top), theme.muted)?;
        }
        pen.label(&format!("↑ {}", self.up.label), (0.0, 0.0), (HPos::Left, VPos::Top), theme.muted)?;
        if let Some(density) = self.density.as_ref().filter(|_| is_last) {
            let greatest = density.greatest;
            let ends = (format_number(self.format, greatest.min(1.0), frame.locale), format_number(self.format, greatest, frame.locale));
            legend(&pen, frame, size * 0.6 + 4.0, (&ends.0, &ends.1))?;
        }
        Ok(Plot { area, x, y, second: None, rows: vec![], labelled: false })
    }

    fn draw_points<DB: DrawingBackend>(&self, area: &PlotArea<DB>, frame: &Frame<'_>, largest: f64) -> Drawn<DB> {
        let (_, radius, opacity) = POINTS.into_iter().find(|(most, ..)| self.points.len() <= *most).unwrap_or(POINTS[2]);
        for chosen in [false, true] {
            for point in self.points.iter().filter(|point| point.chosen == chosen) {
                let color = if chosen { point.color } else { frame.theme.grey_mark };
                match point.size {
                    None => dot(area, point.at, radius, color.with_alpha(opacity))?,
                    Some(share) => {
                        let radius = (share.max(0.0).sqrt() * largest).max(SMALLEST);
                        dot(area, point.at, radius, color.with_alpha(0.45))?;
                        ring(area, point.at, radius, color)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn draw_density<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        area: &PlotArea<DB>,
        density: &Density<'_>,
        (across, up): ((f64, f64), (f64, f64)),
    ) -> Drawn<DB> {
        let greatest = density.greatest;
        let step = |(from, to): (f64, f64), n: usize| (to - from) / n.max(1) as f64;
        let (width, height) = (step(across, density.columns), step(up, density.rows));
        for (at, count) in density.counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let (column, row) = (at / density.rows.max(1), at % density.rows.max(1));
            let from = (across.0 + width * column as f64, up.0 + height * row as f64);
            let corners = [from, (from.0 + width, from.1 + height)];
            let color = pen.theme().sequential(share(*count, greatest));
            // A little over each other, so that the card does not shine through between them.
            area.draw(&Bar { corners, inset: (-0.25, -0.25), radius: 0.0, rounded: [false; 4], color })?;
        }
        Ok(())
    }
}

/// Few and many differ by powers of ten: the fourth root keeps both apart.
fn share(count: f64, greatest: f64) -> f64 {
    if greatest > 0.0 { (count / greatest).sqrt().sqrt() } else { 0.0 }
}

/// Where a rectangle lies, by its column from the left and its row from below.
impl Density<'_> {
    pub fn rect(plot: &Plot, (columns, rows): (usize, usize), (column, row): (usize, usize)) -> Rect {
        let (width, height) = (plot.area.width() / columns.max(1) as f64, plot.area.height() / rows.max(1) as f64);
        let (left, bottom) = (plot.area.left + width * column as f64, plot.area.bottom - height * row as f64);
        Rect { left, right: left + width, top: bottom - height, bottom }
    }
}
