#![allow(clippy::unwrap_used)]
//! Publications into a folder, from the export to what a reader finds.
mod world;

use arrow_array::{Int64Array, StringArray, TimestampMicrosecondArray};
use sha2::{Digest as _, Sha256};
use std::{fs, sync::Arc};
use tarn_publish::{Event, PublishError, Store, difference, list, roll_back};
use tarn_snapshot::{Digest, Manifest, read_chunk_digests};
use world::{DAY_MS, World};

fn digest(bytes: &[u8]) -> Digest {
    Digest::of(&Sha256::digest(bytes).into())
}

fn breaks(outcome: Result<tarn_publish::Outcome, PublishError>) -> Vec<String> {
    match outcome {
        Err(PublishError::Broken(breaks)) => breaks.into_iter().map(|one| format!("{}: {}", one.what, one.message)).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn everything_that_a_reader_needs_is_there_and_can_be_verified() {
    let mut world = World::new();
    world.extra = "every: 5m\nlayout: { row_group_rows: 1000 }".into();
    world.export(40, 100, true);
    let outcome = world.publish();
    assert_eq!((outcome.rows, outcome.unchanged), (4_000, false));
    let (manifest, document) = (world.manifest(), world.document());
    assert_eq!(manifest.next_expected_ms, Some(1e12 + 300_000.0));
    assert_eq!(digest(&fs::read(world.path("out").join(&manifest.path)).unwrap()), manifest.digest);
    assert_eq!(document.rows, 4_000);
    assert_eq!(
        document.schema,
        [("date", "timestamp!"), ("delay", "int64"), ("origin", "string!")].map(|(name, kind)| (name.into(), kind.into()))
    );
    for file in &document.files {
        let content = fs::read(world.path("out").join(&file.path)).unwrap();
        assert_eq!(content.len() as u64, file.size);
        assert_eq!(digest(&content[content.len() - file.footer_size as usize..]), file.footer_digest);
        let chunks = fs::read(world.path("out").join(&file.chunks_path)).unwrap();
        assert_eq!(digest(&chunks), file.chunks_digest);
        let metadata =
            parquet::file::metadata::ParquetMetaDataReader::new().parse_and_finish(&bytes::Bytes::from(content.clone())).unwrap();
        let columns: Vec<_> = metadata.row_groups().iter().flat_map(|group| group.columns()).collect();
        let digests = read_chunk_digests(&chunks, columns.len()).unwrap();
        for (column, expected) in columns.iter().zip(digests) {
            assert!(matches!(column.compression(), parquet::basic::Compression::ZSTD(_)));
            // Dates and delays count up here: their differences are smaller than a dictionary.
            assert_eq!(column.dictionary_page_offset().is_some(), column.column_descr().name() == "origin", "{column:?}");
            assert!(column.statistics().is_some(), "{column:?}");
            assert!(column.column_index_offset().is_some() && column.offset_index_offset().is_some(), "{column:?}");
            let (start, length) = column.byte_range();
            assert_eq!(digest(&content[start as usize..(start + length) as usize]), expected);
        }
    }
}

#[test]
fn the_same_rows_in_another_order_are_nothing_new() {
    let world = World::new();
    world.export(40, 100, false);
    let first = world.publish();
    let objects = world.objects();
    world.export(40, 100, true);
    let world = World { now_ms: world.now_ms + DAY_MS, ..world };
    let again = world.publish();
    assert!(again.unchanged);
    assert_eq!(again.files_written, 0);
    assert_eq!(again.snapshot, first.snapshot);
    // The manifest is written again, and says the same.
    assert_eq!(world.objects(), objects);
}

#[test]
fn new_days_leave_the_files_of_old_ones_as_they_are() {
    let mut world = World::new();
    world.extra = "layout: { split: month }".into();
    world.export(70, 50, false);
    let first = world.publish();
    assert_eq!(first.files, 3);
    world.now_ms += DAY_MS;
    world.export(71, 50, false);
    let before = world.objects();
    let plan = world.plan();
    assert_eq!(world.objects(), before, "a plan writes nothing");
    let second = world.publish();
    assert_eq!(plan.outcome, second);
    // What was planned lies there as it lies in the store.
    let mut planned = vec![];
    for name in ["files", "snapshots"] {
        for entry in fs::read_dir(plan.folder.path().join(name)).unwrap() {
            let path = entry.unwrap().path();
            let named = format!("{name}/{}", path.file_name().unwrap().to_str().unwrap());
            assert_eq!(fs::read(&path).ok(), world.objects().remove(&named), "{named}");
            planned.push(named);
        }
    }
    assert_eq!(planned.len(), 7, "three files, three lists of digests, a document: {planned:?}");
    assert_eq!(fs::read(plan.folder.path().join("manifest.json")).ok(), world.objects().remove("/manifest.json"));
    assert_eq!((second.files, second.files_written), (3, 1));
    let store = world.store();
    let change = difference(&store, &first.snapshot, &second.snapshot).unwrap();
    assert_eq!((change.rows, change.files_kept, change.files_added.len(), change.files_removed.len()), (50, 2, 1, 1));
}

#[test]
fn a_broken_promise_publishes_nothing() {
    let mut world = World::new();
    world.export(10, 10, false);
    world.publish();
    let objects = world.objects();
    let date = |values: Vec<Option<i64>>| Arc::new(TimestampMicrosecondArray::from(values));
    world.write(
        "export.parquet",
        vec![
            ("date", date(vec![Some(0), None])),
            ("delay", Arc::new(Int64Array::from(vec![1, 2]))),
            ("origin", Arc::new(StringArray::from(vec!["A", "Z"]))),
        ],
    );
    world.extra = "checks: { rows: { change: 50% }, unique: origin, accepted_values: { origin: [A, B] } }".into();
    assert_eq!(
        breaks(world.run()),
        [
            "column `date`: 1 of 2 values are null, and the contract allows none",
            "rows: there are 2, -98 % beside the last snapshot's 100; at most 50 % are allowed"
        ]
    );
    world.write("export.parquet", vec![("date", date(vec![Some(0)])), ("delay", Arc::new(StringArray::from(vec!["late"])))]);
    assert_eq!(breaks(world.run()), ["column `delay`: it is Utf8 here, but the contract says Int64", "column `origin`: it is missing"]);
    assert_eq!(world.objects(), objects);
}

#[test]
fn no_rows_are_a_snapshot_too() {
    let mut world = World::new();
    world.export(0, 1, false);
    let outcome = world.publish();
    assert_eq!((outcome.rows, outcome.files), (0, 0));
    assert_eq!(world.document().files, []);
    world.extra = "checks: { rows: { min: 1 } }".into();
    assert_eq!(breaks(world.run()), ["rows: there are 0, and at least 1 are expected"]);
}

#[test]
fn whoever_comes_second_loses_and_switches_nothing() {
    let world = World::new();
    world.export(10, 10, false);
    world.publish();
    let store = world.store();
    let seen = store.read_versioned("manifest.json").unwrap();
    let world = World { now_ms: world.now_ms + 1_000.0, ..world };
    world.export(11, 10, false);
    world.publish();
    let served = world.manifest();
    let late = store.replace("manifest.json", seen.as_ref(), bytes::Bytes::from_static(b"{}"));
    assert!(matches!(late, Err(PublishError::Overtaken { .. })), "{late:?}");
    assert_eq!(world.manifest(), served);
    assert!(matches!(store.replace("manifest.json", None, bytes::Bytes::new()), Err(PublishError::Overtaken { .. })));
}

#[test]
fn snapshots_are_kept_for_their_period_and_served_again_on_demand() {
    let mut world = World::new();
    world.extra = "layout: { split: never }".into();
    let mut ids = vec![];
    for n_days in 1..=3 {
        world.export(n_days, 10, false);
        ids.push(world.publish().snapshot);
        world.pass(1);
    }
    let store = world.store();
    let listed = |store: &Store| list(store).unwrap().into_iter().map(|one| (one.id, one.served)).collect::<Vec<_>>();
    assert_eq!(listed(&store), [(ids[2].clone(), true), (ids[1].clone(), false), (ids[0].clone(), false)]);
    roll_back(&store, &ids[1], 7 * 86_400).unwrap();
    assert_eq!(world.document().rows, 20);
    assert!(matches!(roll_back(&store, "nonsense", 7 * 86_400), Err(PublishError::Configuration { .. })));
    // Eight days later the first is past its period; the one that was served until now is not, nor what lies between.
    world.pass(8);
    world.export(4, 10, false);
    let fourth = world.publish();
    assert_eq!(listed(&store), [(fourth.snapshot, true), (ids[2].clone(), false), (ids[1].clone(), false)]);
}

#[test]
fn what_a_killed_run_left_behind_is_written_again() {
    let world = World::new();
    world.export(10, 10, false);
    let whole = {
        world.publish();
        world.objects()
    };
    // Whichever objects were there when it died, and however much of them: the next run completes.
    for (name, content) in &whole {
        fs::remove_dir_all(world.path("out")).unwrap();
        for (other, bytes) in whole.iter().take_while(|(other, _)| *other != name).filter(|(other, _)| !other.ends_with("manifest.json")) {
            fs::create_dir_all(world.path("out").join(other.trim_start_matches('/')).parent().unwrap()).unwrap();
            fs::write(world.path("out").join(other.trim_start_matches('/')), bytes).unwrap();
        }
        let torn = world.path("out").join(name.trim_start_matches('/'));
        if !name.ends_with("manifest.json") {
            fs::create_dir_all(torn.parent().unwrap()).unwrap();
            fs::write(&torn, &content[..content.len() / 2]).unwrap();
        }
        world.publish();
        assert_eq!(world.objects(), whole, "died at {name}");
    }
}

/// The clocks of these tests stand in 2001, that of the folder does not.
#[test]
fn a_publisher_whose_clock_is_behind_is_told_so_and_deletes_nothing_early() {
    let mut world = World::new();
    world.export(3, 10, false);
    let first = world.publish().snapshot;
    let behind = |world: &World| {
        world.log.borrow().iter().filter(|event| matches!(event, Event::ClockDiffers { seconds } if *seconds < -600_000_000)).count()
    };
    assert_eq!(behind(&world), 1);
    // A year further, and still behind: the snapshot before was superseded now, by the folder's clock.
    world.now_ms += 365.0 * DAY_MS;
    world.export(4, 10, false);
    let second = world.publish().snapshot;
    assert_eq!(behind(&world), 2);
    let ids: Vec<String> = list(&world.store()).unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(ids, [second, first]);
}

#[test]
fn a_document_that_another_version_wrote_keeps_its_digest() {
    let mut world = World::new();
    world.export(3, 10, false);
    let first = world.publish().snapshot;
    // A version to come says more in its documents; this one reads past it.
    let document = world.path("out/snapshots").join(format!("{first}.json"));
    let longer = fs::read_to_string(&document).unwrap().replacen('{', "{ \"note\": \"of a later version\",", 1);
    fs::write(&document, &longer).unwrap();
    let named = |world: &World| Manifest::read(&fs::read(world.path("out/manifest.json")).unwrap()).unwrap();

    assert!(world.publish().unchanged);
    assert_eq!(named(&world).digest, digest(longer.as_bytes()));

    world.export(4, 10, false);
    world.now_ms += DAY_MS;
    assert_ne!(world.publish().snapshot, first);
    roll_back(&world.store(), &first, 86_400).unwrap();
    assert_eq!(named(&world).digest, digest(longer.as_bytes()));
}
