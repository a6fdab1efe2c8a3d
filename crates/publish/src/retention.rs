//! What is no longer needed is deleted: never what a served manifest, or a pinned link within its period, still names.
//!
//! Other publishers may be at work meanwhile, and no store deletes on conditions. This holds all the same:
//! - time is the store's alone: when a document was written tells when the one before was superseded, when the manifest was
//!   written is now. No clock of a publisher counts;
//! - a file that is not served gets a name that no file had before ([`crate::publish()`]), so what is found here as old and
//!   unneeded cannot be what somebody is about to serve;
//! - what a later manifest takes over, it takes from the one before, and so from the one that is served here.
use crate::{
    PublishError, Store,
    snapshots::{DOCUMENTS, document_name, documents, read_manifest},
};
use std::collections::BTreeSet;
use tarn_snapshot::SnapshotDocument;

pub(crate) struct Swept {
    pub deleted: usize,
    /// When the manifest was written, by the store's clock: in milliseconds since 1970.
    pub written_ms: Option<i64>,
}

/// Deletes documents that were superseded longer ago than `keep_secs`, then files that no document names and that are older
/// than that, and so what killed publications left half-written: younger ones may belong to a publication under way.
pub(crate) fn sweep(store: &Store, keep_secs: u32, told: &dyn Fn(&str)) -> Result<Swept, PublishError> {
    let Some((served, seen)) = read_manifest(store)? else { return Ok(Swept { deleted: 0, written_ms: None }) };
    let limit_ms = seen.written_ms - i64::from(keep_secs) * 1_000;
    let (kept, gone) = divided(documents(store)?, &served.snapshot, limit_ms);
    let needed: BTreeSet<&str> =
        kept.iter().flat_map(|document| &document.files).flat_map(|file| [file.path.as_str(), file.chunks_path.as_str()]).collect();
    let mut deleted = 0;
    let mut delete = |name: &str| -> Result<(), PublishError> {
        store.delete(name)?;
        told(name);
        deleted += 1;
        Ok(())
    };
    for document in &gone {
        delete(&document_name(&document.id))?;
    }
    for (name, meta) in store.list("files")? {
        let path = format!("files/{name}");
        if !needed.contains(path.as_str()) && meta.last_modified.timestamp_millis() < limit_ms {
            delete(&path)?;
        }
    }
    store.sweep_unfinished(limit_ms, &mut |name| {
        told(name);
        deleted += 1;
    })?;
    Ok(Swept { deleted, written_ms: Some(seen.written_ms) })
}

/// Makes the served snapshot's document the newest: its period begins when it stops being served, though others were written
/// since, by a run that was killed or before it was served again.
pub(crate) fn supersede(store: &Store, served: &str) -> Result<(), PublishError> {
    let name = document_name(served);
    let listed = store.list(DOCUMENTS)?;
    let newest = listed.iter().map(|(_, meta)| meta.last_modified).max();
    let own = listed.iter().find(|(name, _)| name.strip_suffix(".json") == Some(served)).map(|(_, meta)| meta.last_modified);
    if own < newest
        && let Some(bytes) = store.read(&name)?
    {
        store.put(&name, bytes)?;
    }
    Ok(())
}

/// Whether the snapshot is past its period, as [`sweep`] sees it.
pub(crate) fn is_past(store: &Store, id: &str, served: &str, keep_secs: u32, now_ms: i64) -> Result<bool, PublishError> {
    let (_, gone) = divided(documents(store)?, served, now_ms - i64::from(keep_secs) * 1_000);
    Ok(gone.iter().any(|document| document.id == id))
}

/// Those that stay, and those that were superseded before `limit_ms`. A snapshot is superseded when the next one is written.
fn divided(mut documents: Vec<(SnapshotDocument, i64)>, served: &str, limit_ms: i64) -> (Vec<SnapshotDocument>, Vec<SnapshotDocument>) {
    documents.sort_by(|(a, a_ms), (b, b_ms)| a_ms.cmp(b_ms).then_with(|| a.id.cmp(&b.id)));
    let superseded: Vec<i64> = documents.iter().skip(1).map(|(_, next_ms)| *next_ms).chain([i64::MAX]).collect();
    let (mut kept, mut gone) = (vec![], vec![]);
    for ((document, _), superseded) in documents.into_iter().zip(superseded) {
        if document.id == served || superseded >= limit_ms { kept.push(document) } else { gone.push(document) }
    }
    (kept, gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_stays_for_its_period_after_it_was_superseded() {
        let document = |id: &str, written_ms: i64| {
            (SnapshotDocument { id: id.into(), created_ms: 0.0, rows: 0, schema: vec![], split: None, files: vec![] }, written_ms)
        };
        let documents = || vec![document("c", 30), document("a", 10), document("b", 20), document("d", 40)];
        let ids = |documents: Vec<SnapshotDocument>| documents.into_iter().map(|document| document.id).collect::<Vec<_>>().join("");
        let told = |served: &str, limit: i64| {
            let (kept, gone) = divided(documents(), served, limit);
            (ids(kept), ids(gone))
        };
        assert_eq!(told("d", 20), ("abcd".into(), String::new()));
        assert_eq!(told("d", 21), ("bcd".into(), "a".into()));
        assert_eq!(told("d", 1_000), ("d".into(), "abc".into()));
        // Rolled back: what is served stays, and so does the newest.
        assert_eq!(told("a", 1_000), ("ad".into(), "bc".into()));
    }
}
