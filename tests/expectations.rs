//! `tarn test`, as an author runs it.
#![allow(clippy::unwrap_used)]
use serde_json::Value;
use std::fs;
use tarn_tests::{root, tarn};

const DASHBOARD: &str = "examples/flights/dashboard.yaml";

/// The exit code and what was printed.
fn test(arguments: &[&str]) -> (i32, String) {
    let output = tarn().arg("test").arg(DASHBOARD).args(arguments).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), text)
}

/// The same with other tests than the example's own.
fn with(tests: &str, arguments: &[&str]) -> (i32, String) {
    let file = root().join(format!("target/expectations-{}-{:?}.yaml", std::process::id(), std::thread::current().id()));
    fs::write(&file, tests).unwrap();
    let outcome = test(&[&["--tests", file.to_str().unwrap()], arguments].concat());
    fs::remove_file(file).unwrap();
    outcome
}

#[test]
fn the_examples_own_tests_hold() {
    let (code, text) = test(&[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.ends_with("examples/flights/dashboard.test.yaml: 7 tests, all passed\n"), "{text}");
}

#[test]
fn every_kind_of_expectation_can_fail() {
    let tests = r#"
tests:
  - { view: kpi-flights, value: 469739 }
  - { view: kpi-flights, value: 469739, within: 1 }
  - { view: kpi-avg_delay, value: { max: 9 } }
  - { view: top-origins, rows: 13 }
  - { view: top-origins, cells: [{ origin: ORD, flights: 1 }, { origin: XXX, flights: 1 }] }
  - { view: routes, filters: { origin: ATL }, totals: { flights: 19498 } }
  - { that: sum(top-origins.flights) = kpi-flights.flights }
  - { that: sum(top-origins.flights) < kpi-flights.flights }
  - { that: top-origins.flights > 0 }
  - { view: flights-over-time, grain: month, cells: [{ date: 2001-06-01, flights: 469739 }] }
  - { source: flights, rows: 1, newest: 2d }
"#;
    let (code, text) = with(tests, &["--format", "json"]);
    assert_eq!(code, 1, "{text}");
    let outcomes: Value = serde_json::from_str(&text).unwrap();
    let found: Vec<Vec<&str>> = outcomes
        .as_array()
        .unwrap()
        .iter()
        .map(|outcome| outcome["failures"].as_array().unwrap().iter().map(|failure| failure["message"].as_str().unwrap()).collect())
        .collect();
    let expected: [&[&str]; 11] = [
        &["view kpi-flights: flights: expected 469739, found 469738"],
        &[],
        &["view kpi-avg_delay: avg_delay: expected at most 9, found 9.228265543771208"],
        &["view top-origins: rows: expected 13, found 12"],
        &["view top-origins: flights of origin `ORD`: expected 1, found 26403", "view top-origins: none of 12 rows has origin `XXX`"],
        &["view routes: total flights: expected 19498, found 19497"],
        &["sum(top-origins.flights) = kpi-flights.flights: `sum(top-origins.flights) = kpi-flights.flights` does not hold"],
        &[],
        &["top-origins.flights > 0: the view `top-origins` shows 12 rows"],
        &["view flights-over-time: flights of date `2001-06-01`: expected 469739, found"],
        &["source flights: rows: expected 1, found 3000000", "source flights: the newest value is"],
    ];
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.len(), expected.len(), "{found:?} for {expected:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}, expected {expected}");
        }
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn people_and_pull_requests_are_shown_the_line() {
    let tests = "tests:\n  - name: One flight\n    view: kpi-flights\n    value: 1\n";
    let (code, text) = with(tests, &[]);
    assert_eq!(code, 1);
    assert!(text.contains("FAIL One flight") && text.contains("value: 1\n") && text.contains("1 test, 1 failed"), "{text}");
    let (code, text) = with(tests, &["--format", "github"]);
    assert_eq!(code, 1);
    assert!(text.starts_with("::error file=") && text.contains("line=4,col=12::One flight: flights: expected 1, found 469738"), "{text}");
}

#[test]
fn a_tests_file_with_errors_names_them_all() {
    let tests = "tests:\n  - { view: kpi-flight, value: 1 }\n  - { view: kpi-flights }\n  - { view: kpi-flights, valu: 1 }\n  - { that: top-origins.flights }\n  - { that: sum(top-origins.flight) = 1 }\n  - { source: flights, value: 1 }\n  - { view: kpi-flights, value: 1, filters: { orign: ATL } }\n";
    let (code, text) = with(tests, &[]);
    assert_eq!(code, 1);
    for message in [
        "unknown view `kpi-flight`",
        "did you mean `kpi-flights`?",
        "the test expects nothing",
        "unknown key `valu` in a test",
        "an invariant compares two sides",
        "the view `top-origins` has no column `flight`",
        "`value` needs a `view`",
        "unknown filter `orign`",
    ] {
        assert!(text.contains(message), "{message} in {text}");
    }
    let (code, _) = test(&["--format", "xml"]);
    assert_eq!(code, 2);
}
