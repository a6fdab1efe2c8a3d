//! One filter over several sources: their views follow it together, each by its own field.

use crate::world::{FILE, compile, parquet, rows, trips};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use std::sync::Arc;
use tarn_protocol::{Run, ViewRequest};
use tarn_runtime::{MemoryHost, Runtime, block_on};

const DASHBOARD: &str = "
title: Journeys
data:
  trips:
    source: trips.parquet
    ttl: 5m
    schema: { at: timestamp!, fare: int64!, city: string }
    measures: { trips: count(*) }
  stays:
    source: stays.parquet
    ttl: 5m
    schema: { fare: int64!, at: timestamp!, city: string }
    dimensions: { town: upper(city) || '', place: city }
    measures: { stays: count(*), days: sum(fare) }
filters:
  city: { field: [trips.city, stays.place], type: multi_select }
  period: { field: [trips.at, stays.at], type: date_range }
pages:
  - title: All
    filters: [city, period]
    rows:
      - [{ table: trips, by: [trips.city], id: trips }, { table: [stays, days], by: [town], id: stays }]
      - [{ bar: stays, by: place, selects: city, id: places }]
";

/// Twenty days of fifty stays; `fare` is the number of the day. Trips end on the twelfth day.
fn stays() -> bytes::Bytes {
    let at: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter_values((0..1_000).map(|row| (row % 20) * 86_400_000_000)));
    let fare: ArrayRef = Arc::new(Int64Array::from_iter_values((0..1_000).map(|row| row % 20)));
    let city: ArrayRef = Arc::new(StringArray::from_iter((0..1_000).map(|row| [Some("Oslo"), Some("Rome")][row % 2])));
    parquet(&RecordBatch::try_from_iter([("at", at), ("fare", fare), ("city", city)]).unwrap())
}

/// The rows of the three views, and what is told of the period.
fn shown(chosen: &[(&str, &str)]) -> ([Vec<String>; 3], usize) {
    let host = MemoryHost::default();
    host.put_file(FILE, trips(0), None);
    host.put_file("https://store/stays.parquet", stays(), None);
    let runtime = Runtime::new(host, compile(DASHBOARD), "https://store/", |_| {});
    let value = |(id, text): &(&str, &str)| ((*id).to_owned(), runtime.dashboard().filter(id).unwrap().parse_text(text).unwrap());
    let views = ["trips", "stays", "places"].map(|id| ViewRequest { id: id.into(), ..ViewRequest::default() });
    let run = Run { seq: 1, page: "all".into(), selections: chosen.iter().map(value).collect(), comparisons: vec![], views: views.into() };
    let results = block_on(runtime.run(&run));
    let mut views = results.views.into_iter().map(|(id, result)| rows(&result.unwrap_or_else(|error| panic!("{id}: {error:?}")).table));
    ([views.next().unwrap(), views.next().unwrap(), views.next().unwrap()], results.periods.len())
}

#[test]
fn every_source_follows_by_its_own_field() {
    let ([trips, stays, places], _) = shown(&[("city", "Oslo")]);
    assert_eq!(trips, ["Oslo 13334"]);
    assert_eq!(stays, ["OSLO 500 4500"]);
    assert_eq!(places, ["Oslo 500", "Rome 500"], "a view does not apply the filter that it selects");
}

#[test]
fn a_period_is_the_same_days_in_every_source() {
    // Days 8, 9 and 10: the eleventh day of the trips is not complete, although stays go on to the twentieth.
    let ([_, stays, _], told) = shown(&[("period", "last 3 days")]);
    assert_eq!(stays, ["OSLO 100 900", "ROME 50 450"]);
    assert_eq!(told, 1, "the period is told once");
    let ([_, stays, _], _) = shown(&[("period", "1970-01-02..1970-01-03"), ("city", "Rome")]);
    assert_eq!(stays, ["ROME 50 50"]);
}
