//! A published source: what is asked for, what is verified, and what a new snapshot costs.

use crate::world::store::{FOLDER, publish, ten_trips};
use crate::world::{TRIPS, Tab, trips};
use bytes::Bytes;
use expect_test::expect;
use tarn_protocol::LoadErrorKind;
use tarn_runtime::{Fault, MemoryHost};

fn world(files: &[Bytes]) -> MemoryHost {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    publish(&host, "one", files);
    host
}

fn open(host: &MemoryHost) -> Tab {
    Tab::with(host, &TRIPS.replace("trips.parquet", "trips/manifest.json"))
}

/// Requests with the names of files cut short.
fn requests(host: &MemoryHost) -> String {
    let short = |request: String| match request.replace(FOLDER, "").split_once('.') {
        Some((name, rest)) if name.starts_with("files/") => format!("{}….{rest}", &name[..10]),
        _ => request.replace(FOLDER, ""),
    };
    host.take_requests().into_iter().map(short).collect::<Vec<_>>().join("\n")
}

#[test]
fn first_visit_reads_two_documents_a_footer_its_digests_and_the_columns_of_the_page() {
    let host = world(&[trips(0)]);
    let tab = open(&host);
    assert_eq!(tab.show("money").unwrap(), ["0 1 0"]);
    expect![[r#"
        manifest.json 0-8388607
        snapshots/one.json 0-8388607
        files/f245….parquet 648952-650081
        files/f245….chunks 0-8388607
        files/f245….parquet 160027-320049
        files/f245….parquet 484363-644385"#]]
    .assert_eq(&requests(&host));
    let status = tab.runtime.status("trips").unwrap();
    assert_eq!((status.snapshot.as_deref(), status.created_at, status.next_expected_at), (Some("one"), Some(1e12), Some(2e12)));
    assert_eq!(tab.show("places").unwrap().len(), 3);
    expect![[r#"
        files/f245….parquet 320050-324339
        files/f245….parquet 644386-648675"#]]
    .assert_eq(&requests(&host));
}

#[test]
fn reload_makes_no_request_and_after_the_ttl_the_manifest_alone_is_read() {
    let host = world(&[trips(0)]);
    let before = open(&host).show("money").unwrap();
    host.take_requests();
    host.advance_ms(299_000.0);
    assert_eq!(open(&host).show("money").unwrap(), before);
    assert_eq!(requests(&host), "");
    host.advance_ms(1_000.0);
    let tab = open(&host);
    assert_eq!(tab.show("money").unwrap(), before);
    assert_eq!(requests(&host), "manifest.json 0-8388607");
    assert_eq!(tab.runtime.status("trips").unwrap().validated_at, Some(1e12 + 300_000.0));
}

#[test]
fn new_snapshot_fetches_only_the_files_that_it_adds() {
    let host = world(&[ten_trips(1), ten_trips(2)]);
    open(&host).show("places").unwrap();
    host.take_requests();
    host.advance_ms(300_000.0);
    publish(&host, "two", &[ten_trips(2), ten_trips(3)]);
    let tab = open(&host);
    tab.show("places").unwrap();
    expect![[r#"
        manifest.json 0-8388607
        manifest.json 0-8388607
        snapshots/two.json 0-8388607
        files/9a45….parquet 385-1157
        files/9a45….chunks 0-8388607
        files/9a45….parquet 103-258"#]]
    .assert_eq(&requests(&host));
    assert_eq!(tab.told(), "status, results, status, domains, changed, status, domains");
    assert_eq!(tab.show("places").unwrap(), ["Oslo 8 20", "Rome 6 15", "null 6 15"]);
    host.take_requests();
    assert_eq!(open(&host).show("places").unwrap(), ["Oslo 8 20", "Rome 6 15", "null 6 15"], "the cache holds the new whole");
    assert_eq!(requests(&host), "");
}

#[test]
fn damaged_answer_is_asked_for_again_and_never_shown() {
    for nth in 0..6 {
        let host = world(&[ten_trips(1)]);
        host.faults((0..nth).map(|_| None).chain([Some(Fault::Damaged)]));
        let shown = open(&host).show("places");
        match nth {
            // A manifest has no digest; it is damaged so that it is no manifest, or names what is not there.
            0 => assert!(shown.is_err() || shown.unwrap() == ["Oslo 4 4", "Rome 3 3", "null 3 3"]),
            _ => assert_eq!(shown.unwrap(), ["Oslo 4 4", "Rome 3 3", "null 3 3"], "request {nth}"),
        }
    }
}

#[test]
fn overwritten_files_are_refused_and_the_old_snapshot_stays() {
    let host = world(&[ten_trips(1)]);
    let tab = open(&host);
    let before = tab.show("money").unwrap();
    let name = software_name(&ten_trips(1));
    // Same length, other fares: nothing but a digest tells.
    let other = ten_trips(9);
    assert_eq!(other.len(), ten_trips(1).len());
    host.put_file(&format!("{FOLDER}files/{name}.parquet"), other, Some("\"1\""));
    assert!(matches!(open_anew(&host).failure("money"), LoadErrorKind::DigestMismatch { .. }));
    assert_eq!(tab.show("money").unwrap(), before);
}

#[test]
fn broken_manifests_are_named_and_the_last_good_snapshot_stays() {
    let host = world(&[ten_trips(1)]);
    let tab = open(&host);
    let before = tab.show("money").unwrap();
    let manifest = format!("{FOLDER}manifest.json");
    for (content, expected) in [
        ("{", "it is no JSON from byte 1 on"),
        ("", "it is empty"),
        ("{\"tarn_manifest\": 2}", "it has version 2, and this page reads version 1"),
        ("{\"tarn_manifest\": 1}", "`snapshot` is missing or no valid value"),
    ] {
        host.put_file(&manifest, Bytes::from_static(content.as_bytes()), Some("\"2\""));
        assert_eq!(open_anew(&host).failure("money"), LoadErrorKind::NotManifest { detail: expected.into() });
        host.advance_ms(300_000.0);
        tab.revalidate();
        assert!(tab.runtime.status("trips").unwrap().error.is_some());
        assert_eq!(tab.show("money").unwrap(), before);
    }
    host.put_file(&manifest, Bytes::from_static(b"<!doctype html>"), None);
    assert_eq!(open_anew(&host).failure("money"), LoadErrorKind::HtmlInsteadOfData);
}

#[test]
fn no_mutant_of_a_published_source_shows_wrong_rows() {
    let rows = |host: &MemoryHost| open(host).show("places");
    let whole = world(&[ten_trips(1), ten_trips(2)]);
    let right = rows(&whole).unwrap();
    let paths: std::collections::BTreeSet<String> =
        whole.take_requests().into_iter().filter_map(|request| Some(request.split_once(' ')?.0.to_owned())).collect();
    assert_eq!(paths.len(), 6, "two documents, two files, two lists");
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize % below.max(1)
    };
    let mut refused = 0;
    for path in paths {
        for _ in 0..80 {
            let host = world(&[ten_trips(1), ten_trips(2)]);
            let mut bytes = host.file(&path).unwrap().to_vec();
            match next(4) {
                0 => bytes.truncate(next(bytes.len())),
                1 => bytes.insert(next(bytes.len()), next(256) as u8),
                2 => {
                    let (start, length) = (next(bytes.len()), next(32));
                    bytes.iter_mut().skip(start).take(length).for_each(|byte| *byte = 0);
                }
                _ => {
                    let at = next(bytes.len());
                    bytes[at] ^= 1 << next(8);
                }
            }
            host.put_file(&path, bytes.into(), Some("\"1\""));
            match rows(&host) {
                Ok(rows) => assert_eq!(rows, right, "{path}"),
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > 240, "{refused} of 480 mutants were refused");
}

/// In a browser without a cache of its own.
fn open_anew(host: &MemoryHost) -> Tab {
    host.clear_cache();
    open(host)
}

fn software_name(content: &Bytes) -> String {
    tarn_runtime::software_digest(content).text()
}
