//! Reads what a manifest names, each part verified before it is parsed: the snapshot's document by the manifest's digest, the
//! files' footers and chunk digests by the document's, the column chunks by those.
use crate::answer::Checked;
use crate::chunks::Chunks;
use crate::host::Host;
use crate::load::{IN_FLIGHT, Load};
use crate::network::Network;
use crate::open::{OpenFile, decode_failure};
use crate::record::{FileDigests, Published};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use std::sync::Arc;
use tarn_decode::{FooterStep, read_footer};
use tarn_protocol::{LoadError, LoadErrorKind};
use tarn_snapshot::{ByteRange, Digest, FileIdentity, Manifest, ManifestError, SnapshotDocument, SnapshotFile, read_chunk_digests};

/// No document is longer; the snapshots of 20,000 files are shorter.
const MAX_DOCUMENT: u64 = 8 << 20;

/// The files of the snapshot that a manifest names.
pub(crate) struct OpenSnapshot {
    pub id: String,
    pub published: Published,
    pub files: Vec<OpenFile>,
    /// When the manifest was asked.
    pub asked_at: f64,
}

impl<H: Host> Load<'_, H> {
    /// Opens all files of the served snapshot, or of a pinned one. What `known` has of them is not asked for again: a file
    /// never changes under its name.
    pub async fn open_published(&self, url: &str, pin: Option<&str>, known: Vec<OpenFile>) -> Result<OpenSnapshot, LoadError> {
        let (document, published, asked_at) = match pin {
            Some(id) => self.pinned(url, id).await?,
            None => self.newest(url).await?,
        };
        let known = &known;
        let files =
            stream::iter(&document.files).map(|file| self.open_file(beside(url, &file.path), beside(url, &file.chunks_path), file, known));
        let mut opened = files.buffered(IN_FLIGHT);
        let mut files = vec![];
        while let Some(file) = opened.next().await {
            files.push(file?);
        }
        Ok(OpenSnapshot { id: document.id, published, files, asked_at })
    }

    async fn newest(&self, url: &str) -> Result<(SnapshotDocument, Published, f64), LoadError> {
        let manifest = self.manifest(url).await?;
        let asked_at = self.counters.asked_at.get();
        let document_url = beside(url, &manifest.path);
        let bytes = self.document(&document_url).await?;
        self.check_digest(&document_url, &bytes, manifest.digest, "the snapshot's description").await?;
        let document = SnapshotDocument::read(&bytes).map_err(|error| self.error(&document_url, unreadable(error)))?;
        if document.id != manifest.snapshot {
            let detail = format!("it names the snapshot {}, but finds {}", manifest.snapshot, document.id);
            return Err(self.error(url, LoadErrorKind::NotManifest { detail }));
        }
        Ok((document, Published::of(&manifest), asked_at))
    }

    /// A snapshot by its name. Nothing but the name vouches for its document; that vouches for all else.
    async fn pinned(&self, url: &str, id: &str) -> Result<(SnapshotDocument, Published, f64), LoadError> {
        let document_url = beside(url, &format!("snapshots/{id}.json"));
        let gone = || self.error(&document_url, LoadErrorKind::SnapshotGone { snapshot: id.to_owned() });
        let bytes = self.document(&document_url).await.map_err(|error| match error.kind {
            LoadErrorKind::NotFound => gone(),
            _ => error,
        })?;
        let document = SnapshotDocument::read(&bytes).map_err(|error| self.error(&document_url, unreadable(error)))?;
        if document.id != id {
            return Err(gone());
        }
        let published = Published { digest: self.host.digest(&bytes).await, created_ms: document.created_ms, next_expected_ms: None };
        Ok((document, published, self.counters.asked_at.get()))
    }

    /// Whether the manifest still names the same snapshot; takes over what else it says.
    pub async fn confirm_published(&self, url: &str, published: &mut Published) -> Result<bool, LoadError> {
        let now = Published::of(&self.manifest(url).await?);
        let same = now.digest == published.digest;
        if same {
            *published = now;
        }
        Ok(same)
    }

    /// Compares what is here of a row group's columns with what was published. A plain file has nothing to compare with.
    pub async fn verify(&self, file: &OpenFile, row_group: usize, ranges: &[ByteRange], chunks: &Chunks) -> Result<(), LoadError> {
        let Some(digests) = &file.digests else { return Ok(()) };
        for range in ranges {
            let expected = file.footer.chunk_place(row_group, &(*range).into()).and_then(|place| digests.chunks.get(place));
            let bytes = chunks.get(*range);
            let (Some(expected), Some(bytes)) = (expected, bytes) else {
                let detail = "a column chunk without a digest".to_owned();
                return Err(self.error(&file.identity.url, LoadErrorKind::Damaged { detail }));
            };
            self.check_digest(&file.identity.url, &bytes, *expected, "a column").await?;
        }
        Ok(())
    }

    async fn manifest(&self, url: &str) -> Result<Manifest, LoadError> {
        let bytes = self.document(url).await?;
        Manifest::read(&bytes).map_err(|error| self.error(url, unreadable(error)))
    }

    async fn open_file(&self, url: String, chunks_url: String, file: &SnapshotFile, known: &[OpenFile]) -> Result<OpenFile, LoadError> {
        let is_same = |digests: &FileDigests| digests.footer == file.footer_digest && digests.chunk_list == file.chunks_digest;
        let mut known = known.iter().filter(|known| known.identity.url == url && known.identity.length == file.size);
        if let Some(known) = known.find(|known| known.digests.as_deref().is_some_and(is_same)) {
            return Ok(known.clone());
        }
        let identity = FileIdentity { url, validators: Default::default(), length: file.size };
        let url = &identity.url;
        let damaged = |detail: &str| self.error(url, LoadErrorKind::Damaged { detail: detail.to_owned() });
        let footer_range = ByteRange::new(file.size - file.footer_size, file.size);
        let footer_bytes = match self.network().range(url, footer_range, Some(&identity)).await {
            Ok((Checked::Part { bytes, .. }, _)) => Bytes::copy_from_slice(&bytes),
            Ok((Checked::Whole(bytes), _)) => Bytes::copy_from_slice(bytes.get(footer_range.start as usize..).unwrap_or_default()),
            Ok((Checked::Unchanged, _)) => return Err(self.error(url, LoadErrorKind::Status { status: 304 })),
            Err(kind) => return Err(self.error(url, kind)),
        };
        self.check_digest(url, &footer_bytes, file.footer_digest, "a footer").await?;
        let footer = match read_footer(file.size, &footer_bytes).map_err(|error| self.error(url, decode_failure(error)))? {
            FooterStep::Ready(footer) => footer,
            FooterStep::Needs(_) => return Err(damaged("its footer is longer than it was published")),
        };
        let list = self.document(&chunks_url).await?;
        self.check_digest(&chunks_url, &list, file.chunks_digest, "a list of digests").await?;
        let chunks = read_chunk_digests(&list, footer.n_chunks()).ok_or_else(|| damaged("not as many digests as column chunks"))?;
        let digests = FileDigests { footer: file.footer_digest, chunk_list: file.chunks_digest, chunks };
        Ok(OpenFile { identity, footer, footer_bytes, digests: Some(Arc::new(digests)), blobs: vec![] })
    }

    /// A small object, whole.
    async fn document(&self, url: &str) -> Result<Bytes, LoadError> {
        self.sign();
        let unreadable = |detail: &str| LoadErrorKind::NotManifest { detail: detail.to_owned() };
        match self.network().range(url, ByteRange::new(0, MAX_DOCUMENT), None).await {
            Ok((Checked::Part { bytes, file_length, .. }, _)) if bytes.len() as u64 == file_length => Ok(bytes),
            Ok((Checked::Whole(bytes), _)) => Ok(bytes),
            Ok(_) => Err(self.error(url, unreadable("it is longer than 8 MB"))),
            // What the range of an empty object is answered with.
            Err(LoadErrorKind::NotParquet) => Err(self.error(url, unreadable("it is empty"))),
            Err(kind) => Err(self.error(url, kind)),
        }
    }

    async fn check_digest(&self, url: &str, bytes: &Bytes, expected: Digest, what: &str) -> Result<(), LoadError> {
        if self.host.digest(bytes).await == expected {
            return Ok(());
        }
        Err(self.error(url, LoadErrorKind::DigestMismatch { what: what.to_owned() }))
    }

    fn network(&self) -> Network<'_, H> {
        Network { host: self.host, counters: self.counters, on_bytes: &|_| {} }
    }
}

impl Published {
    fn of(manifest: &Manifest) -> Self {
        Self { digest: manifest.digest, created_ms: manifest.created_ms, next_expected_ms: manifest.next_expected_ms }
    }
}

/// The address of what a manifest names by a path. A signature in the manifest's address is one for its folder, and goes along.
fn beside(manifest: &str, path: &str) -> String {
    let (address, query) = manifest.split_at(manifest.find(['?', '#']).unwrap_or(manifest.len()));
    let folder = address.rfind(['/', '\\']).map_or("", |at| address.get(..=at).unwrap_or_default());
    format!("{folder}{path}{query}")
}

fn unreadable(error: ManifestError) -> LoadErrorKind {
    let detail = match error {
        ManifestError::NotJson { at } => format!("it is no JSON from byte {at} on"),
        ManifestError::OtherFormat { found } => {
            format!("it has version {found}, and this page reads version {}", tarn_snapshot::MANIFEST_FORMAT)
        }
        ManifestError::Key { key } => format!("`{key}` is missing or no valid value"),
    };
    LoadErrorKind::NotManifest { detail }
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn paths_stand_beside_the_manifest_with_its_signature() {
        for (manifest, expected) in [
            ("https://s/data/manifest.json", "https://s/data/files/a.parquet"),
            ("https://s/data/manifest.json?sig=a/b", "https://s/data/files/a.parquet?sig=a/b"),
            ("manifest.json", "files/a.parquet"),
        ] {
            assert_eq!(beside(manifest, "files/a.parquet"), expected);
        }
    }
}
