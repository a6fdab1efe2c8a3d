//! The first step of a Trunk build: the dashboard file becomes what the page reads.
use crate::{Result, command};
use std::env;

/// Runs `tarn compile`, with the program that TARN_TOOL names if one is built already.
pub fn run(arguments: &[String]) -> Result<()> {
    let mut tarn = match env::var_os("TARN_TOOL") {
        Some(program) => command::command(program),
        None => {
            let mut cargo = command::cargo();
            cargo.args(["run", "--quiet", "--package", "tarn-cli", "--bin", "tarn", "--"]);
            cargo
        }
    };
    let status = tarn.arg("compile").args(arguments).status()?;
    if status.success() { Ok(()) } else { Err("the dashboard was not compiled".into()) }
}
