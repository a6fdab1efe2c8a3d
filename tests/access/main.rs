//! Sites with roles: who is let in, what they are served, what is left of them.
#![allow(clippy::unwrap_used)]
mod build;
mod claims;
#[path = "../author/folder.rs"]
mod folder;
mod session;
mod site;
