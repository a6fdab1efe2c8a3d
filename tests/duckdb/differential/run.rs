//! Asks both, table by table, on two threads.
use super::compare::difference;
use super::question::{Dashboard, Question};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tarn_tests::{root, tarn};

#[derive(Default)]
pub struct Outcome {
    pub equal: usize,
    pub both_failed: usize,
    pub wrong: Vec<String>,
}

/// `n_tables` tables with `per_table` questions each.
pub fn run(seed: u64, n_tables: usize, per_table: usize) -> Outcome {
    tarn();
    let folder = root().join(format!("target/differential-{}", std::process::id()));
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let share = |part: usize| {
            let folder = folder.join(part.to_string());
            move || (part..n_tables).step_by(2).map(|table| one_table(&folder, seed + table as u64, per_table)).collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..2).map(|part| scope.spawn(share(part))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    if std::env::var_os("TARN_KEEP").is_none() {
        fs::remove_dir_all(&folder).unwrap();
    }
    outcomes.into_iter().fold(Outcome::default(), |mut all, one| {
        all.equal += one.equal;
        all.both_failed += one.both_failed;
        all.wrong.extend(one.wrong);
        all
    })
}

fn one_table(folder: &Path, seed: u64, per_table: usize) -> Outcome {
    let folder = folder.join(seed.to_string());
    fs::create_dir_all(&folder).unwrap();
    let dashboard = Dashboard::random(seed, per_table);
    let expected = expected(&folder, &dashboard);
    let answers = answers(&folder, &dashboard);
    let mut outcome = Outcome::default();
    let mut next = 0;
    for (at, question) in dashboard.questions.iter().enumerate() {
        let own = &expected[next..=next + question.parts.len()];
        next += own.len();
        match difference(question, &own[0], &own[1..], &answers[at]) {
            Ok(true) => outcome.equal += 1,
            Ok(false) => outcome.both_failed += 1,
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

fn expected(folder: &Path, dashboard: &Dashboard) -> Vec<Value> {
    let python = std::env::var_os("TARN_PYTHON").map_or_else(|| root().join("target/tools/venv/bin/python"), PathBuf::from);
    let queries: Vec<&str> = dashboard
        .questions
        .iter()
        .flat_map(|question: &Question| [&question.sql].into_iter().chain(question.parts.iter().map(|part| &part.sql)).map(String::as_str))
        .collect();
    let (job, answers) = (folder.join("job.json"), folder.join("expected.json"));
    let jobs = json!([{ "zone": dashboard.zone, "setup": dashboard.setup, "parquet": folder.join("data.parquet"), "queries": queries, "answers": answers }]);
    fs::write(&job, jobs.to_string()).unwrap();
    let output = Command::new(python).current_dir(root()).arg("tests/duckdb/answer.py").arg(&job).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&fs::read(answers).unwrap()).unwrap()
}

fn answers(folder: &Path, dashboard: &Dashboard) -> Vec<Value> {
    let (file, questions) = (folder.join("dashboard.yaml"), folder.join("questions.json"));
    fs::write(&file, &dashboard.yaml).unwrap();
    let asked: Vec<&Value> = dashboard.questions.iter().map(|question| &question.asked).collect();
    fs::write(&questions, json!(asked).to_string()).unwrap();
    let output = tarn().arg("query").arg(&file).arg("--data-dir").arg(folder).arg("--batch").arg(&questions).output().unwrap();
    assert!(!output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
