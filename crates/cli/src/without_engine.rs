//! Stands in for a command that needs the engine, in a program without it.
use std::{ffi::OsString, process::ExitCode};

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _arguments: Vec<OsString>,
}

pub fn run(_: &Arguments) -> Result<ExitCode, String> {
    Err("this build of tarn has no engine\nhint: build it with `cargo build --package tarn-cli --features query`".into())
}
