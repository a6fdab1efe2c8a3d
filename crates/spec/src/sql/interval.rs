use tarn_dashboard::Scalar;

/// An interval such as `3 days`, `1 month 2 hours`, `90 minutes`, `02:30:00`. Months, days and time are kept apart.
pub(super) fn parse(text: &str) -> Option<Scalar> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut total = (0_i32, 0_i32, 0_i64);
    let mut rest = words.as_slice();
    if rest.is_empty() {
        return None;
    }
    while let Some((first, others)) = rest.split_first() {
        if first.contains(':') {
            total.2 = total.2.checked_add(clock(first)?)?;
            rest = others;
            continue;
        }
        let (unit, others) = others.split_first()?;
        total = add(total, of(first, unit)?)?;
        rest = others;
    }
    Some(Scalar::Interval { months: total.0, days: total.1, micros: total.2 })
}

/// An interval of one unit, such as `interval 3 day`.
pub(super) fn single(count: &str, unit: &str) -> Option<Scalar> {
    of(count, unit).map(|(months, days, micros)| Scalar::Interval { months, days, micros })
}

fn of(count: &str, unit: &str) -> Option<(i32, i32, i64)> {
    let unit = unit.to_ascii_lowercase();
    let unit = unit.strip_suffix('s').filter(|singular| !singular.is_empty()).unwrap_or(&unit);
    let whole = || count.parse::<i32>().ok();
    let time = |micros: i64| {
        let count: f64 = count.parse().ok()?;
        let value = (count * micros as f64).round();
        (value.abs() < 9e15).then_some((0, 0, value as i64))
    };
    match unit {
        "year" => Some((whole()?.checked_mul(12)?, 0, 0)),
        "quarter" => Some((whole()?.checked_mul(3)?, 0, 0)),
        "month" => Some((whole()?, 0, 0)),
        "week" => Some((0, whole()?.checked_mul(7)?, 0)),
        "day" => Some((0, whole()?, 0)),
        "hour" => time(3_600_000_000),
        "minute" => time(60_000_000),
        "second" => time(1_000_000),
        "millisecond" => time(1_000),
        "microsecond" => time(1),
        _ => None,
    }
}

fn clock(text: &str) -> Option<i64> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let mut parts = text.splitn(3, ':');
    let (hours, minutes): (i64, i64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let seconds: f64 = parts.next().map_or(Some(0.0), |seconds| seconds.parse().ok())?;
    if !(0..100_000).contains(&hours) || !(0..60).contains(&minutes) || !(0.0..60.0).contains(&seconds) {
        return None;
    }
    let micros = hours * 3_600_000_000 + minutes * 60_000_000 + (seconds * 1e6).round() as i64;
    Some(if negative { -micros } else { micros })
}

fn add(a: (i32, i32, i64), b: (i32, i32, i64)) -> Option<(i32, i32, i64)> {
    Some((a.0.checked_add(b.0)?, a.1.checked_add(b.1)?, a.2.checked_add(b.2)?))
}
