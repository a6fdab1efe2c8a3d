//! The page's side of the protocol, as a state machine without a clock, a DOM or a worker: commands and answers go in,
//! [`Action`]s come out. Times are milliseconds since 1970 and always an argument, randomness too.
//!
//! At most one `Run` is in flight; of those that come meanwhile the newest waits, the others are dropped. A worker that dies
//! is replaced and asked again; one that keeps dying is reported. Sources are revalidated before their TTL ends while the
//! page is visible.
mod ahead;
mod coordinator;
mod freshness;
mod restart;
mod schedule;

pub use ahead::Ahead;
pub use coordinator::{Action, Coordinator, Update};
pub use freshness::{Freshness, freshness};
pub use schedule::SourceTimes;
