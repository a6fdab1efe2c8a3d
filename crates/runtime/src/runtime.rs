use crate::budget::{self, Memory};
use crate::cache::Cache;
use crate::columns::page_columns;
use crate::describe::describe_source;
use crate::ensure::{ensure, release};
use crate::host::Host;
use crate::kept::recall;
use crate::load::Progress;
use crate::long_tables::LongTables;
use crate::prepare::{Hand, prepare};
use crate::prune::{Demand, widen};
use crate::record::checksum;
use crate::result_cache::ResultCache;
use crate::revalidate::revalidate;
use crate::settle::settle;
use crate::source::{SourceSlot, SourceState};
use crate::tabs::{News, Wanted};
use crate::together::leave;
use crate::{answer_behind, answer_options, answer_run, pin, tabs};
use futures_util::future::join_all;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use tarn_dashboard::{Dashboard, FilterValue, Page, Source};
use tarn_protocol::{LoadError, Options, OptionsRequest, Request, Response, Results, Rows, RowsRequest, Run, SourceStatus};

/// Answers requests about one dashboard. All methods take `&self`: several may be under way at once on one thread.
pub struct Runtime<H> {
    shared: Shared<H>,
}

/// What every part of the runtime can reach.
pub(crate) struct Shared<H> {
    pub host: H,
    pub dashboard: Dashboard,
    pub slots: Vec<SourceSlot>,
    pub cache: Cache,
    pub results: RefCell<ResultCache>,
    pub long: RefCell<LongTables>,
    /// Tells this dashboard in this build from others.
    pub origin: u64,
    pub sink: Box<dyn Fn(Response)>,
    /// Questions of the page so far.
    n_runs: Cell<u64>,
    /// The page is in the middle of a gesture.
    pub holds: Cell<bool>,
    pub hand: Hand,
    pub memory: Memory,
}

impl<H: Host> Runtime<H> {
    /// Sources are relative to `base_url`, whose `?snapshot=` may pin one. `sink` is given every response that is not asked for
    /// by a method's return value.
    pub fn new(host: H, dashboard: Dashboard, base_url: &str, sink: impl Fn(Response) + 'static) -> Self {
        let zone = Arc::new(dashboard.zone.clone());
        let slot = |source: &Source| {
            let pin = pin::snapshot(base_url, &dashboard, &source.name);
            SourceSlot::new(source.clone(), zone.clone(), dashboard.week_start, |location| host.resolve(base_url, location), pin)
        };
        let slots = dashboard.sources.iter().map(slot).collect();
        let origin = checksum(&tarn_protocol::encode(&(host.build(), &dashboard)));
        let (cache, results, long, holds, hand) =
            (Cache::default(), RefCell::default(), RefCell::default(), Cell::new(false), Hand::default());
        let (memory, n_runs) = (Memory::new(&host, &dashboard), Cell::new(0));
        Self { shared: Shared { host, dashboard, slots, cache, results, long, origin, sink: Box::new(sink), n_runs, holds, hand, memory } }
    }

    /// Takes what another runtime has loaded of the same files under the same contract, so that an edited dashboard needs no
    /// new load. A source that is busy is left alone and loaded anew.
    pub fn take_over(&self, former: &Self) {
        for slot in &self.shared.slots {
            let same =
                |other: &&SourceSlot| other.urls == slot.urls && other.pin == slot.pin && other.source.columns == slot.source.columns;
            if let Some(other) = former.shared.slots.iter().find(same) {
                slot.take_over(other);
            }
        }
    }

    pub fn dashboard(&self) -> &Dashboard {
        &self.shared.dashboard
    }

    pub fn host(&self) -> &H {
        &self.shared.host
    }

    /// Answers a request through the sink, then does what was put off for the answer's sake. `Start` is not for a runtime that
    /// exists: it is ignored.
    pub async fn handle(&self, request: Request) {
        match request {
            Request::Start { .. } => {}
            Request::Run(run) => {
                self.shared.n_runs.update(|n| n + 1);
                self.demand(Some(&Demand::of(&run)));
                let results = match self.remembered(&run).await {
                    Some(results) => results,
                    None => self.run(&run).await,
                };
                (self.shared.sink)(Response::Results(results));
                // The data itself may still be on its way.
                self.load_page(&run.page).await;
                self.shared.hand.note_run(run);
            }
            Request::Options(request) => {
                let options = self.options(&request).await;
                (self.shared.sink)(Response::Options(options));
            }
            Request::Rows(request) => {
                let rows = self.rows(&request).await;
                (self.shared.sink)(Response::Rows(rows));
                // Nothing was put off for their sake.
                self.shared.slots.iter().for_each(|slot| drop(slot.turn.take()));
                return;
            }
            Request::Revalidate { source } => self.revalidate(&source).await,
            Request::Refresh { source } => {
                if let Some(slot) = self.shared.slot(&source) {
                    revalidate(&self.shared, slot, Wanted::Young).await;
                }
            }
            Request::Hold { hold } => {
                self.shared.holds.set(hold);
                if !hold {
                    release(&self.shared).await;
                }
            }
            Request::Prefetch(run) if budget::has_room(&self.shared, &self.columns(&run.page)) => self.run_aside(&run).await,
            Request::Prefetch(_) => {}
            Request::Prepare { filter } => self.shared.hand.note_filter(filter),
            Request::Describe { source } => {
                if let Some(slot) = self.shared.slot(&source) {
                    (self.shared.sink)(Response::Described(describe_source(&self.shared, slot).await));
                }
            }
        }
        budget::keep(&self.shared, 0);
        self.settle().await;
        budget::give_up_outgrown(&self.shared);
        prepare(&self.shared).await;
    }

    /// The results of views. Waits until the page's columns are loaded; a source that fails fails its own views only.
    pub async fn run(&self, run: &Run) -> Results {
        self.demand(Some(&Demand::of(run)));
        let mut failed = self.load_page(&run.page).await;
        loop {
            match answer_run::answer(&self.shared, run, &failed) {
                Ok(results) => return results,
                Err(lacking) => failed.extend(widen(&self.shared, lacking).await),
            }
        }
    }

    /// Makes and keeps answers that are not for the screen: what is on it stays what memory is kept for, and what the next visit begins
    /// with before anything else, unless it asks something itself meanwhile.
    async fn run_aside(&self, run: &Run) {
        let of_screen = |slot: &SourceSlot| {
            let SourceState { answered, visible, demand, .. } = &*slot.state.borrow();
            (answered.clone(), visible.clone(), demand.clone())
        };
        let (before, n_runs): (Vec<_>, _) = (self.shared.slots.iter().map(of_screen).collect(), self.shared.n_runs.get());
        self.run(run).await;
        if self.shared.n_runs.get() == n_runs {
            for (slot, mut before) in self.shared.slots.iter().zip(before) {
                let SourceState { answered, visible, demand, .. } = &mut *slot.state.borrow_mut();
                answered.retain(|key| !before.0.contains(key));
                before.0.append(answered);
                (*answered, *visible, *demand) = before;
            }
        }
    }

    /// The results of the last visit, when they answer this run and its sources are not loaded yet.
    async fn remembered(&self, run: &Run) -> Option<Results> {
        let page = self.shared.page(&run.page)?;
        let slots = self.shared.slots.iter().filter(|slot| page.views().any(|view| view.source == slot.source.name));
        let slots: Vec<&SourceSlot> = slots.collect();
        if slots.iter().any(|slot| slot.state.borrow().snapshot.is_some()) {
            return None;
        }
        for slot in &slots {
            recall(&self.shared, slot).await;
        }
        let results = answer_run::answer_from_memory(&self.shared, run)?;
        slots.into_iter().for_each(|slot| self.shared.send_status(slot));
        Some(results)
    }

    /// The values of a set filter, with the rows that pass the other filters.
    pub async fn options(&self, request: &OptionsRequest) -> Options {
        let mut failed = self.load_page(&request.page).await;
        loop {
            match answer_options::answer(&self.shared, request, failed.clone()) {
                Ok(options) => return options,
                Err(lacking) => failed.extend(widen(&self.shared, lacking).await),
            }
        }
    }

    /// A stretch of a long table. One that is held no more is made again; if the data or what it depends on is another by now, there
    /// are no rows of it.
    pub async fn rows(&self, request: &RowsRequest) -> Rows {
        let RowsRequest { seq, token, from, n_rows, .. } = *request;
        if let Some(keys) = &request.behind {
            let mut failed = self.load_page(&request.run.page).await;
            let found = loop {
                match answer_behind::answer(&self.shared, request, keys, &failed) {
                    Ok(found) => break found,
                    Err(lacking) => failed.extend(widen(&self.shared, lacking).await),
                }
            };
            let (table, n_behind) = found.unzip();
            return Rows { seq, token, from, table, n_behind: n_behind.unwrap_or(0) };
        }
        let held = || self.shared.long.borrow_mut().rows(token, from..from.saturating_add(n_rows));
        let table = match held() {
            Some(table) => Some(table),
            None => {
                self.run_aside(&request.run).await;
                held()
            }
        };
        Rows { seq, token, from, table, n_behind: 0 }
    }

    /// Loads the columns of a page ahead of its first question, in which these filters will be set: row groups that cannot
    /// matter to it are left out. `None` loads all rows. Failures are kept for the answer to the question. After a question there
    /// is nothing to guess.
    pub async fn preload(&self, page: &str, selections: Option<Vec<(String, FilterValue)>>) {
        if self.shared.slots.iter().any(|slot| slot.state.borrow().demand.is_some()) {
            return;
        }
        self.demand(selections.map(|selections| Demand::new(page, selections)).as_ref());
        self.load_page(page).await;
    }

    /// Asks the store whether a source changed; also tries a source again that failed. Ends with a status.
    pub async fn revalidate(&self, source: &str) {
        if let Some(slot) = self.shared.slot(source) {
            revalidate(&self.shared, slot, Wanted::Since(self.shared.host.now_ms())).await;
        }
    }

    /// The columns that a page needs, by source.
    pub fn columns(&self, page: &str) -> Vec<(String, Vec<String>)> {
        self.shared.page(page).map_or_else(Vec::new, |page| page_columns(&self.shared.dashboard, page))
    }

    /// What another tab has told.
    pub fn hear(&self, news: &News) {
        tabs::hear(&self.shared, news);
    }

    /// What the first answer need not wait for: domains of filters, writes to the cache, the validation of stale sources.
    pub async fn settle(&self) {
        settle(&self.shared).await;
    }

    pub fn status(&self, source: &str) -> Option<SourceStatus> {
        self.shared.slot(source).map(|slot| self.shared.status(slot))
    }

    /// Notes what is asked, before it is loaded.
    fn demand(&self, demand: Option<&Demand>) {
        for slot in &self.shared.slots {
            slot.state.borrow_mut().demand = demand.cloned();
        }
    }

    /// The failures among the sources of the page.
    async fn load_page(&self, page: &str) -> Vec<LoadError> {
        let Some(page) = self.shared.page(page) else { return vec![] };
        let columns = page_columns(&self.shared.dashboard, page);
        for slot in &self.shared.slots {
            let visible = columns.iter().find(|(source, _)| *source == slot.source.name);
            slot.state.borrow_mut().visible = visible.map_or_else(Vec::new, |(_, columns)| columns.clone());
        }
        let loads = columns.iter().filter_map(|(source, columns)| {
            let slot = self.shared.slot(source)?;
            Some(async move {
                let outcome = ensure(&self.shared, slot, columns).await;
                // Another tab may wait for this source, and this one for a source that the other one loads.
                if self.shared.slots.iter().any(|other| other.lock.try_lock().is_none()) {
                    leave(&self.shared, slot).await;
                }
                outcome
            })
        });
        join_all(loads).await.into_iter().filter_map(Result::err).collect()
    }
}

impl<H: Host> Shared<H> {
    pub fn slot(&self, source: &str) -> Option<&SourceSlot> {
        self.slots.iter().find(|slot| slot.source.name == source)
    }

    pub fn page(&self, id: &str) -> Option<&Page> {
        self.dashboard.page(id)
    }

    pub fn send_progress(&self, slot: &SourceSlot, progress: Progress) {
        let Progress { bytes_done, bytes_total, rows } = progress;
        if slot.turn.borrow().is_some() {
            self.host.tell(&News::at_work(&slot.key));
        }
        (self.sink)(Response::Progress { source: slot.source.name.clone(), bytes_done, bytes_total, rows });
    }

    pub fn send_status(&self, slot: &SourceSlot) {
        (self.sink)(Response::Status(self.status(slot)));
    }

    pub fn status(&self, slot: &SourceSlot) -> SourceStatus {
        let mut state = slot.state.borrow_mut();
        let error = state.error.clone();
        let counters = &slot.counters;
        let state = &mut *state;
        let (snapshot, remembered) = (state.snapshot.as_mut(), state.remembered.as_ref());
        let published = match &snapshot {
            Some(snapshot) => snapshot.published.clone(),
            None => remembered.and_then(|remembered| remembered.published.clone()),
        };
        let time = slot.time_expr();
        let id = snapshot.as_ref().map(|snapshot| &snapshot.id).or(remembered.map(|remembered| &remembered.snapshot));
        let validated_at = snapshot.as_ref().map(|snapshot| snapshot.validated_at);
        SourceStatus {
            source: slot.source.name.clone(),
            snapshot: id.cloned(),
            validated_at: validated_at.or(remembered.map(|remembered| remembered.validated_at)),
            created_at: published.as_ref().map(|published| published.created_ms),
            next_expected_at: published.and_then(|published| published.next_expected_ms),
            rows: snapshot.as_ref().map_or(remembered.map_or(0, |remembered| remembered.rows), |snapshot| snapshot.n_rows()),
            memory_bytes: snapshot.as_ref().map_or(0, |snapshot| snapshot.table.memory_bytes() as u64),
            row_groups_read: counters.row_groups_read.get(),
            row_groups_skipped: snapshot.as_ref().and_then(|snapshot| Some(snapshot.held.as_ref()?.n_left_out())).unwrap_or(0),
            newest: match snapshot {
                Some(snapshot) => time.and_then(|time| snapshot.newest(&time)),
                None => remembered.and_then(|remembered| remembered.newest),
            },
            bytes_fetched: counters.bytes_fetched.get(),
            bytes_from_cache: counters.bytes_from_cache.get(),
            requests: counters.requests.get(),
            decode_ms: counters.decode_ms.get(),
            memory_budget: self.memory.budget,
            worker_memory_bytes: self.host.memory_bytes(),
            columns: counters.columns.borrow().clone(),
            error,
            cache_notice: self.cache.notice(),
        }
    }
}
