//! The place that is published to: a folder or an object store, through one interface.
//!
//! Immutable objects are written once, by their content's name. The one mutable object is replaced only if it still is what was
//! read: by a conditional put where the store has one, under a lock on this machine for a folder.
use crate::PublishError;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{TryStreamExt as _, stream};
use object_store::{
    Error as StoreError, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, RetryConfig, UpdateVersion,
    aws::AmazonS3Builder, azure::MicrosoftAzureBuilder, gcp::GoogleCloudStorageBuilder, local::LocalFileSystem, path::Path as StorePath,
};
use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::Path,
    sync::Arc,
    time::Duration,
};
use url::Url;

/// Objects of this size and more are sent in parts.
const PART_BYTES: u64 = 8 << 20;
const PARTS_AT_ONCE: usize = 4;

pub struct Store {
    store: Arc<dyn ObjectStore>,
    prefix: StorePath,
    /// As the author wrote it.
    name: String,
    kind: Kind,
    runtime: tokio::runtime::Runtime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Has no conditional put: a lock file orders the publications of this machine.
    Folder,
    Cloud,
}

/// The mutable object as it was read.
pub struct Versioned {
    pub bytes: Bytes,
    /// When it was written, by the store's clock: in milliseconds since 1970.
    pub written_ms: i64,
    version: UpdateVersion,
}

impl Store {
    /// Opens `to`: a folder, relative to `base`, or an address. Credentials come from the environment, as each provider's own
    /// tools read them. A store that answers 503 or 429, or not at all, is asked again for `patience`.
    pub fn open(to: &str, base: &Path, patience: Duration) -> Result<Self, PublishError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(PublishError::scratch)?;
        let url = Url::parse(to).ok().filter(|url| to.contains("://") && url.scheme() != "file");
        let failed =
            |error: StoreError| PublishError::configuration(error.to_string(), "check the address and the credentials in the environment");
        let Some(url) = url else {
            let folder = base.join(to.strip_prefix("file://").unwrap_or(to));
            fs::create_dir_all(&folder).map_err(|error| PublishError::File { path: folder.clone(), error })?;
            let store = LocalFileSystem::new_with_prefix(&folder).map_err(failed)?.with_fsync(true);
            return Ok(Self {
                store: Arc::new(store),
                prefix: StorePath::default(),
                name: folder.display().to_string(),
                kind: Kind::Folder,
                runtime,
            });
        };
        // Harmless where it is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // The time alone says when to give up.
        let retry = RetryConfig { max_retries: usize::MAX, retry_timeout: patience, ..RetryConfig::default() };
        let store: Arc<dyn ObjectStore> = match url.scheme() {
            "s3" | "s3a" => Arc::new(AmazonS3Builder::from_env().with_retry(retry).with_url(to).build().map_err(failed)?),
            "gs" => Arc::new(GoogleCloudStorageBuilder::from_env().with_retry(retry).with_url(to).build().map_err(failed)?),
            _ => Arc::new(MicrosoftAzureBuilder::from_env().with_retry(retry).with_url(to).build().map_err(failed)?),
        };
        // For `abfss://container@account…` the host is no part of the path either.
        let prefix = StorePath::from(url.path());
        Ok(Self { store, prefix, name: to.to_owned(), kind: Kind::Cloud, runtime })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    fn at(&self, name: &str) -> StorePath {
        self.prefix.parts().chain(StorePath::from(name).parts()).collect()
    }

    fn failed(&self, error: StoreError) -> PublishError {
        let message = error.to_string();
        let hint = match &error {
            StoreError::Unauthenticated { .. } => Some("the credentials were refused: have they expired?"),
            // S3 answers 400, as to a request that is wrong in itself.
            _ if message.contains("ExpiredToken") => Some("the credentials have expired: renew them, and run again"),
            StoreError::PermissionDenied { .. } => {
                Some("the credentials may not do this: they need to read, write, list and delete below the address")
            }
            StoreError::NotFound { .. } => Some("does the bucket exist?"),
            _ if is_full(&error) => Some("free space there, and run again: what was written already is used"),
            _ => None,
        };
        PublishError::Store { target: self.name.clone(), message, hint: hint.map(str::to_owned) }
    }

    /// The object's size, if it is there.
    pub fn size(&self, name: &str) -> Result<Option<u64>, PublishError> {
        match self.runtime.block_on(self.store.head(&self.at(name))) {
            Ok(meta) => Ok(Some(meta.size)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Copies an object to a file that is gone when it is closed, of which no more than what has arrived is held.
    pub fn copy(&self, name: &str) -> Result<File, PublishError> {
        let mut file = tempfile::tempfile().map_err(PublishError::scratch)?;
        self.runtime.block_on(async {
            let found = self.store.get(&self.at(name)).await.map_err(|error| self.failed(error))?;
            let mut arriving = found.into_stream();
            while let Some(bytes) = arriving.try_next().await.map_err(|error| self.failed(error))? {
                file.write_all(&bytes).map_err(PublishError::scratch)?;
            }
            Ok(file)
        })
    }

    pub fn read(&self, name: &str) -> Result<Option<Bytes>, PublishError> {
        Ok(self.read_versioned(name)?.map(|found| found.bytes))
    }

    pub fn read_versioned(&self, name: &str) -> Result<Option<Versioned>, PublishError> {
        let read = async {
            let found = self.store.get(&self.at(name)).await?;
            let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
            let written_ms = found.meta.last_modified.timestamp_millis();
            Ok(Versioned { bytes: found.bytes().await?, written_ms, version })
        };
        match self.runtime.block_on(read) {
            Ok(found) => Ok(Some(found)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Writes an object whose name is its content; one that is there is left as it is.
    pub fn put(&self, name: &str, bytes: Bytes) -> Result<(), PublishError> {
        let written = self.runtime.block_on(self.store.put(&self.at(name), bytes.into()));
        written.map(drop).map_err(|error| self.failed(error))
    }

    /// The same with the content of a local file, of which no more than a few parts are held at a time.
    pub fn put_file(&self, name: &str, path: &Path) -> Result<(), PublishError> {
        let mut file = File::open(path).map_err(PublishError::scratch)?;
        let size = file.metadata().map_err(PublishError::scratch)?.len();
        if size < PART_BYTES {
            return self.put(name, part(&mut file).map_err(PublishError::scratch)?);
        }
        self.runtime.block_on(async {
            let mut upload = self.store.put_multipart(&self.at(name)).await.map_err(|error| self.failed(error))?;
            let sent = {
                let parts = (0..size.div_ceil(PART_BYTES)).map(|_| part(&mut file).map(|part| upload.put_part(part.into())));
                let sent = stream::iter(parts).map_err(PublishError::scratch);
                sent.try_for_each_concurrent(PARTS_AT_ONCE, |sent| async { sent.await.map_err(|error| self.failed(error)) }).await
            };
            if let Err(error) = sent {
                // What cannot be taken back either is swept by the store's own rule for unfinished uploads.
                let _ = upload.abort().await;
                return Err(error);
            }
            upload.complete().await.map(drop).map_err(|error| self.failed(error))
        })
    }

    /// Replaces the mutable object if it still is `seen`; `None` means that there was none. [`PublishError::Overtaken`] otherwise.
    pub fn replace(&self, name: &str, seen: Option<&Versioned>, bytes: Bytes) -> Result<(), PublishError> {
        if self.kind == Kind::Folder {
            return self.replace_in_folder(name, seen, bytes);
        }
        let mode = seen.map_or(PutMode::Create, |seen| PutMode::Update(seen.version.clone()));
        let options = PutOptions { mode, ..PutOptions::default() };
        let put = self.runtime.block_on(self.store.put_opts(&self.at(name), bytes.clone().into(), options));
        let Err(error) = put else { return Ok(()) };
        // The answer may have been lost, or belong to a second try of a put that was done: what lies there now tells.
        match self.read(name) {
            Ok(Some(now)) if now == bytes => Ok(()),
            Ok(_) if matches!(error, StoreError::Precondition { .. } | StoreError::AlreadyExists { .. }) => {
                Err(PublishError::Overtaken { target: self.name.clone() })
            }
            _ => Err(self.failed(error)),
        }
    }

    /// The lock is the operating system's: it is gone when its holder is killed.
    fn replace_in_folder(&self, name: &str, seen: Option<&Versioned>, bytes: Bytes) -> Result<(), PublishError> {
        let path = Path::new(&self.name).join(".publish.lock");
        let failed = |error| PublishError::File { path: path.clone(), error };
        let lock = fs::OpenOptions::new().create(true).write(true).truncate(false).open(&path).map_err(failed)?;
        lock.lock().map_err(failed)?;
        let now = self.read(name)?;
        if now.as_ref() != seen.map(|seen| &seen.bytes) {
            return Err(PublishError::Overtaken { target: self.name.clone() });
        }
        // Written beside and renamed: a reader sees the old one or the new one.
        self.runtime.block_on(self.store.put(&self.at(name), bytes.into())).map(drop).map_err(|error| self.failed(error))
    }

    /// All objects below a folder, with their names from there.
    pub fn list(&self, folder: &str) -> Result<Vec<(String, ObjectMeta)>, PublishError> {
        let at = self.at(folder);
        let listed: Result<Vec<ObjectMeta>, StoreError> = self.runtime.block_on(self.store.list(Some(&at)).try_collect());
        let named = |meta: ObjectMeta| {
            let parts: Vec<String> = meta.location.prefix_match(&at)?.map(|part| part.as_ref().to_owned()).collect();
            Some((parts.join("/"), meta))
        };
        Ok(listed.map_err(|error| self.failed(error))?.into_iter().filter_map(named).collect())
    }

    /// Deletes what killed publications have left half-written in a folder, and calls back with the name of each. What was written since
    /// `limit_ms` may belong to a publication under way. Stores have rules of their own for unfinished uploads.
    pub fn sweep_unfinished(&self, limit_ms: i64, told: &mut dyn FnMut(&str)) -> Result<(), PublishError> {
        for folder in ["", "files/", "snapshots/"].into_iter().filter(|_| self.kind == Kind::Folder) {
            for entry in fs::read_dir(Path::new(&self.name).join(folder)).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                let written = entry.metadata().and_then(|meta| meta.modified());
                let is_old = written.is_ok_and(|written| DateTime::<Utc>::from(written).timestamp_millis() < limit_ms);
                if is_unfinished(&name) && is_old {
                    fs::remove_file(entry.path()).map_err(|error| PublishError::File { path: entry.path(), error })?;
                    told(&format!("{folder}{name}"));
                }
            }
        }
        Ok(())
    }

    /// Deletes an object; one that is not there is no error.
    pub fn delete(&self, name: &str) -> Result<(), PublishError> {
        match self.runtime.block_on(self.store.delete(&self.at(name))) {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed(error)),
        }
    }
}

/// Whether a file is one of [`LocalFileSystem`]'s that are written beside their place: `name#1`.
fn is_unfinished(name: &str) -> bool {
    name.rsplit_once('#').is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether the folder's disk has no room left.
fn is_full(error: &StoreError) -> bool {
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge];
    causes.filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|cause| full.contains(&cause.kind()))
}

/// What comes next in a file, at most a part.
fn part(file: &mut File) -> io::Result<Bytes> {
    let mut bytes = vec![];
    file.take(PART_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes.into())
}
