//! The grains of a time axis.
use tarn_chart::end_of_unit;
use tarn_dashboard::{Bucket, TimeUnit, View};

/// A zoomed axis that would show fewer steps goes over to a finer grain.
const MIN_STEPS: f64 = 24.0;

/// The grains of the view's time axis, the default first; empty without one.
pub fn grains(view: &View) -> &[TimeUnit] {
    view.keys
        .iter()
        .find_map(|key| if let Bucket::Time { grains } = &key.bucket { Some(grains.as_slice()) } else { None })
        .unwrap_or_default()
}

/// The grain of an axis that shows the interval: of those that are at least as fine as the present one the coarsest that still shows
/// enough steps, else the finest. Of the whole axis none that is finer than its own.
pub fn zoomed_grain(grains: &[TimeUnit], now: Option<TimeUnit>, range: Option<(f64, f64)>) -> Option<TimeUnit> {
    let Some((from, to)) = range else { return now.max(grains.first().copied()) };
    let finer = grains.iter().copied().filter(|grain| now.is_none_or(|now| *grain <= now));
    let enough = |grain: &TimeUnit| (to - from) / (end_of_unit(from as i64, *grain) as f64 - from) >= MIN_STEPS;
    finer.clone().filter(enough).max().or_else(|| finer.min())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tarn_dashboard::Weekday;

    #[test]
    fn a_zoomed_axis_takes_the_coarsest_grain_that_shows_enough() {
        const DAY: f64 = 86_400e6;
        let grains = [TimeUnit::Week(Weekday::Monday), TimeUnit::Day, TimeUnit::Hour];
        let of = |now, days: f64| zoomed_grain(&grains, Some(now), Some((0.0, days * DAY)));
        assert_eq!(of(grains[0], 365.0), Some(grains[0]), "enough as it is");
        assert_eq!(of(grains[0], 60.0), Some(TimeUnit::Day));
        assert_eq!(of(grains[0], 2.0), Some(TimeUnit::Hour));
        assert_eq!(of(grains[0], 0.5), Some(TimeUnit::Hour), "there is no finer one");
        assert_eq!(of(TimeUnit::Hour, 60.0), Some(TimeUnit::Hour), "never coarser than the viewer has it");
        assert_eq!(zoomed_grain(&grains, Some(TimeUnit::Hour), None), Some(grains[0]));
        assert_eq!(zoomed_grain(&grains[1..2], Some(TimeUnit::Day), None), Some(TimeUnit::Day));
    }
}
