//! Charts on the page: a canvas that tarn-chart paints, and over it what a pointer, a keyboard and a screen reader need.
mod bars;
mod brush;
mod chart_view;
mod context;
mod keys;
mod legend;
mod paint;
mod panel;
mod picker;
mod placed;
mod roving;
mod shown;
mod sparkline;
mod surface;
mod table_twin;
mod tip;

pub use brush::Zoom;
pub use chart_view::ChartView;
pub use context::ChartContext;
pub use keys::{Chosen, KeySelection};
pub use paint::{key_figure_drawing, last_paint_ms, table_drawing};
pub use roving::focus;
pub use sparkline::{Sparkline, course};
