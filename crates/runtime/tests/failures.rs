//! Every failure has its name, and what can still be shown is shown.

use crate::world::{FILE, TRIPS, Tab, trips};
use bytes::Bytes;
use tarn_protocol::LoadErrorKind;
use tarn_runtime::{CacheFailure, Fault, FetchFailure, MemoryHost};

fn world() -> MemoryHost {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    host.put_file(FILE, trips(0), Some("\"1\""));
    host
}

/// One view, which needs no column of the file.
const COUNT: &str = "
title: Trips
data:
  trips: { source: trips.parquet, ttl: 5m, schema: { fare: int64! }, measures: { trips: count(*) } }
pages:
  - { title: Only, rows: [[{ kpi: trips }]] }
";

/// The error when the n-th request, and what follows it, meets this fault.
fn failure(n: usize, fault: Fault) -> LoadErrorKind {
    let host = world();
    host.faults(std::iter::repeat_n(None, n).chain(std::iter::repeat_n(Some(fault), 9)));
    Tab::open(&host).failure("money")
}

#[test]
fn every_failure_of_the_first_request_has_its_name() {
    assert_eq!(failure(0, Fault::Status(404)), LoadErrorKind::NotFound);
    assert_eq!(failure(0, Fault::Status(403)), LoadErrorKind::Forbidden { status: 403 });
    assert_eq!(failure(0, Fault::Status(503)), LoadErrorKind::Status { status: 503 });
    assert_eq!(failure(0, Fault::LoginPage), LoadErrorKind::HtmlInsteadOfData);
    let origin = || "https://page".to_owned();
    assert_eq!(failure(0, Fault::Failure(FetchFailure::Blocked { origin: origin() })), LoadErrorKind::Blocked { origin: origin() });
    assert_eq!(failure(0, Fault::Failure(FetchFailure::Offline)), LoadErrorKind::Offline);
    assert_eq!(failure(0, Fault::Failure(FetchFailure::Timeout { seconds: 30 })), LoadErrorKind::Timeout { seconds: 30 });
    assert_eq!(failure(0, Fault::Cut(100)), LoadErrorKind::CutShort { expected: 16_384, found: 100 });
    assert!(matches!(failure(0, Fault::ShiftedRange), LoadErrorKind::WrongRange { .. }));
}

#[test]
fn busy_store_and_broken_connection_are_asked_again() {
    for (fault, times) in [
        (Fault::Status(503), 2),
        (Fault::Status(429), 2),
        (Fault::Cut(100), 2),
        (Fault::Failure(FetchFailure::CutShort { found: 3 }), 2),
        (Fault::Failure(FetchFailure::Timeout { seconds: 15 }), 1),
    ] {
        let host = world();
        host.faults(std::iter::repeat_n(Some(fault), times));
        let tab = Tab::open(&host);
        assert_eq!(tab.show("money").unwrap(), ["0 1 0"]);
        assert_eq!(host.take_requests().len(), 4 + times);
        let waited = tab.runtime.status("trips").unwrap().validated_at.unwrap() - 1e12;
        assert!((400.0 * times as f64..2_000.0).contains(&waited), "{waited} ms");
    }
    let host = world();
    host.faults([Some(Fault::Status(403))]);
    Tab::open(&host).failure("money");
    assert_eq!(host.take_requests().len(), 1, "a refusal is final");
}

#[test]
fn busy_store_is_asked_when_it_wants_to_be_asked() {
    for status in [429, 503] {
        let host = world();
        host.faults([Some(Fault::Busy { status, retry_after_ms: 7_000.0 })]);
        let tab = Tab::open(&host);
        assert_eq!(tab.show("money").unwrap(), ["0 1 0"]);
        let waited = tab.runtime.status("trips").unwrap().validated_at.unwrap() - 1e12;
        assert!((7_000.0..8_750.0).contains(&waited), "{waited} ms");
        let host = world();
        host.faults([Some(Fault::Busy { status, retry_after_ms: 60_000.0 })]);
        assert_eq!(Tab::open(&host).failure("money"), LoadErrorKind::Status { status });
        assert_eq!(host.take_requests().len(), 1, "nobody waits that long");
    }
}

#[test]
fn failures_in_the_middle_of_the_data_have_their_names() {
    assert_eq!(failure(2, Fault::Status(404)), LoadErrorKind::NotFound);
    assert!(matches!(failure(2, Fault::ShiftedRange), LoadErrorKind::WrongRange { .. }));
    assert!(matches!(failure(2, Fault::Cut(1_000)), LoadErrorKind::CutShort { found: 1_000, .. }));
    assert_eq!(failure(2, Fault::LoginPage), LoadErrorKind::HtmlInsteadOfData);
}

#[test]
fn what_is_no_parquet_file_is_named() {
    let host = world();
    host.put_file(FILE, Bytes::from_static(b"at,fare\n1,2\n"), None);
    assert_eq!(Tab::open(&host).failure("money"), LoadErrorKind::NotParquet);
    host.put_file(FILE, Bytes::new(), None);
    assert_eq!(Tab::open(&host).failure("money"), LoadErrorKind::NotParquet);
}

#[test]
fn broken_contract_is_named_before_data_is_fetched() {
    let host = world();
    let available: Vec<String> = ["at", "fare", "city"].map(str::to_owned).into();
    let missing = Tab::with(&host, &TRIPS.replace("fare", "fares"));
    assert_eq!(missing.failure("money"), LoadErrorKind::MissingColumn { column: "fares".into(), available });
    let typed = Tab::with(&host, &TRIPS.replace("city: string", "city: int64"));
    let (expected, found) = ("int64".to_owned(), "string".to_owned());
    assert_eq!(typed.failure("places"), LoadErrorKind::ColumnType { column: "city".into(), expected, found });
    assert_eq!(host.take_requests().len(), 4, "the ends of the file, twice");
    let nulls = Tab::with(&host, &TRIPS.replace("city: string", "city: string!"));
    assert_eq!(nulls.failure("places"), LoadErrorKind::NullsInColumn { column: "city".into() });
}

#[test]
fn contract_is_checked_for_columns_that_no_view_uses() {
    let host = world();
    let missing = Tab::with(&host, &COUNT.replace("fare:", "fares:"));
    assert!(matches!(missing.failure("only"), LoadErrorKind::MissingColumn { column, .. } if column == "fares"));
    let typed = Tab::with(&host, &COUNT.replace("fare: int64", "fare: string"));
    assert!(matches!(typed.failure("only"), LoadErrorKind::ColumnType { column, .. } if column == "fare"));
    assert_eq!(host.take_requests().len(), 4, "the ends of the file, twice");
    assert_eq!(Tab::with(&host, COUNT).show("only").unwrap(), ["40000"]);
    assert_eq!(host.take_requests().len(), 2, "columns that no view uses are not fetched");
}

#[test]
fn cached_file_is_checked_against_the_contract_of_today() {
    let host = world();
    Tab::with(&host, COUNT).show("only").unwrap();
    let changed = Tab::with(&host, &COUNT.replace("fare: int64", "fare: string"));
    assert!(matches!(changed.failure("only"), LoadErrorKind::ColumnType { column, .. } if column == "fare"));
}

#[test]
fn server_without_ranges_gives_the_whole_file_once() {
    let host = world();
    host.faults([Some(Fault::WholeFile)]);
    assert_eq!(Tab::open(&host).show("money").unwrap(), ["0 1 0"]);
    assert_eq!(host.take_requests().len(), 1);
}

#[test]
fn file_replaced_while_it_is_read_is_read_once_more() {
    let host = world();
    host.faults([None, None, Some(Fault::Replaced { bytes: trips(5), etag: "\"2\"".into() })]);
    assert_eq!(Tab::open(&host).show("money").unwrap(), ["5 1 5"]);
}

#[test]
fn file_that_keeps_being_replaced_is_given_up() {
    let host = world();
    let replaced = |n: i64| Some(Fault::Replaced { bytes: trips(n), etag: format!("\"{n}\"") });
    host.faults((2..20).map(replaced));
    assert_eq!(Tab::open(&host).failure("money"), LoadErrorKind::Replaced);
}

#[test]
fn column_of_a_replaced_file_brings_the_new_snapshot_as_a_whole() {
    let host = world();
    let tab = Tab::open(&host);
    tab.show("money").unwrap();
    tab.told();
    host.put_file(FILE, trips(5), Some("\"2\""));
    tab.show("places").unwrap();
    assert_eq!(tab.told(), "changed, status, results, domains");
    assert_eq!(tab.show("money").unwrap(), ["5 1 5"]);
}

#[test]
fn failed_source_is_not_asked_again_before_a_validation() {
    let host = world();
    host.faults(std::iter::repeat_n(Some(Fault::Status(503)), 3));
    let tab = Tab::open(&host);
    tab.failure("money");
    host.take_requests();
    assert_eq!(tab.failure("money"), LoadErrorKind::Status { status: 503 });
    assert!(host.take_requests().is_empty());
    tab.told();
    tab.revalidate();
    assert_eq!(tab.told(), "status, domains");
    assert_eq!(tab.show("money").unwrap(), ["0 1 0"]);
}

#[test]
fn failed_source_of_views_that_only_count_is_tried_again() {
    let host = world();
    host.faults(std::iter::repeat_n(Some(Fault::Status(503)), 3));
    let tab = Tab::with(&host, COUNT);
    assert_eq!(tab.failure("only"), LoadErrorKind::Status { status: 503 });
    tab.revalidate();
    let status = tab.runtime.status("trips").unwrap();
    assert_eq!((status.error, status.rows), (None, 40_000));
    host.take_requests();
    assert_eq!(tab.show("only").unwrap(), ["40000"]);
    assert!(host.take_requests().is_empty());
}

#[test]
fn last_good_snapshot_stays_when_the_store_fails_or_the_contract_breaks() {
    let host = world();
    let tab = Tab::open(&host);
    let before = tab.show("money").unwrap();
    tab.told();
    host.advance_ms(300_000.0);
    host.faults([Some(Fault::Failure(FetchFailure::Offline))]);
    tab.revalidate();
    assert_eq!(tab.told(), "status with error");
    assert_eq!(tab.show("money").unwrap(), before);
    host.put_file(FILE, Bytes::from_static(b"PAR1 and then nothing of the kind"), Some("\"2\""));
    tab.revalidate();
    assert_eq!(tab.runtime.status("trips").unwrap().error.unwrap().kind, LoadErrorKind::NotParquet);
    assert_eq!(tab.show("money").unwrap(), before);
    host.put_file(FILE, trips(5), Some("\"3\""));
    tab.revalidate();
    assert_eq!(tab.runtime.status("trips").unwrap().error, None);
    assert_eq!(tab.show("money").unwrap(), ["5 1 5"]);
}

#[test]
fn one_failing_source_fails_its_own_views_only() {
    let host = world();
    let two = "
title: Two
data:
  trips: { source: trips.parquet, ttl: 5m, schema: { fare: int64 }, measures: { trips: count(*) } }
  other: { source: other.parquet, ttl: 5m, schema: { x: int64 }, measures: { things: count(*) } }
pages:
  - { title: Only, rows: [[{ table: [trips], by: [fare], limit: 1 }, { kpi: things }]] }
";
    let tab = Tab::with(&host, two);
    assert!(tab.show("only").is_ok());
    assert_eq!(tab.runtime.status("other").unwrap().error.unwrap().kind, LoadErrorKind::NotFound);
}

#[test]
fn cache_that_fails_is_done_without_and_said_so() {
    for failure in [CacheFailure::Unavailable, CacheFailure::Full, CacheFailure::Failed] {
        let host = world();
        host.fail_cache(Some(failure));
        let tab = Tab::open(&host);
        assert_eq!(tab.show("money").unwrap(), ["0 1 0"], "{failure:?}");
        assert!(tab.runtime.status("trips").unwrap().cache_notice.is_some(), "{failure:?}");
        assert!(host.cached().is_empty());
    }
}

#[test]
fn least_recently_used_source_gives_way() {
    let host = world();
    // A fifth of it holds one source's column, not two.
    host.set_quota(Some(5 * 500_000));
    Tab::open(&host).show("money").unwrap();
    host.advance_ms(1_000.0);
    host.put_file("https://store/others.parquet", trips(0), Some("\"1\""));
    let others = Tab::with(&host, &TRIPS.replace("trips.parquet", "others.parquet"));
    others.show("money").unwrap();
    assert_eq!(others.runtime.status("trips").unwrap().cache_notice, None);
    assert!(host.cached().iter().all(|(key, _)| key.ends_with("others.parquet")), "{:?}", host.cached());
    host.take_requests();
    Tab::with(&host, &TRIPS.replace("trips.parquet", "others.parquet")).show("money").unwrap();
    assert!(host.take_requests().is_empty());
}
