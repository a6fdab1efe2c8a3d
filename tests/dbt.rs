//! A project of dbt, built by dbt itself, its contract imported, its table published. TARN_DBT names the program;
//! `cargo xtask test --full` installs it.
#![allow(clippy::unwrap_used)]
use std::path::PathBuf;
use std::process::{Command, Output};
use std::{env, fs};
use tarn_tests::{root, tarn};

fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn what_dbt_builds_is_published_under_the_contract_that_it_gives() {
    let folder = env::temp_dir().join(format!("tarn-dbt-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let program = PathBuf::from(env::var_os("TARN_DBT").expect("TARN_DBT names dbt: run `cargo xtask test --full`"));
    let project = root().join("tests/publish/dbt");
    for arguments in [["build", "--quiet"].as_slice(), &["docs", "generate", "--quiet"]] {
        let mut dbt = Command::new(&program);
        dbt.args(arguments).current_dir(&project).arg("--profiles-dir").arg(&project).arg("--log-path").arg(folder.join("logs"));
        succeeded(&dbt.env("DBT_TARGET_PATH", &folder).env("DO_NOT_TRACK", "1").output().unwrap());
    }
    let import = |manifest: PathBuf, model: &str, part: &[&str]| {
        succeeded(&tarn().args(["contract", "import"]).arg(manifest).args(["--model", model]).args(part).output().unwrap())
    };
    // What the other tests read says the same as what dbt writes.
    for model in ["orders", "daily_orders", "source.shop.raw.raw_customers"] {
        let body = |text: String| text.split_once('\n').map(|(_, body)| body.to_owned());
        let (real, kept) = (import(folder.join("manifest.json"), model, &[]), import(project.join("manifest.json"), model, &[]));
        assert_eq!(body(real), body(kept));
    }
    let schema = import(folder.join("manifest.json"), "orders", &["--part", "schema"]);
    let checks = import(folder.join("manifest.json"), "orders", &["--part", "checks"]);
    let indented: String = schema.lines().map(|line| format!("    {line}\n")).collect();
    let dashboard = format!(
        "title: Orders\ndata:\n  orders:\n    source: out/manifest.json\n    ttl: 5m\n{indented}    time: ordered_at\n    measures: {{ orders: count(*) }}\n\
         pages:\n  - title: Overview\n    rows: [[kpi: orders]]\n"
    );
    fs::write(folder.join("dashboard.yaml"), dashboard).unwrap();
    let publication = format!("dashboard: dashboard.yaml\nfrom: {{ parquet: orders.parquet }}\nto: out\n{checks}");
    fs::write(folder.join("publish.yaml"), publication).unwrap();
    let told = succeeded(&tarn().arg("publish").arg(folder.join("publish.yaml")).output().unwrap());
    assert!(told.contains(": 5,000 rows in "), "{told}");
    fs::remove_dir_all(folder).unwrap();
}
