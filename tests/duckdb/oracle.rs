//! Every number that `tarn query` prints, against DuckDB's.
#![allow(clippy::unwrap_used)]
use serde_json::{Value, json};
use std::fs;
use tarn_tests::{Asked, DEMO, GALLERY, SEARCHED, cases, differences, expected, root, tarn};

#[test]
fn every_view_equals_duckdb_for_every_combination_of_filters() {
    assert!(cases().len() >= 30, "{} combinations", cases().len());
    let results = compare(DEMO, expected());
    // The three tables of the demo have a row of totals.
    let n_totals = results.iter().filter(|result| result["totals"]["rows"].is_array()).count();
    assert_eq!(n_totals, 3 * cases().len(), "results with totals");
}

#[test]
fn every_view_of_the_gallery_equals_duckdb() {
    let expected = GALLERY.expected();
    let results = compare(GALLERY, &expected);
    // Many rows are bins, few are themselves.
    let n_bins = results.iter().filter(|result| result["columns"][2]["name"] == "count").count();
    assert!(n_bins >= 4, "{n_bins} results by bins");
}

#[test]
fn rows_that_a_search_finds_equal_duckdbs() {
    let expected = SEARCHED.expected();
    let results = compare(SEARCHED, &expected);
    let n_found: Vec<usize> = results.iter().map(|result| result["rows"].as_array().map_or(0, Vec::len)).collect();
    assert!(n_found.contains(&0) && n_found.iter().any(|n| *n > 10), "{n_found:?}");
}

/// The answers of `tarn query`, all of them equal to DuckDB's.
fn compare(asked: Asked, expected: &[Value]) -> Vec<Value> {
    let mut questions = vec![];
    let mut answers: Vec<(String, &Value)> = vec![];
    for (case, expected) in asked.cases().iter().zip(expected) {
        for view in expected["views"].as_array().unwrap() {
            let mut question = json!({ "view": view["view"], "filters": case.filters });
            if let Some(grain) =
                case.grain.as_ref().filter(|_| view["columns"].as_array().unwrap().iter().take(2).any(|column| column == "date"))
            {
                question["grain"] = json!(grain);
            }
            if let Some(search) = case.search.get(view["view"].as_str().unwrap()) {
                question["search"] = search.clone();
            }
            questions.push(question);
            answers.push((format!("{}: {}", case.name, view["view"]), view));
        }
    }
    let name = asked.dashboard.split('/').nth(1).unwrap();
    let file = root().join(format!("target/oracle-{name}-{}.json", std::process::id()));
    fs::write(&file, serde_json::to_vec(&questions).unwrap()).unwrap();
    let output = tarn().args(["query", asked.dashboard, "--batch"]).arg(&file).output().unwrap();
    fs::remove_file(&file).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let results: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(results.len(), answers.len(), "one answer per question");

    let mut wrong = vec![];
    for ((name, expected), result) in answers.iter().zip(&results) {
        wrong.extend(differences(expected, result).into_iter().take(3).map(|difference| format!("{name}: {difference}")));
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
    println!("{name}: {} results of {} combinations equal DuckDB's", results.len(), expected.len());
    results
}

#[test]
fn every_kind_of_difference_is_noticed() {
    let expected = json!({ "columns": ["date", "flights", "delay"], "rows": [["2001-06-03T00:00:00", 3, 0.1], ["2001-06-04T00:00:00", 5, null]], "totals": [8, 0.1] });
    let table = |columns: [&str; 3], rows: Value, totals: Value| {
        let columns: Vec<Value> = columns.iter().map(|name| json!({ "name": name })).collect();
        json!({ "columns": columns, "rows": rows, "totals": { "rows": [totals] } })
    };
    let columns = ["date", "flights", "delay"];
    let equal = table(columns, json!([["2001-06-03", 3, 0.1 + 1e-12], ["2001-06-04T00:00:00.000", 5.0, null]]), json!([8, 0.1]));
    assert_eq!(differences(&expected, &equal), Vec::<String>::new());
    for different in [
        table(["date", "delay", "flights"], json!([]), json!([8, 0.1])),
        table(columns, json!([["2001-06-03", 3, 0.1]]), json!([8, 0.1])),
        table(columns, json!([["2001-06-03", 4, 0.1], ["2001-06-04", 5, null]]), json!([8, 0.1])),
        table(columns, json!([["2001-06-03", 3, 0.1000001], ["2001-06-04", 5, null]]), json!([8, 0.1])),
        table(columns, json!([["2001-06-03", 3, 0.1], ["2001-06-04", 5, 0]]), json!([8, 0.1])),
        table(columns, json!([["2001-06-04", 3, 0.1], ["2001-06-03", 5, null]]), json!([8, 0.1])),
        table(columns, json!([["2001-06-03", 3, 0.1], ["2001-06-04", 5, null]]), json!([9, 0.1])),
    ] {
        assert!(!differences(&expected, &different).is_empty(), "{different}");
    }
}
