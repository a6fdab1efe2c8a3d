//! Marks, scales, axes and theme over plotters: one drawing code for canvas and SVG. Also how numbers, dates, sizes and ages
//! are written, so that axes, tables and key figures agree.
mod axis;
mod backend;
mod brush;
mod format;
mod locale;
mod marks;
mod math;
mod order;
mod panels;
#[cfg(test)]
mod panels_tests;
mod pen;
mod plot;
mod reference;
mod scale;
mod text;
mod theme;
mod time_axis;

#[cfg(feature = "canvas")]
pub use backend::{Backend, CanvasBackend, CanvasMeasure};
pub use backend::{Part, Place, SvgBackend};
pub use brush::{Drag, Snap};
pub use format::{
    Change, Trend, format_bytes, format_change, format_compact, format_count, format_date, format_date_range, format_day, format_field,
    format_instant, format_number, format_range, format_scalar, format_tick,
};
pub use locale::{DateOrder, Locale};
pub use marks::{
    AreaChart, BarChart, BarRow, BarSeries, BinAxis, BoxPlot, BoxRow, Category, Combo, Density, GridAxis, Heatmap, Histogram, KeyFigure,
    LineChart, LinePoint, Lines, NumberAxis, Pie, Point, Scatter, Series, Sparkline, StepAxis, TableCell, TextTable, around, turns,
};
pub use order::{ascending, ordered};
pub use panels::{DrawnPanel, Panel, Panels};
pub use plot::{Frame, Plot};
pub use reference::Reference;
pub use scale::{Rect, Scale};
pub use text::{FontMetrics, TextMeasure};
pub use theme::{Color, Theme};
pub use time_axis::end_of_unit;
