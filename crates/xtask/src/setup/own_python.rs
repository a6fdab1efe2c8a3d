//! What `--full` publishes from and the bench's crowd meets, each in a Python environment of its own: they pin what the tests have newer, or are large.
use super::{installing, skipped};
use crate::{Result, command};
use std::path::PathBuf;

/// The last line of dbt that installs from PyPI alone: the second one downloads its parser from elsewhere.
const DBT: &[&str] = &["dbt-core==1.10.23", "dbt-duckdb==1.10.1", "duckdb==2.0.1"];

const SPARK: &[&str] = &["pyspark==4.3.0"];

/// With a client of its protocol.
const STREAMLIT: &[&str] = &["streamlit==1.67.0", "duckdb==2.0.0", "websockets==17.4"];

/// The program `dbt`, with its adapter for DuckDB.
pub fn install_dbt() -> Result<PathBuf> {
    Ok(bin("dbt", DBT, "a project of dbt is built and published")?.join(format!("dbt{}", std::env::consts::EXE_SUFFIX)))
}

/// The Python that has PySpark. Spark itself runs in Java, 17 or later.
pub fn install_spark() -> Result<PathBuf> {
    if command::output(command::command("java").arg("-version")).is_none() {
        return Err("there is no `java`: install a Java of version 17 or later".into());
    }
    Ok(bin("spark", SPARK, "a partitioned table of Spark is published")?.join(format!("python{}", std::env::consts::EXE_SUFFIX)))
}

/// The Python that has Streamlit.
pub fn install_streamlit() -> Result<PathBuf> {
    Ok(bin("streamlit", STREAMLIT, "the same dashboard before twenty viewers")?.join(format!("python{}", std::env::consts::EXE_SUFFIX)))
}

/// Where an environment has its programs. Made when it is not there with these packages.
fn bin(name: &str, packages: &[&str], why: &str) -> Result<PathBuf> {
    let what = format!("Python environment with {}", packages.join(", "));
    let folder = command::tools_dir().join(name);
    let bin = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let python = bin.join(format!("python{}", std::env::consts::EXE_SUFFIX));
    let list = "import sys; from importlib.metadata import version as v; print(*(f'{name}=={v(name)}' for name in sys.argv[1:]))";
    let names = packages.iter().filter_map(|package| package.split("==").next());
    if command::output(command::command(&python).args(["-c", list]).args(names)).is_some_and(|answer| answer == packages.join(" ")) {
        skipped(&what);
        return Ok(bin);
    }
    installing(&what, why);
    command::run(command::command("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    command::run(command::command(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages))?;
    Ok(bin)
}
