//! dbt with its adapter for DuckDB, in an environment of its own: it pins what the tests have newer.
use super::{installing, skipped};
use crate::{Result, command};
use std::path::PathBuf;

/// The last line of dbt that installs from PyPI alone: the second one downloads its parser from elsewhere.
const PACKAGES: &[&str] = &["dbt-core==1.10.23", "dbt-duckdb==1.10.1", "duckdb==2.0.1"];

/// The program `dbt`.
pub fn install() -> Result<PathBuf> {
    let what = format!("Python environment with {}", PACKAGES.join(", "));
    let bin = command::tools_dir().join(if cfg!(windows) { "dbt/Scripts" } else { "dbt/bin" });
    let program = bin.join(format!("dbt{}", std::env::consts::EXE_SUFFIX));
    let python = bin.join(format!("python{}", std::env::consts::EXE_SUFFIX));
    let list = "import sys; from importlib.metadata import version as v; print(*(f'{name}=={v(name)}' for name in sys.argv[1:]))";
    let names = PACKAGES.iter().filter_map(|package| package.split("==").next());
    if command::output(command::command(&python).args(["-c", list]).args(names)).is_some_and(|answer| answer == PACKAGES.join(" ")) {
        skipped(&what);
        return Ok(program);
    }
    installing(&what, "a project of dbt is built and published");
    command::run(command::command("python3").args(["-m", "venv", "--clear"]).arg(command::tools_dir().join("dbt")))?;
    command::run(command::command(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(PACKAGES))?;
    Ok(program)
}
