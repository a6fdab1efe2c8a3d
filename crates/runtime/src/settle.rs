//! What the first answer need not wait for.
use crate::host::Host;
use crate::kept;
use crate::revalidate::revalidate;
use crate::runtime::Shared;
use crate::source::{SourceSlot, SourceState, instant};
use crate::tabs::Wanted;
use crate::together::pass_on;
use tarn_dashboard::{Expr, Filter, FilterKind, ParameterValues, Scalar};
use tarn_engine::Table;
use tarn_protocol::{FieldDomain, FilterDomain, Response};

const DAY_MICROS: i64 = 86_400_000_000;

pub(crate) async fn settle<H: Host>(shared: &Shared<H>) {
    for slot in &shared.slots {
        send_domains(shared, slot);
    }
    // Other tabs wait for what this one has, not for what it asks the store.
    for slot in &shared.slots {
        save(shared, slot).await;
    }
    for slot in &shared.slots {
        let due = std::mem::take(&mut slot.state.borrow_mut().revalidation_due);
        if due {
            revalidate(shared, slot, Wanted::Young).await;
            send_domains(shared, slot);
            save(shared, slot).await;
        }
    }
    shared.cache.sweep(&shared.host).await;
}

/// Brings the cache up to date: with the snapshot that waits for the end of a gesture, if there is one. Then other tabs go on.
pub(crate) async fn save<H: Host>(shared: &Shared<H>, slot: &SourceSlot) {
    let _saving = slot.saving.lock().await;
    write(shared, slot).await;
    // A load that is under way has its own end.
    if slot.lock.try_lock().is_some() {
        pass_on(shared, slot, shared.cache.notice().is_none());
    }
}

async fn write<H: Host>(shared: &Shared<H>, slot: &SourceSlot) {
    let now = shared.host.now_ms();
    let unsaved = std::mem::take(&mut slot.state.borrow_mut().unsaved);
    if !unsaved {
        return;
    }
    let kept = kept::keep(shared, slot);
    let (mut record, blobs) = {
        let mut state = slot.state.borrow_mut();
        match &mut *state {
            SourceState { next: Some((next, blobs)), .. } => (next.record(slot.source.ttl_secs, now, None), std::mem::take(blobs)),
            SourceState { snapshot: Some(snapshot), pending, .. } => {
                (snapshot.record(slot.source.ttl_secs, now, kept), std::mem::take(pending))
            }
            _ => return,
        }
    };
    let notice = shared.cache.notice();
    shared.cache.store(&shared.host, &slot.key, &mut record, blobs).await;
    {
        let mut state = slot.state.borrow_mut();
        let state = &mut *state;
        let waiting = state.next.as_mut().map(|(next, _)| next);
        if let Some(snapshot) = waiting.into_iter().chain(&mut state.snapshot).find(|snapshot| snapshot.id == record.snapshot) {
            for (file, saved) in snapshot.files.iter_mut().zip(record.files) {
                file.blobs = saved.blobs;
            }
        }
    }
    if shared.cache.notice() != notice {
        shared.send_status(slot);
    }
}

/// What the controls of the source's filters need to know, once per snapshot, and again when more columns are there.
fn send_domains<H: Host>(shared: &Shared<H>, slot: &SourceSlot) {
    let domains = {
        let mut state = slot.state.borrow_mut();
        let Some(snapshot) = &mut state.snapshot else { return };
        let filters = shared.dashboard.filters.iter().filter(|filter| filter.source == slot.source.name);
        let mut needed = vec![];
        let time = slot.time_expr();
        let defaults = ParameterValues::of(&shared.dashboard, &[]);
        let mut domains = vec![];
        for filter in filters {
            needed.clear();
            filter.expr.add_columns(&mut needed);
            if needed.iter().all(|column| snapshot.table.has_column(column)) && snapshot.knows_domain(filter) {
                domains.push(FilterDomain {
                    filter: filter.id.clone(),
                    domain: domain(&mut snapshot.table, filter, &defaults.bind(&filter.expr), time.as_ref()),
                });
            }
        }
        let sent = Some((snapshot.id.clone(), domains.len()));
        if state.domains_sent == sent || domains.is_empty() {
            return;
        }
        state.domains_sent = sent;
        domains
    };
    (shared.sink)(Response::Domains { source: slot.source.name.clone(), domains });
}

fn domain(table: &mut Table, filter: &Filter, expr: &Expr, time: Option<&Expr>) -> FieldDomain {
    match filter.kind {
        FilterKind::DateRange | FilterKind::Range => {
            let Ok((min, max)) = table.min_max(&filter.expr) else { return FieldDomain::Nothing };
            if min == Scalar::Null {
                return FieldDomain::Nothing;
            }
            match (filter.kind, instant(&min), instant(&max)) {
                (FilterKind::DateRange, Some(min), Some(max)) => {
                    let newest_complete_day = newest_complete_day(table, time, &filter.expr).unwrap_or(max);
                    FieldDomain::Dates { min, max, newest_complete_day }
                }
                _ => FieldDomain::Span { min, max },
            }
        }
        _ => match table.distinct_count(expr) {
            Ok(0) | Err(_) => FieldDomain::Nothing,
            Ok(count) => FieldDomain::Values { count },
        },
    }
}

/// The day before the day of the newest value of the time column, or of the filter's own field where there is none.
pub(crate) fn newest_complete_day(table: &mut Table, time: Option<&Expr>, field: &Expr) -> Option<i64> {
    let (_, newest) = table.min_max(time.unwrap_or(field)).ok()?;
    Some(complete_day_before(instant(&newest)?))
}

/// The day before the day of an instant, in microseconds.
pub(crate) fn complete_day_before(newest: i64) -> i64 {
    (newest.div_euclid(DAY_MICROS) - 1) * DAY_MICROS
}
