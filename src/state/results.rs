use crate::page::by_id::ById;
use leptos::prelude::*;
use leptos::reactive::graph::Source;
use std::sync::Arc;
use tarn_dashboard::Dashboard;
use tarn_protocol::{QueryError, ResolvedPeriod, Results, ViewResult};

/// The newest answer for one view. Each signal is written only when its value changes, so a view whose numbers stay the
/// same does nothing.
#[derive(Clone, Copy)]
pub struct ViewSlot {
    pub result: RwSignal<Option<Arc<ViewResult>>>,
    pub error: RwSignal<Option<QueryError>>,
}

/// What the questions of a view have come to.
#[derive(Clone, Copy, Default, PartialEq)]
pub struct Asked {
    /// The worker had the newest answer already.
    pub known: bool,
    /// How many answers it had.
    pub cache_hits: u32,
    /// Of the newest answer: see [`Results::view_ms`].
    pub query_ms: f64,
}

/// The answers on the screen.
#[derive(Clone, Copy)]
pub struct ResultStore {
    slots: &'static ById<ViewSlot>,
    pub periods: RwSignal<ById<ResolvedPeriod>>,
    pub asked: RwSignal<ById<Asked>>,
    pub query_ms: RwSignal<Option<f64>>,
    /// The number of the newest answer.
    pub seq: RwSignal<u64>,
    /// Workers kept dying: why.
    pub failed: RwSignal<Option<String>>,
    /// An answer takes so long that the numbers on the screen must be marked as older than the controls.
    pub late: RwSignal<bool>,
}

impl ResultStore {
    pub fn new(dashboard: &Dashboard) -> Self {
        let views = dashboard.pages.iter().flat_map(|page| page.views());
        let slots =
            ById::from_iter(views.map(|view| (view.id.clone(), ViewSlot { result: RwSignal::new(None), error: RwSignal::new(None) })));
        Self {
            slots: Box::leak(Box::new(slots)),
            periods: RwSignal::new(ById::default()),
            asked: RwSignal::new(ById::default()),
            query_ms: RwSignal::new(None),
            seq: RwSignal::new(0),
            failed: RwSignal::new(None),
            late: RwSignal::new(false),
        }
    }

    pub fn slot(self, view: &str) -> Option<ViewSlot> {
        self.slots.get(view).copied()
    }

    pub fn signals(&self) -> Vec<&dyn Source> {
        let of = |(_, slot): &'static (String, ViewSlot)| [&slot.result as &dyn Source, &slot.error];
        let own: [&dyn Source; 6] = [&self.periods, &self.asked, &self.query_ms, &self.seq, &self.failed, &self.late];
        self.slots.iter().flat_map(of).chain(own).collect()
    }

    pub fn publish(self, results: Results) {
        self.asked.update(|asked| {
            for ((id, _), query_ms) in results.views.iter().zip(&results.view_ms) {
                let own = asked.get_mut_or_default(id);
                (own.query_ms, own.known) = (*query_ms, results.from_cache.contains(id));
                own.cache_hits += u32::from(own.known);
            }
        });
        self.show(results.views);
        set_if_changed(self.periods, ById::from_iter(results.periods));
        set_if_changed(self.query_ms, Some(results.query_ms));
        set_if_changed(self.failed, None);
        set_if_changed(self.late, false);
        self.seq.set(results.seq);
    }

    /// Answers of some views, whatever question they belong to.
    pub fn show(self, views: Vec<(String, Result<ViewResult, QueryError>)>) {
        for (id, answer) in views {
            let Some(slot) = self.slot(&id) else { continue };
            match answer {
                Ok(result) => {
                    set_if_changed(slot.error, None);
                    if slot.result.with_untracked(|old| old.as_deref() != Some(&result)) {
                        slot.result.set(Some(Arc::new(result)));
                    }
                }
                Err(error) => {
                    set_if_changed(slot.result, None);
                    set_if_changed(slot.error, Some(error));
                }
            }
        }
    }

    /// Forgets the answers of these views: the inputs that they belong to are no longer the page's.
    pub fn forget<'a>(self, views: impl Iterator<Item = &'a str>) {
        for slot in views.filter_map(|id| self.slot(id)) {
            set_if_changed(slot.result, None);
            set_if_changed(slot.error, None);
        }
    }
}

pub fn set_if_changed<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}
