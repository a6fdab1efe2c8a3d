//! What the cache keeps of a source, and how its entries are named.
use crate::kept::Kept;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tarn_snapshot::{ByteRange, Digest, FileIdentity};
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
    /// `None` for plain files.
    pub published: Option<Published>,
    /// What was answered last, while the answers are few.
    pub kept: Option<Kept>,
    pub files: Vec<FileRecord>,
}

/// What a manifest said of the snapshot that it names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Published {
    /// Of the snapshot's document: another digest is another snapshot.
    pub digest: Digest,
    pub created_ms: f64,
    pub next_expected_ms: Option<f64>,
}

/// By what the parts of a published file are verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FileDigests {
    pub footer: Digest,
    pub chunk_list: Digest,
    /// Of each column chunk, row group after row group.
    pub chunks: Vec<Digest>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    pub identity: FileIdentity,
    /// From the start of the metadata to the end of the file.
    #[serde(with = "whole")]
    pub footer: Vec<u8>,
    /// `None` for a plain file.
    pub digests: Option<FileDigests>,
    pub blobs: Vec<BlobRecord>,
}

/// Bytes copied at once, not one after another: the footer of a wide file takes megabytes.
mod whole {
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub fn deserialize<'a, D: Deserializer<'a>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        <&[u8]>::deserialize(deserializer).map(<[u8]>::to_vec)
    }
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
        self.files.iter().flat_map(|file| {
            let version = version(file.digests.as_ref(), &self.snapshot);
            file.blobs.iter().map(move |blob| blob_key(&file.identity.url, &version, blob.range))
        })
    }
}

const RECORD_PREFIX: &str = "source ";
/// Changes with the form of a record, so that one of another form is taken for a damaged one and made anew.
const RECORD_FORM: u64 = 3;

/// The key of the record of a source that is read from these files.
pub(crate) fn record_key(urls: &[String]) -> String {
    format!("{RECORD_PREFIX}{}", urls.join(" "))
}

pub(crate) fn is_record_key(key: &str) -> bool {
    key.starts_with(RECORD_PREFIX)
}

/// What tells the bytes of a file from those of its other versions. A published file has one version under one name, whichever
/// snapshots list it: what a new snapshot kept of the old one is not fetched again.
pub(crate) fn version(digests: Option<&FileDigests>, snapshot: &str) -> String {
    digests.map_or_else(|| snapshot.to_owned(), |digests| digests.footer.text())
}

pub(crate) fn blob_key(url: &str, version: &str, range: ByteRange) -> String {
    format!("bytes {version} {} {} {url}", range.start, range.len())
}

pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    xxh3_64(bytes)
}

/// With a checksum in front: storage can return damaged bytes without an error.
pub(crate) fn encode_record(record: &SourceRecord) -> Bytes {
    let body = tarn_protocol::encode(record);
    let mut bytes = (checksum(&body) ^ RECORD_FORM).to_le_bytes().to_vec();
    bytes.extend_from_slice(&body);
    bytes.into()
}

/// `None` when the bytes are damaged.
pub(crate) fn decode_record(bytes: &[u8]) -> Option<SourceRecord> {
    let (sum, body) = bytes.split_first_chunk::<8>()?;
    if u64::from_le_bytes(*sum) != checksum(body) ^ RECORD_FORM {
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
        let files = vec![FileRecord { identity, footer: vec![1, 2], digests: None, blobs }];
        SourceRecord {
            snapshot: "s".into(),
            validated_at: 1.5,
            ttl_secs: 300,
            used_at: 2.5,
            unconditional: false,
            published: None,
            kept: None,
            files,
        }
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
