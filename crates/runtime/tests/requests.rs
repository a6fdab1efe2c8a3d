//! Which requests are made, exactly: few, no more bytes than needed, none within the TTL.

use crate::world;
use crate::world::{FILE, Tab, trips};
use expect_test::expect;
use tarn_runtime::{Fault, FetchFailure, MemoryHost};

fn world() -> MemoryHost {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    host.put_file(FILE, trips(0), Some("\"1\""));
    host
}

fn requests(host: &MemoryHost) -> String {
    host.take_requests().join("\n").replace("https://store/", "")
}

#[test]
fn first_visit_fetches_the_ends_of_the_file_and_the_column_of_the_page() {
    let host = world();
    let tab = Tab::open(&host);
    assert_eq!(tab.show("money").unwrap(), ["0 1 0"]);
    expect![[r#"
        trips.parquet 0-16383
        trips.parquet 584546-650081
        trips.parquet 160027-320049
        trips.parquet 484363-584545"#]]
    .assert_eq(&requests(&host));
    assert_eq!(tab.told(), "status, results, domains");
}

#[test]
fn progress_is_told_ten_times_a_second_at_most() {
    let host = world();
    let tab = Tab::open(&host);
    tab.show("money").unwrap();
    assert_eq!(tab.progress(), [(16_384, 260_206), (260_206, 260_206)], "the load took no time");

    let host = world();
    host.set_ms_per_piece(60.0);
    let tab = Tab::open(&host);
    tab.show("money").unwrap();
    let told = tab.progress();
    assert!(told.is_sorted() && told.len() == 10, "pieces of 16 KiB, every second told, and the end: {told:?}");
}

#[test]
fn words_alone_stand_without_a_request() {
    let host = world();
    let yaml = world::TRIPS.to_owned() + "  - { title: About, rows: [[text: Made by us]] }\n";
    let tab = Tab::with(&host, &yaml);
    assert!(tab.show("about").unwrap().is_empty());
    assert_eq!(requests(&host), "");
}

#[test]
fn second_page_fetches_only_what_it_adds() {
    let host = world();
    let tab = Tab::open(&host);
    tab.show("money").unwrap();
    host.take_requests();
    assert_eq!(tab.show("places").unwrap().len(), 3);
    expect!["trips.parquet 320050-324339"].assert_eq(&requests(&host));
    tab.show("money").unwrap();
    tab.show("places").unwrap();
    assert_eq!(requests(&host), "", "both are here");
}

#[test]
fn reload_within_the_ttl_makes_no_request() {
    let host = world();
    let before = Tab::open(&host).show("money").unwrap();
    host.take_requests();
    host.advance_ms(299_000.0);
    let tab = Tab::open(&host);
    assert_eq!(tab.show("money").unwrap(), before);
    assert_eq!(requests(&host), "");
    let status = tab.runtime.status("trips").unwrap();
    assert_eq!((status.requests, status.bytes_fetched, status.validated_at), (0, 0, Some(1e12)));
    assert!(status.bytes_from_cache > 320_000, "{}", status.bytes_from_cache);
}

#[test]
fn after_the_ttl_one_conditional_request_renews_unchanged_data() {
    let host = world();
    Tab::open(&host).show("money").unwrap();
    host.take_requests();
    host.advance_ms(300_000.0);
    let tab = Tab::open(&host);
    tab.show("money").unwrap();
    assert_eq!(requests(&host), "trips.parquet 0-0 if-none-match \"1\"");
    assert_eq!(tab.told(), "status, results, status, domains, status");
    let status = tab.runtime.status("trips").unwrap();
    assert_eq!((status.bytes_fetched, status.validated_at), (0, Some(1e12 + 300_000.0)));
    host.advance_ms(299_000.0);
    Tab::open(&host).show("money").unwrap();
    assert_eq!(requests(&host), "", "the renewal is remembered");
}

#[test]
fn changed_data_replaces_the_old_beside_which_it_was_loaded() {
    let host = world();
    Tab::open(&host).show("money").unwrap();
    host.advance_ms(7_200_000.0);
    host.put_file(FILE, trips(5), Some("\"2\""));
    let tab = Tab::open(&host);
    assert_eq!(tab.show("money").unwrap(), ["0 1 0"], "the old is shown at once");
    assert_eq!(tab.told(), "status, results, domains, changed, status, domains");
    assert_eq!(tab.show("money").unwrap(), ["5 1 5"]);
    let snapshots: std::collections::BTreeSet<String> =
        host.cached().into_iter().filter_map(|(key, _)| Some(key.strip_prefix("bytes ")?.split(' ').next()?.to_owned())).collect();
    let now = tab.runtime.status("trips").unwrap().snapshot.unwrap();
    assert_eq!(snapshots.into_iter().collect::<Vec<_>>(), [now], "the old blobs are gone");
}

#[test]
fn store_without_validators_is_read_again_after_the_ttl() {
    let host = world();
    host.put_file(FILE, trips(0), None);
    Tab::open(&host).show("money").unwrap();
    host.advance_ms(300_000.0);
    host.put_file(FILE, trips(5), None);
    let tab = Tab::open(&host);
    tab.show("money").unwrap();
    assert_eq!(tab.show("money").unwrap(), ["5 1 5"]);
}

#[test]
fn store_that_refuses_conditional_headers_is_asked_without() {
    let host = world();
    let tab = Tab::open(&host);
    tab.show("money").unwrap();
    host.take_requests();
    host.advance_ms(300_000.0);
    host.faults([Some(Fault::Failure(FetchFailure::Blocked { origin: "https://page".into() }))]);
    tab.revalidate();
    assert_eq!(requests(&host), "trips.parquet 0-0 if-none-match \"1\"\ntrips.parquet 0-0");
    host.advance_ms(300_000.0);
    tab.revalidate();
    assert_eq!(requests(&host), "trips.parquet 0-0", "it is remembered");
    assert_eq!(tab.runtime.status("trips").unwrap().error, None);
}

#[test]
fn two_askers_at_once_make_one_request() {
    let host = world();
    let tab = Tab::open(&host);
    tab.show("money").unwrap();
    host.advance_ms(300_000.0);
    host.take_requests();
    tab.told();
    tarn_runtime::block_on(futures_util::future::join(tab.runtime.revalidate("trips"), tab.runtime.revalidate("trips")));
    assert_eq!(requests(&host), "trips.parquet 0-0 if-none-match \"1\"");
    assert_eq!(tab.told(), "status, status", "both are answered");
}

#[test]
fn damaged_blob_is_fetched_again_and_healed() {
    let host = world();
    let before = Tab::open(&host).show("money").unwrap();
    host.take_requests();
    let blobs: Vec<(String, usize)> = host.cached().into_iter().filter(|(key, _)| key.starts_with("bytes ")).collect();
    let largest = blobs.iter().max_by_key(|(_, length)| *length).unwrap();
    host.damage_cached(&largest.0);
    assert_eq!(Tab::open(&host).show("money").unwrap(), before);
    let again = host.take_requests();
    let words: Vec<&str> = largest.0.split(' ').collect();
    let (start, length): (u64, u64) = (words[2].parse().unwrap(), words[3].parse().unwrap());
    assert_eq!(again, [format!("{FILE} {start}-{}", start + length - 1)], "that blob alone");
    Tab::open(&host).show("money").unwrap();
    assert_eq!(requests(&host), "", "it was stored again");
}

#[test]
fn damaged_record_means_a_first_visit() {
    let host = world();
    let before = Tab::open(&host).show("money").unwrap();
    let record = host.cached().into_iter().find(|(key, _)| key.starts_with("source ")).unwrap().0;
    host.damage_cached(&record);
    host.take_requests();
    assert_eq!(Tab::open(&host).show("money").unwrap(), before);
    assert!(host.take_requests().len() > 2);
}

#[test]
fn reload_counts_hours_in_the_dashboards_zone_too() {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    let at: arrow_array::ArrayRef = std::sync::Arc::new(arrow_array::TimestampMicrosecondArray::from(vec![0i64]).with_timezone("UTC"));
    host.put_file(FILE, world::parquet(&arrow_array::RecordBatch::try_from_iter([("at", at)]).unwrap()), Some("\"1\""));
    let yaml = "
title: Hours
time_zone: Asia/Tokyo
data:
  trips:
    source: trips.parquet
    ttl: 5m
    schema: { at: timestamptz }
    dimensions: { hour: extract(hour from at) }
    measures: { trips: count(*) }
pages:
  - { title: Only, rows: [[{ table: [trips], by: [hour], limit: 5 }]] }
";
    assert_eq!(Tab::with(&host, yaml).show("only").unwrap(), ["9 1"]);
    // Another dashboard over the same file, so that no answer is remembered.
    let again = Tab::with(&host, &yaml.replace("title: Hours", "title: Again"));
    assert_eq!(again.show("only").unwrap(), ["9 1"]);
}

#[test]
fn a_change_right_after_a_load_is_seen_when_it_is_asked_for() {
    let host = world();
    let tab = Tab::open(&host);
    assert_eq!(tab.show("money").unwrap(), ["0 1 0"]);
    host.advance_ms(10.0);
    host.put_file(FILE, trips(7), Some("\"2\""));
    tab.revalidate();
    assert_eq!(tab.show("money").unwrap(), ["7 1 7"]);
}
