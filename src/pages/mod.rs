//! The page around the views: header, filter bar, grid, footer.
mod developer;
mod fatal;
mod footer;
mod freshness;
mod grid;
mod header;
mod notice;
mod shell;

pub use developer::figures;
pub use fatal::Fatal;
pub use shell::Shell;
