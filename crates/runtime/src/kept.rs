//! Answers kept for the next visit. A snapshot never changes: what it answered once can be shown at once, while its columns
//! are still being read.
use crate::host::Host;
use crate::record::{Published, SourceRecord};
use crate::runtime::Shared;
use crate::source::SourceSlot;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tarn_dashboard::{Interval, ParameterValues};
use tarn_protocol::{ViewResult, encode};
use tarn_snapshot::{Freshness, freshness};

/// More is not kept: the record of a source is read before anything else.
const MAX_BYTES: usize = 512 << 10;

/// What a source's record says of the answers of the last visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Of the dashboard and the build that gave the answers: another one may mean something else by the same view.
    pub origin: u64,
    /// The newest value of the time column, where that was loaded, in microseconds since 1970: relative periods count from it.
    pub newest: Option<i64>,
    pub rows: u64,
    /// By everything that they depend on, as in the cache of results.
    pub answers: Vec<(Vec<u8>, ViewResult)>,
}

/// What stands in for a snapshot that is not loaded yet.
pub(crate) struct Remembered {
    pub snapshot: String,
    pub validated_at: f64,
    pub published: Option<Published>,
    pub newest: Option<i64>,
    pub rows: u64,
}

/// The answers of the last run, for the record. `None` when there are none, or too many.
pub(crate) fn keep<H: Host>(shared: &Shared<H>, slot: &SourceSlot) -> Option<Kept> {
    let mut state = slot.state.borrow_mut();
    let keys = std::mem::take(&mut state.answered);
    let snapshot = state.snapshot.as_mut()?;
    let (newest, rows) = (slot.time_expr().and_then(|time| snapshot.newest(&time)), snapshot.n_rows());
    let mut results = shared.results.borrow_mut();
    let answers: Vec<(Vec<u8>, ViewResult)> = keys.iter().filter_map(|key| Some((key.clone(), results.get(key)?))).collect();
    state.answered = keys;
    let kept = Kept { origin: shared.origin, newest, rows, answers };
    merged(Some(kept), None)
}

/// Newer answers and older ones to other questions, as many as are kept.
pub(crate) fn merged(newer: Option<Kept>, older: Option<Kept>) -> Option<Kept> {
    let Some(mut kept) = newer.filter(|kept| !kept.answers.is_empty()) else { return older };
    let older = older.filter(|older| older.origin == kept.origin);
    kept.newest = kept.newest.or(older.as_ref().and_then(|older| older.newest));
    for answer in older.into_iter().flat_map(|older| older.answers) {
        if !kept.answers.iter().any(|(key, _)| *key == answer.0) {
            kept.answers.push(answer);
        }
    }
    let mut bytes = 0;
    kept.answers.retain(|answer| {
        bytes += encode(answer).len();
        bytes <= MAX_BYTES
    });
    Some(kept)
}

/// Reads the source's record, once, and takes up the answers in it unless they are too old to be shown.
pub(crate) async fn recall<H: Host>(shared: &Shared<H>, slot: &SourceSlot) {
    let mut record = slot.record.lock().await;
    if slot.recalled.replace(true) {
        return;
    }
    let found = shared.cache.record(&shared.host, &slot.key).await;
    if let Some(found) = &found {
        take_up(shared, slot, found);
    }
    *record = Some(found);
}

/// The source's record: what [`recall`] has read, or what the cache holds by now.
pub(crate) async fn record<H: Host>(shared: &Shared<H>, slot: &SourceSlot) -> Option<SourceRecord> {
    recall(shared, slot).await;
    let held = slot.record.lock().await.take();
    match held {
        Some(record) => record,
        None => shared.cache.record(&shared.host, &slot.key).await,
    }
}

fn take_up<H: Host>(shared: &Shared<H>, slot: &SourceSlot, record: &SourceRecord) {
    let Some(kept) = record.kept.as_ref().filter(|kept| kept.origin == shared.origin) else { return };
    let age = Duration::from_secs_f64(((shared.host.now_ms() - record.validated_at) / 1e3).clamp(0.0, 1e12));
    let ttl = Duration::from_secs(record.ttl_secs.min(slot.source.ttl_secs).into());
    let max_stale = Duration::from_secs(slot.source.max_stale_secs.into());
    if freshness(age, ttl, max_stale) == Freshness::Expired || slot.state.borrow().snapshot.is_some() {
        return;
    }
    let mut results = shared.results.borrow_mut();
    kept.answers.iter().for_each(|(key, result)| results.put(key.clone(), result));
    slot.state.borrow_mut().remembered = Some(Remembered {
        snapshot: record.snapshot.clone(),
        validated_at: record.validated_at,
        published: record.published.clone(),
        newest: kept.newest,
        rows: kept.rows,
    });
}

/// Everything that an answer depends on: the snapshot, what is asked of the view, the filters that it applies, the intervals
/// that they are compared with, and the parameters.
pub(crate) fn answer_key(
    snapshot: &str,
    request: &tarn_protocol::ViewRequest,
    applied: &[&crate::selection::Selection],
    parameters: &ParameterValues,
) -> Vec<u8> {
    let chosen = applied.iter().map(|selection| {
        let compared: Option<Interval> = selection.period.and_then(|period| period.compared);
        // A period counts back from the newest day of the filter's own source.
        let foreign = selection.source != selection.filter.source;
        let meant: Option<Interval> = selection.period.filter(|_| foreign).map(|period| period.interval);
        (&selection.filter.id, selection.value, compared, meant, selection.kept())
    });
    let chosen: Vec<_> = chosen.collect();
    encode(&(snapshot, request, chosen, parameters.iter().collect::<Vec<_>>()))
}
