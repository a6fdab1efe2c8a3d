//! Which snapshot is shown, and when another takes its place.

use crate::world;
use crate::world::store::{FOLDER, publish, ten_trips};
use crate::world::{FILE, TRIPS, Tab, trips};
use tarn_protocol::{LoadErrorKind, QueryError, Request};
use tarn_runtime::{MemoryHost, Runtime, block_on};

fn world() -> MemoryHost {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    host.put_file(FILE, trips(0), Some("\"1\""));
    host
}

fn hold(tab: &Tab, hold: bool) {
    block_on(tab.runtime.handle(Request::Hold { hold }));
}

#[test]
fn new_snapshot_waits_for_the_end_of_a_gesture() {
    let host = world();
    let tab = Tab::open(&host);
    tab.show("money").unwrap();
    hold(&tab, true);
    host.advance_ms(300_000.0);
    host.put_file(FILE, trips(5), Some("\"2\""));
    tab.told();
    tab.revalidate();
    assert_eq!(tab.told(), "status");
    assert_eq!(tab.show("money").unwrap(), ["0 1 0"], "all of the gesture is over one snapshot");
    host.take_requests();
    tab.revalidate();
    assert!(host.take_requests().is_empty(), "the newer one is here");
    tab.told();
    hold(&tab, false);
    assert_eq!(tab.told(), "changed, status, domains");
    assert_eq!(tab.show("money").unwrap(), ["5 1 5"]);
    assert!(host.take_requests().is_empty());
}

#[test]
fn columns_of_a_replaced_file_cannot_wait() {
    let host = world();
    let tab = Tab::open(&host);
    tab.show("money").unwrap();
    hold(&tab, true);
    host.put_file(FILE, trips(5), Some("\"2\""));
    tab.show("places").unwrap();
    assert_eq!(tab.show("money").unwrap(), ["5 1 5"]);
}

/// A tab whose address is this.
fn at(host: &MemoryHost, address: &str) -> Runtime<MemoryHost> {
    Runtime::new(host.clone(), world::compile(&TRIPS.replace("trips.parquet", "trips/manifest.json")), address, |_| {})
}

fn fare(runtime: &Runtime<MemoryHost>) -> Result<String, QueryError> {
    let views = vec![tarn_protocol::ViewRequest { id: "fares".into(), ..Default::default() }];
    let run = tarn_protocol::Run { seq: 1, page: "money".into(), selections: vec![], comparisons: vec![], views };
    let results = block_on(runtime.run(&run));
    block_on(runtime.settle());
    results.views.into_iter().next().unwrap().1.map(|result| world::rows(&result.table)[0].clone())
}

#[test]
fn pinned_link_shows_its_snapshot_for_good() {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    publish(&host, "one", &[ten_trips(1)]);
    publish(&host, "two", &[ten_trips(2)]);
    let pinned = at(&host, "https://store/?page=money&snapshot=one");
    assert_eq!(fare(&pinned).unwrap(), "1 10 10");
    assert!(host.take_requests().iter().all(|request| !request.contains("manifest.json")));
    assert_eq!(pinned.status("trips").unwrap().snapshot.as_deref(), Some("one"));
    assert_eq!(fare(&at(&host, "https://store/")).unwrap(), "2 10 20", "the cache tells them apart");
    host.advance_ms(7_200_000.0);
    host.take_requests();
    block_on(pinned.revalidate("trips"));
    assert!(host.take_requests().is_empty(), "it cannot change");
    assert_eq!(pinned.status("trips").unwrap().validated_at, Some(1e12 + 7_200_000.0));
    let again = at(&host, "https://store/?snapshot.trips=one");
    assert_eq!(fare(&again).unwrap(), "1 10 10");
    assert!(host.take_requests().is_empty(), "all of it is in the cache");
}

#[test]
fn pinned_snapshot_that_is_gone_says_so() {
    let host = MemoryHost::default();
    publish(&host, "one", &[ten_trips(1)]);
    let kind = |address: &str| match fare(&at(&host, address)) {
        Err(QueryError::Load(error)) => error.kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind("https://store/?snapshot=none"), LoadErrorKind::SnapshotGone { snapshot: "none".into() });
    // A document under another name than its own.
    let document = host.file(&format!("{FOLDER}snapshots/one.json")).unwrap();
    host.put_file(&format!("{FOLDER}snapshots/copy.json"), document, None);
    assert_eq!(kind("https://store/?snapshot=copy"), LoadErrorKind::SnapshotGone { snapshot: "copy".into() });
    assert_eq!(fare(&at(&host, "https://store/?snapshot=../one")).unwrap(), "1 10 10", "no name of a snapshot");
}
