use super::number::format_number;
use crate::Locale;
use tarn_dashboard::NumberFormat;

/// A number of bytes in decimal units: `0 B`, `14 kB`, `2.5 MB`.
pub fn format_bytes(bytes: u64, locale: &Locale) -> String {
    let exponent = [1e3, 1e6, 1e9, 1e12].iter().filter(|unit| bytes as f64 >= **unit).count();
    let value = bytes as f64 / 1000f64.powi(exponent as i32);
    // One decimal below ten, and none for kilobytes and bytes: more would be noise.
    let decimals = u8::from(exponent >= 2 && value < 100.0);
    let unit = ["B", "kB", "MB", "GB", "TB"][exponent];
    let format = NumberFormat { decimals: Some(decimals), suffix: format!("\u{a0}{unit}"), ..NumberFormat::default() };
    format_number(&format, value, locale)
}
