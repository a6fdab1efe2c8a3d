//! The worker's side: answers requests about a dashboard. Loads the columns that a page needs by byte ranges, keeps them in a
//! cache under the source's TTL, plans the queries of its views and asks the engine.
//!
//! [`Runtime`] does it over a [`Host`], which is the clock, the network and the storage. [`MemoryHost`] is one for tests,
//! [`FileHost`] reads local files.
mod answer;
mod answer_behind;
mod answer_options;
mod answer_run;
mod budget;
mod cache;
mod chunks;
mod columns;
mod describe;
mod distribution;
mod ensure;
#[cfg(not(target_arch = "wasm32"))]
mod file_host;
mod host;
mod kept;
mod load;
mod long_tables;
mod memory_host;
mod network;
mod open;
mod panels;
mod pin;
mod plan;
mod points;
mod prepare;
mod prune;
mod published;
mod rank;
mod record;
mod result_cache;
mod revalidate;
mod runtime;
mod selection;
mod settle;
mod source;
mod statistics;
mod tabs;
mod tiles;
mod together;

pub use describe::describe;
#[cfg(not(target_arch = "wasm32"))]
pub use file_host::{FileHost, block_on};
pub use host::{Answer, CacheFailure, CacheWrite, FetchFailure, FetchRequest, Host, software_digest};
pub use memory_host::{Fault, MemoryHost};
pub use runtime::Runtime;
pub use tabs::{News, Turn};
