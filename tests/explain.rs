//! `tarn explain` and `tarn schema`, as an author runs them.
#![allow(clippy::unwrap_used)]
use serde_json::Value;
use tarn_tests::tarn;

fn print(arguments: &[&str]) -> String {
    let output = tarn().args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_view_is_explained_with_its_cost() {
    let text = print(&["explain", "hour-of-departure", "examples/flights/dashboard.yaml"]);
    for part in [
        "histogram `hour-of-departure` on page `overview`, of `flights` (data/flights-3m.parquet)",
        "floor(extract(hour from date) / 1) * 1 as hour",
        "count(*) as count",
        "where true -- filter period on date: last 28 days",
        "group by hour",
        "by hour, filter period",
        "469738 of 3000000 rows pass the filters",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // The view does not apply the filter that it selects.
    assert!(!text.contains("filter hour"), "{text}");
    let json: Value =
        serde_json::from_str(&print(&["explain", "top-origins", "examples/flights/dashboard.yaml", "--format", "json"])).unwrap();
    let columns: Vec<&str> = json["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
    assert_eq!(columns, ["date", "delay", "distance", "origin", "destination"]);
    let bytes: u64 = json["columns"].as_array().unwrap().iter().map(|column| column["bytes"].as_u64().unwrap()).sum();
    assert!(json["row_groups_read"].as_u64().unwrap() > 0 && bytes > 1_000_000, "{json}");
    let output = tarn().args(["explain", "top-origin", "examples/flights/dashboard.yaml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_schema_is_printed_for_editors() {
    let schema: Value = serde_json::from_str(&print(&["schema"])).unwrap();
    let ttl = &schema["definitions"]["source"]["properties"]["ttl"]["description"];
    assert!(ttl.as_str().unwrap().starts_with("how long data counts as fresh"), "{ttl}");
}
