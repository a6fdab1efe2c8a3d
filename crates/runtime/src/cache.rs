//! The cache's policy: what is read back is verified, what is written fits the budget, and a cache that fails is done without.
use crate::host::{CacheFailure, CacheWrite, Host};
use crate::kept::merged;
use crate::record::{BlobRecord, SourceRecord, blob_key, checksum, decode_record, encode_record, is_record_key, version};
use bytes::Bytes;
use std::cell::Cell;
use std::collections::HashSet;
use tarn_decode::sort_by;
use tarn_protocol::CacheNotice;
use tarn_snapshot::ByteRange;

/// The cache takes at most this, or a fifth of what the host may store.
const MAX_BYTES: u64 = 1_000_000_000;

/// Bytes of a file that are worth keeping.
#[derive(Clone)]
pub(crate) struct NewBlob {
    pub file: usize,
    pub range: ByteRange,
    pub bytes: Bytes,
}

#[derive(Default)]
pub(crate) struct Cache {
    /// Nothing is written any more.
    given_up: Cell<bool>,
    notice: Cell<Option<CacheNotice>>,
    swept: Cell<bool>,
}

impl Cache {
    /// Why data has to be fetched again on the next visit, if so.
    pub fn notice(&self) -> Option<CacheNotice> {
        self.notice.get()
    }

    pub async fn record<H: Host>(&self, host: &H, key: &str) -> Option<SourceRecord> {
        let [bytes] = self.read(host, &[key.to_owned()]).await?.try_into().ok()?;
        decode_record(&bytes?)
    }

    /// `None` when the bytes are missing or not those that were stored.
    pub async fn blob<H: Host>(&self, host: &H, url: &str, version: &str, blob: BlobRecord) -> Option<Bytes> {
        let [bytes] = self.read(host, &[blob_key(url, version, blob.range)]).await?.try_into().ok()?;
        bytes.filter(|bytes| bytes.len() as u64 == blob.range.len() && checksum(bytes) == blob.checksum)
    }

    /// Writes the record and the new blobs, which the record gains, together. Blobs of an earlier snapshot are deleted; other
    /// sources give way where space is short, the least recently used first.
    pub async fn store<H: Host>(&self, host: &H, key: &str, record: &mut SourceRecord, blobs: Vec<NewBlob>) {
        if self.given_up.get() {
            return;
        }
        // What another tab adds between reading the records and writing this one would be lost.
        let _turn = host.turn("cache", None).await;
        let budget = host.cache_quota().await.map_or(MAX_BYTES, |quota| MAX_BYTES.min(quota / 5));
        let mut others = self.records(host).await;
        let mut writes = vec![];
        if let Some(at) = others.iter().position(|(other, _)| other == key) {
            let (_, stored) = others.swap_remove(at);
            if stored.snapshot == record.snapshot {
                merge(record, stored);
            } else {
                // Files that the new snapshot kept keep their bytes.
                let kept: HashSet<String> = record.blob_keys().collect();
                writes.extend(stored.blob_keys().filter(|key| !kept.contains(key)).map(|key| CacheWrite::Delete { key }));
            }
        }
        for blob in blobs {
            let Some(file) = record.files.get_mut(blob.file) else { continue };
            file.blobs.retain(|held| held.range != blob.range);
            file.blobs.push(BlobRecord { range: blob.range, checksum: checksum(&blob.bytes) });
            let version = version(file.digests.as_ref(), &record.snapshot);
            writes.push(CacheWrite::Put { key: blob_key(&file.identity.url, &version, blob.range), bytes: blob.bytes });
        }
        if record.blob_bytes() > budget {
            self.give_up(CacheNotice::TooSmall);
            return;
        }
        sort_by(&mut others, |(_, a), (_, b)| a.used_at.total_cmp(&b.used_at));
        let mut held: u64 = others.iter().map(|(_, other)| other.blob_bytes()).sum::<u64>() + record.blob_bytes();
        let mut others = others.into_iter();
        while held > budget {
            let Some((key, other)) = others.next() else { break };
            held -= other.blob_bytes();
            writes.extend(eviction(key, &other));
        }
        writes.push(CacheWrite::Put { key: key.to_owned(), bytes: encode_record(record) });
        match host.cache_write(writes.clone()).await {
            Err(CacheFailure::Full) => {
                let evictions = others.flat_map(|(key, other)| eviction(key, &other)).collect();
                // Space first: a transaction that frees and fills at once may be counted by its peak.
                let freed = host.cache_write(evictions).await;
                match freed {
                    Ok(()) => self.note(host.cache_write(writes).await),
                    failed => self.note(failed),
                }
            }
            outcome => self.note(outcome),
        }
    }

    /// Deletes, once per visit, what no readable record mentions: leftovers of tabs that ended in between.
    pub async fn sweep<H: Host>(&self, host: &H) {
        if self.given_up.get() || self.swept.replace(true) {
            return;
        }
        // Keys before records: what another tab adds in between is then not mistaken for a leftover.
        let Ok(keys) = host.cache_keys().await else { return };
        let records = self.records(host).await;
        let mentioned: HashSet<String> =
            records.into_iter().flat_map(|(key, record)| record.blob_keys().chain([key]).collect::<Vec<_>>()).collect();
        let leftovers: Vec<CacheWrite> =
            keys.into_iter().filter(|key| !mentioned.contains(key)).map(|key| CacheWrite::Delete { key }).collect();
        if !leftovers.is_empty() {
            let _ = host.cache_write(leftovers).await;
        }
    }

    async fn records<H: Host>(&self, host: &H) -> Vec<(String, SourceRecord)> {
        let Ok(keys) = host.cache_keys().await else { return vec![] };
        let keys: Vec<String> = keys.into_iter().filter(|key| is_record_key(key)).collect();
        let Some(values) = self.read(host, &keys).await else { return vec![] };
        keys.into_iter().zip(values).filter_map(|(key, bytes)| Some((key, decode_record(&bytes?)?))).collect()
    }

    async fn read<H: Host>(&self, host: &H, keys: &[String]) -> Option<Vec<Option<Bytes>>> {
        let read = host.cache_read(keys).await;
        if read == Err(CacheFailure::Unavailable) {
            self.note(Err(CacheFailure::Unavailable));
        }
        read.ok()
    }

    fn note(&self, outcome: Result<(), CacheFailure>) {
        match outcome {
            Ok(()) => {}
            Err(CacheFailure::Unavailable) => self.give_up(CacheNotice::Unavailable),
            Err(CacheFailure::Full) => self.give_up(CacheNotice::Full),
            Err(CacheFailure::Failed) => self.notice.set(Some(CacheNotice::Failed)),
        }
    }

    fn give_up(&self, notice: CacheNotice) {
        self.given_up.set(true);
        self.notice.set(Some(notice));
    }
}

/// Keeps the blobs that another tab added to the same snapshot.
fn merge(record: &mut SourceRecord, stored: SourceRecord) {
    record.validated_at = record.validated_at.max(stored.validated_at);
    record.kept = merged(record.kept.take(), stored.kept);
    for (file, stored) in record.files.iter_mut().zip(stored.files) {
        for blob in stored.blobs {
            if !file.blobs.iter().any(|held| held.range == blob.range) {
                file.blobs.push(blob);
            }
        }
    }
}

fn eviction(key: String, record: &SourceRecord) -> Vec<CacheWrite> {
    record.blob_keys().chain([key]).map(|key| CacheWrite::Delete { key }).collect()
}
