use crate::pen::{Drawn, HPos, Pen, VPos};
use crate::scale::{multiples, nice_step};
use crate::text::fit;
use crate::{Frame, Rect, Scale, format_tick};
use plotters_backend::DrawingBackend;
use tarn_dashboard::{NumberFormat, NumberStyle};

/// Length of a tick's mark and the space between it and its label.
pub(crate) const MARK: f64 = 5.0;
pub(crate) const GAP: f64 = 3.0;
/// Least distance between horizontal lines, and between neighbouring labels.
const MIN_ROW: f64 = 26.0;
const LABEL_SPACE: f64 = 20.0;
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
    /// Values span from zero, or from the least one below.
    pub fn layout(frame: &Frame<'_>, values: impl Iterator<Item = f64>, format: &NumberFormat, top: Top) -> Self {
        let (mut least, mut greatest) = (0.0f64, 0.0f64);
        for value in values.chain(frame.referred(false)).filter(|value| value.is_finite()) {
            (least, greatest) = (least.min(value), greatest.max(value));
        }
        if least == greatest {
            greatest = 1.0;
        }
        let step = nice_step((greatest - least) / (Self::height(frame, 0.0) / MIN_ROW).max(1.0));
        if top == Top::Nice {
            greatest = (greatest / step - 1e-9).ceil() * step;
            // A little below zero does not need a step of its own.
            if least < -0.5 * step {
                least = (least / step + 1e-9).floor() * step;
            }
        }
        Self::with_ticks(frame, (least, greatest), step, format, 0.0)
    }

    /// From one value to another, with that much room above and below for the titles of axes.
    pub fn between(frame: &Frame<'_>, (from, to): (f64, f64), format: &NumberFormat, title: f64) -> Self {
        let step = nice_step((to - from) / (Self::height(frame, title) / MIN_ROW).max(1.0));
        Self::with_ticks(frame, (from, to), step, format, title)
    }

    /// Of the plot.
    fn height(frame: &Frame<'_>, title: f64) -> f64 {
        let size = frame.theme.font_size;
        (frame.height - (size * 0.6).ceil() - MARK - GAP - (size * 1.2).ceil() - 2.0 * title).max(1.0)
    }

    fn with_ticks(frame: &Frame<'_>, (from, to): (f64, f64), step: f64, format: &NumberFormat, title: f64) -> Self {
        let mut ticks = ticks((from, to), step, format, frame);
        name_unit(&mut ticks, format);
        let label_width = ticks.iter().map(|tick| frame.text_width(&tick.label)).fold(0.0, f64::max);
        let left = (label_width + GAP + MARK + 1.0).ceil().min(frame.width / 2.0);
        let head = (frame.theme.font_size * 0.6).ceil() + title;
        let area = Rect { left, top: head, right: frame.width.max(left + 1.0), bottom: head + Self::height(frame, title).floor() };
        Self { area, scale: Scale::new((from, to), (area.bottom, area.top)), ticks }
    }

    pub fn draw_grid<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, frame: &Frame<'_>) -> Drawn<DB> {
        for tick in &self.ticks {
            pen.horizontal(self.area.left, self.area.right, self.scale.pixel_from_value(tick.value), frame.theme.grid)?;
        }
        Ok(())
    }

    pub fn draw<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, frame: &Frame<'_>) -> Drawn<DB> {
        for tick in &self.ticks {
            let y = self.scale.pixel_from_value(tick.value).round();
            pen.horizontal(self.area.left - MARK, self.area.left, y, frame.theme.ink)?;
            pen.label(&tick.label, (self.area.left - MARK - GAP, y + 0.5), (HPos::Right, VPos::Center), frame.theme.muted)?;
        }
        Ok(())
    }
}

/// Ticks of a number axis, as many as their labels leave room for.
pub(crate) fn number_ticks(scale: Scale, format: &NumberFormat, frame: &Frame<'_>) -> Vec<Tick> {
    let (from, to) = scale.domain;
    let width = (scale.pixels.1 - scale.pixels.0).abs();
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
