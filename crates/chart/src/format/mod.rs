//! How values are written. The pattern comes from the dashboard, separators and names from the locale.
mod change;
mod date;
mod number;
mod part;
mod scalar;
mod size;

pub use change::{Change, Trend, format_change};
pub use date::{format_date, format_date_range, format_day, format_instant};
pub use number::{format_compact, format_count, format_number, format_range, format_tick};
pub use part::format_field;
pub use scalar::format_scalar;
pub use size::format_bytes;

/// Shown where there is no value.
pub(crate) const NO_VALUE: &str = "–";

/// A true minus sign: as wide as a digit, unlike the hyphen.
pub(crate) const MINUS: &str = "−";

#[cfg(test)]
mod tests;
