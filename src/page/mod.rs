//! What the page shows and says, of results and of what the viewer chose: all of it that needs no browser. Nothing here is reactive.
//!
//! It is a module of the page and, for its tests, the native crate `tarn-page`: paths within it are relative.
pub mod strings;
pub mod text;

pub mod by_id;
pub mod choice;
pub mod entry;
pub mod grain;
pub mod url;
pub mod value_list;

pub mod chart;
pub mod picture;
pub mod plain;
pub mod rows;
pub mod stretches;
pub mod table_columns;
pub mod table_lines;
pub mod table_window;
