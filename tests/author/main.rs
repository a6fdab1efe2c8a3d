//! What an author does with the one program: a first draft, edits in place, a folder to deploy.
#![allow(clippy::unwrap_used)]
mod blocks;
mod build;
mod commands;
mod compared;
mod explore;
mod explore_page;
mod folder;
mod format;
mod init;
mod partitions;
mod serve;
mod tutorial;
