//! `tarn`: checks and compiles dashboard files.
//!
//! Exit codes: 0 done, 1 the input has errors or a file cannot be read or written, 2 the command was not understood.
mod check;
mod compile;
mod input;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "tarn", version, about = "Dashboards from Parquet files, without a server")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compile a dashboard file to the JSON that the page loads
    Compile(compile::Arguments),
    /// Tell what is wrong with a dashboard file
    Check(check::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Compile(arguments) => compile::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
    };
    match outcome {
        Ok(code) => code,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
