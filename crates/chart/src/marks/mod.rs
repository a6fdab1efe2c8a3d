//! One file per mark. Each is plain data and draws itself on any backend.
mod area;
mod bar;
mod bar_series;
mod box_plot;
mod combo;
mod end_labels;
mod heatmap;
mod histogram;
mod key_figure;
mod line;
mod lines;
mod pie;
mod scatter;
mod series;
mod sparkline;
mod text_table;

pub use area::AreaChart;
pub use bar::{BarChart, BarRow};
pub use bar_series::{BarSeries, Category};
pub use box_plot::{BoxPlot, BoxRow};
pub use combo::{Combo, StepAxis};
pub use heatmap::{GridAxis, Heatmap};
pub use histogram::{BinAxis, Histogram};
pub use key_figure::KeyFigure;
pub use line::{LineChart, LinePoint};
pub use lines::Lines;
pub use pie::{Pie, around, turns};
pub use scatter::{Density, NumberAxis, Point, Scatter};
pub use series::Series;
pub use sparkline::Sparkline;
pub use text_table::{TableCell, TextTable};

#[cfg(test)]
mod box_plot_tests;
#[cfg(test)]
mod combo_tests;
#[cfg(test)]
mod heatmap_tests;
#[cfg(test)]
mod kinds_tests;
#[cfg(test)]
mod picture_tests;
#[cfg(test)]
mod scales_tests;
#[cfg(test)]
mod scatter_tests;
#[cfg(test)]
mod series_tests;
#[cfg(test)]
mod tests;
