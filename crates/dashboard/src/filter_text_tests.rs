#![allow(clippy::unwrap_used)]
use crate::{DataType, Expr, Filter, FilterKind, Node, NumberFormat, Plain};
use serde_json::json;

fn plain(json: &serde_json::Value) -> Plain {
    serde_json::from_value(json.clone()).unwrap()
}

fn filter(kind: FilterKind, data_type: DataType) -> Filter {
    Filter {
        id: "f".into(),
        label: "F".into(),
        source: "s".into(),
        field: "x".into(),
        expr: Expr { data_type, node: Node::Column("x".into()) },
        kind,
        default: None,
        compare: None,
        required: false,
        by: None,
        parameter: None,
        also: vec![],
        format: NumberFormat::default(),
    }
}

/// Text and JSON mean the same value, and both are written back as they were.
fn check(kind: FilterKind, data_type: DataType, text: &str, json: serde_json::Value) {
    let filter = filter(kind, data_type);
    let from_text = filter.parse_text(text).unwrap();
    let from_json = filter.parse_json(&plain(&json)).unwrap();
    assert_eq!(from_text, from_json, "{text}");
    assert_eq!(filter.text(&from_text), text);
    assert_eq!(serde_json::to_value(filter.json(&from_text)).unwrap(), json);
}

#[test]
fn text_and_json_agree() {
    use DataType::{Boolean, Float64, Int64, String, Timestamp};
    check(FilterKind::DateRange, Timestamp, "2001-06-03..2001-07-01", json!(["2001-06-03", "2001-07-01"]));
    check(FilterKind::DateRange, Timestamp, "2001-06-03T10:30:00..", json!(["2001-06-03T10:30:00", null]));
    check(FilterKind::DateRange, Timestamp, "last 28 days", json!("last 28 days"));
    check(FilterKind::Range, Float64, "15..90.5", json!([15.0, 90.5]));
    check(FilterKind::Range, Int64, "..90", json!([null, 90.0]));
    check(FilterKind::MultiSelect, String, "ATL,ORD", json!(["ATL", "ORD"]));
    check(FilterKind::MultiSelect, String, "a\\,b,\\\\,\\N,\\e", json!(["a,b", "\\", null, ""]));
    check(FilterKind::MultiSelect, Int64, "7,-3", json!([7, -3]));
    check(FilterKind::Select, String, "ATL", json!("ATL"));
    check(FilterKind::Search, String, "new york, ny", json!("new york, ny"));
    check(FilterKind::Boolean, Boolean, "true", json!(true));
}

#[test]
fn nonsense_is_refused() {
    let cases = [
        (FilterKind::DateRange, "2001-13-01..", json!(["2001-13-01", null])),
        (FilterKind::DateRange, "2001-07-01..2001-06-01", json!(["2001-07-01", "2001-06-01"])),
        (FilterKind::Range, "90..15", json!([90, 15])),
        (FilterKind::Range, "..", json!([null, null])),
        (FilterKind::Range, "NaN..3", json!(["a", 3])),
        (FilterKind::Range, "15", json!(15)),
        (FilterKind::MultiSelect, "a\\x", json!([])),
        (FilterKind::Select, "a,b", json!(["a", "b"])),
        (FilterKind::Boolean, "yes", json!("true")),
        (FilterKind::Search, "", json!(5)),
    ];
    for (kind, text, json) in cases {
        let filter = filter(kind, DataType::String);
        assert!(filter.parse_text(text).is_err(), "{kind:?} {text}");
        assert!(filter.parse_json(&plain(&json)).is_err(), "{kind:?} {json}");
    }
    assert!(filter(FilterKind::Search, DataType::String).parse_text(&"x".repeat(5000)).is_err());
}
