//! The page in headless Chromium, against its own server.
#![allow(clippy::unwrap_used)]
mod accessibility;
mod behind;
mod brush;
mod cache;
mod developer;
mod facets;
mod failures;
mod filters;
mod gallery;
mod hierarchy;
mod keyboard;
mod kinds;
mod language;
mod long_tables;
mod numbers;
mod offline;
mod opens;
mod row_groups;
mod series;
mod snapshots;
mod stores;
mod suite;
mod table_columns;
mod tabs;
mod url;
mod zoom;
