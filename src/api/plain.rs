//! State as plain values.
use super::{object, optional};
use crate::state::App;
use crate::text;
use leptos::prelude::*;
use serde_json::{Value, json};
use tarn_coordinator::Freshness;
use tarn_dashboard::{DataType, FilterKind, Scalar};
use tarn_protocol::{ResultTable, ViewResult};

/// Integers beyond this are not exact as JavaScript numbers.
const MAX_EXACT: u128 = 1 << 53;

pub fn pages(app: App) -> Value {
    let current = untrack(|| app.current_page());
    let pages = app.dashboard.pages.iter().map(|page| {
        let views = page.views().map(|view| json!({ "id": view.id, "kind": view.kind.name(), "title": view.title })).collect::<Vec<_>>();
        json!({ "id": page.id, "title": page.title, "current": page.id == current.id, "filters": page.filters_in_force(), "views": views })
    });
    pages.collect()
}

pub fn filters(app: App) -> Value {
    let chosen = untrack(|| app.selections.all());
    let filters = app.dashboard.filters.iter().map(|filter| {
        let value = chosen.get(&filter.id).map(|value| filter.json(value));
        let default = filter.default.as_ref().map(|value| filter.json(value));
        let kind = match filter.kind {
            FilterKind::DateRange => "date_range",
            FilterKind::Range => "range",
            FilterKind::MultiSelect => "multi_select",
            FilterKind::Select => "select",
            FilterKind::Search => "search",
            FilterKind::Boolean => "boolean",
        };
        json!({ "id": filter.id, "label": filter.label, "kind": kind, "value": value, "default": default })
    });
    filters.collect()
}

pub fn status(app: App) -> Value {
    let now = crate::link::now();
    let mut worker_memory = 0;
    let sources: Vec<Value> = app
        .sources
        .iter()
        .map(|slot| {
            let status = slot.status.get_untracked().unwrap_or_default();
            worker_memory = worker_memory.max(status.worker_memory_bytes);
            object([
                ("source", json!(slot.source.name)),
                ("snapshot", optional(status.snapshot)),
                ("age", optional(status.validated_at.map(|at| (now - at).max(0.0) / 1e3))),
                ("freshness", optional(slot.freshness.get_untracked().map(Freshness::name))),
                ("rows", json!(status.rows)),
                ("bytesFetched", json!(status.bytes_fetched)),
                ("bytesFromCache", json!(status.bytes_from_cache)),
                ("requests", json!(status.requests)),
                ("rowGroupsRead", json!(status.row_groups_read)),
                ("rowGroupsSkipped", json!(status.row_groups_skipped)),
                ("decodeMs", json!(status.decode_ms)),
                ("memoryBytes", json!(status.memory_bytes)),
                ("error", optional(status.error.map(|error| format!("{} {}", error.what(), error.hint())))),
                ("cacheNotice", optional(status.cache_notice)),
            ])
        })
        .collect();
    object([
        ("sources", Value::Array(sources)),
        ("queryMs", optional(app.results.query_ms.get_untracked())),
        ("workers", json!([{ "memoryBytes": worker_memory }])),
    ])
}

/// `{columns: [{name, type}], rows: [[…]], snapshot}`, and where present `totals` and `series` of the same shape.
pub fn result(result: &ViewResult) -> Value {
    let Value::Object(mut plain) = table(&result.table) else { return Value::Null };
    plain.insert("snapshot".into(), json!(result.snapshot));
    plain.insert("groups".into(), json!(result.n_groups));
    plain.insert("rowsMatched".into(), json!(result.rows_matched));
    plain.insert("rowsTotal".into(), json!(result.rows_total));
    plain.extend(result.totals.as_ref().map(|totals| ("totals".into(), table(totals))));
    plain.extend(result.series.as_ref().map(|series| ("series".into(), table(series))));
    Value::Object(plain)
}

fn table(table: &ResultTable) -> Value {
    let columns = table.columns.iter().map(|column| json!({ "name": column.name, "type": type_name(column.data_type) }));
    let rows = (0..table.n_rows as usize).map(|row| table.columns.iter().map(|column| scalar(&column.scalar(row))).collect::<Value>());
    object([("columns", columns.collect()), ("rows", rows.collect())])
}

fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => json!(value),
        Scalar::Int(value) if u128::from(value.unsigned_abs()) > MAX_EXACT => json!(value.to_string()),
        Scalar::Int(value) => json!(value),
        Scalar::Float(value) => json!(value),
        Scalar::Decimal { unscaled, scale } if unscaled.unsigned_abs() > MAX_EXACT => json!(decimal_text(*unscaled, *scale)),
        Scalar::Decimal { unscaled, scale } => json!(*unscaled as f64 / 10f64.powi(i32::from(*scale))),
        Scalar::Date(days) => json!(text::iso_date(i64::from(*days) * 86_400_000_000)),
        Scalar::Timestamp(at) => json!(text::iso_instant(*at)),
        Scalar::Time(at) => json!(text::iso_instant(*at).split_once('T').map(|(_, time)| time).unwrap_or_default()),
        Scalar::Interval { months, days, micros } => json!(format!("P{months}M{days}DT{}S", *micros as f64 / 1e6)),
        Scalar::String(text) => json!(text),
    }
}

fn decimal_text(unscaled: i128, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn type_name(data_type: DataType) -> String {
    match data_type {
        DataType::Null => "null".into(),
        DataType::Boolean => "boolean".into(),
        DataType::Int64 => "int64".into(),
        DataType::Float64 => "double".into(),
        DataType::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
        DataType::Date => "date".into(),
        DataType::Time => "time".into(),
        DataType::Timestamp => "timestamp".into(),
        DataType::TimestampTz => "timestamptz".into(),
        DataType::Interval => "interval".into(),
        DataType::String => "string".into(),
        DataType::Binary => "binary".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_javascript_would_round_are_text() {
        assert_eq!(scalar(&Scalar::Int(9_007_199_254_740_993)), json!("9007199254740993"));
        assert_eq!(scalar(&Scalar::Int(-42)), json!(-42));
        assert_eq!(scalar(&Scalar::Decimal { unscaled: -100_000_000_000_000_000_005, scale: 2 }), json!("-1000000000000000000.05"));
        assert_eq!(scalar(&Scalar::Decimal { unscaled: 1250, scale: 2 }), json!(12.5));
        assert_eq!(scalar(&Scalar::Float(f64::NAN)), Value::Null);
    }

    #[test]
    fn times_are_iso_8601() {
        assert_eq!(scalar(&Scalar::Timestamp(993_945_600_000_000)), json!("2001-07-01T00:00:00"));
        assert_eq!(scalar(&Scalar::Date(11_504)), json!("2001-07-01"));
        assert_eq!(scalar(&Scalar::Time(5_400_000_000)), json!("01:30:00"));
    }
}
