//! Makes columns of a source available: from memory, from the cache, from the network.
use crate::budget;
use crate::cache::NewBlob;
use crate::host::Host;
use crate::load::{Load, Loaded, Progress};
use crate::open::OpenFile;
use crate::prune;
use crate::record::{Published, SourceRecord, checksum};
use crate::runtime::Shared;
use crate::source::{Snapshot, SourceSlot};
use crate::together;
use std::time::Duration;
use tarn_dashboard::Location;
use tarn_protocol::{LoadError, LoadErrorKind, Response};
use tarn_snapshot::{Freshness, freshness, snapshot_id};

/// Waits until the columns are in the source's table. What is there is used as it is, whatever its age. A load that failed is
/// not tried again: a validation does that.
pub(crate) async fn ensure<H: Host>(shared: &Shared<H>, slot: &SourceSlot, columns: &[String]) -> Result<(), LoadError> {
    {
        let mut state = slot.state.borrow_mut();
        let wanted: Vec<String> = columns.iter().filter(|column| !state.wanted.contains(column)).cloned().collect();
        state.wanted.extend(wanted);
    }
    if let Some(known) = known(slot, columns) {
        return known;
    }
    let _guard = slot.lock.lock().await;
    if let Some(known) = known(slot, columns) {
        return known;
    }
    budget::make_room(shared, slot, columns);
    let outcome = bring(shared, slot, columns).await;
    let outcome = budget::admit(shared, slot, columns, outcome);
    slot.state.borrow_mut().error = outcome.as_ref().err().cloned();
    shared.send_status(slot);
    outcome
}

fn known(slot: &SourceSlot, columns: &[String]) -> Option<Result<(), LoadError>> {
    let state = slot.state.borrow();
    if state.holds(columns) {
        return Some(Ok(()));
    }
    // A page that was too large says nothing about another one.
    let says = |error: &&LoadError| !matches!(&error.kind, LoadErrorKind::TooLarge { columns: refused, .. } if refused != columns);
    state.error.as_ref().filter(says).cloned().map(Err)
}

/// With the slot's lock held: loads what is missing. What was answered from memory meanwhile is asked for again when it is not
/// of the snapshot that came.
pub(crate) async fn bring<H: Host>(shared: &Shared<H>, slot: &SourceSlot, columns: &[String]) -> Result<(), LoadError> {
    let outcome = load(shared, slot, columns).await;
    if outcome.is_err() {
        together::pass_on(shared, slot, false);
    }
    let other = {
        let mut state = slot.state.borrow_mut();
        let remembered = state.remembered.take();
        remembered.is_some_and(|remembered| state.snapshot.as_ref().is_none_or(|snapshot| snapshot.id != remembered.snapshot))
    };
    if other {
        (shared.sink)(Response::SnapshotChanged { source: slot.source.name.clone() });
    }
    outcome
}

async fn load<H: Host>(shared: &Shared<H>, slot: &SourceSlot, columns: &[String]) -> Result<(), LoadError> {
    if slot.state.borrow().snapshot.is_some() {
        return match add(shared, slot, columns).await {
            Err(error) if is_of_another_version(slot, &error) => fresh(shared, slot, columns).await,
            outcome => outcome,
        };
    }
    if let Some(record) = together::record(shared, slot).await {
        match from_cache(shared, slot, columns, record).await {
            Err(error) if !error.is_too_large() => {}
            outcome => return outcome,
        }
    }
    fresh(shared, slot, columns).await
}

/// The snapshot that the cache knows, with what it lacks fetched.
async fn from_cache<H: Host>(shared: &Shared<H>, slot: &SourceSlot, columns: &[String], record: SourceRecord) -> Result<(), LoadError> {
    let ttl_secs = record.ttl_secs.min(slot.source.ttl_secs);
    let (snapshot, new_blobs) = open_record(shared, slot, columns, record, true).await?;
    let age = Duration::from_secs_f64(((shared.host.now_ms() - snapshot.validated_at) / 1e3).clamp(0.0, 1e12));
    let (ttl, max_stale) = (Duration::from_secs(ttl_secs.into()), Duration::from_secs(slot.source.max_stale_secs.into()));
    let mut state = slot.state.borrow_mut();
    state.revalidation_due = freshness(age, ttl, max_stale) != Freshness::Fresh;
    state.pending = new_blobs;
    state.unsaved = true;
    state.snapshot = Some(snapshot);
    Ok(())
}

/// Puts a snapshot of the cache in the place of the one that is here, at the end of a gesture at the latest.
pub(crate) async fn switch_to<H: Host>(
    shared: &Shared<H>,
    slot: &SourceSlot,
    columns: &[String],
    record: SourceRecord,
) -> Result<(), LoadError> {
    let (snapshot, new_blobs) = open_record(shared, slot, &with_held(slot, columns), record, false).await?;
    place(shared, slot, snapshot, new_blobs, true);
    Ok(())
}

/// What a record says of a snapshot.
struct Recorded {
    id: String,
    files: Vec<OpenFile>,
    validated_at: f64,
    unconditional: bool,
    published: Option<Published>,
}

fn recorded<H: Host>(load: &Load<'_, H>, slot: &SourceSlot, record: SourceRecord) -> Result<Recorded, LoadError> {
    let damaged = || load.error(slot.urls.first().map_or("", String::as_str), LoadErrorKind::Damaged { detail: "cached footer".into() });
    let SourceRecord { snapshot: id, validated_at, unconditional, published, .. } = record;
    let files: Option<Vec<OpenFile>> = record.files.into_iter().map(OpenFile::from_record).collect();
    let is_published = matches!(slot.source.location, Location::Manifest(_));
    let complete = |files: &Vec<OpenFile>| if is_published { published.is_some() } else { files.len() == slot.urls.len() };
    let files = files.filter(complete).ok_or_else(damaged)?;
    Ok(Recorded { id, files, validated_at, unconditional, published })
}

/// `in_turn`: what the cache lacks is fetched when no other tab fetches it.
async fn open_record<H: Host>(
    shared: &Shared<H>,
    slot: &SourceSlot,
    columns: &[String],
    record: SourceRecord,
    in_turn: bool,
) -> Result<(Snapshot, Vec<NewBlob>), LoadError> {
    let report = |progress| shared.send_progress(slot, progress);
    let load = loader(shared, slot, &report);
    let columns = slot.columns(columns);
    let mut opened = recorded(&load, slot, record)?;
    let mut part = prune::needed(shared, slot, &opened.files);
    if in_turn {
        if !load.lacks(&opened.files, &columns, part.as_ref().map(|part| &part.groups))? {
            // The next tab need not wait until it is read.
            slot.turn.take();
        } else if let Some(newer) = together::newer_record(shared, slot).await {
            opened = recorded(&load, slot, newer)?;
            part = prune::needed(shared, slot, &opened.files);
        }
    }
    let Recorded { id, files, validated_at, unconditional, published } = opened;
    let mut loaded = load.columns(&files, vec![], &id, &columns, part.as_ref().map(|part| &part.groups)).await?;
    loaded.table.set_zone(slot.zone.clone());
    let held = prune::limit(&mut loaded.table, part);
    Ok((Snapshot { id, files, held, table: loaded.table, validated_at, unconditional, published }, loaded.new_blobs))
}

/// More columns of the snapshot that is loaded.
async fn add<H: Host>(shared: &Shared<H>, slot: &SourceSlot, columns: &[String]) -> Result<(), LoadError> {
    let report = |progress| shared.send_progress(slot, progress);
    let load = loader(shared, slot, &report);
    let (mut files, id, held, missing) = {
        let state = slot.state.borrow();
        let Some(snapshot) = &state.snapshot else { return Ok(()) };
        let missing: Vec<String> = columns.iter().filter(|column| !snapshot.table.has_column(column)).cloned().collect();
        (snapshot.files.clone(), snapshot.id.clone(), snapshot.held.clone(), missing)
    };
    let missing = slot.columns(&missing);
    together::catch_up(shared, slot, &load, (&id, &mut files), (&missing, held.as_ref())).await?;
    let Loaded { table, new_blobs } = load.columns(&files, vec![], &id, &missing, held.as_ref()).await?;
    let mut state = slot.state.borrow_mut();
    let Some(snapshot) = &mut state.snapshot else { return Ok(()) };
    snapshot.files = files;
    let added = snapshot.table.add_columns(table);
    added
        .map_err(|error| load.error(slot.urls.first().map_or("", String::as_str), LoadErrorKind::Damaged { detail: error.to_string() }))?;
    state.unsaved |= !new_blobs.is_empty();
    state.pending.extend(new_blobs);
    Ok(())
}

/// What is read once more from the start: a plain file was replaced in between, or a manifest was and its files are gone.
pub(crate) fn is_of_another_version(slot: &SourceSlot, error: &LoadError) -> bool {
    match error.kind {
        LoadErrorKind::Replaced | LoadErrorKind::DigestMismatch { .. } => true,
        LoadErrorKind::NotFound => !slot.urls.contains(&error.url),
        _ => false,
    }
}

/// The snapshot that the store has now, loaded completely beside the old one and put in its place. What is replaced while it
/// is read is read once more.
pub(crate) async fn fresh<H: Host>(shared: &Shared<H>, slot: &SourceSlot, columns: &[String]) -> Result<(), LoadError> {
    refreshed(shared, slot, columns, false).await
}

/// The same; `may_wait`: while the page holds its snapshot the new one waits beside it.
pub(crate) async fn refreshed<H: Host>(shared: &Shared<H>, slot: &SourceSlot, columns: &[String], may_wait: bool) -> Result<(), LoadError> {
    let known = slot.state.borrow().snapshot.as_ref().map_or_else(Vec::new, |snapshot| snapshot.files.clone());
    match fresh_once(shared, slot, columns, known, may_wait).await {
        // Also without what was known: it may be what is wrong.
        Err(error) if is_of_another_version(slot, &error) => fresh_once(shared, slot, columns, vec![], may_wait).await,
        outcome => outcome,
    }
}

async fn fresh_once<H: Host>(
    shared: &Shared<H>,
    slot: &SourceSlot,
    columns: &[String],
    known: Vec<OpenFile>,
    may_wait: bool,
) -> Result<(), LoadError> {
    let report = |progress| shared.send_progress(slot, progress);
    let load = loader(shared, slot, &report);
    let names = with_held(slot, columns);
    let (files, chunks, id, published, validated_at) = match &slot.source.location {
        Location::Parquet(_) => {
            let (files, chunks): (Vec<OpenFile>, Vec<_>) = load.open(&slot.urls).await?.into_iter().unzip();
            let id = snapshot_id(files.iter().map(|file| (&file.identity, checksum(&file.footer_bytes))));
            // Every later request of a file has found it to be the same.
            (files, chunks, id, None, slot.counters.asked_at.get())
        }
        Location::Manifest(_) => {
            let url = slot.urls.first().map_or("", String::as_str);
            let opened = load.open_published(url, slot.pin.as_deref(), known).await?;
            (opened.files, vec![], opened.id, Some(opened.published), opened.asked_at)
        }
    };
    let part = prune::needed(shared, slot, &files);
    let Loaded { mut table, new_blobs } =
        load.columns(&files, chunks, &id, &slot.columns(&names), part.as_ref().map(|part| &part.groups)).await?;
    table.set_zone(slot.zone.clone());
    let held = prune::limit(&mut table, part);

    let unconditional = slot.state.borrow().snapshot.as_ref().is_some_and(|old| old.unconditional);
    place(shared, slot, Snapshot { id, files, held, table, validated_at, unconditional, published }, new_blobs, may_wait);
    Ok(())
}

/// Columns, and those that are here.
fn with_held(slot: &SourceSlot, columns: &[String]) -> Vec<String> {
    let state = slot.state.borrow();
    let held = slot.source.columns.iter().map(|column| &column.name).filter(|name| state.holds(std::slice::from_ref(name)));
    columns.iter().chain(held).cloned().collect()
}

/// Puts a snapshot in place and says so. While the page holds another one, the new one may wait beside it.
fn place<H: Host>(shared: &Shared<H>, slot: &SourceSlot, snapshot: Snapshot, new_blobs: Vec<NewBlob>, may_wait: bool) {
    let changed = {
        let mut state = slot.state.borrow_mut();
        let is_other = state.snapshot.as_ref().is_some_and(|old| old.id != snapshot.id);
        if is_other && may_wait && shared.holds.get() {
            state.next = Some((snapshot, new_blobs));
            state.unsaved = true;
            return;
        }
        state.put(snapshot, new_blobs)
    };
    if changed {
        (shared.sink)(Response::SnapshotChanged { source: slot.source.name.clone() });
    }
}

/// Puts what was loaded during a gesture in its place.
pub(crate) async fn release<H: Host>(shared: &Shared<H>) {
    for slot in &shared.slots {
        let _guard = slot.lock.lock().await;
        let changed = {
            let mut state = slot.state.borrow_mut();
            state.next.take().is_some_and(|(snapshot, pending)| state.put(snapshot, pending))
        };
        if changed {
            (shared.sink)(Response::SnapshotChanged { source: slot.source.name.clone() });
            shared.send_status(slot);
        }
    }
}

pub(crate) fn loader<'a, H: Host>(shared: &'a Shared<H>, slot: &'a SourceSlot, report: &'a dyn Fn(Progress)) -> Load<'a, H> {
    Load {
        host: &shared.host,
        cache: &shared.cache,
        source: &slot.source.name,
        contract: &slot.source.columns,
        counters: &slot.counters,
        counted: None,
        budget: shared.memory.budget,
        turn: &slot.turn,
        key: &slot.key,
        report,
    }
}
