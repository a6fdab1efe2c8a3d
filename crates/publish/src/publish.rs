//! One publication, from the first row to the switch: nothing that is served changes before the last step.
use crate::{
    PublishError, Store,
    calendar::{Boundaries, days, is_calendar, newest_ms},
    checks::{Before, Watch},
    conform::Conform,
    describe::{describe, digest, document_mark, is_same},
    files::{FileWriter, WrittenFile, hexadecimal},
    input,
    retention::{self, Swept},
    snapshots::{MANIFEST, Stored, document_name, read_document, read_manifest},
    sort::{Sorter, is_sortable},
    store::Versioned,
};
use bytes::Bytes;
use chrono::DateTime;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeMap, path::Path, time::Duration};
use tarn_dashboard::{ColumnType, Source};
use tarn_snapshot::{Manifest, SnapshotDocument, SnapshotFile};
use tarn_spec::Publication;
use tempfile::TempDir;

/// Everything that one run depends on.
pub struct Run<'a> {
    pub publication: &'a Publication,
    /// The source of the dashboard whose contract is kept.
    pub source: &'a Source,
    /// Paths are relative to it.
    pub base: &'a Path,
    pub now_ms: f64,
    /// Rows held at a time; about three times that is used.
    pub memory_bytes: usize,
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// For how long a store that fails is asked again.
    pub patience: Duration,
    /// Stops before anything is written to the store.
    pub plan: bool,
    pub log: &'a dyn Fn(&Event),
}

/// What a run tells while it works.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Read { rows: u64 },
    Checked { rows: u64 },
    Written { file: String, rows: u64, bytes: u64 },
    Kept { file: String, rows: u64, bytes: u64 },
    Switched { snapshot: String },
    Deleted { name: String },
}

/// What a run did, or with `plan` would have done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    pub snapshot: String,
    /// The served snapshot has these files already.
    pub unchanged: bool,
    pub rows: u64,
    pub files: usize,
    pub bytes: u64,
    pub files_written: usize,
    pub bytes_written: u64,
    pub deleted: usize,
    /// Compressed bytes of each column, over all files.
    pub column_bytes: Vec<(String, u64)>,
}

/// Publishes. On every error the served snapshot stays as it was, and what was written already is used by the next run.
pub fn publish(run: &Run<'_>) -> Result<Outcome, PublishError> {
    let store = Store::open(&input::filled_in(&run.publication.to, run.environment)?, run.base, run.patience)?;
    let served = read_manifest(&store)?;
    let before = match &served {
        Some((manifest, _)) => read_document(&store, &manifest.snapshot)?,
        None => None,
    };
    let (written, _folder) = write_files(run, before.as_ref().map(|before| &before.document))?;

    let mark = attempt(served.as_ref().map(|(_, seen)| seen));
    let mut entries: Vec<SnapshotFile> = vec![];
    let mut outcome = Outcome {
        snapshot: String::new(),
        unchanged: false,
        rows: written.iter().map(|file| file.n_rows).sum(),
        files: written.len(),
        bytes: 0,
        files_written: 0,
        bytes_written: 0,
        deleted: 0,
        column_bytes: vec![],
    };
    let mut column_bytes = BTreeMap::new();
    for file in &written {
        let described = describe(file, &mark)?;
        add_column_bytes(&described.content, &mut column_bytes)?;
        let published = before.iter().flat_map(|before| &before.document.files).find(|published| is_same(published, &described.entry));
        let entry = published.cloned().unwrap_or(described.entry);
        outcome.bytes += entry.size;
        // A size that differs is what a run that was killed has left.
        let present =
            store.size(&entry.path)? == Some(entry.size) && store.size(&entry.chunks_path)? == Some(described.chunks.len() as u64);
        if present {
            (run.log)(&Event::Kept { file: entry.path.clone(), rows: entry.rows, bytes: entry.size });
        } else {
            outcome.files_written += 1;
            outcome.bytes_written += entry.size;
            if !run.plan {
                store.put(&entry.path, described.content)?;
                store.put(&entry.chunks_path, described.chunks)?;
            }
            (run.log)(&Event::Written { file: entry.path.clone(), rows: entry.rows, bytes: entry.size });
        }
        entries.push(entry);
    }
    outcome.column_bytes = column_bytes.into_iter().collect();

    let schema =
        run.source.columns.iter().map(|column| (column.name.clone(), type_text(column.column_type, column.nullable))).collect::<Vec<_>>();
    let same = before.filter(|before| before.document.files == entries && before.document.schema == schema);
    outcome.unchanged = same.is_some();
    let Stored { document, digest } = match same {
        Some(same) => same,
        None => {
            let mut document =
                SnapshotDocument { id: stamp(run.now_ms), created_ms: run.now_ms.trunc(), rows: outcome.rows, schema, files: entries };
            document.id = format!("{}-{}", document.id, document_mark(&document));
            Stored { digest: digest(document.write().as_bytes()), document }
        }
    };
    outcome.snapshot.clone_from(&document.id);
    if run.plan {
        return Ok(outcome);
    }
    // The document goes before the manifest: whoever sees the manifest can rely on everything that it names.
    if !outcome.unchanged {
        if let Some((manifest, _)) = &served {
            retention::supersede(&store, &manifest.snapshot)?;
        }
        store.put(&document_name(&document.id), Bytes::from(document.write()))?;
    }
    let manifest = Manifest {
        snapshot: document.id.clone(),
        path: document_name(&document.id),
        digest,
        created_ms: document.created_ms,
        next_expected_ms: run.publication.every_secs.map(|every| run.now_ms.trunc() + f64::from(every) * 1e3),
    };
    store.replace(MANIFEST, served.as_ref().map(|(_, seen)| seen), Bytes::from(manifest.write()))?;
    (run.log)(&Event::Switched { snapshot: document.id });
    let Swept { deleted } =
        retention::sweep(&store, run.publication.keep_secs, &|name| (run.log)(&Event::Deleted { name: name.to_owned() }))?;
    outcome.deleted = deleted;
    Ok(outcome)
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

/// Reads, checks, sorts and writes all rows to local files.
fn write_files(run: &Run<'_>, before: Option<&SnapshotDocument>) -> Result<(Vec<WrittenFile>, TempDir), PublishError> {
    let Publication { layout, checks, input, .. } = run.publication;
    let columns = &run.source.columns;
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let rows = input::open(input, run.base, &names, run.environment)?;
    let mut conform = Conform::new(&rows.schema, columns)?;
    let schema = conform.schema.clone();
    let positions = |wanted: &[String], key: &str| -> Result<Vec<usize>, PublishError> {
        let position = |name: &String| {
            let found = schema.index_of(name).ok().filter(|at| is_sortable(schema.field(*at).data_type()));
            found.ok_or_else(|| {
                PublishError::configuration(
                    format!("`{key}` names `{name}`, which is no column of the contract"),
                    format!("columns: {}", names.join(", ")),
                )
            })
        };
        wanted.iter().map(position).collect()
    };
    let partition_by = positions(&layout.partition_by, "partition_by")?;
    let sort = if layout.sort.is_empty() { run.source.time.iter().cloned().collect() } else { layout.sort.clone() };
    let sort = positions(&sort, "sort")?;
    let time = run.source.time.as_ref().and_then(|time| schema.index_of(time).ok());
    let split_by = sort.first().copied().filter(|at| is_calendar(schema.field(*at).data_type()));

    let mut order = partition_by.clone();
    order.extend(sort.iter().filter(|at| !partition_by.contains(at)));
    let mut sorter = Sorter::new(schema.clone(), &order, run.memory_bytes)?;
    let mut watch = Watch::new(checks, &schema, run.memory_bytes / 4)?;
    let mut rows_by_day: BTreeMap<i32, u64> = BTreeMap::new();
    let mut newest: Option<i64> = None;
    let mut told = 0;
    for batch in rows.batches {
        let Some(batch) = conform.batch(&batch?)? else { continue };
        watch.batch(&batch)?;
        if let Some(split_by) = split_by {
            days(&batch, split_by).into_iter().flatten().for_each(|day| *rows_by_day.entry(day).or_default() += 1);
        }
        newest = newest.max(time.and_then(|time| newest_ms(&batch, time)));
        sorter.push(batch)?;
        if conform.n_rows() >= told + 1_000_000 {
            told = conform.n_rows();
            (run.log)(&Event::Read { rows: told });
        }
    }
    let mut breaks = conform.breaks();
    breaks.extend(watch.finish(conform.n_rows(), Before { n_rows: before.map(|before| before.rows) }, newest, run.now_ms as i64)?);
    if !breaks.is_empty() {
        return Err(PublishError::Broken(breaks));
    }
    (run.log)(&Event::Checked { rows: conform.n_rows() });
    let boundaries = Boundaries::new(layout.split, &rows_by_day);
    let mut writer = FileWriter::new(schema, partition_by, split_by, boundaries, layout.row_group_rows)?;
    for batch in sorter.finish()? {
        writer.write(&batch?)?;
    }
    writer.finish()
}

fn add_column_bytes(content: &Bytes, column_bytes: &mut BTreeMap<String, u64>) -> Result<(), PublishError> {
    let metadata = parquet::file::metadata::ParquetMetaDataReader::new().parse_and_finish(content)?;
    for column in metadata.row_groups().iter().flat_map(|group| group.columns()) {
        *column_bytes.entry(column.column_descr().name().to_owned()).or_default() += u64::try_from(column.compressed_size()).unwrap_or(0);
    }
    Ok(())
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
