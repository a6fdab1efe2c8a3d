#![allow(clippy::unwrap_used)]
use super::*;

fn digest_of(byte: u8) -> Digest {
    Digest([byte; 16])
}

fn document_of(n_files: usize) -> SnapshotDocument {
    let file = |at: usize| SnapshotFile {
        path: format!("files/{}.parquet", digest_of(at as u8).text()),
        size: 123_456_789,
        rows: 1_000_000,
        footer_size: 4_321,
        footer_digest: digest_of(7),
        chunks_path: format!("files/{}.chunks", digest_of(at as u8).text()),
        chunks_digest: digest_of(9),
        partition: if at == 0 { vec![("region".into(), Some("E\"U".into())), ("kind".into(), None)] } else { vec![] },
    };
    SnapshotDocument {
        id: "20260101T000000Z-abc".into(),
        created_ms: 1_767_225_600_000.0,
        rows: 1_000_000 * n_files as u64,
        schema: vec![("date".into(), "timestamp!".into()), ("delay".into(), "int64".into())],
        split: (n_files > 0).then(|| "month".into()),
        files: (0..n_files).map(file).collect(),
    }
}

fn manifest() -> Manifest {
    Manifest {
        snapshot: "20260101T000000Z-abc".into(),
        path: "snapshots/20260101T000000Z-abc.json".into(),
        digest: digest_of(0xfe),
        created_ms: 1_767_225_600_000.0,
        next_expected_ms: Some(1_767_225_900_000.0),
    }
}

#[test]
fn documents_are_read_as_they_were_written() {
    assert_eq!(Manifest::read(manifest().write().as_bytes()), Ok(manifest()));
    let never = Manifest { next_expected_ms: None, ..manifest() };
    assert_eq!(Manifest::read(never.write().as_bytes()), Ok(never));
    for n_files in [0, 1, 3] {
        assert_eq!(SnapshotDocument::read(document_of(n_files).write().as_bytes()), Ok(document_of(n_files)));
    }
}

/// Every key that is written stands in the published schema, in the same object.
#[test]
fn schema_knows_every_key() {
    let schema = parse(include_str!("../../../docs/manifest.schema.json")).unwrap();
    let keys_of = |definition: &str| match schema.get("$defs").unwrap().get(definition).unwrap().get("properties") {
        Some(Json::Object(entries)) => entries.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(),
        other => panic!("{definition}: {other:?}"),
    };
    let written = |json: &Json| match json {
        Json::Object(entries) => entries.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let document = parse(&document_of(1).write()).unwrap();
    assert_eq!(written(&parse(&manifest().write()).unwrap()), keys_of("manifest"));
    assert_eq!(written(&document), keys_of("snapshot"));
    assert_eq!(written(&document.get("files").unwrap().list().unwrap()[0]), keys_of("file"));
}

#[test]
fn other_versions_missing_keys_and_paths_that_lead_away_are_refused() {
    let text = manifest().write();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from));
        Manifest::read(text.replace(from, to).as_bytes())
    };
    assert_eq!(changed("\"tarn_manifest\": 1", "\"tarn_manifest\": 2"), Err(ManifestError::OtherFormat { found: "2".into() }));
    assert_eq!(changed("\"tarn_manifest\": 1", "\"other\": 1"), Err(ManifestError::Key { key: "tarn_manifest".into() }));
    assert_eq!(changed("fefe", "gg"), Err(ManifestError::Key { key: "digest".into() }));
    assert_eq!(changed("\"created_ms\": 17", "\"created_ms\": -17"), Err(ManifestError::Key { key: "created_ms".into() }));
    for path in ["../secret.json", "/etc/passwd", "https://elsewhere/x.json", "a//b", "", "a/./b", "a?b", "..\\\\x"] {
        assert_eq!(changed("snapshots/20260101T000000Z-abc.json", path), Err(ManifestError::Key { key: "path".into() }), "{path}");
    }
    assert_eq!(Manifest::read(b"<html>"), Err(ManifestError::NotJson { at: 0 }));
}

#[test]
fn a_document_stays_small_for_any_number_of_row_groups_and_columns() {
    // 1,000 row groups of 100 columns in 32 files: their digests stand in the files' own lists.
    assert!(document_of(32).write().len() < 12_000);
    let digests = vec![7; 16 * 100 * 31];
    assert_eq!(read_chunk_digests(&digests, 3_100).unwrap().len(), 3_100);
    assert_eq!(read_chunk_digests(&digests, 3_101), None);
    assert_eq!(read_chunk_digests(&digests[1..], 3_100), None);
}
