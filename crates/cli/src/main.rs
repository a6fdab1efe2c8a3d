//! `tarn`: from a Parquet file to a dashboard in the browser and a folder to deploy.
//!
//! Exit codes: 0 done, 1 the input has errors or a file cannot be read or written, 2 the command was not understood. `publish`
//! adds 3 a promise is broken, 4 overtaken by another publication, 5 a store, a database or a disk failed.
#[cfg(feature = "runtime")]
mod build;
#[cfg(feature = "runtime")]
mod build_kept;
mod check;
mod compile;
mod completions;
mod contract;
#[cfg(any(feature = "query", feature = "runtime"))]
mod data_dir;
#[cfg(feature = "runtime")]
mod deploy;
#[cfg(all(feature = "query", feature = "runtime"))]
mod doctor;
#[cfg(feature = "query")]
mod explain;
#[cfg(all(feature = "query", feature = "runtime"))]
mod explore;
#[cfg(feature = "query")]
mod footer;
mod format;
mod hash;
#[cfg(feature = "query")]
mod init;
mod input;
#[cfg(any(feature = "query", feature = "runtime"))]
mod progress;
#[cfg(feature = "publish")]
mod publish;
#[cfg(feature = "query")]
mod query;
mod schema;
#[cfg(feature = "runtime")]
mod serve;
#[cfg(feature = "runtime")]
mod site;
#[cfg(feature = "publish")]
mod snapshots;
mod strings;
mod terminal;
#[cfg(feature = "query")]
mod test;
#[cfg(not(feature = "query"))]
mod without_engine;
#[cfg(not(all(feature = "query", feature = "runtime")))]
mod without_runtime;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
#[cfg(not(feature = "query"))]
use {without_engine as explain, without_engine as init, without_engine as query, without_engine as test};
#[cfg(not(all(feature = "query", feature = "runtime")))]
use {without_runtime as doctor, without_runtime as explore};
#[cfg(not(feature = "runtime"))]
use {without_runtime as build, without_runtime as serve};

#[derive(Parser)]
#[command(
    name = "tarn",
    version,
    about = "Dashboards from Parquet files, without a server",
    after_help = "First steps:\n  tarn init orders.parquet   writes dashboard.yaml\n  tarn serve                 opens it and follows the file\n  tarn build --out site      writes the folder to deploy"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write a first dashboard for a Parquet file, a folder of them, or an address
    Init(init::Arguments),
    /// Look at data in the browser, without a dashboard file
    Explore(explore::Arguments),
    /// Open a dashboard in the browser, in step with its file
    Serve(serve::Arguments),
    /// Tell what is wrong with a dashboard file
    Check(check::Arguments),
    /// Lay out dashboard files and the files beside them in one way, comments kept
    Fmt(format::Arguments),
    /// Read rows, check them, and publish them as a snapshot that dashboards follow
    #[cfg(feature = "publish")]
    Publish(publish::Arguments),
    /// List, compare and roll back what was published
    #[cfg(feature = "publish")]
    Snapshots(snapshots::Arguments),
    /// Print the rows that a view shows
    Query(query::Arguments),
    /// Compare a dashboard's numbers with what is expected of them
    Test(test::Arguments),
    /// Tell how a view gets its numbers: SQL, columns, row groups, bytes
    Explain(explain::Arguments),
    /// Write the folder that any file server can serve
    Build(build::Arguments),
    /// Tell what is wrong with a deployed site
    Doctor(doctor::Arguments),
    /// Write a source's contract from what dbt knows of a model
    Contract(contract::Arguments),
    /// Compile a dashboard file to what the page loads
    Compile(compile::Arguments),
    /// Print the JSON Schema of the dashboard file, for editors
    Schema(schema::Arguments),
    /// Print what the page says, to translate or to change
    Strings(strings::Arguments),
    /// Print the script that lets a shell complete this command
    Completions(completions::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Init(arguments) => init::run(&arguments),
        Command::Explore(arguments) => explore::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Fmt(arguments) => format::run(&arguments),
        #[cfg(feature = "publish")]
        Command::Publish(arguments) => publish::run(&arguments),
        #[cfg(feature = "publish")]
        Command::Snapshots(arguments) => snapshots::run(&arguments),
        Command::Query(arguments) => query::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Build(arguments) => build::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Contract(arguments) => contract::run(&arguments),
        Command::Compile(arguments) => compile::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Strings(arguments) => strings::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    };
    match outcome {
        Ok(code) => code,
        Err(message) => {
            terminal::tell(&format!("error: {message}\n"));
            ExitCode::FAILURE
        }
    }
}
