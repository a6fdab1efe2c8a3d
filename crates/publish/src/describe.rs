//! What the snapshot document says of a file: where its footer is, and the digests by which every part can be verified.
use crate::{
    PublishError,
    files::{WrittenFile, hexadecimal},
};
use bytes::Bytes;
use parquet::file::metadata::ParquetMetaDataReader;
use sha2::{Digest as _, Sha256};
use std::fs;
use tarn_snapshot::{Digest, SnapshotDocument, SnapshotFile};

/// A file, its list of chunk digests, and what is said of both.
pub(crate) struct Described {
    pub entry: SnapshotFile,
    pub content: Bytes,
    pub chunks: Bytes,
}

/// `mark` ends the file's name.
pub(crate) fn describe(file: &WrittenFile, mark: &str) -> Result<Described, PublishError> {
    let content = Bytes::from(fs::read(&file.path).map_err(PublishError::scratch)?);
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&content)?;
    let mut chunks = vec![];
    for group in metadata.row_groups() {
        for column in group.columns() {
            let (start, length) = column.byte_range();
            let chunk =
                usize::try_from(start).ok().zip(usize::try_from(start + length).ok()).and_then(|(start, end)| content.get(start..end));
            let chunk = chunk.ok_or_else(|| PublishError::Columns("a column chunk lies outside its file".to_owned()))?;
            chunks.extend(digest(chunk).0);
        }
    }
    let footer_size = footer_size(&content)?;
    let name = format!("{}-{mark}", short(&file.digest));
    let entry = SnapshotFile {
        path: format!("files/{name}.parquet"),
        size: file.size,
        rows: file.n_rows,
        footer_size: footer_size as u64,
        footer_digest: digest(&content[content.len() - footer_size..]),
        chunks_path: format!("files/{name}.chunks"),
        chunks_digest: digest(&chunks),
        partition: file.partition.clone(),
    };
    Ok(Described { entry, content, chunks: chunks.into() })
}

pub(crate) fn digest(bytes: &[u8]) -> Digest {
    Digest::of(&Sha256::digest(bytes).into())
}

/// Whether a file that was published before has the same content, by what its name begins with.
pub(crate) fn is_same(published: &SnapshotFile, now: &SnapshotFile) -> bool {
    let content = |file: &SnapshotFile| file.path.get(.."files/".len() + 32).map(str::to_owned);
    content(published) == content(now)
        && (published.size, published.footer_digest, published.chunks_digest) == (now.size, now.footer_digest, now.chunks_digest)
        && published.partition == now.partition
}

/// The name of a file by its content.
fn short(sha256: &str) -> &str {
    sha256.get(..32).unwrap_or(sha256)
}

/// The metadata, their length and the magic.
fn footer_size(content: &Bytes) -> Result<usize, PublishError> {
    let length = content.len().checked_sub(8).and_then(|at| content.get(at..at + 4)).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    let size = length.map(|length| u32::from_le_bytes(length) as usize + 8).filter(|size| *size <= content.len());
    size.ok_or_else(|| PublishError::Columns("a file was written without a footer".to_owned()))
}

/// The end of a document's id: two publishers in one second have two names for what differs, if only in when it was created.
pub(crate) fn document_mark(document: &SnapshotDocument) -> String {
    hexadecimal(&Sha256::digest(document.write().as_bytes())[..6])
}
