//! Parquet bytes to narrow columns, without I/O: says which byte ranges it needs and decodes what it is given.
//!
//! [`read_footer`] turns the end of a file into a [`Footer`]; [`Footer::projection`] chooses columns and refuses what cannot
//! be decoded; [`Projection::ranges`] names the bytes of a row group and [`Projection::read`] reads a column of it. A column
//! that the file keeps as a dictionary stays one: its values are converted once, and rows are places in it.
//! [`Footer::bounds`] tells which row groups cannot hold a value.
mod blocks;
mod chunk_index;
mod codec;
mod column;
mod convert;
mod delta;
mod error;
mod footer;
mod hybrid;
mod json;
mod leaf;
mod nested;
mod page;
mod projection;
mod schema;
mod sort;
mod statistics;

pub use blocks::Blocks;
pub use column::{Block, Places, Texts, Values};
pub use error::DecodeError;
pub use footer::{Footer, FooterStep, read_footer};
pub use projection::Projection;
pub use schema::{Field, FieldType};
pub use sort::{sort_by, sort_numbers};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod twin_tests;
