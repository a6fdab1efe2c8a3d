//! Small multiples: the same chart several times, so that they can be compared.
use crate::backend::Place;
use crate::pen::{Drawn, HPos, Pen, VPos};
use crate::text::fit;
use crate::{Frame, Plot, Rect};
use plotters_backend::DrawingBackend;

/// Narrower panels show too little: there are fewer beside each other.
const MIN_WIDTH: f64 = 132.0;
/// Between panels, across and down.
const GAP: (f64, f64) = (16.0, 8.0);
/// The shape that the number of columns is chosen for.
const ASPECT: f64 = 1.7;

/// What a panel shares with the others.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Panel {
    /// What its axes reach at least: across, up, and that of lines with an axis of their own.
    pub spans: [Option<(f64, f64)>; 3],
    /// Kept free at the right of bars, for the widest text at their ends.
    pub room: f64,
    /// Whether the colours' legend is its to draw.
    pub has_legend: bool,
}

/// Charts in a grid, row by row. With shared scales labels stand at the outer left and bottom only.
pub struct Panels<'a> {
    pub titles: &'a [String],
    /// At most; zero for as many as fit.
    pub columns: u32,
    pub shared: bool,
    /// Whether values stand where the labels of rows do, at the left of bars below zero: all panels keep theirs then.
    pub keeps_left: bool,
}

/// A panel that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnPanel {
    /// In the whole: the plot, its title and the labels that are its own.
    pub cell: Rect,
    /// From the cell's top left corner.
    pub plot: Plot,
}

/// Draws the chart of a panel; `None` when there is none.
type Draw<'a> = &'a mut dyn FnMut(usize, Place, &Frame<'_>) -> Option<Plot>;

impl Panels<'_> {
    /// `None` when one of them cannot be drawn.
    pub fn draw(&self, frame: &Frame<'_>, draw: Draw<'_>) -> Option<Vec<DrawnPanel>> {
        let title = title_height(frame);
        let (n, (columns, rows)) = (self.titles.len(), self.grid(frame));
        let (across, down) = (columns as f64, rows as f64);
        let gaps = (GAP.0 * (across - 1.0), GAP.1 * (down - 1.0));
        let size =
            |width: f64, height: f64, panel: Panel| Frame { width: width.max(1.0), height: height.max(1.0), panel: Some(panel), ..*frame };
        let blank = Place { blank: true, ..Place::default() };
        let alone = Panel { has_legend: true, ..Panel::default() };
        let own = size((frame.width - gaps.0) / across, (frame.height - gaps.1) / down - title, alone);
        if !self.shared {
            let one = |at: usize| {
                let (left, top) = ((own.width + GAP.0) * (at % columns) as f64, (own.height + title + GAP.1) * (at / columns) as f64);
                let plot = draw(at, Place { shift: (left, top + title), ..Place::default() }, &own)?;
                let cell = Rect { left, top, right: left + own.width, bottom: top + title + own.height };
                Some(DrawnPanel { cell, plot: plot.moved((0.0, title)) })
            };
            return (0..n).map(one).collect();
        }
        let mut panel = Panel::default();
        for at in 0..n {
            let plot = draw(at, blank, &own)?;
            for (span, scale) in panel.spans.iter_mut().zip([Some(plot.x), Some(plot.y), plot.second]) {
                let Some((from, to)) = scale.map(|scale| scale.domain) else { continue };
                *span = Some(span.map_or((from, to), |(least, greatest)| (from.min(least), to.max(greatest))));
            }
            panel.room = panel.room.max(own.width - plot.area.right);
        }
        // What stands around a plot: its labels are those of the outer panels alone, but for texts at the ends of bars.
        let first = draw(0, blank, &Frame { panel: Some(panel), ..own })?;
        let (left, right, top, foot) =
            (first.area.left, own.width - first.area.right, first.area.top, (own.height - first.area.bottom).max(0.0));
        let is_outer_left = !self.keeps_left;
        let is_outer_right = first.second.is_some();
        let times = |is_outer: bool| if is_outer { 1.0 } else { across };
        let width = (frame.width - gaps.0 - left * times(is_outer_left) - right * times(is_outer_right)) / across;
        let height = (frame.height - gaps.1 - (title + top) * down - foot) / down;
        let own = size(left + width + right, top + height + foot, panel);
        let area = draw(0, blank, &own)?.area;
        let beside = own.width - if is_outer_left { area.left } else { 0.0 } - if is_outer_right { right } else { 0.0 } + GAP.0;
        let below = title + area.bottom + GAP.1;
        let one = |at: usize| {
            let (column, row) = (at % columns, at / columns);
            let shift = (beside * column as f64, below * row as f64);
            let is_last_row = at + columns >= n;
            let is_last_column = column + 1 == columns || at + 1 == n;
            let outer = (is_outer_left && column > 0, is_outer_right && !is_last_column);
            let place = Place {
                shift: (shift.0, shift.1 + title),
                left: outer.0.then_some(area.left),
                right: outer.1.then_some(area.right),
                bottom: (!is_last_row).then_some(area.bottom),
                blank: false,
            };
            let plot = draw(at, place, &Frame { panel: Some(Panel { has_legend: at + 1 == n, ..panel }), ..own })?;
            let from = if outer.0 { area.left } else { 0.0 };
            let cell = Rect {
                left: shift.0 + from,
                top: shift.1,
                right: shift.0 + if outer.1 { area.right } else { own.width },
                bottom: shift.1 + title + if is_last_row { own.height } else { area.bottom },
            };
            Some(DrawnPanel { cell, plot: plot.moved((-from, title)) })
        };
        (0..n).map(one).collect()
    }

    /// What each is of, above its plot.
    pub fn draw_titles<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>, drawn: &[DrawnPanel]) -> Drawn<DB> {
        let pen = Pen::new(backend, frame);
        for (title, DrawnPanel { cell, plot }) in self.titles.iter().zip(drawn) {
            let left = if plot.rows.is_empty() { plot.area.left } else { 0.0 };
            let text = fit(title, (cell.width() - left).max(1.0), frame.theme.font_size, frame.measure);
            let at = (cell.left + left, cell.top + title_height(frame) * 0.55);
            pen.label(&text, at, (HPos::Left, VPos::Center), frame.theme.ink)?;
        }
        Ok(())
    }

    /// Columns and rows: as many beside each other as the author says and there is room for, else those that give the panels a good
    /// shape.
    fn grid(&self, frame: &Frame<'_>) -> (usize, usize) {
        let n = self.titles.len().max(1);
        let most = (((frame.width + GAP.0) / (MIN_WIDTH + GAP.0)) as usize).clamp(1, n);
        let rows = |columns: usize| n.div_ceil(columns);
        let columns = match self.columns as usize {
            0 => {
                let misfit = |columns: usize| {
                    let (width, height) = (frame.width / columns as f64, frame.height / rows(columns) as f64 - title_height(frame));
                    // And as few empty cells as may be.
                    (width / height.max(1.0) / ASPECT).max(0.01).ln().abs() + (columns * rows(columns) - n) as f64 / n as f64
                };
                (1..=most).min_by(|a, b| misfit(*a).total_cmp(&misfit(*b))).unwrap_or(1)
            }
            // Rows of about the same length, so that none is half empty.
            columns => n.div_ceil(rows(columns.min(most))),
        };
        (columns, rows(columns))
    }
}

fn title_height(frame: &Frame<'_>) -> f64 {
    (frame.theme.font_size * 1.8).ceil()
}
