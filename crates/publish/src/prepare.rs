//! Everything that a publication consists of, known before the first object is written.
use crate::{
    PublishError, Store,
    describe::{Described, describe, digest, document_mark, is_same},
    files::hexadecimal,
    input,
    lay_out::{LaidOut, lay_out},
    publish::{Outcome, Run},
    snapshots::{Stored, document_name, read_document, read_manifest},
    store::Versioned,
};
use chrono::DateTime;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use tarn_dashboard::ColumnType;
use tarn_snapshot::{Manifest, SnapshotDocument};
use tempfile::TempDir;

pub(crate) struct Prepared {
    pub store: Store,
    pub served: Option<(Manifest, Versioned)>,
    /// In the order of their rows.
    pub files: Vec<Described>,
    pub stored: Stored,
    /// What is written by then; nothing is deleted yet.
    pub outcome: Outcome,
    /// Holds the files.
    pub folder: TempDir,
}

/// Reads and checks all rows, and asks the store what it has of them.
pub(crate) fn prepare(run: &Run<'_>) -> Result<Prepared, PublishError> {
    let store = Store::open(&input::filled_in(&run.publication.to, run.environment)?, run.base, run.patience)?;
    let served = read_manifest(&store)?;
    let before = match &served {
        Some((manifest, _)) => read_document(&store, &manifest.snapshot)?,
        None => None,
    };
    let LaidOut { files: written, folder, split } = lay_out(run, before.as_ref().map(|before| &before.document))?;

    let mark = attempt(served.as_ref().map(|(_, seen)| seen));
    let mut files = vec![];
    let mut outcome = Outcome { rows: written.iter().map(|file| file.n_rows).sum(), files: written.len(), ..Outcome::default() };
    let mut column_bytes: BTreeMap<String, u64> = BTreeMap::new();
    for file in &written {
        let mut described = describe(file, &mark)?;
        let published = before.iter().flat_map(|before| &before.document.files).find(|published| is_same(published, &described.entry));
        if let Some(published) = published {
            described.entry = published.clone();
        }
        let entry = &described.entry;
        // A size that differs is what a run that was killed has left.
        described.is_present =
            store.size(&entry.path)? == Some(entry.size) && store.size(&entry.chunks_path)? == Some(described.chunks.len() as u64);
        outcome.bytes += entry.size;
        outcome.row_groups += described.row_groups;
        if !described.is_present {
            outcome.files_written += 1;
            outcome.bytes_written += entry.size;
        }
        for (column, bytes) in &described.column_bytes {
            *column_bytes.entry(column.clone()).or_default() += bytes;
        }
        files.push(described);
    }
    outcome.column_bytes = column_bytes.into_iter().collect();

    let entries: Vec<_> = files.iter().map(|file| file.entry.clone()).collect();
    let schema =
        run.source.columns.iter().map(|column| (column.name.clone(), type_text(column.column_type, column.nullable))).collect::<Vec<_>>();
    let same = before.filter(|before| before.document.files == entries && before.document.schema == schema);
    outcome.unchanged = same.is_some();
    let stored = match same {
        Some(same) => same,
        None => {
            let mut document = SnapshotDocument {
                id: stamp(run.now_ms),
                created_ms: run.now_ms.trunc(),
                rows: outcome.rows,
                schema,
                split: split.map(str::to_owned),
                files: entries,
            };
            document.id = format!("{}-{}", document.id, document_mark(&document));
            Stored { digest: digest(document.write().as_bytes()), document }
        }
    };
    outcome.snapshot.clone_from(&stored.document.id);
    Ok(Prepared { store, served, files, stored, outcome, folder })
}

/// What the manifest says once the snapshot is switched to.
pub(crate) fn manifest(run: &Run<'_>, stored: &Stored) -> Manifest {
    Manifest {
        snapshot: stored.document.id.clone(),
        path: document_name(&stored.document.id),
        digest: stored.digest,
        created_ms: stored.document.created_ms,
        next_expected_ms: run.publication.every_secs.map(|every| run.now_ms.trunc() + f64::from(every) * 1e3),
    }
}

/// What new files' names end with: a mark of the manifest that is to be replaced. A run that was killed and its rerun have the
/// same; no other has, so a file that an earlier publisher is about to delete never comes back under its name.
fn attempt(served: Option<&Versioned>) -> String {
    let Some(served) = served else { return "first".to_owned() };
    let mut hash = Sha256::new();
    hash.update(&served.bytes);
    hash.update(served.written_ms.to_le_bytes());
    hexadecimal(&hash.finalize()[..4])
}

/// As in `20260131T235959Z`.
fn stamp(now_ms: f64) -> String {
    DateTime::from_timestamp_millis(now_ms as i64).map_or_else(String::new, |at| at.format("%Y%m%dT%H%M%SZ").to_string())
}

/// A type of the contract as a dashboard writes it.
fn type_text(column_type: ColumnType, nullable: bool) -> String {
    let name = match serde_json::to_value(column_type) {
        Ok(serde_json::Value::String(name)) => name,
        _ => match column_type {
            ColumnType::Decimal { precision, scale } => format!("decimal({precision}, {scale})"),
            other => format!("{other:?}").to_lowercase(),
        },
    };
    if nullable { name } else { format!("{name}!") }
}
