//! Results as charts need them, what lies under a pointer, and what charts say.
pub mod boxes;
pub mod chart_set;
pub mod cut;
pub mod data;
pub mod grid;
pub mod hit;
pub mod scatter;
pub mod series;
pub mod step;
pub mod words;

/// A datum by its column and its row, both from zero.
pub type Place = (usize, usize);
