#![allow(clippy::unwrap_used)]
use super::*;
use serde_json::json;

/// Two pages, a period with a default, a set and a range; a line with three grains and a table.
fn dashboard() -> Dashboard {
    let expr = |name: &str, data_type: &str| json!({ "type": data_type, "node": { "column": name } });
    let format = json!({ "style": "decimal", "decimals": null, "grouping": true, "prefix": "", "suffix": "" });
    let filter = |id: &str, kind: &str, data_type: &str, default: serde_json::Value| json!({ "id": id, "label": id, "source": "flights", "field": id, "expr": expr(id, data_type), "kind": kind, "default": default, "compare": null, "format": format });
    let mut late_after = filter("late_after", "parameter", "int64", json!({ "set": [{ "int": 15 }] }));
    late_after["required"] = json!(true);
    late_after["parameter"] = json!({ "values": [], "min": { "int": 0 }, "max": { "int": 180 }, "step": null });
    let view = |id: &str, kind: &str, bucket: serde_json::Value| {
        json!({ "id": id, "title": id, "subtitle": null, "kind": kind, "source": "flights",
            "keys": [{ "name": "origin", "label": "Origin", "expr": expr("origin", "string"), "bucket": bucket, "format": format }],
            "measures": ["flights"], "order": [], "limit": null, "totals": false, "subtotals": "expanded", "selects": [], "styles": [], "width": 1.0 })
    };
    let level = |name: &str| json!({ "key": { "name": name, "label": name, "expr": expr(name, "string"), "bucket": "value", "format": format }, "filter": name });
    let mut routes = view("routes", "table", json!("value"));
    routes["drill"] = json!([level("origin"), level("delay"), level("period")]);
    let rows = json!([[view("line", "line", json!({ "time": { "grains": ["day", { "week": "sunday" }] } })), routes]]);
    serde_json::from_value(json!({
        "format": 1, "title": "T", "locale": "en-GB", "sources": [],
        "zone": { "name": "UTC", "first_offset_secs": 0, "changes": [] }, "week_start": "sunday",
        "filters": [
            filter("period", "date_range", "timestamp", json!({ "period": { "last": { "count": 28, "unit": "day" } } })),
            filter("origin", "multi_select", "string", json!(null)),
            filter("delay", "range", "int64", json!(null)),
            late_after,
        ],
        "pages": [{ "id": "overview", "title": "Overview", "filters": ["period"], "rows": rows }, { "id": "more", "title": "More", "filters": [], "rows": [] }],
    }))
    .unwrap()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    query.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Read and written again; what was refused follows after a bar.
fn round(query: &str) -> String {
    let dashboard = dashboard();
    let state = read(&dashboard, pairs(query));
    let written: Vec<String> = write(&dashboard, &state).into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    [written.join("&"), state.refused.join("; ")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" | ")
}

#[test]
fn address_is_rebuilt_from_its_own_state() {
    for query in [
        "page=more",
        "period=2001-06-03..2001-07-01&origin=ATL,ORD&delay=15..90",
        "period=",
        "grain.line=week&sort.routes=-flights",
        "sort.routes=origin&utm_source=mail",
        "sort.routes=-flights,origin&columns.routes=flights&widths.routes=origin:120",
        "groups.routes=*,ATL,a\\,b/\\N,",
        "pins.routes=flights&search.routes=origin:a\\,b:c\\\\,flights:x",
        "pins.routes=&search.routes=",
        "origin=ATL&drill.routes=2",
        "zoom.line=2001-06-03..2001-06-04T06:00:00",
        "as.line=table",
    ] {
        assert_eq!(round(query), query);
    }
}

#[test]
fn defaults_are_left_out() {
    assert_eq!(round("page=overview&period=last 28 days&origin=&delay=15.."), "delay=15..");
}

#[test]
fn comparisons_are_written_where_they_differ_from_the_authors() {
    assert_eq!(round("compare.period=previous year"), "compare.period=previous year");
    assert_eq!(round("compare.period=none"), "", "the author compares with nothing");
    assert_eq!(round("compare.period=last summer"), "`last summer` is nothing to compare with");
    assert_eq!(round("compare.origin=none"), "compare.origin=none", "not a key of ours");
}

#[test]
fn parameters_are_typed_and_limited() {
    assert_eq!(round("late_after=30"), "late_after=30");
    assert_eq!(round("late_after=15"), "", "the default");
    assert_eq!(round("late_after="), "“late_after” needs a value");
    for wrong in ["200", "1.5", "30,40", "\\N", "soon"] {
        let refused = format!("filter `late_after` expects a whole number within its limits, not `{wrong}`");
        assert_eq!(round(&format!("late_after={wrong}")), refused);
    }
}

#[test]
fn nonsense_is_refused_and_the_rest_stands() {
    assert_eq!(round("page=nowhere&origin=ATL"), "origin=ATL | there is no page `nowhere`");
    assert_eq!(round("delay=90..15"), "filter `delay` expects a range like 15..90, its first end below its second, not `90..15`");
    assert_eq!(round("grain.line=month&sort.routes=late"), "`month` is no grain of “line”; `late` is no sort of “routes”");
    assert_eq!(round("columns.routes=origin,origin"), "`origin,origin` is no columns of “routes”");
    assert_eq!(round("top.routes=5"), "`5` is no top of “routes”", "it has no limit of its own");
    for wrong in ["nowhere:x", "origin", "origin:", "origin:a,origin:b"] {
        assert_eq!(round(&format!("search.routes={wrong}")), format!("`{wrong}` is no search of “routes”"));
    }
    assert_eq!(round("pins.line=origin&search.line="), "`origin` is no pins of “line”; `` is no search of “line”");
    assert_eq!(round("widths.routes=origin:9999"), "`origin:9999` is no widths of “routes”");
}

#[test]
fn levels_and_zooms_are_those_that_the_view_has() {
    for text in [
        "drill.routes=3",
        "drill.routes=0",
        "drill.routes=-1",
        "drill.line=1",
        "zoom.routes=2001-06-03..2001-06-04",
        "zoom.line=2001-06-03..",
        "as.line=chart",
        "as.routes=table",
    ] {
        assert!(round(text).contains("is no"), "{}", round(text));
        assert!(!round(text).contains('='), "{}", round(text));
    }
}
