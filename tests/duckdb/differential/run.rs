//! Asks `tarn query`, table by table, on two threads.
use super::outcome::{Outcome, expected, outcome};
use super::question::Dashboard;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tarn_tests::{root, tarn};

/// `n_tables` tables with `per_table` questions each.
pub fn run(seed: u64, n_tables: usize, per_table: usize) -> Outcome {
    tarn();
    let folder = root().join(format!("target/differential-{}", std::process::id()));
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let share = |part: usize| {
            let folder = folder.join(part.to_string());
            move || some_tables(&folder, (part..n_tables).step_by(2).map(|table| seed + table as u64), per_table)
        };
        let threads: Vec<_> = (0..2).map(|part| scope.spawn(share(part))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    if std::env::var_os("TARN_KEEP").is_none() {
        fs::remove_dir_all(&folder).unwrap();
    }
    outcomes.into_iter().fold(Outcome::default(), |mut all, one| {
        all.add(one);
        all
    })
}

fn some_tables(folder: &Path, seeds: impl Iterator<Item = u64>, per_table: usize) -> Vec<Outcome> {
    let table = |seed: u64| {
        let folder = folder.join(seed.to_string());
        fs::create_dir_all(&folder).unwrap();
        (seed, folder, Dashboard::random(seed, per_table))
    };
    let tables: Vec<(u64, PathBuf, Dashboard)> = seeds.map(table).collect();
    let expected = expected(&tables.iter().map(|(_, folder, dashboard)| (folder.as_path(), dashboard)).collect::<Vec<_>>());
    let one = |((seed, folder, dashboard), expected): (&(u64, PathBuf, Dashboard), &Vec<Value>)| {
        outcome(*seed, folder, dashboard, expected, &answers(folder, dashboard))
    };
    tables.iter().zip(&expected).map(one).collect()
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
