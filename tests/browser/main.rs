//! The page in headless Chromium, against its own server.
#![allow(clippy::unwrap_used)]
mod opens;
mod suite;
