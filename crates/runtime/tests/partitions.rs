//! Files whose folders hold columns: `city=Bonn/year=2026/part.parquet`.

use crate::world::{compile, parquet, rows};
use arrow_array::{ArrayRef, Int64Array, RecordBatch};
use bytes::Bytes;
use std::sync::Arc;
use tarn_protocol::{LoadErrorKind, Request, Results, Run, ViewRequest};
use tarn_runtime::{MemoryHost, Runtime, block_on};

const FOLDERS: [(&str, i64); 5] = [
    ("city=New%2520York/day=2026-01-01/part", 1),
    ("city=New%2520York/day=2026-01-02/part", 20),
    ("city=Z%C3%BCrich/day=2026-01-01/part", 300),
    ("city=__HIVE_DEFAULT_PARTITION__/day=2026-01-02/part", 4_000),
    ("city=Bonn/day=2026-01-03/part", 50_000),
];

fn yaml(city: &str) -> String {
    let files = FOLDERS.map(|(folder, _)| format!("data/{folder}.parquet")).join(", ");
    format!(
        "
title: Trips
data:
  trips:
    source: [{files}]
    ttl: 5m
    schema: {{ fare: int64!, city: {city}, day: date! }}
    time: day
    measures: {{ takings: sum(fare), trips: count(*) }}
filters:
  city: {{ field: trips.city, type: multi_select }}
  days: {{ field: trips.day, type: date_range }}
pages:
  - title: All
    filters: [city, days]
    rows: [[{{ table: [takings], by: [city], limit: 9, id: cities }}, {{ table: [takings], by: [day], limit: 9, id: days }}, {{ kpi: trips, id: n }}]]
"
    )
}

/// Two rows each; the fares of a file add up to its number.
fn store() -> MemoryHost {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    for (folder, fares) in FOLDERS {
        let fare: ArrayRef = Arc::new(Int64Array::from(vec![fares - 7, 7]));
        let file: Bytes = parquet(&RecordBatch::try_from_iter([("fare", fare)]).unwrap());
        host.put_file(&format!("https://store/data/{folder}.parquet"), file, Some("\"1\""));
    }
    host
}

fn open(host: &MemoryHost, yaml: &str) -> Runtime<MemoryHost> {
    Runtime::new(host.clone(), compile(yaml), "https://store/", |_| {})
}

fn ask(runtime: &Runtime<MemoryHost>, filters: &[(&str, &str)]) -> Results {
    let dashboard = runtime.dashboard();
    let selections = filters.iter().map(|(id, text)| ((*id).to_owned(), dashboard.filter(id).unwrap().parse_text(text).unwrap()));
    let views = ["cities", "days", "n"].map(|id| ViewRequest { id: id.into(), ..ViewRequest::default() });
    let run = Run { seq: 1, page: "all".into(), selections: selections.collect(), comparisons: vec![], views: views.into() };
    let results = block_on(runtime.run(&run));
    block_on(runtime.settle());
    results
}

fn tables(results: &Results) -> Vec<Vec<String>> {
    results.views.iter().map(|(_, result)| rows(&result.as_ref().unwrap().table)).collect()
}

#[test]
fn folders_are_columns_like_others() {
    let host = store();
    let runtime = open(&host, &yaml("string"));
    let found = tables(&ask(&runtime, &[]));
    assert_eq!(found[0], ["Bonn 50000", "null 4000", "Zürich 300", "New York 21"]);
    assert_eq!(found[1], ["Date(20456) 50000", "Date(20455) 4020", "Date(20454) 301"]);
    assert_eq!(found[2], ["10"]);
    assert_eq!(tables(&ask(&runtime, &[("city", "New York")]))[1], ["Date(20455) 20", "Date(20454) 1"]);
}

#[test]
fn files_of_other_folders_are_not_fetched_beyond_their_footers() {
    let host = store();
    let runtime = open(&host, &yaml("string"));
    let found = tables(&ask(&runtime, &[("city", "Bonn"), ("days", "2026-01-01..2026-01-04")]));
    assert_eq!(found[2], ["2"]);
    let status = runtime.status("trips").unwrap();
    assert_eq!((status.row_groups_read, status.row_groups_skipped), (1, 4));
    assert_eq!(tables(&ask(&runtime, &[]))[2], ["10"], "what a wider filter needs comes then");
}

#[test]
fn a_reload_needs_no_request() {
    let host = store();
    ask(&open(&host, &yaml("string")), &[]);
    host.take_requests();
    let found = tables(&ask(&open(&host, &yaml("string")), &[]));
    assert_eq!(found[0].len(), 4);
    assert_eq!(host.take_requests(), Vec::<String>::new());
}

#[test]
fn folders_that_break_the_contract_are_named() {
    let host = store();
    for (city, kind) in [
        (
            "int64",
            LoadErrorKind::ColumnType { column: "city".into(), expected: "int64".into(), found: "`New York` in the folder's name".into() },
        ),
        ("string!", LoadErrorKind::NullsInColumn { column: "city".into() }),
    ] {
        let runtime = open(&host, &yaml(city));
        let results = ask(&runtime, &[]);
        assert!(results.views.iter().all(|(_, result)| result.is_err()));
        let error = runtime.status("trips").unwrap().error.unwrap();
        assert_eq!(error.kind, kind);
        block_on(runtime.handle(Request::Revalidate { source: "trips".into() }));
    }
}
