//! Tabs over one world in which everything goes wrong: faults on the way, a cache that fails, fills and lies, workers that die
//! in the middle, snapshots that change while they are read. What happens is decided by a seed alone.
//!
//! An event is a request of a tab, a change of the store, of the cache or of the clock, faults put in the way of the next requests,
//! a worker that ends or begins. Three of four are requests. Both tests together make a million of them.
//!
//! `TARN_EVENTS=5000000 TARN_SEED=7 cargo test -p tarn-runtime --test simulation` runs longer, or a failure again.
#![allow(clippy::unwrap_used)]
mod world;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use tarn_dashboard::Dashboard;
use tarn_protocol::{QueryError, Request, Response, Results};
use tarn_runtime::{MemoryHost, Runtime};
use world::store::{OTHER_FARE, files_of};
use world::trouble::{Random, fault, trouble_cache};
use world::{compile, rows, run};

const DASHBOARD: &str = "
title: Trips
data:
  trips:
    source: SOURCE
    ttl: 5m
    max_stale: 1h
    schema: { at: timestamp!, fare: int64!, city: string }
    measures: { trips: count(*), takings: sum(fare) }
pages:
  - title: Money
    rows: [[{ table: [trips], by: [fare], limit: 9, id: fares }]]
  - title: Places
    rows: [[{ table: [trips, takings], by: [city], limit: 5, id: cities }, { kpi: takings, id: total }]]
";
const TABS: usize = 4;
const GENERATIONS: u64 = 9;

#[test]
fn published_source_is_right_or_absent() {
    simulate(true);
}

#[test]
fn plain_file_is_right_or_absent() {
    simulate(false);
}

fn simulate(is_published: bool) {
    let variable = |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (seed, events) = (variable("TARN_SEED", 42), variable("TARN_EVENTS", 500_000));
    println!("TARN_SEED={seed} TARN_EVENTS={events}");
    let mut simulation = Simulation::new(seed, is_published);
    while simulation.n_events < events {
        simulation.step();
    }
    println!("{:?}", simulation.seen);
    for outcome in ["shown", "failed", "killed", "switched", "calm", "refreshed once", "loaded once", "frozen"] {
        assert!(simulation.seen.contains_key(outcome), "never {outcome}: this simulates nothing");
    }
}

/// A request that a tab's worker is answering.
type Task = Pin<Box<dyn Future<Output = ()>>>;

struct Tab {
    runtime: Runtime<MemoryHost>,
    responses: Rc<RefCell<Vec<Response>>>,
}

struct Simulation {
    random: Random,
    host: MemoryHost,
    dashboard: Dashboard,
    is_published: bool,
    /// The files of each generation.
    shelf: Vec<MemoryHost>,
    tabs: Vec<Rc<Tab>>,
    /// When the store began to serve which generation.
    history: Vec<(f64, u64)>,
    /// Which generation a snapshot's name stands for.
    generations: BTreeMap<String, u64>,
    n_events: u64,
    seen: BTreeMap<&'static str, u64>,
}

impl Simulation {
    fn new(seed: u64, is_published: bool) -> Self {
        let host = MemoryHost::default();
        host.advance_ms(1e12);
        let dashboard = compile(&DASHBOARD.replace("SOURCE", if is_published { "trips/manifest.json" } else { "trips.parquet" }));
        let random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let shelf = (0..=GENERATIONS).map(|generation| files_of(generation, is_published)).collect();
        let (history, generations, seen) = (vec![], BTreeMap::new(), BTreeMap::new());
        let mut simulation = Self { random, host, dashboard, is_published, shelf, tabs: vec![], history, generations, n_events: 0, seen };
        simulation.switch(1);
        simulation.tabs = (0..TABS).map(|_| simulation.open()).collect();
        simulation
    }

    fn open(&self) -> Rc<Tab> {
        let responses = Rc::new(RefCell::new(vec![]));
        let sink = Rc::clone(&responses);
        let runtime = Runtime::new(self.host.clone(), self.dashboard.clone(), "https://store/", move |response| {
            sink.borrow_mut().push(response);
        });
        Rc::new(Tab { runtime, responses })
    }

    fn note(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }

    fn now(&self) -> f64 {
        use tarn_runtime::Host as _;
        self.host.now_ms()
    }

    /// The store serves another generation from now on.
    fn switch(&mut self, generation: u64) {
        self.n_events += 1;
        self.host.put_files_of(&self.shelf[generation as usize]);
        self.history.push((self.now(), generation));
        self.note("switched");
    }

    /// Deletes what only another generation needs, as a publisher does after a while.
    fn retire(&mut self, generation: u64) {
        if !self.is_published || self.history.last().is_some_and(|(_, served)| *served == generation) {
            return;
        }
        let of_another = &self.shelf[if generation == 1 { 2 } else { 1 }];
        for url in self.shelf[generation as usize].file_urls() {
            if of_another.file(&url).is_none() {
                self.host.remove_file(&url);
            }
        }
        self.note("retired");
    }

    fn step(&mut self) {
        let kind = self.random.below(24);
        self.n_events += u64::from((1..=9).contains(&kind));
        match kind {
            0 => {
                let generation = 1 + self.random.below(GENERATIONS);
                self.switch(generation);
            }
            1 => {
                let generation = 1 + self.random.below(GENERATIONS);
                self.retire(generation);
            }
            2 => self.host.advance_ms(self.random.below(4_000_000) as f64),
            3 | 4 => self.host.advance_ms(self.random.below(400_000) as f64),
            5 => trouble_cache(&self.host, &mut self.random),
            6..=8 => {
                let n_faults = 1 + self.random.below(3);
                self.host.faults((0..n_faults).map(|_| fault(&mut self.random, self.is_published)));
            }
            9 => {
                let at = self.random.below(TABS as u64) as usize;
                self.tabs[at] = self.open();
            }
            10 if self.random.one_in(8) => self.calm(),
            11 if self.random.one_in(4) => self.refresh_together(),
            12 if self.random.one_in(8) => self.open_together(),
            _ => self.act(),
        }
    }

    /// Several tabs at once.
    fn act(&mut self) {
        let first = self.random.below(TABS as u64) as usize;
        let n_acting = 1 + self.random.below(3) as usize;
        let acting = (0..n_acting).map(|n| ((first + n) % TABS, self.request()));
        let acting: Vec<(usize, Request)> = acting.collect();
        self.perform(acting);
        // The next event happens later: at one instant several generations may be served.
        self.host.advance_ms(1.0);
    }

    /// One request, answered before anything else happens.
    fn handle(&mut self, at: usize, request: Request) {
        self.n_events += 1;
        self.note("asked");
        let tab = Rc::clone(&self.tabs[at]);
        tarn_runtime::block_on(tab.runtime.handle(request));
        self.check(at);
    }

    /// All tabs refresh at once: one at a time asks the store; when nothing goes wrong, one alone.
    fn refresh_together(&mut self) {
        let calm = self.random.one_in(2);
        if calm {
            self.end_troubles();
        }
        let status = |tab: &Rc<Tab>| tab.runtime.status("trips").unwrap();
        for at in 0..TABS {
            self.handle(at, run(&self.dashboard, "money"));
        }
        // What is not loaded yet is loaded without a turn.
        if self.tabs.iter().any(|tab| status(tab).memory_bytes == 0) {
            return;
        }
        let stores = self.tabs.iter().all(|tab| status(tab).cache_notice.is_none() && status(tab).error.is_none());
        self.host.advance_ms(300_000.0);
        self.host.take_requests();
        self.host.take_most_asking();
        let disturbed = self.perform((0..TABS).map(|at| (at, Request::Refresh { source: "trips".into() })).collect());
        assert!(self.host.take_most_asking() <= 1, "tabs ask the store at the same time");
        let asks = |request: &&String| request.contains(" 0-0") || request.contains("manifest.json");
        let n_asked = self.host.take_requests().iter().filter(asks).count();
        if calm && stores && !disturbed {
            // A manifest is read to see whether it changed, and again for the snapshot that it names by then.
            assert!((1..=2).contains(&n_asked), "{TABS} tabs asked {n_asked} times");
            self.note("refreshed once");
        }
        self.host.advance_ms(1.0);
    }

    fn end_troubles(&self) {
        self.host.clear_faults();
        self.host.fail_cache(None);
        self.host.set_quota(None);
    }

    /// Without anything in the cache all tabs open at once: when nothing goes wrong, no byte is fetched twice.
    fn open_together(&mut self) {
        self.end_troubles();
        self.host.clear_cache();
        self.host.take_news();
        self.tabs = (0..TABS).map(|_| self.open()).collect();
        self.n_events += TABS as u64;
        self.host.take_requests();
        let pages = (0..TABS).map(|at| (at, if self.random.one_in(2) { "money" } else { "places" }));
        let pages: Vec<(usize, &str)> = pages.collect();
        let disturbed = self.perform(pages.into_iter().map(|(at, page)| (at, run(&self.dashboard, page))).collect());
        let mut requests = self.host.take_requests();
        if !disturbed {
            requests.sort();
            assert!(requests.windows(2).all(|pair| pair[0] != pair[1]), "fetched twice: {requests:#?}");
            self.note("loaded once");
        }
        self.host.advance_ms(1.0);
    }

    /// Requests at once, in an order that the seed decides; a worker may die, another may freeze for a while, the store may switch in
    /// between. Whether one did.
    fn perform(&mut self, acting: Vec<(usize, Request)>) -> bool {
        let mut tasks: Vec<(usize, Task)> = vec![];
        for (at, request) in acting.clone() {
            self.n_events += 1;
            self.note("asked");
            let tab = Rc::clone(&self.tabs[at]);
            tasks.push((at, Box::pin(async move { tab.runtime.handle(request).await })));
        }
        let kill_at = if self.random.one_in(6) { self.random.below(30) } else { u64::MAX };
        let switch_at = if self.random.one_in(12) { self.random.below(30) } else { u64::MAX };
        let frozen = if self.random.one_in(12) { Some(acting[0].0) } else { None };
        let mut polls = 0;
        while !tasks.is_empty() {
            let at = self.random.below(tasks.len() as u64) as usize;
            if (10..300).contains(&polls) && frozen == Some(tasks[at].0) && tasks.len() > 1 {
                self.host.advance_ms(50.0);
                self.note("frozen");
            } else if polls == kill_at {
                let (tab, _) = tasks.swap_remove(at);
                self.tabs[tab] = self.open();
                self.n_events += 1;
                self.note("killed");
            } else if tasks[at].1.as_mut().poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(()) {
                drop(tasks.swap_remove(at));
            }
            if polls == switch_at {
                let generation = 1 + self.random.below(GENERATIONS);
                self.switch(generation);
            }
            for news in self.host.take_news() {
                self.tabs.iter().for_each(|tab| tab.runtime.hear(&news));
            }
            polls += 1;
            assert!(polls < 10_000, "a request never ends");
        }
        for (at, _) in acting {
            self.check(at);
        }
        kill_at < polls || switch_at < polls || frozen.is_some()
    }

    fn request(&mut self) -> Request {
        let page = match self.random.below(6) {
            0 => return Request::Revalidate { source: "trips".into() },
            5 => return Request::Refresh { source: "trips".into() },
            1 | 2 => "money",
            _ => "places",
        };
        run(&self.dashboard, page)
    }

    /// What the tab was told since the last time is right, or said to have failed.
    fn check(&mut self, at: usize) {
        let tab = Rc::clone(&self.tabs[at]);
        for response in tab.responses.take() {
            if let Response::Results(results) = response {
                self.check_results(&results);
            }
        }
        let Some(status) = tab.runtime.status("trips") else { return };
        let (Some(snapshot), Some(validated_at)) = (status.snapshot, status.validated_at) else { return };
        assert!(validated_at <= self.now(), "validated in the future");
        // What is called current at an instant was served then. Its age, and with it stale and expired, count from there.
        let Some(generation) = self.generations.get(&snapshot).copied() else { return };
        let until_then = || self.history.iter().rev().skip_while(|(at, _)| *at > validated_at);
        let n_at_once = until_then().take_while(|(at, _)| *at == validated_at).count();
        let served: Vec<u64> = until_then().take(n_at_once + 1).map(|(_, generation)| *generation).collect();
        assert!(served.contains(&generation), "generation {generation} is called current at {validated_at}, when {served:?} was served");
    }

    fn check_results(&mut self, results: &Results) {
        let mut snapshots: Vec<(String, u64)> = vec![];
        for (view, result) in &results.views {
            match result {
                Ok(result) => {
                    self.note("shown");
                    let rows = rows(&result.table);
                    let generation = match view.as_str() {
                        "cities" => self.generation(&rows, 3),
                        "total" => self.generation(&rows, 1),
                        _ => continue,
                    };
                    snapshots.push((result.snapshot.clone(), generation));
                }
                Err(QueryError::Load(_)) => self.note("failed"),
                Err(error) => panic!("{view}: {error:?}"),
            }
        }
        for (snapshot, generation) in &snapshots {
            assert_eq!((snapshot, generation), (&snapshots[0].0, &snapshots[0].1), "two snapshots on one page");
            let known = *self.generations.entry(snapshot.clone()).or_insert(*generation);
            assert_eq!(known, *generation, "snapshot {snapshot} shows other rows than it did");
            assert!(!self.is_published || *snapshot == format!("g{generation}"));
        }
    }

    /// The generation whose rows these are, by the last value of each: ten trips a file, of that fare.
    fn generation(&self, rows: &[String], n_rows: usize) -> u64 {
        assert_eq!(rows.len(), n_rows, "{rows:?}");
        let takings: u64 = rows.iter().map(|row| row.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum();
        let unit = if self.is_published { 10 * (1 + OTHER_FARE) } else { 10 };
        let generation = takings / unit;
        assert!(takings.is_multiple_of(unit) && (1..=GENERATIONS).contains(&generation), "rows of no generation: {rows:?}");
        generation
    }

    /// All troubles end: every tab shows what is served, and a reload takes all of it from the cache.
    fn calm(&mut self) {
        self.end_troubles();
        self.host.advance_ms(2_000.0);
        let served = self.history.last().unwrap().1;
        self.switch(served);
        self.host.advance_ms(2_000.0);
        for at in 0..TABS {
            self.refresh(at, served);
        }
        // Storage that failed for a tab is not tried again by it: a new one stores what it loads, and the next finds it.
        self.tabs[0] = self.open();
        self.refresh(0, served);
        self.tabs[0] = self.open();
        self.host.take_requests();
        self.show(0, served);
        assert_eq!(self.host.take_requests(), Vec::<String>::new(), "what was stored is used");
        self.note("calm");
    }

    /// A source that failed is taken from the cache where that is fresh, which may be older than what is served; a second
    /// validation asks the store.
    fn refresh(&mut self, at: usize, served: u64) {
        self.handle(at, run(&self.dashboard, "money"));
        for _ in 0..2 {
            self.host.advance_ms(2_000.0);
            self.handle(at, Request::Revalidate { source: "trips".into() });
        }
        self.show(at, served);
    }

    fn show(&mut self, at: usize, served: u64) {
        for page in ["money", "places"] {
            self.handle(at, run(&self.dashboard, page));
        }
        let status = self.tabs[at].runtime.status("trips").unwrap();
        assert_eq!(status.error, None);
        assert_eq!(self.generations.get(&status.snapshot.unwrap()), Some(&served), "the served generation is shown");
    }
}
