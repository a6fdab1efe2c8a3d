//! Tabs over one world in which everything goes wrong: faults on the way, a cache that fails, fills and lies, workers that die
//! in the middle, snapshots that change while they are read, viewers who sign in one after another at the same addresses. What happens
//! is decided by a seed alone.
//!
//! An event is a request of a tab, a change of the store, of the cache or of the clock, faults put in the way of the next requests,
//! a worker that ends or begins. Three of four are requests. Both tests together make a million of them.
//!
//! `TARN_EVENTS=5000000 TARN_SEED=7 cargo test -p tarn-runtime --test pipeline simulation` runs longer, or a failure again.

use crate::world::judge::{GENERATIONS, Judge};
use crate::world::store::files_of;
use crate::world::trouble::{Random, end_troubles, fault, trouble_cache};
use crate::world::{compile, run};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use tarn_dashboard::Dashboard;
use tarn_protocol::{Request, Response, SourceStatus};
use tarn_runtime::{MemoryHost, Runtime};

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
const VIEWERS: usize = 2;

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
    for outcome in ["shown", "failed", "killed", "switched", "calm", "refreshed once", "loaded once", "frozen", "signed in"] {
        assert!(simulation.seen.contains_key(outcome), "never {outcome}: this simulates nothing");
    }
}

/// A request that a tab's worker is answering.
type Task = Pin<Box<dyn Future<Output = ()>>>;

struct Tab {
    viewer: usize,
    runtime: Runtime<MemoryHost>,
    responses: Rc<RefCell<Vec<Response>>>,
}

struct Simulation {
    random: Random,
    /// The world as each viewer sees it.
    hosts: Vec<MemoryHost>,
    dashboard: Dashboard,
    /// The files of each viewer and generation.
    shelf: Vec<Vec<MemoryHost>>,
    tabs: Vec<Rc<Tab>>,
    judge: Judge,
    n_events: u64,
    seen: BTreeMap<&'static str, u64>,
}

impl Simulation {
    fn new(seed: u64, is_published: bool) -> Self {
        let host = MemoryHost::default();
        host.advance_ms(1e12);
        let hosts = vec![host.clone(), host.another_viewer()];
        let dashboard = compile(&DASHBOARD.replace("SOURCE", if is_published { "trips/manifest.json" } else { "trips.parquet" }));
        let random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let of_viewer = |viewer| (0..=GENERATIONS).map(|generation| files_of(viewer, generation, is_published)).collect();
        let shelf = (0..VIEWERS).map(of_viewer).collect();
        let judge = Judge { is_published, history: vec![], known: BTreeMap::new() };
        let mut simulation = Self { random, hosts, dashboard, shelf, tabs: vec![], judge, n_events: 0, seen: BTreeMap::new() };
        simulation.switch(1);
        simulation.tabs = (0..TABS).map(|_| simulation.open(0)).collect();
        simulation
    }

    /// A page of this viewer: the first that it does is to delete what another one has left.
    fn open(&self, viewer: usize) -> Rc<Tab> {
        for (other, host) in self.hosts.iter().enumerate() {
            if other != viewer {
                host.clear_cache();
            }
        }
        let responses = Rc::new(RefCell::new(vec![]));
        let sink = Rc::clone(&responses);
        let runtime = Runtime::new(self.hosts[viewer].clone(), self.dashboard.clone(), "https://store/", move |response| {
            sink.borrow_mut().push(response);
        });
        Rc::new(Tab { viewer, runtime, responses })
    }

    /// Another page in the place of this one: after a crash, or since somebody else has signed in, which tells it as a rule.
    fn reopen(&mut self, at: usize) {
        let viewer = if self.random.one_in(4) { self.random.below(VIEWERS as u64) as usize } else { self.tabs[at].viewer };
        if viewer != self.tabs[at].viewer {
            self.note("signed in");
        }
        self.tabs[at] = self.open(viewer);
        self.n_events += 1;
    }

    /// Somebody signs in, and every tab has heard of it.
    fn sign_in(&mut self) {
        let viewer = self.random.below(VIEWERS as u64) as usize;
        for at in 0..TABS {
            if self.tabs[at].viewer != viewer {
                self.tabs[at] = self.open(viewer);
                self.n_events += 1;
                self.note("signed in");
            }
        }
        self.deliver();
        let others = self.hosts.iter().enumerate().filter(|(other, _)| *other != viewer);
        assert!(others.into_iter().all(|(_, host)| host.cached().is_empty()), "something of another identity remains");
    }

    /// What tabs have told reaches those of their viewer.
    fn deliver(&self) {
        for (viewer, host) in self.hosts.iter().enumerate() {
            for news in host.take_news() {
                self.tabs.iter().filter(|tab| tab.viewer == viewer).for_each(|tab| tab.runtime.hear(&news));
            }
        }
    }

    fn note(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }

    fn status(&self, at: usize) -> SourceStatus {
        self.tabs[at].runtime.status("trips").unwrap()
    }

    fn now(&self) -> f64 {
        use tarn_runtime::Host as _;
        self.hosts[0].now_ms()
    }

    /// The store serves another generation from now on.
    fn switch(&mut self, generation: u64) {
        self.n_events += 1;
        for (host, shelf) in self.hosts.iter().zip(&self.shelf) {
            host.put_files_of(&shelf[generation as usize]);
        }
        self.judge.history.push((self.now(), generation));
        self.note("switched");
    }

    /// Deletes what only another generation needs, as a publisher does after a while.
    fn retire(&mut self, generation: u64) {
        if !self.judge.is_published || self.judge.served() == generation {
            return;
        }
        for (host, shelf) in self.hosts.iter().zip(&self.shelf) {
            let of_another = &shelf[if generation == 1 { 2 } else { 1 }];
            let urls = shelf[generation as usize].file_urls();
            urls.iter().filter(|url| of_another.file(url).is_none()).for_each(|url| host.remove_file(url));
        }
        self.note("retired");
    }

    fn step(&mut self) {
        let kind = self.random.below(24);
        self.n_events += u64::from((1..=8).contains(&kind));
        match kind {
            0 => {
                let generation = 1 + self.random.below(GENERATIONS);
                self.switch(generation);
            }
            1 => {
                let generation = 1 + self.random.below(GENERATIONS);
                self.retire(generation);
            }
            2 => self.hosts[0].advance_ms(self.random.below(4_000_000) as f64),
            3 | 4 => self.hosts[0].advance_ms(self.random.below(400_000) as f64),
            5 => trouble_cache(&self.hosts[self.tabs[0].viewer], &mut self.random),
            6..=8 => {
                let n_faults = 1 + self.random.below(3);
                self.hosts[0].faults((0..n_faults).map(|_| fault(&mut self.random, self.judge.is_published)));
            }
            9 => {
                let at = self.random.below(TABS as u64) as usize;
                self.reopen(at);
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
        self.hosts[0].advance_ms(1.0);
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
        self.sign_in();
        let calm = self.random.one_in(2);
        if calm {
            end_troubles(&self.hosts[0]);
        }
        for at in 0..TABS {
            self.handle(at, run(&self.dashboard, "money"));
        }
        // What is not loaded yet is loaded without a turn.
        if (0..TABS).any(|at| self.status(at).memory_bytes == 0) {
            return;
        }
        let stores = (0..TABS).all(|at| self.status(at).cache_notice.is_none() && self.status(at).error.is_none());
        self.hosts[0].advance_ms(300_000.0);
        self.hosts[0].take_requests();
        self.hosts[0].take_most_asking();
        let disturbed = self.perform((0..TABS).map(|at| (at, Request::Refresh { source: "trips".into() })).collect());
        assert!(self.hosts[0].take_most_asking() <= 1, "tabs ask the store at the same time");
        let asks = |request: &&String| request.contains(" 0-0") || request.contains("manifest.json");
        let n_asked = self.hosts[0].take_requests().iter().filter(asks).count();
        if calm && stores && !disturbed {
            // A manifest is read to see whether it changed, and again for the snapshot that it names by then.
            assert!((1..=2).contains(&n_asked), "{TABS} tabs asked {n_asked} times");
            self.note("refreshed once");
        }
        self.hosts[0].advance_ms(1.0);
    }

    /// Without anything in the cache all tabs open at once: when nothing goes wrong, no byte is fetched twice.
    fn open_together(&mut self) {
        end_troubles(&self.hosts[0]);
        self.sign_in();
        let viewer = self.tabs[0].viewer;
        self.hosts[viewer].clear_cache();
        self.tabs = (0..TABS).map(|_| self.open(viewer)).collect();
        self.n_events += TABS as u64;
        self.hosts[0].take_requests();
        let pages = (0..TABS).map(|at| (at, if self.random.one_in(2) { "money" } else { "places" }));
        let pages: Vec<(usize, &str)> = pages.collect();
        let disturbed = self.perform(pages.into_iter().map(|(at, page)| (at, run(&self.dashboard, page))).collect());
        let mut requests = self.hosts[0].take_requests();
        if !disturbed {
            requests.sort();
            assert!(requests.windows(2).all(|pair| pair[0] != pair[1]), "fetched twice: {requests:#?}");
            self.note("loaded once");
        }
        self.hosts[0].advance_ms(1.0);
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
                self.hosts[0].advance_ms(50.0);
                self.note("frozen");
            } else if polls == kill_at {
                let (tab, _) = tasks.swap_remove(at);
                self.reopen(tab);
                self.note("killed");
            } else if tasks[at].1.as_mut().poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(()) {
                drop(tasks.swap_remove(at));
            }
            if polls == switch_at {
                let generation = 1 + self.random.below(GENERATIONS);
                self.switch(generation);
            }
            self.deliver();
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
                let (shown, failed) = self.judge.check_results(tab.viewer, &results);
                *self.seen.entry("shown").or_default() += shown;
                *self.seen.entry("failed").or_default() += failed;
            }
        }
        self.judge.check_status(tab.viewer, &self.status(at), self.now());
    }

    /// All troubles end: every tab shows what is served, and a reload takes all of it from the cache.
    fn calm(&mut self) {
        end_troubles(&self.hosts[0]);
        self.hosts[0].advance_ms(2_000.0);
        let served = self.judge.served();
        self.switch(served);
        self.hosts[0].advance_ms(2_000.0);
        for at in 0..TABS {
            self.refresh(at, served);
        }
        // Storage that failed for a tab is not tried again by it: a new one stores what it loads, and the next finds it.
        self.tabs[0] = self.open(self.tabs[0].viewer);
        self.refresh(0, served);
        self.tabs[0] = self.open(self.tabs[0].viewer);
        self.hosts[0].take_requests();
        self.show(0, served);
        assert_eq!(self.hosts[0].take_requests(), Vec::<String>::new(), "what was stored is used");
        self.note("calm");
    }

    /// A source that failed is taken from the cache where that is fresh, which may be older than what is served; a second
    /// validation asks the store.
    fn refresh(&mut self, at: usize, served: u64) {
        self.handle(at, run(&self.dashboard, "money"));
        for _ in 0..2 {
            self.hosts[0].advance_ms(2_000.0);
            self.handle(at, Request::Revalidate { source: "trips".into() });
        }
        self.show(at, served);
    }

    fn show(&mut self, at: usize, served: u64) {
        for page in ["money", "places"] {
            self.handle(at, run(&self.dashboard, page));
        }
        let status = self.status(at);
        assert_eq!(status.error, None);
        let shown = self.judge.known.get(&status.snapshot.unwrap()).unwrap();
        assert_eq!(*shown, (self.tabs[at].viewer, served), "the served generation is shown");
    }
}
