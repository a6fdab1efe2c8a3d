//! What authors write, and what is said of it. One program: linking it costs more than its tests.
#![allow(clippy::unwrap_used)]
mod access;
mod broken;
mod docs;
mod expressions;
mod format;
mod gallery;
mod hostile;
mod include;
mod measured;
mod publications;
mod texts;
mod themes;
