//! A folder with a dashboard, in which a test publishes as a scheduler would.
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use tarn_tests::{python, root, tarn};

pub const DASHBOARD: &str = "
title: Orders
data:
  orders:
    source: out/manifest.json
    ttl: 5m
    schema: { id: int64!, at: timestamp!, amount: 'decimal(12, 2)', region: string!, paid: boolean }
    time: at
    measures: { orders: count(*) }
pages:
  - title: Overview
    rows: [[kpi: orders]]
";

pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tarn-publish-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("dashboard.yaml"), DASHBOARD).unwrap();
        Self(folder)
    }

    /// Publishes into the folder `out`. `rest` is the publication file but for its first keys.
    pub fn publish(&self, rest: &str, uri: &str) -> Output {
        self.command("publish", "out", rest).env("TARN_TEST_URI", uri).output().unwrap()
    }

    /// A command on the publication to `to`, such as `publish`.
    pub fn command(&self, command: &str, to: &str, rest: &str) -> Command {
        self.command_in("publish.yaml", command, to, rest)
    }

    /// The same with a publication file of its own.
    pub fn command_in(&self, file: &str, command: &str, to: &str, rest: &str) -> Command {
        let path = self.0.join(file);
        fs::write(&path, format!("dashboard: dashboard.yaml\nto: {to}\nlayout: {{ split: month }}\n{rest}")).unwrap();
        let mut tarn = tarn();
        tarn.arg(command).arg(path);
        tarn
    }

    /// Writes what DuckDB selects as a Parquet file.
    pub fn export(&self, name: &str, select: &str) {
        let script = "import duckdb, sys; duckdb.sql(f\"copy ({sys.argv[2]}) to '{sys.argv[1]}' (format parquet)\")";
        succeeded(&python().args(["-c", script]).arg(self.0.join(name)).arg(select).output().unwrap());
    }

    /// What DuckDB finds in the files that the served snapshot names.
    pub fn ask(&self, select: &str) -> Value {
        ask(&self.0.join("out").to_string_lossy(), select)
    }
}

/// What DuckDB finds in the snapshot that is served in a folder or at an address, after every digest was checked.
pub fn ask(base: &str, select: &str) -> Value {
    serde_json::from_str(&succeeded(&read(base, select))).unwrap()
}

/// Whether a whole snapshot is served there.
pub fn readable(base: &str) -> bool {
    read(base, "count(*)").status.success()
}

fn read(base: &str, select: &str) -> Output {
    python().arg(root().join("tests/publish/reader.py")).args([base, select]).output().unwrap()
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Orders of so many hours, as DuckDB selects them.
pub fn orders(n: u64) -> String {
    format!(
        "select i as id, timestamp '2001-01-15' + to_hours(i::int) as at, (i % 977 / 4)::decimal(12, 2) as amount, \
         'region ' || i % 7 as region, i % 2 = 0 as paid from range({n}) t(i)"
    )
}

/// What their publication says beside where they come from.
pub const ORDERS: &str = "every: 5m\nkeep: 1d\n";
