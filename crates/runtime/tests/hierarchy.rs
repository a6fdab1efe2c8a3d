//! A hierarchy that a viewer goes down: each level is grouped by its own dimension and filtered by those above, never by its own.

use crate::world::{FILE, compile, rows, trips};
use tarn_dashboard::Bucket;
use tarn_protocol::{Run, ViewRequest};
use tarn_runtime::{MemoryHost, Runtime, block_on};

const DASHBOARD: &str = "
title: Trips
data:
  trips:
    source: trips.parquet
    ttl: 5m
    schema: { at: timestamp!, fare: int64!, city: string }
    dimensions: { kind: case when fare % 2 = 0 then 'even' else 'odd' end, last: fare % 3, hour: extract(hour from at) }
    measures: { trips: count(*) }
filters:
  place: { field: trips.city, type: multi_select }
  kind: { field: trips.kind, type: select }
  last: { field: trips.last, type: multi_select }
  hour: { field: trips.hour, type: range }
pages:
  - title: All
    rows:
      - { bar: trips, by: city, drill: [city, kind, last], id: bars }
      - { heatmap: trips, by: [hour, city], drill: [city, kind], selects: hour, id: cells }
      - { table: trips, by: [city, kind], id: table }
";

fn shown(view: &str, level: u32, chosen: &[(&str, &str)]) -> Vec<String> {
    let host = MemoryHost::default();
    host.put_file(FILE, trips(0), None);
    let runtime = Runtime::new(host, compile(DASHBOARD), "https://store/", |_| {});
    let value = |(id, text): &(&str, &str)| ((*id).to_owned(), runtime.dashboard().filter(id).unwrap().parse_text(text).unwrap());
    let views = vec![ViewRequest { id: view.into(), level, ..ViewRequest::default() }];
    let run = Run { seq: 1, page: "all".into(), selections: chosen.iter().map(value).collect(), comparisons: vec![], views };
    rows(&block_on(runtime.run(&run)).views.remove(0).1.unwrap().table)
}

#[test]
fn a_level_applies_the_filters_of_all_others_and_never_its_own() {
    let all = shown("bars", 0, &[]);
    assert_eq!(all.len(), 3, "{all:?}");
    assert_eq!(shown("bars", 0, &[("place", "Oslo")]), all, "what a level selects stays in its context");
    let even = shown("table", 0, &[("place", "Oslo"), ("kind", "even")]);
    let below = shown("bars", 1, &[("place", "Oslo")]);
    assert_eq!(below.len(), 2, "{below:?}");
    assert!(even[0].ends_with(below.iter().find(|row| row.starts_with("even")).unwrap().trim_start_matches("even ")), "{even:?} {below:?}");
    assert_eq!(shown("bars", 1, &[("place", "Oslo"), ("kind", "odd")]), below);
    let deepest = shown("bars", 2, &[("place", "Oslo"), ("kind", "even"), ("last", "1")]);
    assert_eq!(deepest.len(), 3, "{deepest:?}");
    let n = |rows: &[String]| rows.iter().map(|row| row.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum::<u64>();
    assert_eq!(n(&deepest), n(&even));
    assert_ne!(shown("bars", 0, &[("kind", "odd")]), all, "a filter of a level below is one like every other");
}

#[test]
fn the_rows_of_a_heatmap_go_down_and_its_columns_stay() {
    let below = shown("cells", 1, &[("place", "Rome"), ("hour", "3..4")]);
    assert_eq!(below.len(), 48, "24 hours by two kinds: the view selects its hours");
    assert!(below.iter().all(|row| row.contains("even") || row.contains("odd")), "{below:?}");
}

#[test]
fn a_view_at_a_level_writes_the_filter_of_that_level() {
    let dashboard = compile(DASHBOARD);
    let (page, bars) = dashboard.view("bars").unwrap();
    assert_eq!(page.filters_in_force(), ["place", "kind", "last", "hour"]);
    assert_eq!(bars.title, "Trips by city › Kind › Last");
    let at = |level| (bars.at_level(level).selects, bars.at_level(level).keys[0].name.clone());
    assert_eq!(at(0), (vec!["place".to_owned()], "city".to_owned()));
    assert_eq!(at(2), (vec!["last".to_owned()], "last".to_owned()));
    let cells = dashboard.view("cells").unwrap().1.at_level(1);
    assert_eq!(cells.selects, ["hour", "kind"]);
    assert!(cells.keys.iter().all(|key| key.bucket == Bucket::Value));
    assert_eq!(cells.drilled(), 1);
}
