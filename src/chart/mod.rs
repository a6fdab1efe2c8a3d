//! Charts on the page: a canvas that tarn-chart paints, and over it what a pointer, a keyboard and a screen reader need.
mod bars;
mod boxes;
mod brush;
mod chart_view;
mod context;
mod data;
mod grid;
mod hit;
mod keys;
mod legend;
mod paint;
mod picker;
mod roving;
mod scatter;
mod series;
mod sparkline;
mod surface;
mod table_twin;
mod tip;
mod words;

pub use brush::Zoom;
pub use chart_view::ChartView;
pub use context::ChartContext;
pub use keys::{Chosen, KeySelection};
pub use paint::last_paint_ms;
pub use roving::focus;
pub use sparkline::Sparkline;
