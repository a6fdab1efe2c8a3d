use super::line::draw_run;
use super::series::{extents, percent};
use super::{LinePoint, Series};
use crate::axis::{GAP, MARK, Tick, Top, ValueAxis, draw_bottom, labels_across, name_unit, widest};
use crate::math::power;
use crate::pen::{Bar, Drawn, HPos, Pen, VPos};
use crate::reference::{draw_bands, draw_lines};
use crate::time_axis::time_ticks;
use crate::{Frame, Plot, Scale, format_tick};
use plotters::drawing::DrawingAreaErrorKind;
use plotters_backend::DrawingBackend;
use tarn_dashboard::{AxisScale, NumberFormat, NumberStyle, Stack, TimeUnit};

/// The bars' share of a step.
const THICKNESS: f64 = 0.8;

/// Bars, with or without lines, over the same steps, of time or of categories. The lines are read from the bars' axis or, where they have a
/// format of their own, from a second one at the right, whose zero is the first one's where both have one, and whose ticks lie on the
/// first one's where both are linear. What is not selected is faint.
pub struct Combo<'a> {
    pub axis: StepAxis<'a>,
    pub bars: &'a [Series],
    /// The first lies over the others.
    pub lines: &'a [Series],
    pub stack: Stack,
    pub format: &'a NumberFormat,
    pub second: Option<(&'a NumberFormat, AxisScale)>,
    /// Whether a step is in the selection.
    pub chosen: &'a dyn Fn(usize) -> bool,
}

pub enum StepAxis<'a> {
    Time(&'a [LinePoint], TimeUnit),
    Categories(&'a [String]),
}

impl StepAxis<'_> {
    /// From where to where each step reaches: categories count from 0.
    fn steps(&self) -> Vec<LinePoint> {
        match self {
            Self::Time(steps, _) => steps.to_vec(),
            Self::Categories(labels) => {
                (0..labels.len()).map(|at| LinePoint { from: at as f64, to: at as f64 + 1.0, value: None }).collect()
            }
        }
    }
}

impl Combo<'_> {
    pub fn draw<DB: DrawingBackend>(&self, backend: DB, frame: &Frame<'_>) -> Result<Plot, DrawingAreaErrorKind<DB::ErrorType>> {
        let pen = Pen::new(backend, frame);
        let theme = frame.theme;
        let steps = self.axis.steps();
        let extents = extents(self.bars, steps.len(), self.stack);
        let of_bars = || extents.iter().flatten().flatten().map(|(_, to)| *to);
        let of_lines = || self.lines.iter().flat_map(|series| series.values.iter().flatten().copied()).chain(frame.shared(2));
        let shares = percent();
        let (format, top) = if self.stack == Stack::Normalize { (&shares, Top::Tight) } else { (self.format, Top::Nice) };
        let kinds = (frame.scale, self.second.map_or(frame.scale, |(_, scale)| scale));
        let is_even = kinds == (AxisScale::Linear, AxisScale::Linear);
        let has_zero = kinds.0 != AxisScale::Log && kinds.1 != AxisScale::Log;
        let layout = |frame: &Frame<'_>| match self.second {
            None => ValueAxis::layout(frame, &mut of_bars().chain(of_lines()), format, top),
            Some(_) if !has_zero => ValueAxis::layout(frame, &mut of_bars(), self.format, Top::Nice),
            Some(_) => {
                let straight = |kind: AxisScale, (least, greatest): (f64, f64)| (kind.straight(least), kind.straight(greatest));
                let room = room(straight(kinds.0, extent(&mut of_bars())), straight(kinds.1, extent(&mut of_lines())));
                ValueAxis::layout(frame, &mut of_bars().chain(room.map(|end| kinds.0.value(end, tenfold))), self.format, Top::Nice)
            }
        };
        // What other panels reach is an axis, and no value.
        let is_share = self.lines.iter().flat_map(|series| series.values.iter().flatten()).all(|value| *value <= 1.0);
        let second = self.second.map(|(format, scale)| {
            if is_even {
                return second_axis(&layout(frame), extent(&mut of_lines()), is_share, format, frame);
            }
            // Each has its own ticks: those of one are on no round numbers of the other.
            let own = Frame { scale, references: &[], panel: None, ..*frame };
            let mut axis = ValueAxis::layout(&own, &mut of_lines(), format, Top::Nice);
            let (first, least) = (layout(frame).scale, axis.scale.domain.0);
            if has_zero && first.domain.0.min(least) < 0.0 {
                axis = ValueAxis::between(&own, (with_zero_of(first, axis.scale), scale), format, (0.0, 0.0));
                axis.ticks.retain(|tick| tick.value >= least);
            }
            (axis.scale, axis.ticks)
        });
        let beside = second.as_ref().map_or(0.0, |(_, ticks)| (widest(ticks, frame) + GAP + MARK + 1.0).ceil());
        let inner = frame.without_right(beside);
        let y = layout(&inner);
        let area = y.area;
        let upper = second.as_ref().map_or(y.scale, |(scale, _)| Scale { pixels: y.scale.pixels, ..*scale });
        let ends = steps.first().zip(steps.last()).map_or((0.0, 1.0), |(first, last)| (first.from, last.to));
        let x = Scale::new(ends, (area.left, area.right));
        y.draw_grid(&pen, frame)?;
        draw_bands(&pen, frame, area, x, y.scale)?;
        self.draw_bars(&pen, frame, &steps, &extents, (x, y.scale))?;
        pen.horizontal(area.left, area.right, y.scale.pixel_from_value(0.0), theme.axis)?;
        let plot_area = pen.plot_area(x, upper);
        for series in self.lines.iter().rev() {
            let points: Vec<LinePoint> =
                steps.iter().zip(&series.values).map(|(step, value)| LinePoint { value: *value, ..*step }).collect();
            // A ground of the card's colour, so that the line stands out from bars of any colour.
            draw_run(&plot_area, &points, 4.0, theme.card)?;
            draw_run(&plot_area, &points, 2.0, theme.faint(series.color))?;
            let chosen =
                points.iter().enumerate().map(|(at, point)| LinePoint { value: point.value.filter(|_| (self.chosen)(at)), ..*point });
            draw_run(&plot_area, &chosen.collect::<Vec<_>>(), 2.0, series.color)?;
        }
        y.draw(&pen, frame)?;
        for Tick { value, label } in second.iter().flat_map(|(_, ticks)| ticks) {
            let at = upper.pixel_from_value(*value).round();
            pen.horizontal(area.right, area.right + MARK, at, theme.ink)?;
            pen.label(label, (area.right + MARK + GAP, at + 0.5), (HPos::Left, VPos::Center), theme.muted)?;
        }
        match &self.axis {
            StepAxis::Time(_, grain) => draw_bottom(&pen, &inner, area, x, &time_ticks(x, *grain, &inner))?,
            StepAxis::Categories(labels) => {
                for tick in labels_across(labels, area.width() / labels.len().max(1) as f64, frame) {
                    let at = (x.pixel_from_value(tick.value), area.bottom + MARK + GAP);
                    pen.label(&tick.label, at, (HPos::Center, VPos::Top), theme.muted)?;
                }
            }
        }
        draw_lines(&pen, frame, area, x, y.scale)?;
        Ok(Plot { area, x, y: y.scale, second: second.map(|_| upper), rows: vec![], labelled: false })
    }

    fn draw_bars<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        frame: &Frame<'_>,
        steps: &[LinePoint],
        extents: &[Vec<Option<(f64, f64)>>],
        (x, y): (Scale, Scale),
    ) -> Drawn<DB> {
        let area = pen.plot_area(x, y);
        let grouped = self.stack == Stack::None;
        let n = if grouped { self.bars.len().max(1) } else { 1 };
        let pixels = (x.pixels.1 - x.pixels.0) / steps.len().max(1) as f64 * THICKNESS / n as f64;
        let (inset, radius) = if pixels < 4.0 { (0.0, 0.0) } else { (0.5, 2.0) };
        for (at, (series, extents)) in self.bars.iter().zip(extents).enumerate() {
            for (place, (step, extent)) in steps.iter().zip(extents).enumerate() {
                let Some((from, to)) = extent.filter(|(from, to)| from != to) else { continue };
                let width = (step.to - step.from) * THICKNESS / n as f64;
                let left = step.from + (step.to - step.from) * (1.0 - THICKNESS) / 2.0 + if grouped { width * at as f64 } else { 0.0 };
                let outer = grouped || at + 1 == self.bars.len();
                let rounded = match (outer, to < from) {
                    (false, _) => [false; 4],
                    (true, true) => [false, false, true, true],
                    (true, false) => [true, true, false, false],
                };
                let color = if series.chosen { series.color } else { frame.theme.grey_mark };
                let color = if (self.chosen)(place) { color } else { frame.theme.faint(color) };
                area.draw(&Bar { corners: [(left, to), (left + width, from)], inset: (inset, 0.0), radius, rounded, color })?;
            }
        }
        Ok(())
    }
}

/// From zero, or the least value below it, to the greatest value above it.
fn extent(values: &mut dyn Iterator<Item = f64>) -> (f64, f64) {
    values.filter(|value| value.is_finite()).fold((0.0, 0.0), |(least, greatest), value| (value.min(least), value.max(greatest)))
}

/// Where the first axis is to reach, so that there is room on both sides of the common zero for the lines: in the bars' unit as
/// much as the lines need in theirs, at most as much as the bars have on the other side.
fn room((least, greatest): (f64, f64), (below, above): (f64, f64)) -> [f64; 2] {
    if least == greatest {
        return [-f64::from(below < 0.0), f64::from(above > 0.0)];
    }
    let other = |own: f64, share: f64| if share.is_finite() { own * share.min(1.0) } else { own };
    [if below < 0.0 { -other(greatest, -below / above) } else { 0.0 }, if above > 0.0 { other(-least, above / -below) } else { 0.0 }]
}

/// The domain of the second axis, widened so that its zero is the first one's.
fn with_zero_of(first: Scale, second: Scale) -> (f64, f64) {
    let ends = |scale: Scale| (-scale.kind.straight(scale.domain.0), scale.kind.straight(scale.domain.1));
    let ((below, above), (own_below, own_above)) = (ends(first), ends(second));
    let needed = |own: f64, first: f64| if own > 0.0 && first > 0.0 { own / first } else { 0.0 };
    let unit = needed(own_below, below).max(needed(own_above, above));
    (second.kind.value(-below * unit, tenfold), second.kind.value(above * unit, tenfold))
}

fn tenfold(exponent: f64) -> f64 {
    power(10.0, exponent)
}

/// As many steps as the first axis has on either side of zero: the lines of its grid are those of both. Its own ticks end where
/// shares do.
fn second_axis(
    first: &ValueAxis,
    (least, greatest): (f64, f64),
    is_share: bool,
    format: &NumberFormat,
    frame: &Frame<'_>,
) -> (Scale, Vec<Tick>) {
    let unit = first.ticks.windows(2).next().map_or(1.0, |pair| pair[1].value - pair[0].value);
    let (from, to) = (first.scale.domain.0 / unit, first.scale.domain.1 / unit);
    let needed = |value: f64, steps: f64| if value > 0.0 && steps > 0.0 { value / steps } else { 0.0 };
    let step = fine_step(needed(greatest, to).max(needed(-least, -from)));
    // Of shares there is no more than all.
    let most = if format.style == NumberStyle::Percent && is_share { 1.0 + 1e-9 } else { f64::INFINITY };
    let values = first.ticks.iter().map(|tick| (tick.value / unit).round() * step).filter(|value| *value <= most);
    let mut ticks: Vec<Tick> = values.map(|value| Tick { value, label: format_tick(format, value, step, frame.locale) }).collect();
    name_unit(&mut ticks, format);
    (Scale::new((from * step, to * step), first.scale.pixels), ticks)
}

/// A step that is given the number of ticks has more choice than [`nice_step`](crate::scale::nice_step): of shares up to 83 % in seven
/// steps, that one would make 140 %.
fn fine_step(least: f64) -> f64 {
    if !(least > 0.0 && least.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powi(least.log10().floor() as i32);
    let factors = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0];
    factors.into_iter().map(|factor| factor * power).find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}
