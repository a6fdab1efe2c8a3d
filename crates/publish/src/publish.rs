//! One publication, from the first row to the switch: nothing that is served changes before the last step.
use crate::{
    PublishError,
    describe::{Described, digest},
    prepare::{Prepared, manifest, prepare},
    retention::{self, Swept},
    snapshots::{MANIFEST, Stored, document_name},
};
use bytes::Bytes;
use serde::Serialize;
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};
use tarn_dashboard::Source;
use tarn_spec::Publication;
use tempfile::TempDir;

/// Clocks that differ by less are told nothing of: the answer to the switch may have taken a while.
const CLOCKS_AGREE_SECS: i64 = 60;

/// Everything that one run depends on.
pub struct Run<'a> {
    pub publication: &'a Publication,
    /// The source of the dashboard whose contract is kept.
    pub source: &'a Source,
    /// Paths are relative to it.
    pub base: &'a Path,
    pub now_ms: f64,
    /// Rows held at a time; about three times that is used.
    pub memory_bytes: usize,
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// For how long a store that fails is asked again.
    pub patience: Duration,
    pub log: &'a dyn Fn(&Event),
}

/// What a run tells while it works.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Read {
        rows: u64,
    },
    Checked {
        rows: u64,
    },
    Written {
        file: String,
        rows: u64,
        row_groups: usize,
        bytes: u64,
    },
    Kept {
        file: String,
        rows: u64,
        row_groups: usize,
        bytes: u64,
    },
    Switched {
        snapshot: String,
    },
    Deleted {
        name: String,
    },
    /// By so much the publisher's clock is ahead of the store's; negative when it is behind.
    ClockDiffers {
        seconds: i64,
    },
}

/// What a run did, or by its plan would do.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Outcome {
    pub snapshot: String,
    /// The served snapshot has these files already.
    pub unchanged: bool,
    pub rows: u64,
    pub files: usize,
    pub row_groups: usize,
    pub bytes: u64,
    pub files_written: usize,
    pub bytes_written: u64,
    pub deleted: usize,
    /// Compressed bytes of each column, over all files.
    pub column_bytes: Vec<(String, u64)>,
}

/// What a run would publish.
pub struct Plan {
    pub outcome: Outcome,
    /// Holds `manifest.json` and everything that it names, as the store would; gone with this.
    pub folder: TempDir,
}

/// Publishes. On every error the served snapshot stays as it was, and what was written already is used by the next run.
pub fn publish(run: &Run<'_>) -> Result<Outcome, PublishError> {
    let started = Instant::now();
    let Prepared { store, served, files, stored, mut outcome, folder: _held } = prepare(run)?;
    for file in &files {
        if !file.is_present {
            store.put_file(&file.entry.path, &file.path)?;
            store.put(&file.entry.chunks_path, file.chunks.clone())?;
        }
        (run.log)(&told(file));
    }
    // The document goes before the manifest: whoever sees the manifest can rely on everything that it names.
    if !outcome.unchanged {
        if let Some((manifest, _)) = &served {
            retention::supersede(&store, &manifest.snapshot)?;
        }
        store.put(&document_name(&stored.document.id), Bytes::from(stored.document.write()))?;
    }
    store.replace(MANIFEST, served.as_ref().map(|(_, seen)| seen), Bytes::from(manifest(run, &stored).write()))?;
    (run.log)(&Event::Switched { snapshot: stored.document.id });
    let now_ms = run.now_ms as i64 + i64::try_from(started.elapsed().as_millis()).unwrap_or(0);
    let Swept { deleted, written_ms } =
        retention::sweep(&store, run.publication.keep_secs, &|name| (run.log)(&Event::Deleted { name: name.to_owned() }))?;
    outcome.deleted = deleted;
    let seconds = written_ms.map_or(0, |written_ms| (now_ms - written_ms) / 1_000);
    if seconds.abs() >= CLOCKS_AGREE_SECS {
        (run.log)(&Event::ClockDiffers { seconds });
    }
    Ok(outcome)
}

/// Does everything but write to the store: rows are read, held to their promises and laid out in a folder of this machine.
pub fn plan(run: &Run<'_>) -> Result<Plan, PublishError> {
    let Prepared { files, stored, outcome, folder, .. } = prepare(run)?;
    for file in &files {
        (run.log)(&told(file));
    }
    let Stored { document, .. } = stored;
    let text = document.write();
    // A document of the store may hold more than this version reads: here it is as this one writes it.
    let stored = Stored { digest: digest(text.as_bytes()), document };
    let manifest = manifest(run, &stored);
    let at = |name: &str| folder.path().join(name);
    let laid_out = || {
        fs::create_dir_all(at("files"))?;
        fs::create_dir_all(at("snapshots"))?;
        for file in &files {
            fs::rename(&file.path, at(&file.entry.path))?;
            fs::write(at(&file.entry.chunks_path), &file.chunks)?;
        }
        fs::write(at(&manifest.path), text)?;
        fs::write(at(MANIFEST), manifest.write())
    };
    laid_out().map_err(PublishError::scratch)?;
    Ok(Plan { outcome, folder })
}

fn told(file: &Described) -> Event {
    let (entry, row_groups) = (&file.entry, file.row_groups);
    let (name, rows, bytes) = (entry.path.clone(), entry.rows, entry.size);
    if file.is_present {
        Event::Kept { file: name, rows, row_groups, bytes }
    } else {
        Event::Written { file: name, rows, row_groups, bytes }
    }
}
