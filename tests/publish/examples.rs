//! The publication of `examples/publish`, run as its schedules do.
use crate::folder::{Folder, succeeded};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tarn_tests::{python, root, tarn};

/// `dbt.sh` with a `dbt` that does nothing and the program of these tests.
fn run(folder: &Folder) -> Output {
    let programs = folder.0.join("bin");
    fs::create_dir_all(&programs).unwrap();
    let program = |name: &str, runs: &str| {
        let path = programs.join(name);
        fs::write(&path, format!("#!/bin/sh\nexec {runs} \"$@\"\n")).unwrap();
        succeeded(&Command::new("chmod").arg("+x").arg(path).output().unwrap());
    };
    program("dbt", "true");
    program("tarn", &Path::new(tarn().get_program()).display().to_string());
    let path = std::env::join_paths(std::iter::once(programs).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap()))).unwrap();
    let mut script = Command::new("sh");
    script.arg(root().join("examples/publish/dbt.sh")).env("PATH", path);
    script.env("EXPORTS", folder.0.join("exports")).env("TARGET", folder.0.join("out")).output().unwrap()
}

fn events(output: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&output.stderr).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn schedules_publish_and_tell_it_as_json() {
    let folder = Folder::new("examples");
    fs::create_dir_all(folder.0.join("exports")).unwrap();
    let source = root().join("public/data/flights-3m.parquet");
    folder.export("exports/flights.parquet", &format!("from '{}' limit 5000", source.display()));
    let output = run(&folder);
    let outcome: Value = serde_json::from_str(&succeeded(&output)).unwrap();
    assert_eq!((&outcome["rows"], &outcome["unchanged"]), (&json!(5_000), &json!(false)));
    let names: Vec<Value> = events(&output).into_iter().map(|event| event["event"].clone()).collect();
    assert!(names.first() == Some(&json!("checked")) && names.last() == Some(&json!("switched")), "{names:?}");
    assert_eq!(folder.ask("count(*)"), json!([[5_000]]));

    folder.export("exports/flights.parquet", &format!("from '{}' limit 50", source.display()));
    let output = run(&folder);
    assert_eq!(output.status.code(), Some(3));
    let last = events(&output).pop().unwrap();
    assert_eq!((&last["event"], &last["exit_code"]), (&json!("failed"), &json!(3)));
    assert_eq!(folder.ask("count(*)"), json!([[5_000]]));
}

#[test]
fn the_other_schedules_can_be_read() {
    let script = "import ast, sys, yaml
for path in sys.argv[1:]:
    text = open(path).read()
    ast.parse(text) if path.endswith('.py') else list(yaml.safe_load_all(text))";
    let files = ["airflow.py", "cronjob.yaml", "github-actions.yaml"].map(|name| root().join("examples/publish").join(name));
    succeeded(&python().args(["-c", script]).args(files).output().unwrap());
}
