//! What `--plan` says, held to what is then published and to DuckDB's reading of it.
use crate::folder::{Folder, ORDERS, orders, succeeded};
use serde_json::{Value, json};
use std::fs;
use tarn_tests::python;

const DASHBOARD: &str = "
title: Orders
data:
  orders:
    source: somewhere/else/manifest.json
    ttl: 5m
    schema: { id: int64!, at: timestamp!, amount: 'decimal(12, 2)', region: string!, paid: boolean }
    time: at
    measures: { orders: count(*), highest: max(id), sold: 'sum(amount) filter (where paid)' }
filters:
  period: { field: orders.at, type: date_range, default: last 1 days }
pages:
  - title: All
    rows: [[kpi: highest, { bar: sold, by: region }]]
  - title: Recent
    filters: [period]
    rows: [[{ kpi: orders }]]
";

/// Bytes of these columns in the row groups that hold an hour from `first` on, and of everything that a first visit reads
/// beside them.
fn expected(folder: &Folder, columns: &str, first: u64) -> u64 {
    let script = "import duckdb, json, os, sys
base, columns, first = sys.argv[1], sys.argv[2].split(','), int(sys.argv[3])
manifest = json.load(open(f'{base}/manifest.json'))
document = json.load(open(f\"{base}/{manifest['path']}\"))
total = os.path.getsize(f'{base}/manifest.json') + os.path.getsize(f\"{base}/{manifest['path']}\")
for file in document['files']:
    path = f\"{base}/{file['path']}\"
    groups = duckdb.sql(f\"select row_group_id, path_in_schema, total_compressed_size, stats_max_value from parquet_metadata('{path}')\").fetchall()
    read = {group for group, column, _, highest in groups if column == 'id' and int(highest) >= first}
    total += sum(size for group, column, size, _ in groups if group in read and column in columns)
    total += file['footer_size'] + os.path.getsize(f\"{base}/{file['chunks_path']}\")
print(total)";
    let output = python().args(["-c", script]).arg(folder.0.join("out")).args([columns, &first.to_string()]).output().unwrap();
    succeeded(&output).trim().parse().unwrap()
}

#[test]
fn a_plan_tells_what_is_written_and_what_each_page_then_fetches() {
    let folder = Folder::new("plan");
    fs::write(folder.0.join("dashboard.yaml"), DASHBOARD).unwrap();
    let run = |arguments: &[&str]| {
        let mut publish = folder.command("publish", "out", &format!("{ORDERS}from: {{ parquet: orders.parquet }}\n"));
        let file = folder.0.join("publish.yaml");
        fs::write(&file, fs::read_to_string(&file).unwrap().replace("month }", "month, row_group_rows: 100 }")).unwrap();
        let output = publish.args(arguments).output().unwrap();
        (succeeded(&output), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let planned = || -> Value { serde_json::from_str(&run(&["--plan", "--log", "json"]).0).unwrap() };
    let pages = |all: u64, recent: u64| {
        let all = json!({ "page": "all", "columns": ["id", "at", "amount", "region", "paid"], "row_groups": 22,
            "row_groups_skipped": 0, "bytes": all, "requests": 14, "error": null });
        let recent = json!({ "page": "recent", "columns": ["at"], "row_groups": 1, "row_groups_skipped": 21, "bytes": recent,
            "requests": 11, "error": null });
        json!([all, recent])
    };

    folder.export("orders.parquet", &orders(2_000));
    let mut first = planned();
    assert!(!folder.0.join("out/manifest.json").exists(), "a plan writes nothing");
    let (_, events) = run(&[]);
    assert!(events.contains(" rows, 8 row groups, ") && events.contains("write files/"), "{events}");
    // The page of one column reads the row group of its day; the other everything.
    assert_eq!(first["pages"].take(), pages(expected(&folder, "id,at,amount,region,paid", 0), expected(&folder, "at", 1_968)));
    assert_eq!((&first["files_written"], &first["row_groups"]), (&json!(4), &json!(22)));

    // Of more rows, the files of the months before stay.
    folder.export("orders.parquet", &orders(2_010));
    let second = planned();
    assert_eq!((&second["files"], &second["files_written"]), (&json!(4), &json!(1)), "{second:#}");
    let (text, events) = run(&["--plan"]);
    assert!(text.starts_with("would publish 2,010 rows in 4 files, 22 row groups, "), "{text}");
    assert!(text.contains("\n  recent ") && text.contains(" kB in 11 requests, 1 of 22 row groups; at\n"), "{text}");
    assert_eq!((events.matches("keep  files/").count(), events.matches("write files/").count()), (3, 1), "{events}");
}
