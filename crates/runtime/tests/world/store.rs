//! A published source, as `tarn publish` writes it.
use super::judge::{OTHER_FARE, edition};
use super::{FILE, parquet};
use ::parquet::file::metadata::ParquetMetaDataReader;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use bytes::Bytes;
use std::sync::Arc;
use tarn_runtime::{MemoryHost, software_digest};
use tarn_snapshot::{Manifest, SnapshotDocument, SnapshotFile};

pub const FOLDER: &str = "https://store/trips/";

/// What the store serves a viewer in a generation, in a world of its own: written once, as that takes longer than all that is done
/// with it. Nothing but the rows tells a viewer from another.
pub fn files_of(viewer: usize, generation: u64, is_published: bool) -> MemoryHost {
    let (shelf, edition) = (MemoryHost::default(), edition(viewer, generation));
    if is_published {
        let fares = [0, edition, edition * OTHER_FARE];
        publish(&shelf, &format!("g{edition}"), &fares.map(|fare| ten_trips(fare as i64)));
    } else {
        shelf.put_file(FILE, ten_trips(edition as i64), Some(&format!("\"{generation}\"")));
    }
    shelf
}

/// Ten trips of that fare, in one row group.
pub fn ten_trips(fare: i64) -> Bytes {
    let at: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter_values((0..10).map(|row| row * 86_400_000_000)));
    let fares: ArrayRef = Arc::new(Int64Array::from(vec![fare; 10]));
    let city: ArrayRef = Arc::new(StringArray::from_iter((0..10).map(|row| [Some("Oslo"), Some("Rome"), None][row % 3])));
    parquet(&RecordBatch::try_from_iter([("at", at), ("fare", fares), ("city", city)]).unwrap())
}

/// Puts a snapshot of these files in place, the manifest last.
pub fn publish(host: &MemoryHost, id: &str, files: &[Bytes]) {
    let put = |path: &str, bytes: Bytes| host.put_file(&format!("{FOLDER}{path}"), bytes, Some("\"1\""));
    let files = files.iter().map(|content| {
        let metadata = ParquetMetaDataReader::new().parse_and_finish(content).unwrap();
        let chunks = metadata.row_groups().iter().flat_map(|group| group.columns()).flat_map(|column| {
            let (start, length) = column.byte_range();
            software_digest(&content[start as usize..(start + length) as usize]).0
        });
        let chunks: Bytes = chunks.collect::<Vec<u8>>().into();
        let footer_size = u32::from_le_bytes(content[content.len() - 8..][..4].try_into().unwrap()) as usize + 8;
        let name = software_digest(content).text();
        let file = SnapshotFile {
            path: format!("files/{name}.parquet"),
            size: content.len() as u64,
            rows: metadata.file_metadata().num_rows() as u64,
            footer_size: footer_size as u64,
            footer_digest: software_digest(&content[content.len() - footer_size..]),
            chunks_path: format!("files/{name}.chunks"),
            chunks_digest: software_digest(&chunks),
            partition: vec![],
        };
        put(&file.path, content.clone());
        put(&file.chunks_path, chunks);
        file
    });
    let files: Vec<SnapshotFile> = files.collect();
    let rows = files.iter().map(|file| file.rows).sum();
    let document = SnapshotDocument { id: id.into(), created_ms: 1e12, rows, schema: vec![], split: None, files }.write();
    let path = format!("snapshots/{id}.json");
    let digest = software_digest(document.as_bytes());
    put(&path, document.into());
    let manifest = Manifest { snapshot: id.into(), path, digest, created_ms: 1e12, next_expected_ms: Some(2e12) };
    put("manifest.json", manifest.write().into());
}
