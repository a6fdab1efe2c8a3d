//! Parquet bytes to Arrow columns, without I/O.
