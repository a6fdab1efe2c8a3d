//! The scheduled refresh: rows from a warehouse or from Parquet become an immutable snapshot in a folder or an object store.
//!
//! [`publish`] reads the rows batch by batch ([`tarn_spec::Input`]), holds them to the dashboard's contract and to the checks,
//! sorts them in bounded memory, writes Parquet files that are named by their content, and switches the manifest last. Whatever
//! fails before that, viewers keep the snapshot that they have. [`plan`] does all but write. [`list`], [`difference`] and [`roll_back`] work on what was
//! published.
mod calendar;
mod checks;
mod conform;
mod describe;
mod encoding;
mod error;
mod files;
mod input;
mod lay_out;
mod prepare;
mod publish;
mod retention;
mod snapshots;
mod sort;
mod store;

pub use error::{Break, PublishError};
pub use input::filled_in;
pub use publish::{Event, Outcome, Plan, Run, plan, publish};
pub use snapshots::{Difference, Listed, MANIFEST, difference, list, roll_back};
pub use store::Store;
