//! A table that DuckDB, Spark or Hive divided into folders, read as it is.
use crate::folder::{Folder, succeeded};
use std::fs;
use tarn_tests::{Cors, Server, Site, in_browser};

const VIEWS: &str = "
filters: { city: { field: trips.city, type: multi_select } }
pages: [{ title: All, filters: [city], rows: [[{ table: [takings], by: [city, month], limit: 99, id: by_folder }]] }]
";

#[tokio::test(flavor = "multi_thread")]
async fn a_partitioned_table_is_drafted_checked_and_shown_with_duckdbs_numbers() {
    let folder = Folder::new("partitions");
    folder.duckdb(
        "create table trips as select i as fare, ['New York', 'Zürich', null, '100 %', 'a=b'][1 + i % 5] as city, i % 3 + 1 as month from range(1000) t(i);
         copy trips to 'trips' (format parquet, partition_by (city, month));
         copy (select city, month, sum(fare) as takings from read_parquet('trips/**/*.parquet', hive_partitioning = true) group by all order by all) to 'expected.json' (array true)",
    );
    succeeded(&folder.tarn(&["init", "trips", "--out", "draft.yaml"]));
    let draft = fs::read_to_string(folder.join("draft.yaml")).unwrap();
    assert!(draft.contains("city: string # 4 values, 200 nulls") && draft.contains("month: int64! # 3 values"), "{draft}");
    succeeded(&folder.tarn(&["check", "draft.yaml"]));

    let listed: Vec<&str> = draft.lines().map(str::trim).filter(|line| line.starts_with("- \"trips/")).collect();
    assert_eq!(listed.len(), 15, "{draft}");
    let source = format!("source:\n      {}", listed.join("\n      "));
    let data = "ttl: 5m\n    schema: { fare: int64, city: string, month: int64 }\n    measures: { takings: sum(fare) }";
    folder.write("dashboard.yaml", format!("title: Trips\ndata:\n  trips:\n    {source}\n    {data}\n{VIEWS}"));
    succeeded(&folder.tarn(&["check", "dashboard.yaml"]));
    let expected: Vec<serde_json::Value> = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let sorted = |rows: Vec<serde_json::Value>| {
        let mut rows: Vec<String> = rows.iter().map(|row| format!("{} {} {}", row[0], row[1], row[2])).collect();
        rows.sort();
        rows
    };
    let expected = sorted(expected.iter().map(|row| serde_json::json!([row["city"], row["month"], row["takings"]])).collect());
    assert_eq!(expected.len(), 15);
    let queried = succeeded(&folder.tarn(&["query", "dashboard.yaml", "--view", "by_folder", "--format", "json"]));
    let queried: serde_json::Value = serde_json::from_str(&queried).unwrap();
    assert_eq!(sorted(queried["rows"].as_array().unwrap().clone()), expected);

    succeeded(&folder.tarn(&["build", "dashboard.yaml", "--out", "site"]));
    let server = Server::start(Site::from_folder(&folder.join("site")), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        let rows = page.call("return tarn.result('by_folder').rows").await;
        assert_eq!(sorted(rows.as_array().unwrap().clone()), expected);
        page.assert_no_complaints().await;
    })
    .await;
}
