//! Turns selections and measures into small result tables. Pure: no I/O, no clock.
//!
//! Columns are stored as narrow codes; an expression that a query uses becomes one more such column, computed once. A clause
//! becomes a bitmap, a grouping one dense code per row, and a query a pass of counters over the codes of the selected rows.
mod aggregate;
mod axis;
mod bitmap;
mod bucket;
mod cache;
mod calendar;
mod codes;
mod column;
mod column_builder;
mod derived;
mod digits;
mod encode;
mod error;
mod eval;
mod group;
mod index;
mod intake;
mod list;
mod long;
mod mask;
mod narrow;
mod options;
mod order;
mod partial;
mod pass;
mod plan;
mod prefix;
mod query;
#[cfg(test)]
mod reference;
mod rows;
mod run;
mod scan;
mod search;
mod selection;
mod subtotal;
mod table;
#[cfg(test)]
mod table_tests;
mod texts;
mod tiling;
mod tiling_axis;
#[cfg(test)]
mod tiling_tests;
mod top;
mod vector;
mod window;

pub use error::TableError;
pub use index::prepare;
pub use list::{behind, list};
pub use long::LongTable;
pub use options::options;
pub use query::{Clause, KeyBucket, Query, QueryKey, QueryResult, Test, Top};
pub use run::{run, run_timed};
pub use table::{Span, Table, TableBuilder};
pub use tiling::{Tiled, Tiling, tile};
