//! What the viewer reads: each view in a frame that shows its state, whatever the view is.
mod behind;
mod crumbs;
mod drawn;
mod error;
mod frame;
mod kpi;
mod menu;
mod room;
mod state;
mod table;
mod table_cells;
mod table_columns;
mod table_groups;
mod table_header;
mod table_picture;
mod table_rows;
mod table_search;
mod text;

pub use error::error_text;
pub use frame::{ViewFrame, view};
pub use menu::{Picture, view_menu};
