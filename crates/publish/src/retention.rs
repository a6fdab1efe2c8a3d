//! What is no longer needed is deleted: never what a served manifest, or a pinned link within its period, still names.
use crate::{
    PublishError, Store,
    snapshots::{DOCUMENTS, documents, read_manifest},
};
use std::collections::BTreeSet;
use tarn_snapshot::SnapshotDocument;

pub(crate) struct Swept {
    pub deleted: usize,
}

/// Deletes documents that were superseded longer ago than `keep_secs`, then files that no document names and that are older
/// than that: younger ones may belong to a publication under way.
pub(crate) fn sweep(store: &Store, keep_secs: u32, now_ms: f64, told: &dyn Fn(&str)) -> Result<Swept, PublishError> {
    let Some((served, _)) = read_manifest(store)? else { return Ok(Swept { deleted: 0 }) };
    let keep_ms = f64::from(keep_secs) * 1e3;
    let (kept, gone) = divided(documents(store)?, &served.snapshot, now_ms - keep_ms);
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
        delete(&format!("{DOCUMENTS}/{}.json", document.id))?;
    }
    for (name, meta) in store.list("files")? {
        let path = format!("files/{name}");
        let age_ms = now_ms - meta.last_modified.timestamp_millis() as f64;
        if !needed.contains(path.as_str()) && age_ms > keep_ms {
            delete(&path)?;
        }
    }
    Ok(Swept { deleted })
}

/// Those that stay, and those that were superseded before `limit_ms`. A snapshot is superseded when the next one is created.
fn divided(mut documents: Vec<SnapshotDocument>, served: &str, limit_ms: f64) -> (Vec<SnapshotDocument>, Vec<SnapshotDocument>) {
    documents.sort_by(|a, b| a.created_ms.total_cmp(&b.created_ms).then_with(|| a.id.cmp(&b.id)));
    let superseded: Vec<f64> = documents.iter().skip(1).map(|next| next.created_ms).chain([f64::INFINITY]).collect();
    let (mut kept, mut gone) = (vec![], vec![]);
    for (document, superseded) in documents.into_iter().zip(superseded) {
        if document.id == served || superseded >= limit_ms { kept.push(document) } else { gone.push(document) }
    }
    (kept, gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_stays_for_its_period_after_it_was_superseded() {
        let document = |id: &str, created_ms: f64| SnapshotDocument { id: id.into(), created_ms, rows: 0, schema: vec![], files: vec![] };
        let documents = || vec![document("c", 30.0), document("a", 10.0), document("b", 20.0), document("d", 40.0)];
        let ids = |documents: Vec<SnapshotDocument>| documents.into_iter().map(|document| document.id).collect::<Vec<_>>().join("");
        let told = |served: &str, limit: f64| {
            let (kept, gone) = divided(documents(), served, limit);
            (ids(kept), ids(gone))
        };
        assert_eq!(told("d", 20.0), ("abcd".into(), String::new()));
        assert_eq!(told("d", 21.0), ("bcd".into(), "a".into()));
        assert_eq!(told("d", 1_000.0), ("d".into(), "abc".into()));
        // Rolled back: what is served stays, and so does the newest.
        assert_eq!(told("a", 1_000.0), ("ad".into(), "bc".into()));
    }
}
