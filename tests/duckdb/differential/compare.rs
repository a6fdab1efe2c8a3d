//! Two answers, cell by cell: everything exactly, doubles to a relative 1e-9.
use super::question::Question;
use serde_json::Value;

/// How the difference begins where Tarn alone has an error.
pub const TARN_FAILS: &str = "Tarn fails";

/// `Ok(true)`: equal; `Ok(false)`: both fail.
pub fn difference(question: &Question, expected: &Value, parts: &[Value], answer: &Value) -> Result<bool, String> {
    let failed = [expected].into_iter().chain(parts).find_map(|answer| answer["error"].as_str());
    match (failed, answer["error"].as_str()) {
        (Some(_), Some(_)) => return Ok(false),
        (Some(expected), None) => return Err(format!("DuckDB fails, Tarn does not: {expected}")),
        // DuckDB turns `-x = c` into `x = -c`, and never negates the value that has no counterpart.
        (None, Some(found)) if found.starts_with("`-(") && found.contains("overflowed") => return Ok(false),
        (None, Some(found)) => return Err(format!("{TARN_FAILS}, DuckDB does not: {found}")),
        (None, None) => {}
    }
    rows(question, &expected["rows"], &answer["rows"], question.n_keys)?;
    for (part, expected) in question.parts.iter().zip(parts) {
        let found = answer.pointer(&part.pointer).unwrap_or(&Value::Null);
        rows(question, &expected["rows"], &found["rows"], part.n_keys).map_err(|what| format!("{}: {what}", part.pointer))?;
    }
    Ok(true)
}

fn rows(question: &Question, expected: &Value, found: &Value, n_keys: usize) -> Result<(), String> {
    let list = |rows: &Value| rows.as_array().cloned().unwrap_or_default();
    let (mut expected, mut found) = (list(expected), list(found));
    if expected.len() != found.len() {
        return Err(format!("{} rows, expected {}: {found:?}, expected {expected:?}", found.len(), expected.len())
            .chars()
            .take(600)
            .collect());
    }
    if !question.ordered {
        // Nearly equal doubles may come in either order.
        for rows in [&mut expected, &mut found] {
            rows.sort_by_key(|row| row.as_array().map(|row| row[..n_keys].iter().map(canonical).collect::<Vec<_>>()));
        }
    }
    for (index, (expected, found)) in expected.iter().zip(&found).enumerate() {
        let (Some(wanted), Some(cells)) = (expected.as_array(), found.as_array()) else { return Err("a row that is no list".into()) };
        if wanted.len() != cells.len()
            || !wanted.iter().zip(cells).all(|(wanted, cell)| same(wanted, cell) || rounded_apart(question, wanted, cell))
        {
            return Err(format!("row {index}: {found}, expected {expected}"));
        }
    }
    Ok(())
}

fn canonical(cell: &Value) -> String {
    match number(cell) {
        Some(number) => format!("{:?}", number + 0.0),
        None => cell.as_str().map_or_else(|| cell.to_string(), |text| moment(text).unwrap_or_else(|| text.to_owned())),
    }
}

fn same(expected: &Value, found: &Value) -> bool {
    if expected == found {
        return true;
    }
    match (&expected["decimal"], found) {
        (Value::String(exact), Value::Number(found)) => return exact.parse::<f64>().ok() == found.as_f64(),
        (Value::String(exact), Value::String(found)) => return trimmed(exact) == trimmed(found),
        _ => {}
    }
    match (expected, found) {
        (Value::Number(a), Value::Number(b)) if a.is_i64() && b.is_i64() => a == b,
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
            (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
        }
        (Value::String(a), Value::String(b)) => moment(a).is_some() && moment(a) == moment(b),
        // An integer beyond 2^53 in one, a double in the other.
        (Value::String(a), Value::Number(b)) | (Value::Number(b), Value::String(a)) => a.parse::<f64>().ok() == b.as_f64(),
        _ => false,
    }
}

/// Where the last bit of a double decides a digit: an average that lies half-way before it is rounded, and the quantile of a decimal
/// whose type DuckDB holds at 18 digits and Tarn widens.
fn rounded_apart(question: &Question, expected: &Value, found: &Value) -> bool {
    let (Some(wanted), Some(cell)) = (number(expected), number(found)) else { return false };
    let unit = |decimals: usize| 1.001 * 0.1f64.powi(decimals as i32);
    let of_average = question.sql.contains("round(coalesce(avg(") && (wanted - cell).abs() <= unit(2);
    let decimals = expected["decimal"].as_str().and_then(|text| text.split_once('.')).map(|(_, decimals)| decimals.len());
    let of_quantile = question.sql.contains("quantile_cont(") && decimals.is_some_and(|decimals| (wanted - cell).abs() <= unit(decimals));
    of_average || of_quantile
}

fn number(cell: &Value) -> Option<f64> {
    cell.as_f64().or_else(|| cell["decimal"].as_str().or(cell.as_str())?.parse().ok())
}

/// Without the zeros that end a fraction.
fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// A date, a timestamp or a time of day, with the parts put in that may be left out.
fn moment(text: &str) -> Option<String> {
    let starts = |pattern: &str| {
        text.len() >= pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted })
    };
    if starts("00:00:00") {
        return Some(trimmed(text).to_owned());
    }
    if !starts("0000-00-00") {
        return None;
    }
    Some(if text.len() == 10 { format!("{text}T00:00:00") } else { trimmed(text).to_owned() })
}
