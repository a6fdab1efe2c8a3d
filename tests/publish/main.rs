//! `tarn publish`: from real databases, to real stores.
#![allow(clippy::unwrap_used)]
mod contract;
mod databases;
mod examples;
mod faults;
mod folder;
#[cfg(target_os = "linux")]
mod killed;
mod layout;
mod plan;
mod stores;
