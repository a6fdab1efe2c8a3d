use crate::axis::{Tick, widest};
use crate::{Frame, Scale};
use tarn_dashboard::{Civil, DAY_MICROS, TimeUnit, Weekday};

const HOUR_MICROS: i64 = DAY_MICROS / 24;
const MINUTE_MICROS: i64 = HOUR_MICROS / 60;
const LABEL_SPACE: f64 = 14.0;
/// More would be clutter on the widest screen.
const MAX_TICKS: usize = 16;

/// Distances between ticks, finest first.
const STEPS: [(TimeUnit, u32); 19] = [
    (TimeUnit::Minute, 1),
    (TimeUnit::Minute, 5),
    (TimeUnit::Minute, 15),
    (TimeUnit::Minute, 30),
    (TimeUnit::Hour, 1),
    (TimeUnit::Hour, 3),
    (TimeUnit::Hour, 6),
    (TimeUnit::Hour, 12),
    (TimeUnit::Day, 1),
    (TimeUnit::Day, 2),
    (TimeUnit::Week(Weekday::Monday), 1),
    (TimeUnit::Month, 1),
    (TimeUnit::Month, 3),
    (TimeUnit::Month, 6),
    (TimeUnit::Year, 1),
    (TimeUnit::Year, 2),
    (TimeUnit::Year, 5),
    (TimeUnit::Year, 10),
    (TimeUnit::Year, 100),
];

/// Ticks of a time axis in microseconds: the finest calendar steps whose labels have room. A month is named once, at its
/// first tick, and a year only where the axis spans more than one. Steps are never finer than the data's grain. A tick
/// stands where the first value after it is drawn, the middle of its unit of the grain.
pub(crate) fn time_ticks(scale: Scale, grain: TimeUnit, frame: &Frame<'_>) -> Vec<Tick> {
    let width = (scale.pixels.1 - scale.pixels.0).abs();
    let span = scale.domain.1 - scale.domain.0;
    let mut ticks = vec![];
    let week_start = if let TimeUnit::Week(start) = grain { start } else { Weekday::Monday };
    let steps = STEPS.into_iter().map(|(unit, count)| (unit.starting(week_start), count));
    for (unit, count) in steps.filter(|(unit, _)| *unit >= grain) {
        let distance = typical_micros(unit) * f64::from(count) / span * width;
        if distance < LABEL_SPACE {
            continue;
        }
        // One more than allowed is asked for, so that neither this nor a hostile domain makes the walk long.
        ticks = labelled(&starts(scale.domain, unit, count), unit, grain, frame);
        if ticks.len() <= MAX_TICKS && widest(&ticks, frame) + LABEL_SPACE <= distance {
            name_year(&mut ticks, unit, scale, frame);
            break;
        }
    }
    ticks
}

/// Where all ticks are of one year, the first says which, if it has room for that.
fn name_year(ticks: &mut [Tick], unit: TimeUnit, scale: Scale, frame: &Frame<'_>) {
    let year = |tick: &Tick| Civil::from_micros(tick.value as i64).year;
    let [first, others @ ..] = ticks else { return };
    if frame.panel.is_some() || unit == TimeUnit::Year || others.last().is_some_and(|last| year(last) != year(first)) {
        return;
    }
    let label = match unit {
        TimeUnit::Month | TimeUnit::Quarter => format!("{} {}", first.label, year(first)),
        _ => frame.locale.with_year(&first.label, year(first)),
    };
    let (at, width) = (scale.pixel_from_value(first.value), frame.text_width(&label));
    let end = (at - width / 2.0).max(0.0) + width;
    let next = others.first().map_or(frame.width, |next| scale.pixel_from_value(next.value) - frame.text_width(&next.label) / 2.0);
    if end + LABEL_SPACE / 2.0 <= next {
        first.label = label;
    }
}

/// Where the unit that starts there ends, in microseconds.
pub fn end_of_unit(start: i64, unit: TimeUnit) -> i64 {
    let months = match unit {
        TimeUnit::Month => 1,
        TimeUnit::Quarter => 3,
        TimeUnit::Year => 12,
        _ => return start.saturating_add(typical_micros(unit) as i64),
    };
    Civil::from_micros(start).add_months(months).to_micros().unwrap_or(start)
}

/// The beginnings of every `count`-th unit within the domain.
fn starts(domain: (f64, f64), unit: TimeUnit, count: u32) -> Vec<i64> {
    let (from, to) = (domain.0 as i64, domain.1 as i64);
    let mut starts = vec![];
    match unit {
        TimeUnit::Month | TimeUnit::Quarter | TimeUnit::Year => {
            let first = Civil::from_micros(from);
            let step = i64::from(count) * if unit == TimeUnit::Year { 12 } else { 1 };
            let mut month = (first.year * 12 + i64::from(first.month) - 1).div_euclid(step) * step;
            while starts.len() <= MAX_TICKS {
                let date = Civil::new(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1);
                let Some(at) = date.to_micros() else { break };
                if at >= to {
                    break;
                }
                if at >= from {
                    starts.push(at);
                }
                month += step;
            }
        }
        _ => {
            let (step, origin) = match unit {
                TimeUnit::Week(start) => (7 * DAY_MICROS, start.first_since_1970() * DAY_MICROS),
                TimeUnit::Day => (DAY_MICROS, 0),
                TimeUnit::Hour => (HOUR_MICROS, 0),
                _ => (MINUTE_MICROS, 0),
            };
            let step = step * i64::from(count);
            let mut at = origin + from.saturating_sub(origin).div_euclid(step) * step;
            while at < to && starts.len() <= MAX_TICKS {
                if at >= from {
                    starts.push(at);
                }
                at = at.saturating_add(step);
            }
        }
    }
    starts
}

fn labelled(starts: &[i64], unit: TimeUnit, grain: TimeUnit, frame: &Frame<'_>) -> Vec<Tick> {
    let locale = frame.locale;
    let years = |at: &i64| Civil::from_micros(*at).year;
    let one_year = starts.first().map(years) == starts.last().map(years);
    let mut previous: Option<Civil> = None;
    let mut ticks = vec![];
    for start in starts {
        let at = Civil::from_micros(*start);
        let new_year = previous.is_none_or(|previous| previous.year != at.year);
        let new_month = new_year || previous.is_none_or(|previous| previous.month != at.month);
        let new_day = new_month || previous.is_none_or(|previous| previous.day != at.day);
        let month = &locale.months_short[(at.month - 1) as usize % 12];
        let label = match unit {
            TimeUnit::Year => at.year.to_string(),
            TimeUnit::Month | TimeUnit::Quarter if one_year || !new_year => month.clone(),
            TimeUnit::Month | TimeUnit::Quarter if at.month == 1 => at.year.to_string(),
            TimeUnit::Month | TimeUnit::Quarter => format!("{month} {}", at.year),
            TimeUnit::Week(_) | TimeUnit::Day if new_month => locale.day_and_month(at.day, at.month - 1),
            TimeUnit::Week(_) | TimeUnit::Day => format!("{}{}", at.day, locale.day_suffix),
            _ if new_day => locale.day_and_month(at.day, at.month - 1),
            _ => format!("{:02}:{:02}", at.hour(), at.minute()),
        };
        previous = Some(at);
        let half = if grain <= TimeUnit::Day || unit == grain { typical_micros(grain) / 2.0 } else { 0.0 };
        ticks.push(Tick { value: *start as f64 + half, label });
    }
    ticks
}

/// The shortest that the unit is.
fn typical_micros(unit: TimeUnit) -> f64 {
    let micros = match unit {
        TimeUnit::Microsecond => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Second => 1_000_000,
        TimeUnit::Minute => MINUTE_MICROS,
        TimeUnit::Hour => HOUR_MICROS,
        TimeUnit::Day => DAY_MICROS,
        TimeUnit::Week(_) => 7 * DAY_MICROS,
        TimeUnit::Month => 28 * DAY_MICROS,
        TimeUnit::Quarter => 90 * DAY_MICROS,
        TimeUnit::Year => 365 * DAY_MICROS,
    };
    micros as f64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{FontMetrics, Locale, Theme};

    fn check(from: &str, to: &str, grain: TimeUnit, width: f64, expected: &str) {
        let micros = |date: &str| Civil::parse_date(date).unwrap().to_micros().unwrap();
        let (theme, locale) = (Theme::light(), Locale::default());
        let frame = Frame::new((width, 100.0), &theme, &locale, &FontMetrics);
        let scale = Scale::new((micros(from) as f64, micros(to) as f64), (0.0, width));
        let labels: Vec<String> = time_ticks(scale, grain, &frame).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels.join(" | "), expected, "{from} to {to} by {grain:?} on {width} px");
    }

    #[test]
    fn months_and_years_are_named_once() {
        check("2001-01-01", "2001-07-01", TimeUnit::Day, 900.0, "Jan 2001 | Feb | Mar | Apr | May | Jun");
        check("2001-01-01", "2001-07-01", TimeUnit::Day, 290.0, "Jan | Feb | Mar | Apr | May | Jun");
        check("2001-01-01", "2001-07-01", TimeUnit::Day, 120.0, "Jan | Apr");
        check("2001-05-20", "2001-06-17", TimeUnit::Day, 900.0, "20 May | 22 | 24 | 26 | 28 | 30 | 1 Jun | 3 | 5 | 7 | 9 | 11 | 13 | 15");
        check("2001-05-20", "2001-06-17", TimeUnit::Day, 400.0, "21 May 2001 | 28 | 4 Jun | 11");
        check("2000-11-01", "2001-03-01", TimeUnit::Month, 400.0, "Nov 2000 | Dec | 2001 | Feb");
        check("1995-01-01", "2005-01-01", TimeUnit::Month, 400.0, "1996 | 1998 | 2000 | 2002 | 2004");
        check("2001-06-14", "2001-06-16", TimeUnit::Hour, 500.0, "14 Jun | 06:00 | 12:00 | 18:00 | 15 Jun | 06:00 | 12:00 | 18:00");
    }
}
