//! Stands in for a command that needs the page, in a program without it.
use std::{ffi::OsString, process::ExitCode};

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _arguments: Vec<OsString>,
}

pub fn run(_: &Arguments) -> Result<ExitCode, String> {
    Err("this build of tarn carries no page\nhint: build it with `cargo xtask dist`".into())
}
