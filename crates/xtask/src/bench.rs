//! `cargo xtask bench`: Tarn beside DuckDB-WASM, in one run.
use crate::{Result, setup};

pub fn run(_arguments: &[String]) -> Result<()> {
    setup::run(setup::For::Tests)?;
    Err("not there yet".into())
}
