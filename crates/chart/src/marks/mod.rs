//! One file per mark. Each is plain data and draws itself on any backend.
mod bar;
mod heatmap;
mod histogram;
mod line;
mod sparkline;

pub use bar::{BarChart, BarRow};
pub use heatmap::{GridAxis, Heatmap};
pub use histogram::{BinAxis, Histogram};
pub use line::{LineChart, LinePoint};
pub use sparkline::Sparkline;

#[cfg(test)]
mod heatmap_tests;
#[cfg(test)]
mod tests;
