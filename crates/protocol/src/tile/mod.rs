//! What lets the page answer the moves of one filter by itself, to the last digit as the worker would: see [`Tiles`].
mod axis;
mod packed;
mod question;
mod read;
mod sums;
mod tiles;
mod value;

pub use axis::{Axis, AxisKind};
pub use packed::{Bytes, Packed};
pub use question::{Formula, Question, Tally};
pub use sums::Tile;
pub use tiles::{Answered, MovingView, Tiles, subject};
pub use value::can_evaluate;
