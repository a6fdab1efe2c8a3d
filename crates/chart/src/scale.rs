use crate::pen::units;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};
use std::ops::Range;

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

/// A linear scale from values to CSS pixels. `pixels` may run backwards, as it does for a vertical axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub domain: (f64, f64),
    pub pixels: (f64, f64),
}

impl Scale {
    /// A domain without extent is widened, so that its value lies in the middle.
    pub fn new(domain: (f64, f64), pixels: (f64, f64)) -> Self {
        let (from, to) = domain;
        let domain = if from < to { domain } else { (from - 0.5, from + 0.5) };
        Self { domain, pixels }
    }

    pub fn pixel_from_value(&self, value: f64) -> f64 {
        let share = (value - self.domain.0) / (self.domain.1 - self.domain.0);
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }

    pub fn value_from_pixel(&self, pixel: f64) -> f64 {
        let share = (pixel - self.pixels.0) / (self.pixels.1 - self.pixels.0);
        self.domain.0 + share * (self.domain.1 - self.domain.0)
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
    }
}
