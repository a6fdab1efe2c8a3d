//! Keeps what is held within the memory budget: what queries left behind goes first, then columns that the visible page does not
//! need. A page that needs more than the budget by itself is refused, with what it would take.
use crate::host::Host;
use crate::runtime::Shared;
use crate::source::{SourceSlot, SourceState};
use std::cell::Cell;
use tarn_dashboard::Dashboard;
use tarn_protocol::{LoadError, LoadErrorKind, Response};

/// Results of so many runs ago go before any column does.
const OLDEST_RUN: u16 = 8;
/// A heap may have taken twice what is held, and this part of the budget, before another worker is asked for.
const SLACK: u64 = 16;

pub(crate) struct Memory {
    pub budget: u64,
    /// The most that was held at a time: the heap of a worker never shrinks.
    peak: Cell<u64>,
}

impl Memory {
    /// What the dashboard declares, else what the host proposes; without a proposal there is no bound.
    pub fn new(host: &impl Host, dashboard: &Dashboard) -> Self {
        let declared = |proposed| dashboard.memory_mb.map_or(proposed, |megabytes| u64::from(megabytes) * 1_000_000);
        Self { budget: host.memory_budget().map_or(u64::MAX, declared), peak: Cell::new(0) }
    }

    fn note(&self, bytes: u64) {
        self.peak.set(self.peak.get().max(bytes));
    }
}

/// Bytes of all sources, and of the long tables made of them.
#[inline(never)]
fn held<H: Host>(shared: &Shared<H>) -> u64 {
    let bytes = |slot: &SourceSlot| {
        let state = slot.state.borrow();
        let tables = state.snapshot.iter().chain(state.next.as_ref().map(|(next, _)| next)).map(|snapshot| snapshot.table.memory_bytes());
        tables.sum::<usize>() as u64
    };
    let held = shared.slots.iter().map(bytes).sum::<u64>() + shared.long.borrow().memory_bytes() as u64;
    shared.memory.note(held);
    held
}

/// Frees as little as makes room for so many bytes. Returns whether all that can be made again had to go.
#[inline(never)]
pub(crate) fn keep<H: Host>(shared: &Shared<H>, room: u64) -> bool {
    let fits = || held(shared).saturating_add(room) <= shared.memory.budget;
    let each = |free: &dyn Fn(&mut SourceState)| shared.slots.iter().for_each(|slot| free(&mut slot.state.borrow_mut()));
    if fits() {
        return false;
    }
    shared.long.borrow_mut().forget();
    for n_runs in (1..=OLDEST_RUN).rev() {
        each(&|state| state.snapshot.iter_mut().for_each(|snapshot| snapshot.table.forget_unused(n_runs)));
        if fits() {
            return false;
        }
    }
    each(&|state| {
        let SourceState { snapshot, wanted, visible, .. } = state;
        let is_needed = |column: &str| visible.iter().any(|needed| needed == column);
        wanted.retain(|column| is_needed(column));
        snapshot.iter_mut().for_each(|snapshot| snapshot.table.keep_columns(is_needed));
    });
    if fits() {
        return false;
    }
    each(&|state| state.snapshot.iter_mut().for_each(|snapshot| snapshot.table.forget_unused(0)));
    true
}

/// What the missing ones of these columns take, at up to eight bytes a value.
#[inline(never)]
fn room_for(slot: &SourceSlot, columns: &[String]) -> u64 {
    slot.state.borrow().snapshot.as_ref().map_or(0, |snapshot| {
        let n_missing = columns.iter().filter(|column| !snapshot.table.has_column(column)).count();
        (snapshot.table.n_rows() * n_missing * 8) as u64
    })
}

/// Before columns are loaded: frees what stands in their way.
pub(crate) fn make_room<H: Host>(shared: &Shared<H>, slot: &SourceSlot, columns: &[String]) {
    keep(shared, room_for(slot, columns));
}

/// Whether the columns of a page, by source, come beside all that is held.
pub(crate) fn has_room<H: Host>(shared: &Shared<H>, columns: &[(String, Vec<String>)]) -> bool {
    let room = columns.iter().filter_map(|(source, columns)| Some(room_for(shared.slot(source)?, columns)));
    held(shared).saturating_add(room.sum()) <= shared.memory.budget
}

/// What was loaded of a source, for a page that needs these columns, stays where it fits into the budget; else the source's
/// columns go.
pub(crate) fn admit<H: Host>(
    shared: &Shared<H>,
    slot: &SourceSlot,
    page: &[String],
    outcome: Result<(), LoadError>,
) -> Result<(), LoadError> {
    keep(shared, 0);
    let (bytes, budget) = (held(shared), shared.memory.budget);
    let mut state = slot.state.borrow_mut();
    let SourceState { snapshot, wanted, visible, .. } = &mut *state;
    let mut outcome = outcome.and_then(|()| match snapshot {
        Some(snapshot) if bytes > budget => {
            snapshot.table.keep_columns(|_| false);
            let kind = LoadErrorKind::TooLarge { columns: vec![], bytes, budget };
            Err(LoadError { source: slot.source.name.clone(), url: slot.urls.first().cloned().unwrap_or_default(), kind })
        }
        _ => Ok(()),
    });
    if let Err(LoadError { kind: LoadErrorKind::TooLarge { columns, .. }, .. }) = &mut outcome {
        *columns = page.to_vec();
        // A validation is not to load them again.
        wanted.retain(|column| snapshot.as_ref().is_some_and(|snapshot| snapshot.table.has_column(column)));
        // A guess at the page that a replaced worker makes does not replace it again.
        if page == visible.as_slice() {
            shared.memory.note(budget);
        }
    }
    outcome
}

/// Asks for another worker where this one's heap has grown far past what it holds. Not while a page is refused: the next worker
/// would come to the same.
pub(crate) fn give_up_outgrown<H: Host>(shared: &Shared<H>) {
    let is_idle = |slot: &SourceSlot| slot.lock.try_lock().is_some() && slot.state.borrow().error.is_none();
    let held = held(shared);
    let peak = shared.memory.peak.get();
    let is_outgrown = peak > 2 * held + shared.memory.budget / SLACK && shared.host.memory_bytes() >= peak;
    if is_outgrown && !shared.holds.get() && shared.slots.iter().all(is_idle) {
        shared.memory.peak.set(held);
        (shared.sink)(Response::Outgrown);
    }
}
