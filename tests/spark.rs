//! A partitioned table, written by Spark itself, published, and written again. TARN_SPARK_PYTHON names a Python that has PySpark;
//! `cargo xtask test --full` installs it.
#![allow(clippy::unwrap_used)]
use serde_json::{Value, json};
use std::process::{Command, Output};
use std::{env, fs};
use tarn_tests::{python, root, tarn};

const DASHBOARD: &str = "
title: Orders
data:
  orders:
    source: out/manifest.json
    ttl: 5m
    schema: { id: int64!, at: timestamptz!, amount: 'decimal(12, 2)', region: string, paid: boolean }
    time: at
    measures: { orders: count(*) }
pages:
  - title: Overview
    rows: [[kpi: orders]]
";

const PUBLICATION: &str = "dashboard: dashboard.yaml
from: { parquet: table }
to: out
layout: { split: month }
checks: { unique: id, rows: { min: 1, change: 50% } }
";

fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn what_spark_writes_is_taken_up() {
    let folder = env::temp_dir().join(format!("tarn-spark-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("dashboard.yaml"), DASHBOARD).unwrap();
    fs::write(folder.join("publish.yaml"), PUBLICATION).unwrap();
    let spark = env::var_os("TARN_SPARK_PYTHON").expect("TARN_SPARK_PYTHON names a Python with PySpark: run `cargo xtask test --full`");
    let write = |n_rows: u32| {
        let mut job = Command::new(&spark);
        job.arg(root().join("tests/publish/spark.py")).arg(folder.join("table")).arg(n_rows.to_string());
        succeeded(&job.current_dir(&folder).output().unwrap());
    };
    let publish = || succeeded(&tarn().arg("publish").arg(folder.join("publish.yaml")).output().unwrap());
    let ask = |select: &str| -> Value {
        let reader = root().join("tests/publish/reader.py");
        serde_json::from_str(&succeeded(&python().arg(reader).arg(folder.join("out")).arg(select).output().unwrap())).unwrap()
    };

    write(2_000);
    assert!(folder.join("table/_SUCCESS").is_file() && folder.join("table/region=__HIVE_DEFAULT_PARTITION__").is_dir());
    let told = publish();
    assert!(told.starts_with("published") && told.contains(": 2,000 rows in 4 files"), "{told}");
    let n_null = (0..2_000).filter(|i| i % 7 == 6).count();
    let n_paid = (0..2_000).filter(|i| i % 3 > 0 && i % 2 == 0).count();
    let cents: u64 = (0..2_000).map(|i| i % 977 * 25).sum();
    assert_eq!(
        ask(
            "count(*), sum(id), sum(amount * 100)::bigint, count(*) - count(region), count(distinct region), min(region), count(*) filter (where paid)"
        ),
        json!([[2_000, 1_999_000, cents, n_null, 6, "région/0", n_paid]])
    );
    assert_eq!(
        ask("epoch_ms(min(\"at\")), epoch_ms(max(\"at\"))"),
        json!([[979_516_800_000_u64, 979_516_800_000_u64 + 1_999 * 3_600_000]])
    );

    // Its files have other names after every job; the rows are the same.
    write(2_000);
    let told = publish();
    assert!(told.starts_with("nothing new"), "{told}");
    write(2_010);
    let told = publish();
    assert!(told.contains(": 2,010 rows in 4 files") && told.contains("wrote 1 file"), "{told}");
    fs::remove_dir_all(folder).unwrap();
}
