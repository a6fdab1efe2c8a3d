//! Parquet bytes to Arrow columns, without I/O: says which byte ranges it needs and decodes what it is given.
//!
//! [`read_footer`] turns the end of a file into a [`Footer`]; [`Footer::projection`] chooses columns and refuses what cannot
//! be decoded; [`Projection::ranges`] names the bytes of a row group and [`Projection::decode`] reads them.
mod chunk_index;
mod error;
mod footer;
mod projection;

pub use error::DecodeError;
pub use footer::{Footer, FooterStep, read_footer};
pub use projection::{Batches, Projection, column_with_nulls};

#[cfg(test)]
mod tests;
