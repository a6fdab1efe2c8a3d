//! Two result tables, cell by cell.
use serde_json::Value;

/// Where the answer differs from the expected one; empty when every number is right. Integers must be equal, other numbers
/// to a relative 1e-9, times as instants.
pub fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let names = |columns: &Value| {
        columns
            .as_array()
            .into_iter()
            .flatten()
            .map(|column| column["name"].as_str().or(column.as_str()).unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let (wanted, found) = (names(&expected["columns"]), names(&actual["columns"]));
    if wanted != found {
        return vec![format!("columns {found:?}, expected {wanted:?}")];
    }
    let (wanted, found) = (rows(&expected["rows"]), rows(&actual["rows"]));
    if wanted.len() != found.len() {
        return vec![format!("{} rows, expected {}", found.len(), wanted.len())];
    }
    let mut different = vec![];
    for (index, (wanted, found)) in wanted.iter().zip(&found).enumerate() {
        if !same_row(wanted, found) {
            different.push(format!("row {index}: {found:?}, expected {wanted:?}"));
        }
    }
    if let Some(found) = totals_row(&actual["totals"])
        && !same_row(expected["totals"].as_array().unwrap(), found)
    {
        different.push(format!("totals {found:?}, expected {}", expected["totals"]));
    }
    different
}

fn rows(rows: &Value) -> Vec<&Vec<Value>> {
    rows.as_array().into_iter().flatten().filter_map(Value::as_array).collect()
}

/// Totals are a table of one row.
fn totals_row(totals: &Value) -> Option<&Vec<Value>> {
    totals["rows"].as_array()?.first()?.as_array()
}

fn same_row(expected: &[Value], actual: &[Value]) -> bool {
    expected.len() == actual.len() && expected.iter().zip(actual).all(|(expected, actual)| same_cell(expected, actual))
}

fn same_cell(expected: &Value, actual: &Value) -> bool {
    if let (Some(expected), Some(actual)) = (whole(expected), whole(actual)) {
        return expected == actual;
    }
    match (expected, actual) {
        (Value::Number(expected), Value::Number(actual)) => close(expected.as_f64(), actual.as_f64()),
        (Value::String(expected), Value::String(actual)) => {
            expected == actual || instant(expected).is_some_and(|at| instant(actual) == Some(at))
        }
        _ => expected == actual,
    }
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15).map(|number| number as i64))
}

fn close(expected: Option<f64>, actual: Option<f64>) -> bool {
    let (Some(expected), Some(actual)) = (expected, actual) else { return false };
    (expected - actual).abs() <= 1e-9 * expected.abs().max(f64::MIN_POSITIVE)
}

/// ISO 8601 with the parts that may be left out put in.
fn instant(text: &str) -> Option<String> {
    let bare = text.strip_suffix('Z').unwrap_or(text);
    let is_date = |text: &str| {
        text.len() == 10 && text.chars().enumerate().all(|(i, c)| if i == 4 || i == 7 { c == '-' } else { c.is_ascii_digit() })
    };
    let (date, time) = bare.split_once('T').unwrap_or((bare, "00:00:00"));
    let time = if time.contains('.') { time.trim_end_matches('0').trim_end_matches('.') } else { time };
    is_date(date).then(|| format!("{date}T{time}"))
}
