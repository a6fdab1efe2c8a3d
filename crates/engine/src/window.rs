use crate::vector::{Vector, float_from_scalar};
use tarn_dashboard::{Measure, Scalar, Window};
use tarn_decode::sort_numbers;
use tarn_protocol::QueryError;

/// A measure's values along the axis of each series, in the order of `rows`; `series_of` tells a row's.
pub(crate) fn windowed_by(
    measure: &Measure,
    window: Window,
    vector: &Vector,
    rows: &[u32],
    series_of: impl Fn(u32) -> u32,
) -> Result<Vec<Scalar>, QueryError> {
    let series: Vec<u32> = rows.iter().map(|row| series_of(*row)).collect();
    let mut places: Vec<u32> = (0..rows.len() as u32).collect();
    sort_numbers(&mut places, &mut |a, b| series[a as usize].cmp(&series[b as usize]).then(a.cmp(&b)));
    let mut values = vec![Scalar::Null; rows.len()];
    for places in places.chunk_by(|a, b| series[*a as usize] == series[*b as usize]) {
        let own: Vec<u32> = places.iter().map(|place| rows[*place as usize]).collect();
        for (place, value) in places.iter().zip(windowed(measure, window, vector, &own)?) {
            values[*place as usize] = value;
        }
    }
    Ok(values)
}

/// A measure's values along the axis, from those of its steps in their order.
fn windowed(measure: &Measure, window: Window, vector: &Vector, rows: &[u32]) -> Result<Vec<Scalar>, QueryError> {
    let values: Vec<Scalar> = rows.iter().map(|row| vector.scalar(measure.value.data_type, *row as usize)).collect();
    match window {
        Window::Running => {
            let mut total = Scalar::Null;
            let step = |value: &Scalar| {
                total = sum(&total, value).ok_or_else(|| QueryError::Overflow { expression: measure.name.clone() })?;
                Ok(total.clone())
            };
            values.iter().map(step).collect()
        }
        Window::Moving(n) => {
            let average = |end: usize| {
                let within = &values[(end + 1).saturating_sub(n as usize)..=end];
                let (sum, n) = within.iter().filter_map(float_from_scalar).fold((0.0, 0), |(sum, n), value| (sum + value, n + 1));
                if n == 0 { Scalar::Null } else { Scalar::Float(sum / f64::from(n)) }
            };
            Ok((0..values.len()).map(average).collect())
        }
    }
}

/// Null is nothing; `None` where the sum is beyond the type.
fn sum(a: &Scalar, b: &Scalar) -> Option<Scalar> {
    Some(match (a, b) {
        (Scalar::Null, other) | (other, Scalar::Null) => other.clone(),
        (Scalar::Int(a), Scalar::Int(b)) => Scalar::Int(a.checked_add(*b)?),
        (Scalar::Decimal { unscaled: a, scale }, Scalar::Decimal { unscaled: b, .. }) => {
            Scalar::Decimal { unscaled: a.checked_add(*b)?, scale: *scale }
        }
        _ => Scalar::Float(float_from_scalar(a)? + float_from_scalar(b)?),
    })
}
