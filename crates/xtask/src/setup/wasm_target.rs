//! Rust's standard library for the browser.
use super::{Missing, installing, skipped};
use crate::{Result, command};
use std::path::Path;

const TARGET: &str = "wasm32-unknown-unknown";

pub fn install(missing: &mut Vec<Missing>) -> Result<()> {
    let libraries = command::output(command::command("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    if libraries.is_some_and(|folder| Path::new(&folder).is_dir()) {
        skipped("Rust's standard library for WebAssembly");
        return Ok(());
    }
    if !command::present("rustup") {
        missing.push(Missing {
            what: format!("Rust's standard library for {TARGET}"),
            how: "install Rust through https://rustup.rs, or the package of your distribution (Debian: libstd-rust-dev-wasm32)".into(),
        });
        return Ok(());
    }
    installing("Rust's standard library for WebAssembly", "the page and its worker run in the browser");
    command::run(command::command("rustup").args(["target", "add", TARGET]))
}
