use crate::axis::{GAP, draw_bottom, labels_across, number_ticks};
use crate::math::power;
use crate::pen::{Bar, Drawn, HPos, Pen, VPos};
use crate::text::fit;
use crate::time_axis::time_ticks;
use crate::{Frame, Plot, Rect, Scale, ascending, format_number};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;
use tarn_dashboard::{AxisScale, NumberFormat, NumberStyle, TimeUnit};

/// Space around a cell's number.
const PADDING: f64 = 6.0;
/// The legend: its bar, and the distance from the axis above it.
const LEGEND: (f64, f64) = (96.0, 8.0);
const LEGEND_GAP: f64 = 6.0;
const LEGEND_STEPS: usize = 24;
/// The legend of colours by powers of ten; what a labelled bar takes above its labels, and the length of its ticks.
const POWERS: f64 = 160.0;
pub(super) const COLOR_BAR: f64 = 11.0;
const TICK: f64 = 3.0;
/// More cells have plain corners: an outline takes a canvas several times as long as a rectangle.
const MAX_ROUNDED: usize = 200;

/// A measure over two axes: the more, the stronger the colour; where there is no value, nothing. Numbers stand in the cells
/// where they fit. Cells that are not selected are faint. The frame's scale is that of the colours.
pub struct Heatmap<'a> {
    pub x: GridAxis<'a>,
    pub y: GridAxis<'a>,
    /// Row by row from the top, each from the left.
    pub cells: &'a [Option<f64>],
    /// What the colours are told apart by, where that is more than the cells.
    pub all: Option<&'a [f64]>,
    /// Whether a cell of that column and row is in the selection.
    pub selected: &'a dyn Fn(usize, usize) -> bool,
    pub format: &'a NumberFormat,
}

/// One axis of a heatmap.
pub struct GridAxis<'a> {
    pub labels: &'a [String],
    /// Where each step of a time axis begins, and where the last ends, in microseconds; cells stand where their time is.
    pub time: Option<(&'a [f64], TimeUnit)>,
}

impl GridAxis<'_> {
    /// Steps count from 0, and time steps from their beginnings.
    fn scale(&self, pixels: (f64, f64)) -> Scale {
        let domain = match self.time {
            Some((edges, _)) => (edges.first().copied().unwrap_or(0.0), edges.last().copied().unwrap_or(1.0)),
            None => (0.0, self.labels.len().max(1) as f64),
        };
        Scale::new(domain, pixels)
    }

    fn ends(&self, step: usize) -> (f64, f64) {
        match self.time {
            Some((edges, _)) => (edges.get(step).copied().unwrap_or(0.0), edges.get(step + 1).copied().unwrap_or(0.0)),
            None => (step as f64, step as f64 + 1.0),
        }
    }
}

/// What the colours span: all values but outliers, which have the colour of the end that they lie beyond.
struct ColorRange {
    kind: AxisScale,
    /// On what the scale is linear in, as are the quartiles.
    from: f64,
    to: f64,
    /// Whether values lie below, and above.
    cut: (bool, bool),
}

impl ColorRange {
    /// Tukey's fences: one and a half times the distance of the quartiles beyond them.
    fn of(mut values: Vec<f64>, kind: AxisScale) -> Self {
        values.retain(|value| kind.shows(*value));
        values.iter_mut().for_each(|value| *value = kind.straight(*value));
        let values: Vec<f64> = ascending(&values).into_iter().map(|place| values[place]).collect();
        let quantile = |share: f64| values.get((share * values.len().saturating_sub(1) as f64).round() as usize).copied().unwrap_or(0.0);
        let (lower, upper) = (quantile(0.25), quantile(0.75));
        let reach = 1.5 * (upper - lower);
        let (least, greatest) = (quantile(0.0), quantile(1.0));
        let (from, to) = (least.max(lower - reach), greatest.min(upper + reach));
        // Where most values are the same, the fences would leave nothing to tell apart.
        if values.is_empty() || from >= to {
            return Self { kind, from: if values.is_empty() { 1.0 } else { least }, to: greatest, cut: (false, false) };
        }
        Self { kind, from, to, cut: (least < from, greatest > to) }
    }

    /// Where the value lies between the ends, 0..=1.
    fn share(&self, value: f64) -> f64 {
        let value = self.kind.straight(value);
        if self.to > self.from { ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0) } else { 0.5 }
    }

    fn ends(&self) -> [f64; 2] {
        [self.from, self.to].map(|end| self.kind.value(end, |exponent| power(10.0, exponent)))
    }
}

impl ColorRange {
    /// The ends, and between them those ticks of an axis that there is room for.
    fn draw_powers<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, frame: &Frame<'_>, format: &NumberFormat, ends: [String; 2]) -> Drawn<DB> {
        let [from, to] = self.ends();
        let [least, greatest] = ends;
        let width = POWERS.min(frame.width / 2.0);
        let left = frame.width - width - frame.text_width(&greatest) / 2.0;
        // The ends say the unit.
        let bare = NumberFormat { suffix: String::new(), ..format.clone() };
        let inner = number_ticks(Scale::new((from, to), (0.0, width)).divided(self.kind), &bare, frame).into_iter();
        let mut ticks = [(1.0, greatest), (0.0, least)].into_iter().chain(inner.map(|tick| (self.share(tick.value), tick.label)));
        let top = frame.height - COLOR_BAR - frame.theme.font_size * 1.2;
        labelled_bar(pen, frame, (left, top, width), &mut ticks)
    }
}

impl Heatmap<'_> {
    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<Plot, DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        let (theme, size) = (frame.theme, frame.theme.font_size);
        let (n_across, n_down) = (self.x.labels.len(), self.y.labels.len());
        let down: Vec<String> = self.y.labels.iter().map(|label| fit(label, frame.width * 0.3, size, frame.measure)).collect();
        let left = (down.iter().map(|label| frame.text_width(label)).fold(0.0, f64::max) + PADDING + 2.0).ceil();
        let by_powers = frame.scale != AxisScale::Linear;
        let foot = GAP + size * 1.2 + LEGEND.1 + if by_powers { COLOR_BAR + size * 1.2 } else { size * 1.3 };
        let area = Rect { left, top: 0.0, right: frame.width.max(left + 1.0), bottom: (frame.height - foot).floor().max(1.0) };
        let (x, y) = (self.x.scale((area.left, area.right)), self.y.scale((area.top, area.bottom)));
        let plot_area = pen.plot_area(x, y);
        let values = || self.cells.iter().flatten().copied().filter(|value| value.is_finite());
        let range = ColorRange::of(self.all.map_or_else(|| values().collect(), <[f64]>::to_vec), frame.scale);
        let (cell_width, cell_height) = (area.width() / n_across.max(1) as f64, area.height() / n_down.max(1) as f64);
        // Space between cells, as long as it does not take a good part of them.
        let inset = |pixels: f64| if pixels >= 10.0 { 1.0 } else { f64::from(pixels >= 5.0) * 0.5 };
        let radius = if cell_width.min(cell_height) >= 10.0 && self.cells.len() <= MAX_ROUNDED { 2.0 } else { 0.0 };
        let text = |value: f64| format_number(self.format, value, frame.locale);
        let shown = || self.cells.iter().enumerate().filter_map(|(at, value)| Some((at, value.filter(|value| value.is_finite())?)));
        // Numbers come after all cells: a canvas then changes its colour seldom.
        let has_room = cell_height >= size * 1.5 && cell_width >= 18.0;
        let texts: Vec<String> = if has_room { shown().map(|(_, value)| text(value)).collect() } else { vec![] };
        let longest = texts.iter().max_by_key(|text| text.len()).map_or(f64::INFINITY, |text| frame.text_width(text));
        let mut numbers = texts.iter().filter(|_| longest + PADDING <= cell_width);
        let mut labels = vec![];
        for (at, value) in shown() {
            let (column, row) = (at % n_across.max(1), at / n_across.max(1));
            let (from, to, top, bottom) = (self.x.ends(column).0, self.x.ends(column).1, self.y.ends(row).0, self.y.ends(row).1);
            let selected = (self.selected)(column, row);
            let share = range.share(value);
            let color = if selected { theme.sequential(share) } else { theme.card.mixed(theme.grey_mark, 0.25 + 0.75 * share) };
            let inset = (inset(cell_width), inset(cell_height));
            // What has no place on the scale has no colour.
            let has_color = frame.scale.shows(value);
            if has_color {
                plot_area.draw(&Bar { corners: [(from, top), (to, bottom)], inset, radius, rounded: [true; 4], color })?;
            }
            if let Some(number) = numbers.next() {
                let center = (x.pixel_from_value((from + to) / 2.0), y.pixel_from_value((top + bottom) / 2.0));
                labels.push((number, center, if selected && has_color { theme.readable_on(color) } else { theme.muted }));
            }
        }
        for ink in [theme.ink, theme.card, theme.muted] {
            for (number, center, _) in labels.iter().filter(|(.., own)| *own == ink) {
                pen.label(number, *center, (HPos::Center, VPos::Center), ink)?;
            }
        }
        // As many labels down as there is room for.
        let every = (size * 1.2 / cell_height).ceil().max(1.0) as usize;
        for (row, label) in down.iter().enumerate().step_by(every) {
            let (top, bottom) = self.y.ends(row);
            let middle = y.pixel_from_value((top + bottom) / 2.0);
            // Thin rows at the edge would have theirs cut off.
            if middle >= size * 0.5 {
                pen.label(label, (left - PADDING, middle), (HPos::Right, VPos::Center), theme.muted)?;
            }
        }
        match self.x.time {
            Some((_, grain)) => draw_bottom(&pen, frame, area, x, &time_ticks(x, grain, frame))?,
            None => {
                for tick in labels_across(self.x.labels, cell_width, frame) {
                    // At the edge it is moved inwards rather than cut.
                    let at = x.pixel_from_value(tick.value).min(frame.width - frame.text_width(&tick.label) / 2.0);
                    pen.label(&tick.label, (at, area.bottom + GAP + 1.0), (HPos::Center, VPos::Top), theme.muted)?;
                }
            }
        }
        if range.from <= range.to && frame.panel.is_none_or(|panel| panel.has_legend) {
            let short = NumberFormat { style: NumberStyle::Compact, decimals: None, ..self.format.clone() };
            let end = |value: f64, cut: bool, sign: &str| {
                // As the powers between them are written.
                let is_short = by_powers && self.format.style == NumberStyle::Decimal && value.abs() >= 1000.0;
                let text = if is_short { format_number(&short, value, frame.locale) } else { text(value) };
                if cut { format!("{sign}\u{a0}{text}") } else { text }
            };
            let [least, greatest] = range.ends();
            let ends = [end(least, range.cut.0, "≤"), end(greatest, range.cut.1, "≥")];
            if by_powers { range.draw_powers(&pen, frame, self.format, ends)? } else { legend(&pen, frame, frame.height - 2.0, ends)? }
        }
        Ok(Plot { area, x, y, second: None, rows: vec![], labelled: false })
    }
}

/// The sequential colours, from little to much.
fn color_bar<DB: DrawingBackend>(pen: &Pen<'_, DB>, bar: Rect) -> Drawn<DB> {
    let step = bar.width() / LEGEND_STEPS as f64;
    for i in 0..LEGEND_STEPS {
        let left = bar.left + step * i as f64;
        let color = pen.theme().sequential(i as f64 / (LEGEND_STEPS - 1) as f64);
        pen.rect(Rect { left, right: left + step + 0.125, ..bar }, color)?;
    }
    Ok(())
}

/// The same, with those labels below it that have room beside the former ones; their places are shares of the bar.
pub(super) fn labelled_bar<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    frame: &Frame<'_>,
    (left, top, width): (f64, f64, f64),
    ticks: &mut dyn Iterator<Item = (f64, String)>,
) -> Drawn<DB> {
    let bar = Rect { left, top, right: left + width, bottom: top + COLOR_BAR - TICK - 1.0 };
    color_bar(pen, bar)?;
    let mut taken: Vec<(f64, f64)> = vec![];
    for (share, label) in ticks {
        let at = left + width * share;
        let half = (frame.text_width(&label) + LEGEND_GAP) / 2.0;
        if taken.iter().all(|(from, to)| at + half <= *from || at - half >= *to) {
            taken.push((at - half, at + half));
            pen.vertical(at.min(bar.right - 1.0), bar.bottom, bar.bottom + TICK, frame.theme.ink)?;
            pen.label(&label, (at, top + COLOR_BAR), (HPos::Center, VPos::Top), frame.theme.muted)?;
        }
    }
    Ok(())
}

/// From the least to the greatest value, at the right.
fn legend<DB: DrawingBackend>(pen: &Pen<'_, DB>, frame: &Frame<'_>, bottom: f64, [least, greatest]: [String; 2]) -> Drawn<DB> {
    let theme = frame.theme;
    let right = frame.width - frame.text_width(&greatest) - LEGEND_GAP - 1.0;
    let (width, height) = (LEGEND.0.min(frame.width / 3.0), 8.0);
    color_bar(pen, Rect { left: right - width, top: bottom - height, right, bottom })?;
    let middle = bottom - height / 2.0;
    pen.label(&least, (right - width - LEGEND_GAP, middle), (HPos::Right, VPos::Center), theme.muted)?;
    pen.label(&greatest, (right + LEGEND_GAP, middle), (HPos::Left, VPos::Center), theme.muted)
}
