//! The filter combinations, and what DuckDB says of them.
use crate::{python, root};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use std::sync::OnceLock;

/// One combination of filters.
pub struct Case {
    pub name: String,
    /// Text forms by filter id; null clears a default, an absent filter has its default.
    pub filters: serde_json::Map<String, Value>,
    pub grain: Option<String>,
    /// By view, what its columns are searched for.
    pub search: serde_json::Map<String, Value>,
}

/// A dashboard of the repository and the combinations of filters that it is asked under.
#[derive(Clone, Copy)]
pub struct Asked {
    pub dashboard: &'static str,
    pub cases: &'static str,
}

pub const DEMO: Asked = Asked { dashboard: "examples/flights/dashboard.yaml", cases: "tests/duckdb/cases.json" };
pub const GALLERY: Asked = Asked { dashboard: "examples/gallery/dashboard.yaml", cases: "tests/duckdb/gallery.json" };
pub const SEARCHED: Asked = Asked { dashboard: DEMO.dashboard, cases: "tests/duckdb/searches.json" };

/// The demo's.
pub fn cases() -> Vec<Case> {
    DEMO.cases()
}

impl Asked {
    pub fn cases(self) -> Vec<Case> {
        let text = std::fs::read_to_string(root().join(self.cases)).unwrap();
        let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
        let case = |case: &Value| Case {
            name: case["name"].as_str().unwrap().into(),
            filters: case["filters"].as_object().unwrap().clone(),
            grain: case["grain"].as_str().map(str::to_owned),
            search: case["search"].as_object().cloned().unwrap_or_default(),
        };
        cases.iter().map(case).collect()
    }

    /// For every case, in order, `{case, views: [{view, columns, rows, totals}]}`, computed by DuckDB from the YAML. What one suite has
    /// asked, the next one reads, as long as nothing of which it is made has changed.
    pub fn expected(self) -> Vec<Value> {
        let known = root().join(format!("target/duckdb/{}.json", self.digest()));
        let answers = std::fs::read(&known).unwrap_or_else(|_| {
            let answers = self.ask();
            std::fs::create_dir_all(known.parent().unwrap()).unwrap();
            // Whole or not at all: another suite may read at the same time.
            let part = known.with_extension(std::process::id().to_string());
            std::fs::write(&part, &answers).unwrap();
            std::fs::rename(part, &known).unwrap();
            answers
        });
        serde_json::from_slice(&answers).unwrap()
    }

    fn ask(self) -> Vec<u8> {
        let mut script = python();
        script.current_dir(root()).arg("tests/duckdb/expect.py").args([self.dashboard, "public/data", self.cases]);
        let output = script.output().unwrap_or_else(|error| panic!("Python: {error}; `cargo xtask setup --all` installs it"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Of the dashboard, the cases, the scripts, the versions of what they stand on, and the data.
    fn digest(self) -> String {
        let folders = ["tests/duckdb", "public/data"].map(|folder| root().join(folder));
        let listed = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
        let belongs = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "py" || extension == "parquet");
        let named = [self.dashboard, self.cases, PACKAGES].map(|path| root().join(path));
        let mut files: Vec<PathBuf> = listed.filter(belongs).chain(named).collect();
        files.sort();
        let mut digest = Sha256::new();
        for file in files {
            digest.update(Sha256::digest(std::fs::read(file).unwrap()));
        }
        format!("{:x}", digest.finalize())
    }
}

/// Pins DuckDB and what else the scripts import.
const PACKAGES: &str = "crates/xtask/src/setup/python.rs";

/// The demo's answers, computed once.
pub fn expected() -> &'static [Value] {
    static EXPECTED: OnceLock<Vec<Value>> = OnceLock::new();
    EXPECTED.get_or_init(|| DEMO.expected())
}
