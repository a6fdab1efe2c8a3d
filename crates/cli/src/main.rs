//! `tarn`: checks and compiles dashboard files, and prints what their views show.
//!
//! Exit codes: 0 done, 1 the input has errors or a file cannot be read or written, 2 the command was not understood. `publish`
//! adds 3 a promise is broken, 4 overtaken by another publication, 5 a store, a database or a disk failed.
mod check;
mod compile;
mod input;
#[cfg(feature = "publish")]
mod publish;
#[cfg(feature = "query")]
mod query;
#[cfg(feature = "publish")]
mod snapshots;

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
    /// Read rows, check them, and publish them as a snapshot that dashboards follow
    #[cfg(feature = "publish")]
    Publish(publish::Arguments),
    /// List, compare and roll back what was published
    #[cfg(feature = "publish")]
    Snapshots(snapshots::Arguments),
    /// Print the rows that a view shows
    #[cfg(feature = "query")]
    Query(query::Arguments),
    /// Print the rows that a view shows
    #[cfg(not(feature = "query"))]
    Query {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Compile(arguments) => compile::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        #[cfg(feature = "publish")]
        Command::Publish(arguments) => publish::run(&arguments),
        #[cfg(feature = "publish")]
        Command::Snapshots(arguments) => snapshots::run(&arguments),
        #[cfg(feature = "query")]
        Command::Query(arguments) => query::run(&arguments),
        #[cfg(not(feature = "query"))]
        Command::Query { .. } => {
            Err("this build of tarn has no engine\nhint: build it with `cargo build --package tarn-cli --features query`".into())
        }
    };
    match outcome {
        Ok(code) => code,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
