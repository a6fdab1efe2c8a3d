use crate::math::power;
use crate::pen::units;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};
use std::ops::Range;
use tarn_dashboard::AxisScale;

/// A rectangle in CSS pixels, from the top left corner of the chart.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub fn contains(&self, x: f64, y: f64) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }
}

/// A scale from values to CSS pixels. `pixels` may run backwards, as it does for a vertical axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub domain: (f64, f64),
    pub pixels: (f64, f64),
    pub kind: AxisScale,
}

impl Scale {
    /// Linear. A domain without extent is widened, so that its value lies in the middle.
    pub fn new(domain: (f64, f64), pixels: (f64, f64)) -> Self {
        let (from, to) = domain;
        let domain = if from < to { domain } else { (from - 0.5, from + 0.5) };
        Self { domain, pixels, kind: AxisScale::Linear }
    }

    /// The same, divided otherwise. The domain has to have a place on it.
    pub fn divided(self, kind: AxisScale) -> Self {
        Self { kind, ..self }
    }

    /// Not finite where the value has no place on the scale.
    pub fn pixel_from_value(&self, value: f64) -> f64 {
        let (from, to) = self.straight_domain();
        let share = (self.kind.straight(value) - from) / (to - from);
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }

    pub fn value_from_pixel(&self, pixel: f64) -> f64 {
        let share = (pixel - self.pixels.0) / (self.pixels.1 - self.pixels.0);
        let (from, to) = self.straight_domain();
        self.kind.value(from + share * (to - from), |exponent| power(10.0, exponent))
    }

    fn straight_domain(&self) -> (f64, f64) {
        (self.kind.straight(self.domain.0), self.kind.straight(self.domain.1))
    }

    /// The nearest value of the domain.
    pub fn clamp(&self, value: f64) -> f64 {
        value.clamp(self.domain.0, self.domain.1)
    }
}

/// Lets plotters' elements be placed by value.
impl Ranged for Scale {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, _: (i32, i32)) -> i32 {
        units(self.pixel_from_value(*value))
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        vec![]
    }

    fn range(&self) -> Range<f64> {
        self.domain.0..self.domain.1
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `least`.
pub(crate) fn nice_step(least: f64) -> f64 {
    let power = 10f64.powi(least.log10().floor() as i32);
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

/// What an axis that is not linear spans for these values: to 1, 2 or 5 times a power of ten, and from zero where it has one and is
/// to reach it.
pub(crate) fn power_domain(kind: AxisScale, values: &mut dyn Iterator<Item = f64>, to_zero: bool) -> (f64, f64) {
    let none = (f64::INFINITY, f64::NEG_INFINITY);
    let start = if to_zero && kind == AxisScale::Symlog { (0.0, 0.0) } else { none };
    let (least, greatest) =
        values.filter(|value| kind.shows(*value)).fold(start, |(least, greatest), value| (value.min(least), value.max(greatest)));
    let outwards = |value: f64| match value {
        0.0 => 0.0,
        0.0.. => nice_step(value),
        _ => -1.0 / nice_step(-1.0 / value),
    };
    match (-outwards(-least), outwards(greatest)) {
        _ if least > greatest => (1.0, 10.0),
        (0.0, 0.0) => (0.0, 1.0),
        (from, to) if from < to => (from.max(if kind == AxisScale::Log { f64::MIN_POSITIVE } else { f64::MIN }), to),
        (from, to) if to < 0.0 => (from * 2.0, to / 2.0),
        (from, to) => (from / 2.0, to * 2.0),
    }
}

/// Zero and powers of ten within the domain, with 2 and 5 or 3 times them where there is room, else only every second, third … power.
/// `room` says how much of the axis a value takes. `None` where that is too few to read from.
pub(crate) fn powers(scale: Scale, room: &dyn Fn(f64) -> f64) -> Option<Vec<f64>> {
    let (from, to) = scale.domain;
    let has_zero = scale.kind == AxisScale::Symlog;
    let exponent = |value: f64| value.log10().floor() as i32;
    let first = if has_zero { 0 } else { exponent(from) };
    let last = exponent(from.abs().max(to.abs()));
    let apart = |a: f64, b: f64| (scale.pixel_from_value(a) - scale.pixel_from_value(b)).abs() >= (room(a) + room(b)) / 2.0;
    let halves: &[f64] = if has_zero { &[1.0] } else { &[1.0, 3.0] };
    for (factors, every) in [(&[1.0, 2.0, 5.0][..], 1), (halves, 1), (&[1.0], 1), (&[1.0], 2), (&[1.0], 3), (&[1.0], 6)] {
        let powers = (first..=last).filter(|power| power.rem_euclid(every) == 0);
        let mut values: Vec<f64> = powers.flat_map(|power| factors.iter().map(move |factor| factor * 10f64.powi(power))).collect();
        if has_zero {
            values.retain(|value| apart(*value, 0.0));
            let below: Vec<f64> = values.iter().rev().map(|value| -value).collect();
            values = below.into_iter().chain([0.0]).chain(values).collect();
        }
        let slack = 1e-9;
        values.retain(|value| from - from.abs() * slack <= *value && *value <= to + to.abs() * slack);
        if values.windows(2).all(|pair| apart(pair[0], pair[1])) {
            // Two of them tell how far a power of ten is; zero and one do not.
            return (values.len() > 1 + usize::from(has_zero)).then_some(values);
        }
    }
    None
}

/// All multiples of the step within the domain.
pub(crate) fn multiples(domain: (f64, f64), step: f64) -> Vec<f64> {
    let first = (domain.0 / step - 1e-9).ceil() as i64;
    let last = (domain.1 / step + 1e-9).floor() as i64;
    (first..=last.min(first.saturating_add(200))).map(|n| n as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_nice() {
        for (least, step) in [(0.9, 1.0), (1.0, 1.0), (1.1, 2.0), (2.3, 5.0), (7.0, 10.0), (0.003, 0.005), (42_000.0, 50_000.0)] {
            assert!((nice_step(least) / step - 1.0).abs() < 1e-9, "{least} gave {}", nice_step(least));
        }
        assert_eq!(multiples((-60.0, 180.0), 50.0), [-50.0, 0.0, 50.0, 100.0, 150.0]);
    }

    #[test]
    fn pixels_and_values_are_inverse() {
        let scale = Scale::new((0.0, 20_000.0), (186.0, 6.0));
        assert_eq!(scale.pixel_from_value(10_000.0), 96.0);
        assert_eq!(scale.value_from_pixel(96.0), 10_000.0);
        assert_eq!(Scale::new((5.0, 5.0), (0.0, 100.0)).pixel_from_value(5.0), 50.0);
        for kind in [AxisScale::Log, AxisScale::Symlog] {
            let scale = Scale::new((0.5, 20_000.0), (186.0, 6.0)).divided(kind);
            for value in [0.5, 3.0, 1_000.0, 20_000.0] {
                assert!((scale.value_from_pixel(scale.pixel_from_value(value)) / value - 1.0).abs() < 1e-9, "{value} on {kind:?}");
            }
        }
        let decades = Scale::new((1.0, 1_000.0), (0.0, 300.0)).divided(AxisScale::Log);
        assert_eq!([1.0, 10.0, 100.0].map(|value| decades.pixel_from_value(value).round()), [0.0, 100.0, 200.0]);
        let even = Scale::new((-99.0, 99.0), (0.0, 200.0)).divided(AxisScale::Symlog);
        assert_eq!([-9.0, 0.0, 9.0].map(|value| even.pixel_from_value(value).round()), [50.0, 100.0, 150.0]);
    }

    #[test]
    fn domains_end_at_one_two_or_five() {
        use AxisScale::{Log, Symlog};
        let of = |kind, values: &[f64], to_zero| power_domain(kind, &mut values.iter().copied(), to_zero);
        let near = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() < 1e-9 * c.abs() && (b - d).abs() < 1e-9 * d.abs();
        assert!(near(of(Log, &[0.0, 3.0, 720.0, -4.0], true), (2.0, 1_000.0)));
        assert!(near(of(Log, &[0.03, 0.4], false), (0.02, 0.5)));
        assert_eq!(of(Log, &[100.0], true), (50.0, 200.0));
        assert_eq!(of(Log, &[0.0, -1.0, f64::NAN], true), (1.0, 10.0));
        assert_eq!(of(Symlog, &[-30.0, 720.0], true), (-50.0, 1_000.0));
        assert_eq!(of(Symlog, &[120.0, 720.0], true), (0.0, 1_000.0));
        assert!(near(of(Symlog, &[120.0, 720.0], false), (100.0, 1_000.0)));
        assert_eq!(of(Symlog, &[0.0], true), (0.0, 1.0));
    }

    #[test]
    fn ticks_of_powers_thin_out() {
        let ticks = |domain, pixels, kind, room| powers(Scale::new(domain, (0.0, pixels)).divided(kind), &|_| room).unwrap_or_default();
        let near = |found: Vec<f64>, expected: &[f64]| {
            let same = found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 1e-9 * b.abs());
            assert!(same, "{found:?}");
        };
        use AxisScale::{Log, Symlog};
        near(ticks((2.0, 1_000.0), 300.0, Log, 20.0), &[2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0]);
        near(ticks((2.0, 1_000.0), 100.0, Log, 20.0), &[10.0, 100.0, 1_000.0]);
        near(ticks((1.0, 1e6), 100.0, Log, 20.0), &[1.0, 100.0, 1e4, 1e6]);
        near(ticks((20.0, 5_000.0), 213.0, Log, 42.0), &[30.0, 100.0, 300.0, 1_000.0, 3_000.0]);
        near(ticks((20.0, 5_000.0), 150.0, Log, 45.0), &[100.0, 1_000.0]);
        near(ticks((0.0, 20_000.0), 200.0, Symlog, 20.0), &[0.0, 10.0, 100.0, 1_000.0, 10_000.0]);
        near(ticks((-50.0, 1_000.0), 200.0, Symlog, 20.0), &[-10.0, 0.0, 10.0, 100.0, 1_000.0]);
        near(ticks((900.0, 1_100.0), 200.0, Log, 20.0), &[]);
        near(ticks((0.0, 0.4), 200.0, Symlog, 20.0), &[]);
    }
}
