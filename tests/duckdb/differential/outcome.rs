//! What DuckDB says, and how the answers compare.
use super::compare::{TARN_FAILS, difference};
use super::question::{Dashboard, Question};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tarn_tests::root;

#[derive(Default)]
pub struct Outcome {
    pub equal: usize,
    pub both_failed: usize,
    pub wrong: Vec<String>,
}

impl Outcome {
    pub fn add(&mut self, other: Self) {
        self.equal += other.equal;
        self.both_failed += other.both_failed;
        self.wrong.extend(other.wrong);
    }
}

/// A number from the environment.
pub fn number(name: &str, fallback: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(fallback)
}

/// Holds the answers to the questions against DuckDB's.
pub fn outcome(seed: u64, folder: &Path, dashboard: &Dashboard, expected: &[Value], answers: &[Value]) -> Outcome {
    let mut outcome = Outcome::default();
    let mut next = 0;
    for (at, question) in dashboard.questions.iter().enumerate() {
        let own = &expected[next..=next + question.parts.len()];
        next += own.len();
        match difference(question, &own[0], &own[1..], &answers[at]) {
            Ok(true) => outcome.equal += 1,
            Ok(false) => outcome.both_failed += 1,
            Err(what) if what.starts_with(TARN_FAILS) && fails_as_written(folder, dashboard, question) => outcome.both_failed += 1,
            Err(what) => outcome.wrong.push(format!("seed {seed} q{at}: {what}\n  {}\n  {}", question.sql, written(&dashboard.yaml, at))),
        }
    }
    outcome
}

/// The lines of the file that belong to a question.
fn written(yaml: &str, at: usize) -> String {
    let belongs = |line: &&str| {
        [format!("m{at}_"), format!("k{at}_"), format!(" w{at}:"), format!("id: q{at} ")].iter().any(|part| line.contains(part))
    };
    yaml.lines().filter(belongs).map(str::trim).collect::<Vec<_>>().join("\n  ")
}

/// Makes each table, writes it to `data.parquet` in its folder and asks DuckDB: all in one process, whose start takes longer than many
/// a question.
pub fn expected(tables: &[(&Path, &Dashboard)]) -> Vec<Vec<Value>> {
    asked(&tables.iter().map(|(folder, dashboard)| (*folder, *dashboard, dashboard.questions.as_slice())).collect::<Vec<_>>(), false)
}

/// Whether DuckDB fails, too, when it compares as it is written.
fn fails_as_written(folder: &Path, dashboard: &Dashboard, question: &Question) -> bool {
    asked(&[(folder, dashboard, std::slice::from_ref(question))], true).concat().iter().any(|answer| answer["error"].is_string())
}

fn asked(tables: &[(&Path, &Dashboard, &[Question])], as_written: bool) -> Vec<Vec<Value>> {
    let python = std::env::var_os("TARN_PYTHON").map_or_else(|| root().join("target/tools/venv/bin/python"), PathBuf::from);
    let answers = |folder: &Path| folder.join("expected.json");
    let job = |(folder, dashboard, questions): &(&Path, &Dashboard, &[Question])| {
        let queries: Vec<&str> = questions
            .iter()
            .flat_map(|question: &Question| {
                [&question.sql].into_iter().chain(question.parts.iter().map(|part| &part.sql)).map(String::as_str)
            })
            .collect();
        json!({ "zone": dashboard.zone, "setup": dashboard.setup, "parquet": folder.join("data.parquet"), "queries": queries, "answers": answers(folder), "as_written": as_written })
    };
    let Some((first, ..)) = tables.first() else { return vec![] };
    let file = first.join("jobs.json");
    fs::write(&file, json!(tables.iter().map(job).collect::<Vec<_>>()).to_string()).unwrap();
    let output = Command::new(python).current_dir(root()).arg("tests/duckdb/answer.py").arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    tables.iter().map(|(folder, ..)| serde_json::from_slice(&fs::read(answers(folder)).unwrap()).unwrap()).collect()
}
