//! Marks, scales, axes and theme over plotters: one drawing code for canvas and SVG. Also how numbers, dates, sizes and ages
//! are written, so that axes, tables and key figures agree.
mod format;
mod locale;

pub use format::{
    Change, Trend, format_age, format_bytes, format_change, format_compact, format_count, format_date, format_date_range, format_day,
    format_instant, format_number, format_range, format_scalar, format_tick,
};
pub use locale::{DateOrder, Locale};
