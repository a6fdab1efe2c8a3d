use super::results::set_if_changed;
use crate::page::by_id::ById;
use leptos::prelude::*;
use leptos::reactive::graph::Source;
use tarn_coordinator::{Freshness, SourceTimes, freshness};
use tarn_dashboard::{self as dashboard, Dashboard, View};
use tarn_protocol::{FieldDomain, FilterDomain, ReadCost, SourceStatus};

/// What is known of one source.
#[derive(Clone, Copy)]
pub struct SourceSlot {
    pub source: &'static dashboard::Source,
    pub status: RwSignal<Option<SourceStatus>>,
    /// Bytes done and in all, while the source loads.
    pub progress: RwSignal<Option<(u64, u64)>>,
    /// `None` until the source is loaded.
    pub freshness: RwSignal<Option<Freshness>>,
}

/// All sources, and what their filters can be set to.
#[derive(Clone, Copy)]
pub struct Sources {
    slots: &'static [SourceSlot],
    domains: RwSignal<ById<FieldDomain>>,
    /// Milliseconds since 1970, at most a second old.
    pub now: RwSignal<f64>,
}

impl Sources {
    pub fn new(dashboard: &'static Dashboard, now: f64) -> Self {
        let now = RwSignal::new(now);
        let slots: Vec<SourceSlot> = dashboard.sources.iter().map(SourceSlot::new).collect();
        Self { slots: Box::leak(slots.into_boxed_slice()), domains: RwSignal::new(ById::default()), now }
    }

    pub fn iter(self) -> impl Iterator<Item = SourceSlot> {
        self.slots.iter().copied()
    }

    pub fn slot(self, name: &str) -> Option<SourceSlot> {
        self.iter().find(|slot| slot.source.name == name)
    }

    pub fn times(dashboard: &Dashboard) -> Vec<SourceTimes> {
        dashboard.sources.iter().map(source_times).collect()
    }

    pub fn set_domains(self, domains: Vec<FilterDomain>) {
        self.domains.update(|known| {
            for domain in domains {
                known.insert(domain.filter, domain.domain);
            }
        });
    }

    /// Reads a signal. A memo in its place, made where it is read, would leave a note behind with each reading.
    pub fn domain(self, filter: &str) -> Option<FieldDomain> {
        self.domains.with(|domains| domains.get(filter).cloned())
    }

    /// What reading the columns of a view has cost, those of its keys and measures and of filters that its answer applies; and how
    /// many row groups are left out. Reads signals.
    pub fn read_cost(self, dashboard: &Dashboard, view: &View, filters: &[String]) -> (ReadCost, u32) {
        let mut columns = vec![];
        dashboard.add_columns_of(view, &mut columns);
        filters.iter().for_each(|id| dashboard.add_columns_of_filter(id, &view.source, &mut columns));
        let of_view = |status: &SourceStatus| {
            let cost = ReadCost::of(&status.columns, &columns);
            (cost, if cost.row_groups_read > 0 { status.row_groups_skipped } else { 0 })
        };
        self.slot(&view.source).and_then(|slot| slot.status.with(|status| status.as_ref().map(of_view))).unwrap_or_default()
    }

    pub fn note(self, status: SourceStatus) {
        let Some(slot) = self.slot(&status.source) else { return };
        set_if_changed(slot.progress, None);
        set_if_changed(slot.status, Some(status));
        slot.age(self.now.get_untracked());
    }

    /// What time it is: sources get older.
    pub fn set_now(self, now: f64) {
        self.now.set(now);
        self.iter().for_each(|slot| slot.age(now));
    }

    /// Of the whole page's life: see [`App::forget_gone_readers`](super::App::forget_gone_readers).
    pub fn signals(&self) -> Vec<&dyn Source> {
        let of = |slot: &'static SourceSlot| [&slot.status as &dyn Source, &slot.progress, &slot.freshness];
        self.slots.iter().flat_map(of).chain([&self.domains as &dyn Source, &self.now]).collect()
    }
}

impl SourceSlot {
    fn new(source: &'static dashboard::Source) -> Self {
        Self { source, status: RwSignal::new(None), progress: RwSignal::new(None), freshness: RwSignal::new(None) }
    }

    fn age(self, now: f64) {
        let confirmed = |status: &SourceStatus| status.snapshot.is_some().then_some(status.validated_at)?;
        let validated_at = self.status.with_untracked(|status| status.as_ref().and_then(confirmed));
        set_if_changed(self.freshness, validated_at.map(|at| freshness(at, now, &source_times(self.source))));
    }
}

fn source_times(source: &dashboard::Source) -> SourceTimes {
    SourceTimes { source: source.name.clone(), ttl_secs: source.ttl_secs, max_stale_secs: source.max_stale_secs }
}
