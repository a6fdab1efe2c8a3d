//! State as plain values.
use crate::page::plain::{MAX_EXACT, plain};
use crate::state::App;
use js_sys::{Array, Object, Reflect};
use leptos::prelude::*;
use tarn_coordinator::Freshness;
use tarn_dashboard::{DataType, FilterKind, Plain, View};
use tarn_protocol::{ResultTable, RowGroups, ViewResult};
use wasm_bindgen::{JsCast as _, JsValue};

pub fn pages(app: App) -> JsValue {
    let current = untrack(|| app.current_page());
    let pages = app.dashboard.pages.iter().map(|page| {
        let views = page.views().map(|view| {
            let view = [("id", js_text(&view.id)), ("kind", js_text(view.kind.name())), ("title", js_text(&view.title))];
            object(view)
        });
        let filters = page.filters_in_force().into_iter().map(js_text);
        object([
            ("id", js_text(&page.id)),
            ("title", js_text(&page.title)),
            ("current", JsValue::from_bool(page.id == current.id)),
            ("filters", list(filters)),
            ("views", list(views)),
        ])
    });
    list(pages)
}

pub fn filters(app: App) -> JsValue {
    let chosen = untrack(|| app.selections.all());
    let filters = app.dashboard.filters.iter().map(|filter| {
        let value = chosen.get(&filter.id).map(|value| to_js(&filter.json(value)));
        let default = filter.default.as_ref().map(|value| to_js(&filter.json(value)));
        let kind = match filter.kind {
            FilterKind::DateRange => "date_range",
            FilterKind::Range => "range",
            FilterKind::MultiSelect => "multi_select",
            FilterKind::Select => "select",
            FilterKind::Search => "search",
            FilterKind::Boolean => "boolean",
            FilterKind::Parameter => "parameter",
            FilterKind::Top => "top",
        };
        object([
            ("id", js_text(&filter.id)),
            ("label", js_text(&filter.label)),
            ("kind", js_text(kind)),
            ("value", optional(value)),
            ("default", optional(default)),
        ])
    });
    list(filters)
}

pub fn status(app: App) -> JsValue {
    let now = crate::link::now();
    let mut worker_memory = 0;
    let sources = app.sources.iter().map(|slot| {
        let status = slot.status.get_untracked().unwrap_or_default();
        worker_memory = worker_memory.max(status.worker_memory_bytes);
        object([
            ("source", js_text(&slot.source.name)),
            ("snapshot", optional(status.snapshot.as_deref().map(js_text))),
            ("age", optional(status.validated_at.map(|at| ((now - at).max(0.0) / 1e3).into()))),
            ("freshness", optional(slot.freshness.get_untracked().map(Freshness::name).map(js_text))),
            ("rows", count(status.rows)),
            ("bytesFetched", count(status.bytes_fetched)),
            ("bytesFromCache", count(status.bytes_from_cache)),
            ("requests", status.requests.into()),
            ("rowGroupsRead", status.row_groups_read.into()),
            ("rowGroupsSkipped", status.row_groups_skipped.into()),
            ("decodeMs", status.decode_ms.into()),
            ("memoryBytes", count(status.memory_bytes)),
            (
                "error",
                optional(status.error.map(|error| {
                    js_text(&(error.what_in(crate::page::strings::catalogue()) + " " + &error.hint_in(crate::page::strings::catalogue())))
                })),
            ),
            ("cacheNotice", optional(status.cache_notice.map(|notice| js_text(crate::page::strings::say(notice.phrase()))))),
        ])
    });
    let sources = list(sources);
    object([
        ("sources", sources),
        ("queryMs", optional(app.results.query_ms.get_untracked().map(JsValue::from))),
        ("views", list(app.dashboard.pages.iter().flat_map(|page| page.views()).filter_map(|view| view_status(app, view)))),
        ("workers", list([object([("memoryBytes", count(worker_memory))])])),
    ])
}

/// What the newest answer of a view was and cost; `None` before there is one.
fn view_status(app: App, view: &View) -> Option<JsValue> {
    let result = app.results.slot(&view.id)?.result.get_untracked()?;
    let asked = app.results.asked.with_untracked(|asked| asked.get(&view.id).copied()).unwrap_or_default();
    let (read, skipped) = untrack(|| app.sources.read_cost(app.dashboard, view, &result.filters_applied));
    Some(object([
        ("id", js_text(&view.id)),
        ("rows", result.n_rows().into()),
        ("groups", count(result.n_groups)),
        ("rowsMatched", count(result.rows_matched)),
        ("bytesFetched", count(read.bytes_fetched)),
        ("bytesFromCache", count(read.bytes_from_cache)),
        ("rowGroupsRead", read.row_groups_read.into()),
        ("rowGroupsSkipped", skipped.into()),
        ("decodeMs", read.decode_ms.into()),
        ("fromCache", JsValue::from_bool(asked.known)),
        ("cacheHits", asked.cache_hits.into()),
        ("queryMs", asked.query_ms.into()),
        ("paintMs", optional(crate::chart::last_paint_ms(&view.id).map(JsValue::from))),
    ]))
}

/// `{columns: [{name, type}], rows: [[…]], snapshot}`, and where present `totals`, `other` and `series` of the same shape and
/// `subtotals`, a list of such with the ends of their row groups.
pub fn result(result: &ViewResult) -> JsValue {
    let plain = table(&result.table);
    put(&plain, "snapshot", &js_text(&result.snapshot));
    if let Some(long) = &result.long {
        put(&plain, "rowsInAll", &long.n_rows.into());
    }
    put(&plain, "groups", &count(result.n_groups));
    put(&plain, "rowsMatched", &count(result.rows_matched));
    put(&plain, "rowsTotal", &count(result.rows_total));
    for (name, part) in [("totals", &result.totals), ("other", &result.other), ("series", &result.series)] {
        if let Some(part) = part {
            put(&plain, name, &table(part));
        }
    }
    if !result.subtotals.is_empty() {
        let level = |level: &RowGroups| {
            let plain = table(&level.table);
            put(&plain, "ends", &list(level.ends.iter().map(|end| (*end).into())));
            plain
        };
        put(&plain, "subtotals", &list(result.subtotals.iter().map(level)));
    }
    plain
}

fn table(table: &ResultTable) -> JsValue {
    stretch(table, 0, table.n_rows)
}

/// So many rows of a table, from one of them on.
pub fn stretch(table: &ResultTable, from: u32, n_rows: u32) -> JsValue {
    let columns =
        table.columns.iter().map(|column| object([("name", js_text(&column.name)), ("type", js_text(&type_name(column.data_type)))]));
    let rows = (from..from.saturating_add(n_rows).min(table.n_rows))
        .map(|row| row as usize)
        .map(|row| list(table.columns.iter().map(|column| to_js(&plain(&column.scalar(row))))));
    object([("columns", list(columns)), ("rows", list(rows))])
}

/// `None` for what no filter takes, such as objects. `undefined` is null, a `Date` its ISO 8601 text.
pub fn from_js(value: &JsValue) -> Option<Plain> {
    if value.is_undefined() || value.is_null() {
        return Some(Plain::Null);
    }
    if let Some(number) = value.as_f64() {
        let whole = number.fract() == 0.0 && number.abs() <= MAX_EXACT as f64;
        return Some(if whole { Plain::Int(number as i64) } else { Plain::Number(number) });
    }
    if let Some(value) = value.as_bool() {
        return Some(Plain::Boolean(value));
    }
    if let Some(text) = value.as_string() {
        return Some(Plain::Text(text));
    }
    if let Some(date) = value.dyn_ref::<js_sys::Date>() {
        return date.get_time().is_finite().then(|| Plain::Text(date.to_iso_string().into()));
    }
    let items: &Array = value.dyn_ref()?;
    items.iter().map(|item| from_js(&item)).collect::<Option<Vec<_>>>().map(Plain::List)
}

fn to_js(value: &Plain) -> JsValue {
    match value {
        Plain::Null => JsValue::NULL,
        Plain::Boolean(value) => JsValue::from_bool(*value),
        Plain::Int(value) => (*value as f64).into(),
        Plain::Number(value) => (*value).into(),
        Plain::Text(value) => js_text(value),
        Plain::List(items) => list(items.iter().map(to_js)),
    }
}

fn object<const N: usize>(entries: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new().into();
    for (key, value) in entries {
        put(&object, key, &value);
    }
    object
}

fn put(object: &JsValue, key: &str, value: &JsValue) {
    // Setting a property of an object of our own does not fail.
    let _ = Reflect::set(object, &key.into(), value);
}

fn list(items: impl IntoIterator<Item = JsValue>) -> JsValue {
    let list = Array::new();
    for item in items {
        list.push(&item);
    }
    list.into()
}

fn js_text(text: &str) -> JsValue {
    JsValue::from_str(text)
}

fn count(count: u64) -> JsValue {
    (count as f64).into()
}

fn optional(value: Option<JsValue>) -> JsValue {
    value.unwrap_or(JsValue::NULL)
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
