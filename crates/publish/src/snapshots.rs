//! The snapshots of a published source: listed, compared, served again.
use crate::{PublishError, Store, describe::digest, retention, store::Versioned};
use bytes::Bytes;
use serde::Serialize;
use tarn_snapshot::{Digest, Manifest, ManifestError, SnapshotDocument, SnapshotFile};

/// The one object that changes: names the served snapshot.
pub const MANIFEST: &str = "manifest.json";
pub(crate) const DOCUMENTS: &str = "snapshots";

/// Where the document of a snapshot is.
pub(crate) fn document_name(id: &str) -> String {
    format!("{DOCUMENTS}/{id}.json")
}

/// A snapshot that the store has.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listed {
    pub id: String,
    pub created_ms: f64,
    pub rows: u64,
    pub files: usize,
    pub bytes: u64,
    pub served: bool,
}

/// What changed between two snapshots.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    pub rows: i64,
    pub files_added: Vec<String>,
    pub files_removed: Vec<String>,
    pub files_kept: usize,
    pub bytes_added: u64,
    /// Columns whose type, presence or order differs, as they are now.
    pub schema_changed: bool,
}

/// All snapshots, the newest first.
pub fn list(store: &Store) -> Result<Vec<Listed>, PublishError> {
    let served = read_manifest(store)?.map(|(manifest, _)| manifest.snapshot);
    let mut listed: Vec<Listed> = documents(store)?
        .into_iter()
        .map(|(document, _)| Listed {
            served: served.as_ref() == Some(&document.id),
            created_ms: document.created_ms,
            rows: document.rows,
            files: document.files.len(),
            bytes: document.files.iter().map(|file| file.size).sum(),
            id: document.id,
        })
        .collect();
    listed.sort_by(|a, b| b.created_ms.total_cmp(&a.created_ms).then_with(|| b.id.cmp(&a.id)));
    Ok(listed)
}

pub fn difference(store: &Store, from: &str, to: &str) -> Result<Difference, PublishError> {
    let (from, to) = (known(store, from)?.document, known(store, to)?.document);
    let lacks = |files: &[SnapshotFile], file: &SnapshotFile| !files.iter().any(|other| other.path == file.path);
    let added: Vec<&SnapshotFile> = to.files.iter().filter(|file| lacks(&from.files, file)).collect();
    Ok(Difference {
        rows: to.rows as i64 - from.rows as i64,
        bytes_added: added.iter().map(|file| file.size).sum(),
        files_kept: to.files.len() - added.len(),
        files_added: added.into_iter().map(|file| file.path.clone()).collect(),
        files_removed: from.files.iter().filter(|file| lacks(&to.files, file)).map(|file| file.path.clone()).collect(),
        schema_changed: from.schema != to.schema,
    })
}

/// Serves an earlier snapshot again. Fails, and changes nothing, when one of its files is gone, or when it was superseded more
/// than `keep_secs` ago: the last publisher may be about to delete it.
pub fn roll_back(store: &Store, id: &str, keep_secs: u32) -> Result<(), PublishError> {
    let served = read_manifest(store)?;
    let Stored { document, digest } = known(store, id)?;
    if let Some((manifest, seen)) = &served {
        if retention::is_past(store, id, &manifest.snapshot, keep_secs, seen.written_ms)? {
            return Err(PublishError::configuration(
                format!("snapshot {id} can no longer be served: its period is over"),
                "choose a newer one",
            ));
        }
        retention::supersede(store, &manifest.snapshot)?;
    }
    for file in &document.files {
        if store.size(&file.path)? != Some(file.size) {
            return Err(PublishError::configuration(
                format!("snapshot {id} can no longer be served: {} is gone", file.path),
                "choose a newer one",
            ));
        }
    }
    let manifest = Manifest {
        snapshot: document.id.clone(),
        path: document_name(&document.id),
        digest,
        created_ms: document.created_ms,
        next_expected_ms: served.as_ref().and_then(|(manifest, _)| manifest.next_expected_ms),
    };
    store.replace(MANIFEST, served.as_ref().map(|(_, seen)| seen), Bytes::from(manifest.write()))
}

/// A document of the store, and the digest of its bytes as they lie there: another version of `tarn` may have written them
/// with more in them than this one reads.
pub(crate) struct Stored {
    pub document: SnapshotDocument,
    pub digest: Digest,
}

fn known(store: &Store, id: &str) -> Result<Stored, PublishError> {
    read_document(store, id)?
        .ok_or_else(|| PublishError::configuration(format!("there is no snapshot `{id}`"), "`tarn snapshots list` names them"))
}

pub(crate) fn read_manifest(store: &Store) -> Result<Option<(Manifest, Versioned)>, PublishError> {
    let Some(found) = store.read_versioned(MANIFEST)? else { return Ok(None) };
    let manifest = Manifest::read(&found.bytes).map_err(|error| unreadable(MANIFEST, &error))?;
    Ok(Some((manifest, found)))
}

pub(crate) fn read_document(store: &Store, id: &str) -> Result<Option<Stored>, PublishError> {
    let name = document_name(id);
    let Some(bytes) = store.read(&name)? else { return Ok(None) };
    let document = SnapshotDocument::read(&bytes).map_err(|error| unreadable(&name, &error))?;
    Ok(Some(Stored { document, digest: digest(&bytes) }))
}

/// All documents, and when each was written by the store's clock.
pub(crate) fn documents(store: &Store) -> Result<Vec<(SnapshotDocument, i64)>, PublishError> {
    let mut documents = vec![];
    for (name, meta) in store.list(DOCUMENTS)? {
        if let Some(id) = name.strip_suffix(".json")
            && let Some(stored) = read_document(store, id)?
        {
            documents.push((stored.document, meta.last_modified.timestamp_millis()));
        }
    }
    Ok(documents)
}

fn unreadable(name: &str, error: &ManifestError) -> PublishError {
    let message = match error {
        ManifestError::NotJson { at } => format!("{name} is not JSON (byte {at})"),
        ManifestError::OtherFormat { found } => format!("{name} has the format {found}, which this version of tarn does not know"),
        ManifestError::Key { key } => format!("{name} has no usable `{key}`"),
    };
    PublishError::configuration(
        message,
        "is this the folder of a published source? Publish into an empty one, or use the version of tarn that wrote it",
    )
}
