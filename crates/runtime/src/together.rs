//! Tabs that open together, or another page, load a source once: the first one does, the others wait for what it leaves in the
//! cache.
use crate::host::Host;
use crate::kept;
use crate::load::Load;
use crate::open::OpenFile;
use crate::prune::RowGroups;
use crate::record::SourceRecord;
use crate::runtime::Shared;
use crate::settle::save;
use crate::source::SourceSlot;
use crate::tabs::{News, Turn};
use futures_util::future::{Either, select};
use std::pin::{Pin, pin};
use tarn_dashboard::Column;
use tarn_protocol::{CacheNotice, LoadError};

/// A tab that loads and is silent for that long is not waited for.
const SILENCE_MS: u32 = 5_000;

/// The source's record. Where the cache has none, it is this tab's turn to load afterwards, unless there is nothing to share; what
/// another tab has loaded meanwhile is in the record.
pub(crate) async fn record<H: Host>(shared: &Shared<H>, slot: &SourceSlot) -> Option<SourceRecord> {
    if !takes_turns(shared, slot) {
        return kept::record(shared, slot).await;
    }
    // At once: a first visit has its turn by the time that it knows that nothing is cached.
    let mut waiting = pin!(shared.host.turn(&slot.key, Some(SILENCE_MS)));
    let has_storage = || shared.cache.notice() != Some(CacheNotice::Unavailable);
    match select(waiting.as_mut(), pin!(kept::record(shared, slot))).await {
        Either::Left((turn, recalling)) => {
            let record = recalling.await;
            if has_storage() {
                begin(slot, turn);
            }
            record
        }
        Either::Right((None, _)) if has_storage() => in_turn(shared, slot, waiting).await,
        // Whether it has everything is not known yet: most often it has.
        Either::Right((record, _)) => record,
    }
}

/// The record lacks something: the one that there is when it is this tab's turn to fetch that. `None`: it is its turn already, or
/// nobody takes turns.
pub(crate) async fn newer_record<H: Host>(shared: &Shared<H>, slot: &SourceSlot) -> Option<SourceRecord> {
    if slot.turn.borrow().is_some() || !takes_turns(shared, slot) {
        return None;
    }
    in_turn(shared, slot, pin!(shared.host.turn(&slot.key, Some(SILENCE_MS)))).await
}

/// Before columns of an open snapshot are read: what the cache lacks of them is fetched when no other tab fetches it.
pub(crate) async fn catch_up<H: Host>(
    shared: &Shared<H>,
    slot: &SourceSlot,
    load: &Load<'_, H>,
    (id, files): (&str, &mut [OpenFile]),
    (columns, groups): (&[Column], Option<&RowGroups>),
) -> Result<(), LoadError> {
    if load.lacks(files, columns, groups)?
        && let Some(newer) = newer_record(shared, slot).await
        && newer.snapshot == id
    {
        files.iter_mut().zip(newer.files).for_each(|(file, newer)| file.blobs = newer.blobs);
    }
    Ok(())
}

async fn in_turn<H: Host>(shared: &Shared<H>, slot: &SourceSlot, waiting: Pin<&mut impl Future<Output = Turn>>) -> Option<SourceRecord> {
    begin(slot, waiting.await);
    shared.cache.record(&shared.host, &slot.key).await
}

fn takes_turns<H: Host>(shared: &Shared<H>, slot: &SourceSlot) -> bool {
    // Two sources over the same files would wait for each other.
    !slot.in_turn.get() && shared.slots.iter().filter(|other| other.key == slot.key).count() == 1
}

/// Where tabs cannot leave anything for each other, each is on its own.
fn begin(slot: &SourceSlot, turn: Turn) {
    if !slot.alone.get() {
        *slot.turn.borrow_mut() = Some(turn);
    }
}

/// Lets the next tab go on, which finds in the cache what this one has loaded, if that could be `left` there.
pub(crate) fn pass_on<H: Host>(shared: &Shared<H>, slot: &SourceSlot, left: bool) {
    let turn = slot.turn.take();
    if turn.is_some() && !left {
        shared.host.tell(&News::in_vain(&slot.key));
    }
}

/// Writes to the cache what other tabs wait for. What was answered is not known yet: the source stays to be saved.
pub(crate) async fn leave<H: Host>(shared: &Shared<H>, slot: &SourceSlot) {
    if slot.turn.borrow().is_some() {
        save(shared, slot).await;
        slot.state.borrow_mut().unsaved = true;
    }
}
