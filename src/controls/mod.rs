//! What the viewer operates: the filter bar and its menus. Controls write selections and read them back; they hold nothing.
mod bar;
mod button;
mod chip;
mod date_range;
mod day_field;
mod menu_foot;
mod number_range;
mod parameter;
mod popover;
mod simple;
mod top;
mod value_list;
mod value_text;

pub use bar::FilterBar;
pub use button::{close_button, link_button};
pub use chip::filter_menu;
pub use popover::Popover;
pub use value_text::{interval, value_text};
