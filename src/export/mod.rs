//! What a viewer takes away: rows as CSV or for a spreadsheet's clipboard, a chart as a picture.
mod download;
mod notes;
mod picture;
mod rows;

pub use download::{copy, save_text};
pub use notes::{filters, notes};
pub use picture::{Drawing, framed, save_png};
pub use rows::{csv, plain, tsv};
