//! The part of the `zstd` crate that parquet calls, without the compressor in WebAssembly.
//!
//! Parquet's codec object holds a compressor and a decompressor; what it may call is linked. The browser only reads, so there
//! compressing is an error and the C library's compressors are left out of the worker. Natively both work.
pub mod bulk;

pub use zstd_safe;

use std::io;

/// Compression levels that parquet's writer accepts.
pub fn compression_level_range() -> std::ops::RangeInclusive<zstd_safe::CompressionLevel> {
    // zstd's own bounds, as numbers: asking for them links the tables of every level.
    -131_072..=22
}

fn error_from_code(code: usize) -> io::Error {
    io::Error::other(zstd_safe::get_error_name(code))
}
