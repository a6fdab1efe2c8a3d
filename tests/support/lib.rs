//! What the tests of the repository share.
mod repository;

pub use repository::{cargo, root, source_files};
