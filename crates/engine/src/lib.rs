//! Turns selections and measures into small result tables. Pure: no I/O, no clock.
//!
//! Columns are stored as narrow codes; an expression that a query uses becomes one more such column, computed once. A clause
//! becomes a bitmap, a grouping one dense code per row, and a query a pass of counters over the codes of the selected rows.
mod error;
mod options;
mod query;
mod run;
mod table;

pub use error::TableError;
pub use options::options;
pub use query::{Clause, KeyBucket, Query, QueryKey, QueryResult, Test};
pub use run::run;
pub use table::{Table, TableBuilder};
