//! What the snapshot document says of a file: where its footer is, and the digests by which every part can be verified.
use crate::{
    PublishError,
    files::{WrittenFile, hexadecimal},
};
use bytes::Bytes;
use parquet::file::{metadata::ParquetMetaDataReader, reader::ChunkReader as _};
use sha2::{Digest as _, Sha256};
use std::{
    fs::File,
    io::{BufRead as _, Read as _},
    path::PathBuf,
};
use tarn_snapshot::{Digest, SnapshotDocument, SnapshotFile};

/// A file, its list of chunk digests, and what is said of both.
pub(crate) struct Described {
    pub entry: SnapshotFile,
    /// Where it lies until then.
    pub path: PathBuf,
    pub chunks: Bytes,
    pub row_groups: usize,
    /// Compressed bytes of each column.
    pub column_bytes: Vec<(String, u64)>,
    /// The store has it already.
    pub is_present: bool,
}

/// `mark` ends the file's name. Reads the file chunk by chunk.
pub(crate) fn describe(file: &WrittenFile, mark: &str) -> Result<Described, PublishError> {
    let content = File::open(&file.path).map_err(PublishError::scratch)?;
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&content)?;
    let mut chunks = vec![];
    let mut column_bytes: Vec<(String, u64)> = vec![];
    for group in metadata.row_groups() {
        for (at, column) in group.columns().iter().enumerate() {
            let (start, length) = column.byte_range();
            chunks.extend(digest_of_part(&content, start, length)?.0);
            match column_bytes.get_mut(at) {
                Some((_, bytes)) => *bytes += length,
                None => column_bytes.push((column.column_descr().name().to_owned(), length)),
            }
        }
    }
    let footer_size = footer_size(&content, file.size)?;
    let name = format!("{}-{mark}", short(&file.digest));
    let entry = SnapshotFile {
        path: format!("files/{name}.parquet"),
        size: file.size,
        rows: file.n_rows,
        footer_size,
        footer_digest: digest_of_part(&content, file.size - footer_size, footer_size)?,
        chunks_path: format!("files/{name}.chunks"),
        chunks_digest: digest(&chunks),
        partition: file.partition.clone(),
    };
    let row_groups = metadata.num_row_groups();
    Ok(Described { entry, path: file.path.clone(), chunks: chunks.into(), row_groups, column_bytes, is_present: false })
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

fn digest_of_part(file: &File, start: u64, length: u64) -> Result<Digest, PublishError> {
    let mut hash = Sha256::new();
    let mut content = file.get_read(start)?.take(length);
    let mut left = length;
    while left > 0 {
        let buffered = content.fill_buf().map_err(PublishError::scratch)?;
        let n = buffered.len();
        if n == 0 {
            return Err(PublishError::Columns("a part lies outside its file".to_owned()));
        }
        hash.update(buffered);
        content.consume(n);
        left -= n as u64;
    }
    Ok(Digest::of(&hash.finalize().into()))
}

/// Of the metadata, their length and the magic.
fn footer_size(file: &File, size: u64) -> Result<u64, PublishError> {
    let end = file.get_bytes(size.saturating_sub(8), 8)?;
    let length = end.get(..4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    let footer = length.map(|length| u64::from(u32::from_le_bytes(length)) + 8).filter(|footer| *footer <= size);
    footer.ok_or_else(|| PublishError::Columns("a file was written without a footer".to_owned()))
}

/// The end of a document's id: two publishers in one second have two names for what differs, if only in when it was created.
pub(crate) fn document_mark(document: &SnapshotDocument) -> String {
    hexadecimal(&Sha256::digest(document.write().as_bytes())[..6])
}
