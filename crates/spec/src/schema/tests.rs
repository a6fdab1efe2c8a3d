#![allow(clippy::unwrap_used)]
use super::{described::description, keys::objects, schema};
use crate::{Files, dashboard, diagnostic::Report, yaml};
use std::collections::{BTreeMap, BTreeSet};

/// Every mapping that a dashboard file can have.
const EVERYTHING: &str = r#"
title: Everything
theme: { accent: { light: '#0f766e', dark: '#5eead4' } }
access: { identity: { url: /whoami, provider: oauth2-proxy }, roles: { viewer: { groups: [staff] } } }
data:
  f:
    source: f.parquet
    ttl: 1h
    schema: { at: timestamp, i: int64 }
    time: at
    dimensions: { k: { sql: i } }
    measures: { m: { sql: count(*) }, r: { running: m }, v: { moving: m, window: 7 } }
parameters: { p: { type: integer, default: 1 } }
filters: { i: { field: i, type: range } }
pages:
  - title: One
    roles: [viewer]
    filters: [i, p]
    rows:
      - [{ kpi: m }, { line: m, by: at, facet: { by: k } }, { pie: m, by: k }, { text: "**{m}**" }, { area: m, by: at, references: { at: 1 } }, { histogram: i, bins: { width: 1 } }, { bar: m, by: k }, { heatmap: m, by: [at, k] }, { combo: m, lines: r, by: at, references: { at: 1 } }, { box: i, by: k, references: { at: 1 } }, { scatter: [i, k], bounds: { i: [0, 1] } }]
      - [{ table: m, by: k, style: { m: { bar: true } } }]
"#;

/// The keys that the compiler asks for, by what the mapping is.
fn read() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let (mut report, mut files) = (Report::default(), Files::default());
    let file = files.add("everything.yaml", EVERYTHING.into());
    let root = yaml::parse(EVERYTHING, file, &mut report).unwrap();
    assert!(dashboard::compile(&root, &mut files, &|_| Err(String::new()), &mut report).is_some());
    let mut asked = report.keys_asked();
    assert_eq!(report.into_diagnostics(), vec![]);
    // One mapping for the compiler, two for people.
    let over_time = asked.remove("a measure over time").unwrap();
    for (what, own, other) in [("a running measure", "running", ["moving", "window"]), ("a moving measure", "moving", ["running", "-"])] {
        assert!(over_time.contains(own));
        asked.insert(what, over_time.iter().copied().filter(|key| !other.contains(key)).collect());
    }
    asked
}

#[test]
fn the_schema_has_the_keys_that_the_compiler_reads() {
    let listed: BTreeMap<&str, BTreeSet<&str>> =
        objects().map(|object| (object.what, object.keys.iter().map(|key| key.name).collect())).collect();
    assert_eq!(listed, read());
}

#[test]
fn the_reference_describes_every_key() {
    let missing: Vec<String> = objects()
        .flat_map(|object| object.keys.iter().map(move |key| (object, key)))
        .filter(|(object, key)| description(object.heading, key.name).is_none() && !matches!(object.what, "bins" | "the access"))
        .map(|(object, key)| format!("{} of {}", key.name, object.what))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn editors_are_told_what_a_key_means() {
    let schema = schema();
    let source = &schema["definitions"]["source"];
    assert!(source["properties"]["ttl"]["description"].as_str().unwrap().contains("fresh"));
    // A description is the text of its cell, without the bars of the table.
    let descriptions = objects().flat_map(|object| object.keys.iter().filter_map(|key| description(object.heading, key.name)));
    let wrong: Vec<String> = descriptions.filter(|text| text.starts_with('|') || text.contains(" | ")).collect();
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(source["required"], serde_json::json!(["source", "ttl", "schema"]));
    assert_eq!(schema["definitions"]["filter"]["properties"]["type"]["enum"][0], "date_range");
}
