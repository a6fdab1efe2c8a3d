//! `cargo xtask serve`: the demo in the browser, from nothing.
use crate::{Result, command, setup};
use std::env;

pub fn run(arguments: &[String]) -> Result<()> {
    setup::run(setup::For::Serving)?;
    let mut trunk = command::trunk();
    trunk.arg("serve");
    let chosen = arguments.iter().any(|argument| argument.starts_with("--open"));
    if !chosen && has_screen() {
        trunk.arg("--open");
    }
    println!("\nServing. From now on `trunk serve` alone does the same. Stop with Ctrl-C.");
    command::run(trunk.args(arguments))
}

/// Whether somebody could see a browser window that we open.
fn has_screen() -> bool {
    let desktop = cfg!(any(target_os = "macos", windows)) || env::var_os("DISPLAY").is_some() || env::var_os("WAYLAND_DISPLAY").is_some();
    desktop && env::var_os("CI").is_none() && env::var_os("SSH_CONNECTION").is_none()
}
