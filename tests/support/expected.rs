//! The filter combinations, and what DuckDB says of them.
use crate::{python, root};
use serde_json::Value;
use std::sync::OnceLock;

/// One combination of filters.
pub struct Case {
    pub name: String,
    /// Text forms by filter id; null clears a default, an absent filter has its default.
    pub filters: serde_json::Map<String, Value>,
    pub grain: Option<String>,
}

pub fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(root().join("tests/duckdb/cases.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    let case = |case: &Value| Case {
        name: case["name"].as_str().unwrap().into(),
        filters: case["filters"].as_object().unwrap().clone(),
        grain: case["grain"].as_str().map(str::to_owned),
    };
    cases.iter().map(case).collect()
}

/// For every case, in order, `{case, views: [{view, columns, rows, totals}]}`, computed by DuckDB from the demo's YAML.
pub fn expected() -> &'static [Value] {
    static EXPECTED: OnceLock<Vec<Value>> = OnceLock::new();
    EXPECTED.get_or_init(|| {
        let mut script = python();
        script.current_dir(root()).arg("tests/duckdb/expect.py");
        script.args(["examples/flights/dashboard.yaml", "public/data", "tests/duckdb/cases.json"]);
        let output = script.output().unwrap_or_else(|error| panic!("Python: {error}; `cargo xtask setup --all` installs it"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    })
}
