//! Every number that `tarn query` prints, against DuckDB's.
#![allow(clippy::unwrap_used)]
use serde_json::{Value, json};
use std::fs;
use tarn_tests::{cases, differences, expected, root, tarn};

#[test]
fn every_view_equals_duckdb_for_every_combination_of_filters() {
    let mut questions = vec![];
    let mut answers: Vec<(String, &Value)> = vec![];
    for (case, expected) in cases().iter().zip(expected()) {
        for view in expected["views"].as_array().unwrap() {
            let mut question = json!({ "view": view["view"], "filters": case.filters });
            if let Some(grain) = case.grain.as_ref().filter(|_| view["columns"][0] == "date") {
                question["grain"] = json!(grain);
            }
            questions.push(question);
            answers.push((format!("{}: {}", case.name, view["view"]), view));
        }
    }
    assert!(cases().len() >= 30, "{} combinations", cases().len());

    let file = root().join(format!("target/oracle-{}.json", std::process::id()));
    fs::write(&file, serde_json::to_vec(&questions).unwrap()).unwrap();
    let output = tarn().args(["query", "examples/flights/dashboard.yaml", "--batch"]).arg(&file).output().unwrap();
    fs::remove_file(&file).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let results: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(results.len(), answers.len(), "one answer per question");

    let mut wrong = vec![];
    for ((name, expected), result) in answers.iter().zip(&results) {
        wrong.extend(differences(expected, result).into_iter().take(3).map(|difference| format!("{name}: {difference}")));
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
    // The three tables of the demo have a row of totals.
    let n_totals = results.iter().filter(|result| result["totals"]["rows"].is_array()).count();
    assert_eq!(n_totals, 3 * cases().len(), "results with totals");
    println!("{} results of {} combinations equal DuckDB's", results.len(), cases().len());
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
