//! Values as JavaScript has them.
use super::text;
use tarn_dashboard::{Plain, Scalar};

/// Integers beyond this are not exact as JavaScript numbers.
pub const MAX_EXACT: u128 = 1 << 53;

/// Numbers that JavaScript would round are text.
pub fn plain(value: &Scalar) -> Plain {
    match value {
        Scalar::Null => Plain::Null,
        Scalar::Boolean(value) => Plain::Boolean(*value),
        Scalar::Int(value) if u128::from(value.unsigned_abs()) > MAX_EXACT => Plain::Text(value.to_string()),
        Scalar::Int(value) => Plain::Int(*value),
        Scalar::Float(value) => Plain::Number(*value),
        Scalar::Decimal { unscaled, scale } if unscaled.unsigned_abs() > MAX_EXACT => Plain::Text(text::decimal(*unscaled, *scale)),
        Scalar::Decimal { unscaled, scale } => Plain::Number(*unscaled as f64 / 10f64.powi(i32::from(*scale))),
        Scalar::Date(days) => Plain::Text(text::iso_date(i64::from(*days) * 86_400_000_000)),
        Scalar::Timestamp(at) => Plain::Text(text::iso_instant(*at)),
        Scalar::Time(at) => Plain::Text(text::iso_time(*at)),
        Scalar::Interval { months, days, micros } => Plain::Text(format!("P{months}M{days}DT{}S", *micros as f64 / 1e6)),
        Scalar::String(text) => Plain::Text(text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_javascript_would_round_are_text() {
        assert_eq!(plain(&Scalar::Int(9_007_199_254_740_993)), Plain::Text("9007199254740993".into()));
        assert_eq!(plain(&Scalar::Int(-42)), Plain::Int(-42));
        assert_eq!(
            plain(&Scalar::Decimal { unscaled: -100_000_000_000_000_000_005, scale: 2 }),
            Plain::Text("-1000000000000000000.05".into())
        );
        assert_eq!(plain(&Scalar::Decimal { unscaled: 1250, scale: 2 }), Plain::Number(12.5));
    }

    #[test]
    fn times_are_iso_8601() {
        assert_eq!(plain(&Scalar::Timestamp(993_945_600_000_000)), Plain::Text("2001-07-01T00:00:00".into()));
        assert_eq!(plain(&Scalar::Date(11_504)), Plain::Text("2001-07-01".into()));
        assert_eq!(plain(&Scalar::Time(5_400_000_000)), Plain::Text("01:30:00".into()));
    }
}
