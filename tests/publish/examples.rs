//! The publication of `examples/publish`, run as its schedules do.
use crate::folder::{Folder, succeeded};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tarn_tests::{python, root, tarn};

/// A folder with exports of the demo's flights, and with the programs that the schedules call: `tarn` of these tests, and a `dbt`
/// that does nothing.
fn world(name: &str) -> Folder {
    let folder = Folder::new(name);
    for part in ["bin", "exports"] {
        fs::create_dir_all(folder.0.join(part)).unwrap();
    }
    program(&folder, "dbt", "exec true");
    program(&folder, "tarn", &format!("exec {} \"$@\"", Path::new(tarn().get_program()).display()));
    exported(&folder, 5_000);
    folder
}

fn exported(folder: &Folder, n: u32) {
    let source = root().join("public/data/flights-3m.parquet");
    folder.export("exports/flights.parquet", &format!("from '{}' limit {n}", source.display()));
}

fn program(folder: &Folder, name: &str, script: &str) {
    let path = folder.0.join("bin").join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    succeeded(&Command::new("chmod").arg("+x").arg(path).output().unwrap());
}

/// A program that finds those of the folder first, and the publication's variables.
fn within(folder: &Folder, program: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(std::iter::once(folder.0.join("bin")).chain(std::env::split_paths(&path))).unwrap();
    let mut command = Command::new(program);
    command.env("PATH", path).env("EXPORTS", folder.0.join("exports")).env("TARGET", folder.0.join("out")).current_dir(root());
    command
}

fn example(name: &str) -> PathBuf {
    root().join("examples/publish").join(name)
}

fn run(folder: &Folder) -> Output {
    within(folder, "sh").arg(example("dbt.sh")).output().unwrap()
}

/// What Python prints of an example.
fn asked(name: &str, script: &str) -> Value {
    let output = python().args(["-c", &format!("import json, sys, yaml\n{script}")]).arg(example(name)).output().unwrap();
    serde_json::from_str(&succeeded(&output)).unwrap()
}

fn published(output: &Output, folder: &Folder) {
    let outcome: Value = serde_json::from_str(&succeeded(output)).unwrap();
    assert_eq!((&outcome["rows"], &outcome["unchanged"]), (&json!(5_000), &json!(false)));
    assert_eq!(folder.ask("count(*)"), json!([[5_000]]));
}

fn events(output: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&output.stderr).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn schedules_publish_and_tell_it_as_json() {
    let folder = world("examples");
    let output = run(&folder);
    published(&output, &folder);
    let names: Vec<Value> = events(&output).into_iter().map(|event| event["event"].clone()).collect();
    assert!(names.first() == Some(&json!("checked")) && names.last() == Some(&json!("switched")), "{names:?}");

    exported(&folder, 50);
    let output = run(&folder);
    assert_eq!(output.status.code(), Some(3));
    let last = events(&output).pop().unwrap();
    assert_eq!((&last["event"], &last["exit_code"]), (&json!("failed"), &json!(3)));
    assert_eq!(folder.ask("count(*)"), json!([[5_000]]));
}

/// The line of the crontab with a machine's places moved into the folder, run as cron runs it.
#[cfg(unix)]
#[test]
fn cron_publishes_unless_a_run_is_still_going() {
    let folder = world("cron");
    let text = fs::read_to_string(example("crontab")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("*/5 * * * * ")).unwrap();
    fs::write(folder.0.join("credentials"), "").unwrap();
    let here = folder.0.display().to_string();
    let line = ["/etc/tarn", "/run/lock", "/var/log"].iter().fold(line.to_owned(), |line, place| line.replace(place, &here));
    let line = line.replace("/srv/publish/publish.yaml", &example("publish.yaml").display().to_string());
    assert!(!line.contains(" /srv") && !line.contains(" /etc"), "{line}");
    let cron = || within(&folder, "sh").args(["-c", &line]).output().unwrap();

    // Held by another run.
    let lock = fs::OpenOptions::new().create(true).append(true).open(folder.0.join("flights.lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(cron().status.code(), Some(1));
    assert!(!folder.0.join("out").exists());
    drop(lock);
    assert_eq!(succeeded(&cron()), "", "cron would send a mail of it");
    assert_eq!(folder.ask("count(*)"), json!([[5_000]]));
    let log = fs::read_to_string(folder.0.join("flights.jsonl")).unwrap();
    let last: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!(last["rows"], json!(5_000), "{log}");
}

/// The container's arguments and environment, with a folder for the bucket; its image has `tarn` as what it starts.
#[test]
fn kubernetes_publishes_and_gives_up_where_another_try_does_not_help() {
    let folder = world("kubernetes");
    let job = asked("cronjob.yaml", "print(json.dumps(yaml.safe_load(open(sys.argv[1]))['spec']))");
    assert_eq!(job["concurrencyPolicy"], json!("Forbid"));
    let job = &job["jobTemplate"]["spec"];
    let container = &job["template"]["spec"]["containers"][0];
    let rule = &job["podFailurePolicy"]["rules"][0];
    assert_eq!((&rule["action"], &rule["onExitCodes"]["values"]), (&json!("FailJob"), &json!([1, 2, 3])));
    assert_eq!(rule["onExitCodes"]["containerName"], container["name"]);
    let names: Vec<&str> = container["env"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, ["EXPORTS", "TARGET", "TMPDIR"]);
    let mount = |path: &str| container["volumeMounts"].as_array().unwrap().iter().any(|mount| mount["mountPath"] == json!(path));
    assert!(mount("/exports") && mount("/scratch") && mount("/etc/tarn"));
    let arguments = container["args"].as_array().unwrap().iter().filter_map(Value::as_str);
    let arguments = arguments.map(|one| one.replace("/etc/tarn/publish.yaml", &example("publish.yaml").display().to_string()));
    let scratch = folder.0.join("scratch");
    fs::create_dir(&scratch).unwrap();
    published(&within(&folder, "tarn").args(arguments).env("TMPDIR", &scratch).output().unwrap(), &folder);
    assert_eq!(scratch.read_dir().unwrap().count(), 0, "nothing is left on the volume");
}

#[test]
fn github_publishes_by_the_commands_of_its_steps() {
    let folder = world("github");
    let steps = asked("github-actions.yaml", "print(json.dumps(yaml.safe_load(open(sys.argv[1]))['jobs']['publish']['steps']))");
    let commands: Vec<&str> = steps.as_array().unwrap().iter().filter_map(|step| step["run"].as_str()).collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert!(commands[0].starts_with("pipx install "), "{commands:?}");
    published(&within(&folder, "sh").args(["-c", commands[1]]).output().unwrap(), &folder);
}

/// Offline, by the schemas that the validators' packages carry: of Kubernetes 1.37, and of GitHub's workflows.
#[test]
fn schedules_are_valid_by_the_schemas_of_those_who_run_them() {
    let folder = Folder::new("schemas");
    let github = ["-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"];
    let kubernetes =
        ["-c", "import sys, yaml, kubernetes_validate as k; k.validate(yaml.safe_load(open(sys.argv[1])), '1.37', strict=True)"];
    let validators: [(&str, &[&str], &str, &str); 2] = [
        ("cronjob.yaml", &kubernetes, "concurrencyPolicy:", "concurrency:"),
        ("github-actions.yaml", &github, "timeout-minutes:", "timeout:"),
    ];
    for (name, validator, key, misspelt) in validators {
        let validated = |path: &Path| python().args(validator).arg(path).output().unwrap();
        succeeded(&validated(&example(name)));
        // The validator would notice.
        let broken = folder.0.join(name);
        fs::write(&broken, fs::read_to_string(example(name)).unwrap().replace(key, misspelt)).unwrap();
        let output = validated(&broken);
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!output.status.success() && told.contains(misspelt.trim_end_matches(':')), "{told}");
    }
}

/// The DAG with stand-ins for what it imports of Airflow: it was also run by Airflow 3.3.2 itself.
#[test]
fn airflow_tries_again_only_where_that_helps() {
    let folder = world("airflow");
    let script = r#"
import datetime, os, sys, types
tasks, settings = [], {}
class Failed(Exception): pass
class FailedForGood(Failed): pass
sdk, exceptions = types.ModuleType("airflow.sdk"), types.ModuleType("airflow.sdk.exceptions")
sdk.dag = lambda **given: settings.update(given) or (lambda dag: dag)
sdk.task = lambda function: lambda: tasks.append(function)
exceptions.AirflowException, exceptions.AirflowFailException = Failed, FailedForGood
sys.modules |= {"airflow": types.ModuleType("airflow"), "airflow.sdk": sdk, "airflow.sdk.exceptions": exceptions}
exec(compile(open(sys.argv[1]).read(), sys.argv[1], "exec"))
assert settings["max_active_runs"] == 1 and settings["default_args"]["retries"] == 2 and len(tasks) == 1
try:
    tasks[0]()
    print("done")
except Failed as error:
    print(type(error).__name__)
"#;
    let run = || {
        let mut run = within(&folder, &python().get_program().to_string_lossy());
        succeeded(&run.args(["-c", script]).arg(example("airflow_dag.py")).output().unwrap()).trim().to_owned()
    };
    for (code, what) in [(0, "done"), (1, "FailedForGood"), (2, "FailedForGood"), (3, "FailedForGood"), (4, "Failed"), (5, "Failed")] {
        program(&folder, "tarn", &format!("exit {code}"));
        assert_eq!(run(), what, "exit code {code}");
    }
}
