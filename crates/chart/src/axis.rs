use crate::pen::{Drawn, HPos, Pen, VPos};
use crate::scale::{multiples, nice_step, power_domain, powers};
use crate::text::fit;
use crate::{Color, Frame, Rect, Scale, format_tick};
use plotters_backend::DrawingBackend;
use tarn_dashboard::{AxisScale, NumberFormat, NumberStyle};

/// Length of a tick's mark and the space between it and its label.
pub(crate) const MARK: f64 = 5.0;
pub(crate) const GAP: f64 = 3.0;
/// Least distance between horizontal lines, and between neighbouring labels.
const FOOT_GAP: f64 = 5.0;
const MIN_ROW: f64 = 26.0;
const LABEL_SPACE: f64 = 20.0;
/// Between powers of ten, whose rows cannot be chosen as freely.
const MIN_POWER_ROW: f64 = 18.0;
/// At most about as many linear ticks has an axis that is not linear.
const LINEAR: f64 = 6.0;
/// Between the labels of steps.
const LABEL_PADDING: f64 = 6.0;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub value: f64,
    pub label: String,
}

/// What a value axis spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Top {
    /// Up to the greatest value.
    Tight,
    /// Up to the next tick.
    Nice,
}

/// The vertical axis and the plot's rectangle.
pub(crate) struct ValueAxis {
    pub area: Rect,
    pub scale: Scale,
    pub ticks: Vec<Tick>,
}

impl ValueAxis {
    /// Values span from zero, or from the least one below; on a scale without zero from the least to the greatest one.
    pub fn layout(frame: &Frame<'_>, values: &mut dyn Iterator<Item = f64>, format: &NumberFormat, top: Top) -> Self {
        let (mut least, mut greatest) = (0.0f64, 0.0f64);
        let title = if frame.measured.is_empty() { 0.0 } else { title_height(frame) };
        let mut values = values.chain(frame.referred(false));
        if frame.scale != AxisScale::Linear {
            return Self::between(frame, (power_domain(frame.scale, &mut values, true), frame.scale), format, (title, 0.0));
        }
        for value in values.filter(|value| value.is_finite()) {
            (least, greatest) = (least.min(value), greatest.max(value));
        }
        if least == greatest {
            greatest = 1.0;
        }
        let step = nice_step((greatest - least) / (Self::height(frame, title) / MIN_ROW).max(1.0));
        if top == Top::Nice {
            greatest = (greatest / step - 1e-9).ceil() * step;
            // A little below zero does not need a step of its own.
            if least < -0.5 * step {
                least = (least / step + 1e-9).floor() * step;
            }
        }
        Self::with_ticks(frame, Scale::new((least, greatest), (0.0, 0.0)), step, format, (title, 0.0))
    }

    /// From one value to another, with that much room above, and below, for the titles of axes.
    pub fn between(frame: &Frame<'_>, ((from, to), kind): ((f64, f64), AxisScale), format: &NumberFormat, titles: (f64, f64)) -> Self {
        let step = nice_step((to - from) / (Self::height(frame, titles.0 + titles.1) / MIN_ROW).max(1.0));
        Self::with_ticks(frame, Scale::new((from, to), (0.0, 0.0)).divided(kind), step, format, titles)
    }

    /// Of the plot, where the titles of axes take that much.
    fn height(frame: &Frame<'_>, titles: f64) -> f64 {
        let size = frame.theme.font_size;
        (frame.height - (size * 0.6).ceil() - MARK - GAP - (size * 1.2).ceil() - titles).max(1.0)
    }

    fn with_ticks(frame: &Frame<'_>, scale: Scale, step: f64, format: &NumberFormat, (above, below): (f64, f64)) -> Self {
        let head = (frame.theme.font_size * 0.6).ceil() + above;
        let bottom = head + Self::height(frame, above + below).floor();
        let scale = Scale { pixels: (bottom, head), ..scale };
        let mut ticks = power_ticks(scale, format, frame, &|_| MIN_POWER_ROW).unwrap_or_else(|| ticks(scale.domain, step, format, frame));
        name_unit(&mut ticks, format);
        let label_width = ticks.iter().map(|tick| frame.text_width(&tick.label)).fold(0.0, f64::max);
        let left = (label_width + GAP + MARK + 1.0).ceil().min(frame.width / 2.0);
        let area = Rect { left, top: head, right: frame.width.max(left + 1.0), bottom };
        Self { area, scale, ticks }
    }

    pub fn draw_grid<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, frame: &Frame<'_>) -> Drawn<DB> {
        for tick in &self.ticks {
            pen.horizontal(self.area.left, self.area.right, self.scale.pixel_from_value(tick.value), frame.theme.grid)?;
        }
        Ok(())
    }

    /// Zero stands out where the axis goes below it.
    pub fn draw_zero<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, frame: &Frame<'_>) -> Drawn<DB> {
        let (from, to) = self.scale.domain;
        if from >= 0.0 || to < 0.0 {
            return Ok(());
        }
        pen.horizontal(self.area.left, self.area.right, self.scale.pixel_from_value(0.0), frame.theme.axis)
    }

    pub fn draw<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, frame: &Frame<'_>) -> Drawn<DB> {
        for tick in &self.ticks {
            let y = self.scale.pixel_from_value(tick.value).round();
            pen.horizontal(self.area.left - MARK, self.area.left, y, frame.theme.ink)?;
            pen.label(&tick.label, (self.area.left - MARK - GAP, y + 0.5), (HPos::Right, VPos::Center), frame.theme.muted)?;
        }
        if frame.measured.is_empty() {
            return Ok(());
        }
        let title = fit(&format!("↑ {}", frame.measured), frame.width, frame.theme.font_size, frame.measure);
        pen.label(&title, (0.0, 0.0), (HPos::Left, VPos::Top), frame.theme.muted)
    }
}

/// Of a line of the grid: zero stands out where the axis goes below it.
pub(crate) fn grid_color(frame: &Frame<'_>, scale: Scale, value: f64) -> Color {
    if value == 0.0 && scale.domain.0 < 0.0 { frame.theme.axis } else { frame.theme.grid }
}

/// What is kept free above a plot for the title of its vertical axis.
pub(crate) fn title_height(frame: &Frame<'_>) -> f64 {
    (frame.theme.font_size * 1.5).ceil()
}

/// What an axis of values below rows takes: its labels, where it has some, and its title.
pub(crate) fn foot(frame: &Frame<'_>, has_ticks: bool) -> f64 {
    let lines = f64::from(u8::from(has_ticks) + u8::from(!frame.measured.is_empty()));
    frame.theme.font_size * 1.2 * lines + if lines > 0.0 { FOOT_GAP } else { 0.0 }
}

/// Such an axis: lines through the rows, labels below them, and what is measured at the right.
pub(crate) fn draw_foot<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    frame: &Frame<'_>,
    x: Scale,
    (top, bottom): (f64, f64),
    ticks: &[Tick],
) -> Drawn<DB> {
    let mut below = bottom + FOOT_GAP;
    for Tick { value, label } in ticks {
        let at = x.pixel_from_value(*value);
        let half = frame.text_width(label) / 2.0;
        pen.vertical(at.min(x.pixels.1 - 1.0), top, bottom, grid_color(frame, x, *value))?;
        pen.label(label, (at.min(frame.width - half).max(half), below), (HPos::Center, VPos::Top), frame.theme.muted)?;
    }
    if frame.measured.is_empty() {
        return Ok(());
    }
    if !ticks.is_empty() {
        below += frame.theme.font_size * 1.2;
    }
    pen.label(&format!("{} →", frame.measured), (frame.width, below), (HPos::Right, VPos::Top), frame.theme.muted)
}

/// Ticks of a number axis, as many as their labels leave room for.
pub(crate) fn number_ticks(scale: Scale, format: &NumberFormat, frame: &Frame<'_>) -> Vec<Tick> {
    let (from, to) = scale.domain;
    let width = (scale.pixels.1 - scale.pixels.0).abs();
    let room = |value: f64| LABEL_SPACE + frame.text_width(&power_label(value, format, frame));
    if let Some(mut ticks) = power_ticks(scale, format, frame, &room) {
        name_unit(&mut ticks, format);
        return ticks;
    }
    let mut least = (to - from) / (width / (LABEL_SPACE + frame.theme.font_size)).max(1.0);
    loop {
        let step = nice_step(least);
        let ticks = ticks(scale.domain, step, format, frame);
        if ticks.len() < 2 || widest(&ticks, frame) + LABEL_SPACE <= step / (to - from) * width {
            return with_unit(ticks, step / (to - from) * width, format, frame);
        }
        least = step * 1.01;
    }
}

/// Of an axis that is not linear; `None` of one that is. Where there are no powers to read from, linear ticks crowd at its end: as many
/// of them as there is room for.
fn power_ticks(scale: Scale, format: &NumberFormat, frame: &Frame<'_>, room: &dyn Fn(f64) -> f64) -> Option<Vec<Tick>> {
    if scale.kind == AxisScale::Linear {
        return None;
    }
    if let Some(values) = powers(scale, room) {
        return Some(values.into_iter().map(|value| Tick { value, label: power_label(value, format, frame) }).collect());
    }
    let mut ticks = ticks(scale.domain, nice_step((scale.domain.1 - scale.domain.0) / LINEAR), format, frame);
    let mut last = None::<f64>;
    ticks.retain(|tick| {
        let at = scale.pixel_from_value(tick.value);
        let has_room = last.is_none_or(|last| (at - last).abs() >= room(tick.value));
        last = if has_room { Some(at) } else { last };
        has_room
    });
    Some(ticks)
}

/// With the digits of the number itself.
fn power_label(value: f64, format: &NumberFormat, frame: &Frame<'_>) -> String {
    format_tick(format, value, if value == 0.0 { 1.0 } else { value.abs() }, frame.locale)
}

fn ticks(domain: (f64, f64), step: f64, format: &NumberFormat, frame: &Frame<'_>) -> Vec<Tick> {
    multiples(domain, step).into_iter().map(|value| Tick { value, label: format_tick(format, value, step, frame.locale) }).collect()
}

/// The unit stands at the last tick: once is enough.
pub(crate) fn name_unit(ticks: &mut [Tick], format: &NumberFormat) {
    if let Some(last) = ticks.last_mut().filter(|_| format.style != NumberStyle::Percent) {
        last.label += &format.suffix;
    }
}

/// The same across, where neighbours that far apart leave it room.
fn with_unit(mut ticks: Vec<Tick>, distance: f64, format: &NumberFormat, frame: &Frame<'_>) -> Vec<Tick> {
    // At worst the last label ends where its tick stands.
    if widest(&ticks, frame) * 1.5 + frame.text_width(&format.suffix) + GAP * 2.0 <= distance {
        name_unit(&mut ticks, format);
    }
    ticks
}

/// Ticks of an axis of hours of the day.
pub(crate) fn clock_ticks(scale: Scale, frame: &Frame<'_>) -> Vec<Tick> {
    let width = (scale.pixels.1 - scale.pixels.0).abs();
    let room = frame.text_width("00:00") + LABEL_SPACE;
    let hours = scale.domain.1 - scale.domain.0;
    let step = [1.0, 2.0, 3.0, 6.0, 12.0].into_iter().find(|step| step / hours * width >= room).unwrap_or(24.0);
    multiples(scale.domain, step).into_iter().map(|value| Tick { value, label: format!("{value:02}:00") }).collect()
}

pub(crate) fn widest(ticks: &[Tick], frame: &Frame<'_>) -> f64 {
    ticks.iter().map(|tick| frame.text_width(&tick.label)).fold(0.0, f64::max)
}

/// Labels in the middle of steps that count from 0: all of them cut to their width, or every second, third … where even short ones
/// have no room.
pub(crate) fn labels_across(labels: &[String], step_width: f64, frame: &Frame<'_>) -> Vec<Tick> {
    let widest = labels.iter().map(|label| frame.text_width(label)).fold(0.0, f64::max);
    let room = widest.min(step_width.max(frame.text_width("000000"))) + LABEL_PADDING;
    let every = (room / step_width).ceil().max(1.0) as usize;
    let every = if every > 2 { every.next_multiple_of(3) } else { every };
    let cut = |label: &str| fit(label, (step_width * every as f64 - LABEL_PADDING).max(1.0), frame.theme.font_size, frame.measure);
    let ticks = labels.iter().enumerate().step_by(every);
    ticks.map(|(step, label)| Tick { value: step as f64 + 0.5, label: cut(label) }).collect()
}

/// Marks and labels below the plot. A label at the edge is moved inwards rather than cut.
pub(crate) fn draw_bottom<DB: DrawingBackend>(pen: &Pen<'_, DB>, frame: &Frame<'_>, area: Rect, x: Scale, ticks: &[Tick]) -> Drawn<DB> {
    for tick in ticks {
        let at = x.pixel_from_value(tick.value);
        let half = frame.text_width(&tick.label) / 2.0;
        pen.vertical(at.min(area.right - 1.0), area.bottom, area.bottom + MARK, frame.theme.ink)?;
        let center = at.min(frame.width - half).max(half);
        pen.label(&tick.label, (center, area.bottom + MARK + GAP), (HPos::Center, VPos::Top), frame.theme.muted)?;
    }
    Ok(())
}
