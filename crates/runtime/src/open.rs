//! Finds out what a file is: its identity, its length and its footer.
use crate::answer::Checked;
use crate::chunks::Chunks;
use crate::host::Host;
use crate::network::Network;
use crate::record::{BlobRecord, FileDigests, FileRecord};
use bytes::Bytes;
use std::sync::Arc;
use tarn_decode::{DecodeError, Footer, FooterStep, read_footer};
use tarn_protocol::LoadErrorKind;
use tarn_snapshot::{ByteRange, FileIdentity, folder_value, uncovered};

/// The first request learns the length; it takes the magic and the first column chunks of most files along.
const HEAD: u64 = 16 << 10;
/// The second takes the footer; few are longer.
const TAIL: u64 = 64 << 10;

/// A file whose footer is known.
#[derive(Clone)]
pub(crate) struct OpenFile {
    pub identity: FileIdentity,
    pub footer: Footer,
    pub footer_bytes: Bytes,
    /// `None` for a plain file.
    pub digests: Option<Arc<FileDigests>>,
    /// What the cache holds of it.
    pub blobs: Vec<BlobRecord>,
}

impl OpenFile {
    /// From the cache. `None` when its footer cannot be read.
    pub fn from_record(record: FileRecord) -> Option<Self> {
        let footer_bytes = Bytes::from(record.footer);
        match read_footer(record.identity.length, &footer_bytes) {
            Ok(FooterStep::Ready(footer)) => {
                let digests = record.digests.map(Arc::new);
                Some(Self { identity: record.identity, footer, footer_bytes, digests, blobs: record.blobs })
            }
            _ => None,
        }
    }

    /// The value of a column that the file does not hold and its folders name; `Some(None)` is null.
    pub fn folder_value(&self, column: &str) -> Option<Option<String>> {
        // First what is cheap: this is asked for every row group.
        let is_inside = self.footer.fields().any(|field| field.name == column);
        if is_inside { None } else { folder_value(&self.identity.url, column) }
    }
}

/// Opens a file with two requests, or one when it is small. Also returns the bytes that came along.
pub(crate) async fn open<H: Host>(network: &Network<'_, H>, url: &str) -> Result<(OpenFile, Chunks), LoadErrorKind> {
    let mut chunks = Chunks::default();
    let (first, validators) = network.range(url, ByteRange::new(0, HEAD), None).await?;
    let (head, length) = match first {
        Checked::Part { bytes, file_length, .. } => (bytes, file_length),
        Checked::Whole(bytes) => (bytes.clone(), bytes.len() as u64),
        Checked::Unchanged => return Err(LoadErrorKind::Status { status: 304 }),
    };
    match head.get(..4) {
        Some(b"PAR1") => {}
        Some(b"PARE") => return Err(LoadErrorKind::Encrypted),
        _ => return Err(LoadErrorKind::NotParquet),
    }
    chunks.insert(0, head);
    let identity = FileIdentity { url: url.to_owned(), validators, length };
    let mut start = length.saturating_sub(TAIL);
    loop {
        let held: Vec<ByteRange> = chunks.pieces().map(|(range, _)| range).collect();
        for missing in uncovered(&[ByteRange::new(start, length)], &held) {
            match network.range(url, missing, Some(&identity)).await?.0 {
                Checked::Part { range, bytes, .. } => chunks.insert(range.start, bytes),
                Checked::Whole(bytes) => chunks.insert(0, bytes),
                Checked::Unchanged => return Err(LoadErrorKind::Status { status: 304 }),
            }
        }
        let tail = chunks.get(ByteRange::new(start, length)).ok_or(LoadErrorKind::NotParquet)?;
        match read_footer(length, &tail).map_err(decode_failure)? {
            FooterStep::Ready(footer) => {
                let range = footer.range();
                let footer_bytes = chunks.get(range.into()).ok_or(LoadErrorKind::NotParquet)?;
                // A copy, so that a small footer does not keep a large answer alive.
                let footer_bytes = Bytes::copy_from_slice(&footer_bytes);
                return Ok((OpenFile { identity, footer, footer_bytes, digests: None, blobs: vec![] }, chunks));
            }
            FooterStep::Needs(range) if range.start < start => start = range.start,
            FooterStep::Needs(_) => return Err(LoadErrorKind::Damaged { detail: "the footer asks for bytes that it has".into() }),
        }
    }
}

pub(crate) fn decode_failure(error: DecodeError) -> LoadErrorKind {
    match error {
        DecodeError::NotParquet => LoadErrorKind::NotParquet,
        DecodeError::Encrypted => LoadErrorKind::Encrypted,
        DecodeError::UnsupportedCodec { codec, column } => LoadErrorKind::UnsupportedCodec { codec: codec.to_owned(), column },
        DecodeError::UnsupportedType { column, found } => LoadErrorKind::UnsupportedType { column, found },
        DecodeError::MissingColumn { column } => LoadErrorKind::MissingColumn { column, available: vec![] },
        DecodeError::Damaged { detail } => LoadErrorKind::Damaged { detail },
    }
}
