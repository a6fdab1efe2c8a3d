//! What the cache keeps of a source, and how its entries are named.
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tarn_snapshot::{ByteRange, FileIdentity};
use xxhash_rust::xxh3::xxh3_64;

/// The one mutable entry of a source; blobs never change under their name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SourceRecord {
    pub snapshot: String,
    /// When the store last confirmed this snapshot, in milliseconds since 1970.
    pub validated_at: f64,
    /// Nothing is cached without one.
    pub ttl_secs: u32,
    /// Decides what is evicted first.
    pub used_at: f64,
    /// The store refused conditional headers: validators are compared here instead.
    pub unconditional: bool,
    pub files: Vec<FileRecord>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    pub identity: FileIdentity,
    /// From the start of the metadata to the end of the file.
    pub footer: Vec<u8>,
    pub blobs: Vec<BlobRecord>,
}

/// Bytes of a file that were fetched in one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BlobRecord {
    pub range: ByteRange,
    pub checksum: u64,
}

impl SourceRecord {
    pub fn blob_bytes(&self) -> u64 {
        self.files.iter().flat_map(|file| &file.blobs).map(|blob| blob.range.len()).sum()
    }

    pub fn blob_keys(&self) -> impl Iterator<Item = String> {
        self.files.iter().flat_map(|file| file.blobs.iter().map(|blob| blob_key(&file.identity.url, &self.snapshot, blob.range)))
    }
}

const RECORD_PREFIX: &str = "source ";

/// The key of the record of a source that is read from these files.
pub(crate) fn record_key(urls: &[String]) -> String {
    format!("{RECORD_PREFIX}{}", urls.join(" "))
}

pub(crate) fn is_record_key(key: &str) -> bool {
    key.starts_with(RECORD_PREFIX)
}

pub(crate) fn blob_key(url: &str, snapshot: &str, range: ByteRange) -> String {
    format!("bytes {snapshot} {} {} {url}", range.start, range.len())
}

pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    xxh3_64(bytes)
}

/// With a checksum in front: storage can return damaged bytes without an error.
pub(crate) fn encode_record(record: &SourceRecord) -> Bytes {
    let body = tarn_protocol::encode(record);
    let mut bytes = checksum(&body).to_le_bytes().to_vec();
    bytes.extend_from_slice(&body);
    bytes.into()
}

/// `None` when the bytes are damaged.
pub(crate) fn decode_record(bytes: &[u8]) -> Option<SourceRecord> {
    let (sum, body) = bytes.split_first_chunk::<8>()?;
    if u64::from_le_bytes(*sum) != checksum(body) {
        return None;
    }
    tarn_protocol::decode(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> SourceRecord {
        let identity = FileIdentity { url: "u".into(), validators: Default::default(), length: 9 };
        let blobs = vec![BlobRecord { range: (4..8).into(), checksum: 1 }];
        let files = vec![FileRecord { identity, footer: vec![1, 2], blobs }];
        SourceRecord { snapshot: "s".into(), validated_at: 1.5, ttl_secs: 300, used_at: 2.5, unconditional: false, files }
    }

    #[test]
    fn record_survives_and_every_flipped_byte_is_noticed() {
        let bytes = encode_record(&record());
        assert_eq!(decode_record(&bytes), Some(record()));
        for at in 0..bytes.len() {
            let mut damaged = bytes.to_vec();
            damaged[at] ^= 0x10;
            assert_eq!(decode_record(&damaged), None, "byte {at}");
        }
        assert_eq!(decode_record(&[]), None);
    }

    #[test]
    fn keys_of_records_and_blobs_differ() {
        assert!(is_record_key(&record_key(&["u".into()])));
        assert_eq!(record().blob_keys().collect::<Vec<_>>(), ["bytes s 4 4 u"]);
        assert!(!is_record_key("bytes s 4 4 u"));
    }
}
