//! Several tabs that open together over an empty cache: what they fetch together.

use crate::world::store::{publish, ten_trips};
use crate::world::{FILE, TRIPS, Tab, trips};
use futures_util::future::{join, join_all};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use tarn_protocol::QueryError;
use tarn_runtime::{CacheFailure, Host as _, MemoryHost, News, block_on};

const N: usize = 20;

fn world() -> MemoryHost {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    host.put_file(FILE, trips(0), Some("\"1\""));
    publish(&host, "one", &[ten_trips(1), ten_trips(2)]);
    host
}

fn open(host: &MemoryHost, yaml: &str, n: usize) -> Vec<Tab> {
    (0..n).map(|_| Tab::with(host, yaml)).collect()
}

/// What each tab shows. All at once; one that waits for ever fails the test.
fn show_all(tabs: &[Tab], page: &str) -> Vec<Result<Vec<String>, QueryError>> {
    let mut all = pin!(join_all(tabs.iter().map(|tab| tab.ask(page))));
    for _ in 0..100_000 {
        if let Poll::Ready(shown) = all.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return shown;
        }
    }
    panic!("tabs wait for ever");
}

fn price_of_one(yaml: &str, page: &str) -> Vec<String> {
    let host = world();
    assert!(show_all(&open(&host, yaml, 1), page)[0].is_ok());
    host.take_requests()
}

#[test]
fn twenty_tabs_that_open_together_load_for_the_price_of_one() {
    for yaml in [TRIPS.to_owned(), TRIPS.replace("trips.parquet", "trips/manifest.json")] {
        let host = world();
        let shown = show_all(&open(&host, &yaml, N), "money");
        assert!(shown.iter().all(|rows| rows.is_ok() && *rows == shown[0]), "{shown:?}");
        assert_eq!(host.take_requests(), price_of_one(&yaml, "money"));
    }
}

#[test]
fn twenty_tabs_that_open_another_page_fetch_what_it_adds_for_the_price_of_one() {
    for yaml in [TRIPS.to_owned(), TRIPS.replace("trips.parquet", "trips/manifest.json")] {
        let price = |n: usize| {
            let host = world();
            let tabs = open(&host, &yaml, n);
            assert!(show_all(&tabs, "money").iter().all(Result::is_ok));
            host.take_requests();
            let shown = show_all(&tabs, "places");
            assert!(shown.iter().all(|rows| rows.is_ok() && *rows == shown[0]), "{shown:?}");
            host.take_requests()
        };
        assert!(!price(1).is_empty());
        assert_eq!(price(N), price(1));
    }
}

#[test]
fn what_another_tab_has_added_meanwhile_is_in_the_cache() {
    let host = world();
    let tabs = open(&host, TRIPS, 2);
    assert!(show_all(&tabs, "money").iter().all(Result::is_ok));
    tabs[0].show("places").unwrap();
    host.take_requests();
    assert_eq!(tabs[1].show("places").unwrap(), tabs[0].show("places").unwrap());
    assert_eq!(host.take_requests(), [""; 0]);
}

#[test]
fn tabs_on_another_page_fetch_what_that_adds() {
    let host = world();
    let tabs = open(&host, TRIPS, N);
    let pages = ["money", "places"];
    let shown = block_on(join_all(tabs.iter().enumerate().map(|(at, tab)| tab.ask(pages[at % 2]))));
    assert!(shown.iter().all(Result::is_ok));
    let requests = host.take_requests();
    let mut once = requests.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), requests.len(), "{requests:?}");
    assert!(requests.len() > price_of_one(TRIPS, "money").len());
}

#[test]
fn when_the_tab_that_loads_ends_the_next_one_loads() {
    let host = world();
    let tabs = open(&host, TRIPS, N);
    {
        let ending = open(&host, TRIPS, 2);
        let mut loading = pin!(ending[0].ask("money"));
        while host.take_requests().is_empty() {
            assert!(loading.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        let mut waiting = pin!(ending[1].ask("money"));
        for _ in 0..100 {
            assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "it waits for its turn");
        }
        assert!(host.take_requests().is_empty());
    }
    assert!(show_all(&tabs, "money").iter().all(Result::is_ok));
    assert_eq!(host.take_requests(), price_of_one(TRIPS, "money"));
}

#[test]
fn a_tab_that_is_stuck_is_waited_for_while_it_gives_signs_of_life() {
    let host = world();
    let tabs = open(&host, TRIPS, 2);
    let mut context = Context::from_waker(Waker::noop());
    let mut loading = pin!(tabs[0].ask("money"));
    while host.take_requests().is_empty() {
        assert!(loading.as_mut().poll(&mut context).is_pending());
    }
    let mut waiting = pin!(tabs[1].ask("money"));
    for _ in 0..30 {
        host.advance_ms(1_000.0);
        host.tell(&News::at_work(&format!("source {FILE}")));
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        assert!(host.take_requests().is_empty());
    }
    host.advance_ms(5_000.0);
    assert!(block_on(waiting).is_ok());
    assert_eq!(host.take_requests(), price_of_one(TRIPS, "money"));
    assert!(block_on(loading).is_ok());
}

#[test]
fn a_load_gives_signs_of_life() {
    let host = world();
    host.set_ms_per_piece(3_000.0);
    let shown = show_all(&open(&host, TRIPS, 3), "money");
    assert!(shown.iter().all(Result::is_ok));
    let n_asked = host.take_requests().len();
    assert_eq!(n_asked, price_of_one(TRIPS, "money").len(), "it took longer than anybody is silent");
}

#[test]
fn tabs_that_can_leave_nothing_for_each_other_do_not_wait() {
    for failure in [CacheFailure::Unavailable, CacheFailure::Full] {
        let host = world();
        host.fail_cache(Some(failure));
        let tabs = open(&host, TRIPS, N);
        let mut all = pin!(join_all(tabs.iter().map(|tab| tab.ask("money"))));
        while all.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            for news in host.take_news() {
                tabs.iter().for_each(|tab| tab.runtime.hear(&news));
            }
        }
        assert_eq!(host.take_requests().len(), N * price_of_one(TRIPS, "money").len());
    }
}

#[test]
fn the_first_visit_asks_as_soon_as_where_tabs_do_not_know_of_each_other() {
    let steps = |host: MemoryHost| {
        let tab = Tab::open(&host);
        let mut loading = pin!(tab.runtime.preload("money", None));
        let mut steps = 0;
        while host.take_requests().is_empty() {
            assert!(loading.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            steps += 1;
        }
        steps
    };
    let alone = world();
    alone.separate_tabs();
    assert_eq!(steps(world()), steps(alone));
}

const TWO_SOURCES: &str = "
title: Two
data:
  a:
    source: trips.parquet
    ttl: 5m
    schema: { at: timestamp!, fare: int64!, city: string }
    measures: { trips: count(*), takings: sum(fare) }
  b:
    source: trips/manifest.json
    ttl: 5m
    schema: { at: timestamp!, fare: int64!, city: string }
    measures: { rides: count(*), money: sum(fare) }
pages:
  - { title: Both, id: both, rows: [[{ kpi: takings, id: first }, { kpi: money, id: second }]] }
";

#[test]
fn tabs_with_several_sources_do_not_wait_for_each_other_in_a_circle() {
    for yaml in [TWO_SOURCES.to_owned(), TWO_SOURCES.replace("trips/manifest.json", "trips.parquet")] {
        let host = world();
        // The second begins at any step of the first, so that turns are taken in every order.
        for n_before in 0..60 {
            host.clear_cache();
            let tabs = open(&host, &yaml, 2);
            let mut context = Context::from_waker(Waker::noop());
            let mut first = pin!(tabs[0].ask("both"));
            if (0..n_before).any(|_| first.as_mut().poll(&mut context).is_ready()) {
                break;
            }
            let mut both = pin!(join(first, tabs[1].ask("both")));
            let ended = (0..100_000).any(|_| match both.as_mut().poll(&mut context) {
                Poll::Ready((first, second)) => first.is_ok() && second.is_ok(),
                Poll::Pending => false,
            });
            assert!(ended, "after {n_before} steps");
        }
    }
}

const THREE_PAGES: &str = "
title: Three
data:
  trips:
    source: trips.parquet
    ttl: 5m
    schema: { at: timestamp!, fare: int64!, city: string }
    measures: { trips: count(*), takings: sum(fare), newest: max(at), cities: count(distinct city) }
pages:
  - { title: Money, rows: [[kpi: takings]] }
  - { title: Places, rows: [[kpi: cities]] }
  - { title: Days, rows: [[kpi: newest]] }
";

#[test]
fn what_two_tabs_store_at_once_is_all_kept() {
    let host = world();
    for n_before in 0..60 {
        host.clear_cache();
        let tabs = open(&host, THREE_PAGES, 2);
        assert!(show_all(&tabs, "money").iter().all(Result::is_ok));
        {
            let mut first = pin!(tabs[0].ask("places"));
            let mut context = Context::from_waker(Waker::noop());
            if (0..n_before).any(|_| first.as_mut().poll(&mut context).is_ready()) {
                break;
            }
            let (first, second) = block_on(join(first, tabs[1].ask("days")));
            assert!(first.is_ok() && second.is_ok());
        }
        host.take_requests();
        let next = &open(&host, THREE_PAGES, 1)[0];
        for page in ["money", "places", "days"] {
            assert!(next.show(page).is_ok());
        }
        assert!(host.take_requests().is_empty(), "after {n_before} steps");
    }
}
