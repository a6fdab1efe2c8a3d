use crate::axis::{GAP, MARK, ValueAxis, draw_bottom, grid_color, number_ticks, title_height};
use crate::marks::heatmap::{COLOR_BAR, labelled_bar};
use crate::pen::{Bar, Drawn, HPos, Pen, PlotArea, VPos, dot, ring};
use crate::scale::{nice_step, power_domain};
use crate::{Color, Frame, Plot, Rect, Scale, format_compact, format_number};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;
use tarn_dashboard::{AxisScale, NumberFormat};

/// Radius and opacity of points without a size, by how many there are at most.
const POINTS: [(usize, f64, f64); 3] = [(300, 3.5, 0.75), (2_000, 2.5, 0.55), (usize::MAX, 1.5, 0.4)];
/// Space between the outermost points and the edges.
const INSET: f64 = 6.0;
/// The radius of the largest bubble: this share of the shorter side, within these.
const LARGEST: (f64, f64, f64) = (0.08, 8.0, 26.0);
const SMALLEST: f64 = 2.0;
/// The largest bubble of the legend, and the space between its parts.
const SHOWN: f64 = 9.0;
const LEGEND_GAP: f64 = 5.0;
/// The width of a density's legend.
const COUNTS: f64 = 120.0;

/// Numbers against numbers: a point for each datum, its area the size where there is one; or, of too many, rectangles whose
/// colour tells how many lie there. Points that are not chosen are grey and lie behind.
pub struct Scatter<'a> {
    pub across: NumberAxis<'a>,
    pub up: NumberAxis<'a>,
    pub points: &'a [Point],
    pub density: Option<Density<'a>>,
    /// What the points' sizes are, up to that of the largest.
    pub size: Option<NumberAxis<'a>>,
}

pub struct NumberAxis<'a> {
    pub label: &'a str,
    pub format: &'a NumberFormat,
    /// From where to where it reaches; without it the points decide.
    pub span: Option<(f64, f64)>,
    pub scale: AxisScale,
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
    fn domain(&self, values: &mut dyn Iterator<Item = f64>, pixels: f64) -> (f64, f64) {
        if let Some(span) = self.span {
            return span;
        }
        if self.scale != AxisScale::Linear {
            return power_domain(self.scale, values, false);
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
        let title = match (&self.density, &self.size) {
            (Some(_), _) => COLOR_BAR + size * 1.2,
            (None, Some(_)) => title_height(frame).max(2.0 * SHOWN + LEGEND_GAP),
            (None, None) => title_height(frame),
        };
        let up = self.up.domain(&mut self.points.iter().map(|point| point.at.1).chain(frame.shared(1)), frame.height);
        let across = self.across.domain(&mut self.points.iter().map(|point| point.at.0).chain(frame.shared(0)), frame.width);
        let frame = &Frame { measured: self.up.label, ..*frame };
        let axis = ValueAxis::between(frame, (up, self.up.scale), self.up.format, (title, title_height(frame)));
        let area = axis.area;
        let largest = (area.width().min(area.height()) * LARGEST.0).clamp(LARGEST.1, LARGEST.2);
        let sized = self.points.iter().any(|point| point.size.is_some());
        let inset = match (&self.density, sized) {
            (Some(_), _) => 0.0,
            (None, true) => largest * 0.7,
            (None, false) => INSET,
        };
        let inset = inset.min(area.width() / 4.0).min(area.height() / 4.0);
        let x = Scale::new(across, (area.left + inset, area.right - inset)).divided(self.across.scale);
        let y = Scale::new(up, (area.bottom - inset, area.top + inset)).divided(self.up.scale);
        let axis = ValueAxis { scale: y, ..axis };
        let ticks = number_ticks(x, self.across.format, frame);
        axis.draw_grid(&pen, frame)?;
        axis.draw_zero(&pen, frame)?;
        for tick in &ticks {
            let at = x.pixel_from_value(tick.value).min(area.right - 1.0);
            pen.vertical(at, area.top, area.bottom, grid_color(frame, x, tick.value))?;
        }
        let plot_area = pen.plot_area(x, y);
        match &self.density {
            Some(density) => density.draw(&pen, area)?,
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
        match (&self.density, &self.size) {
            (Some(density), _) if is_last => draw_counts(&pen, frame, density.greatest)?,
            (None, Some(size)) if is_last => self.draw_sizes(&pen, frame, size, largest)?,
            _ => {}
        }
        Ok(Plot { area, x, y, second: None, rows: vec![], labelled: false })
    }

    fn draw_points<DB: DrawingBackend>(&self, area: &PlotArea<DB>, frame: &Frame<'_>, largest: f64) -> Drawn<DB> {
        let (_, radius, opacity) = POINTS.into_iter().find(|(most, ..)| self.points.len() <= *most).unwrap_or(POINTS[2]);
        for chosen in [false, true] {
            let shown = |point: &&Point| self.across.scale.shows(point.at.0) && self.up.scale.shows(point.at.1);
            for point in self.points.iter().filter(|point| point.chosen == chosen).filter(shown) {
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

    /// Two round sizes at the upper right, with what they are where there is room.
    fn draw_sizes<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, frame: &Frame<'_>, size: &NumberAxis<'_>, largest: f64) -> Drawn<DB> {
        let theme = frame.theme;
        let greatest = size.span.map_or(0.0, |(_, greatest)| greatest);
        let most = greatest * (SHOWN / largest).powi(2).min(1.0);
        if !(most > 0.0 && most.is_finite()) {
            return Ok(());
        }
        let pixels = |length: f64| Scale::new((0.0, length), (0.0, length));
        let sheet = pen.plot_area(pixels(frame.width), pixels(frame.height));
        let free = frame.text_width(self.up.label) + 3.0 * theme.font_size;
        let mut right = frame.width;
        // The greatest of 1, 2, 5 times a power of ten that the row has room for.
        let value = 1.0 / nice_step(1.0 / most);
        for value in [value, value / 10.0] {
            let radius = ((value / greatest).sqrt() * largest).max(SMALLEST);
            let label = format_number(&NumberFormat { decimals: None, ..size.format.clone() }, value, frame.locale);
            let left = right - frame.text_width(&label) - LEGEND_GAP - 2.0 * radius;
            if left < free {
                return Ok(());
            }
            pen.label(&label, (right, SHOWN + 1.0), (HPos::Right, VPos::Center), theme.muted)?;
            ring(&sheet, (left + radius, SHOWN + 1.0), radius, theme.muted)?;
            right = left - 2.0 * LEGEND_GAP;
        }
        if right - frame.text_width(size.label) >= free {
            pen.label(size.label, (right, SHOWN + 1.0), (HPos::Right, VPos::Center), theme.muted)?;
        }
        Ok(())
    }
}

/// The colours of a density at the upper right, with the powers of ten that there is room for.
fn draw_counts<DB: DrawingBackend>(pen: &Pen<'_, DB>, frame: &Frame<'_>, greatest: f64) -> Drawn<DB> {
    let text = |count: f64| format_compact(count, frame.locale);
    let width = COUNTS.min(frame.width / 3.0);
    let left = frame.width - width - frame.text_width(&text(greatest)) / 2.0;
    let powers = (0..16).rev().map(|power| 10f64.powi(power)).filter(|count| *count < greatest);
    let mut ticks = std::iter::once(greatest).chain(powers).map(|count| (share(count, greatest), text(count)));
    labelled_bar(pen, frame, (left, 0.0, width), &mut ticks)
}

/// Few and many differ by powers of ten: the fourth root keeps both apart.
fn share(count: f64, greatest: f64) -> f64 {
    if greatest > 0.0 { (count / greatest).sqrt().sqrt() } else { 0.0 }
}

impl Density<'_> {
    /// The rectangles are equal on the axes, however those are divided.
    fn draw<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, area: Rect) -> Drawn<DB> {
        let n_rows = self.rows.max(1);
        let x = Scale::new((0.0, self.columns.max(1) as f64), (area.left, area.right));
        let sheet = pen.plot_area(x, Scale::new((0.0, n_rows as f64), (area.bottom, area.top)));
        for (at, count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let from = ((at / n_rows) as f64, (at % n_rows) as f64);
            let color = pen.theme().sequential(share(*count, self.greatest));
            let corners = [from, (from.0 + 1.0, from.1 + 1.0)];
            // A little over each other, so that the card does not shine through between them.
            sheet.draw(&Bar { corners, inset: (-0.25, -0.25), radius: 0.0, rounded: [false; 4], color })?;
        }
        Ok(())
    }

    /// Where a rectangle lies, by its column from the left and its row from below.
    pub fn rect(plot: &Plot, (columns, rows): (usize, usize), (column, row): (usize, usize)) -> Rect {
        let (width, height) = (plot.area.width() / columns.max(1) as f64, plot.area.height() / rows.max(1) as f64);
        let (left, bottom) = (plot.area.left + width * column as f64, plot.area.bottom - height * row as f64);
        Rect { left, right: left + width, top: bottom - height, bottom }
    }
}
