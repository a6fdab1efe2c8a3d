use super::{
    NO_VALUE,
    date::{finest_unit, format_day, format_instant, time},
    number::{decorate, format_number},
};
use crate::Locale;
use tarn_dashboard::{Civil, DAY_MICROS, NumberFormat, NumberStyle, Scalar};

/// Any value for a cell or a label. `–` for null. Integers and decimals written plainly keep every digit.
pub fn format_scalar(format: &NumberFormat, value: &Scalar, locale: &Locale) -> String {
    match value {
        Scalar::Null => NO_VALUE.to_owned(),
        Scalar::Boolean(value) => value.to_string(),
        Scalar::Int(value) => exact(format, i128::from(*value), 0, locale),
        Scalar::Float(value) => format_number(format, *value, locale),
        Scalar::Decimal { unscaled, scale } => exact(format, *unscaled, *scale, locale),
        Scalar::Date(days) => format_day(i64::from(*days).saturating_mul(DAY_MICROS), locale),
        Scalar::Time(micros) => {
            let at = Civil::from_micros(*micros);
            time(at, finest_unit(at))
        }
        Scalar::Timestamp(micros) => format_instant(*micros, locale),
        Scalar::Interval { months, days, micros } => format!("{months} mo {days} d {} s", micros / 1_000_000),
        Scalar::String(text) => text.clone(),
    }
}

/// Doubles hold integers up to 2^53; what is beyond, and shows no more decimals than it has, is written digit by digit.
fn exact(format: &NumberFormat, unscaled: i128, scale: u8, locale: &Locale) -> String {
    let large = unscaled.unsigned_abs() > 1 << 53;
    if large && scale == 0 && format.style == NumberStyle::Decimal {
        let zeros = usize::from(format.decimals.unwrap_or(0));
        let digits = if zeros == 0 { unscaled.to_string() } else { format!("{unscaled}.{:0>zeros$}", "") };
        return decorate(&digits, "", format, locale);
    }
    format_number(format, unscaled as f64 / 10f64.powi(i32::from(scale)), locale)
}
