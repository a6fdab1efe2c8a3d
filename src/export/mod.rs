//! What a viewer takes away: rows as CSV or for a spreadsheet's clipboard, a chart as a picture.
mod all_rows;
mod download;
mod notes;
mod picture;

pub use all_rows::all_rows;
pub use download::{copy, save_text, save_texts};
pub use notes::{filters, notes};
pub use picture::save_png;
