//! Several tabs over one world: what they ask the store together.

use crate::world::store::{publish, ten_trips};
use crate::world::{FILE, TRIPS, Tab, trips};
use futures_util::future::join_all;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use tarn_protocol::Request;
use tarn_runtime::{CacheFailure, MemoryHost, News, block_on};

const N: usize = 20;
const TTL_MS: f64 = 300_000.0;

fn world() -> MemoryHost {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    host.put_file(FILE, trips(0), Some("\"1\""));
    host
}

/// Tabs that show the first page; all but the first took it from the cache.
fn tabs(host: &MemoryHost) -> Vec<Tab> {
    let tabs: Vec<Tab> = (0..N).map(|_| Tab::open(host)).collect();
    tabs.iter().for_each(|tab| assert_eq!(tab.show("money").unwrap().len(), 1));
    host.take_requests();
    tabs
}

fn refresh() -> Request {
    Request::Refresh { source: "trips".into() }
}

fn refresh_all(tabs: &[Tab]) {
    block_on(join_all(tabs.iter().map(|tab| tab.runtime.handle(refresh()))));
}

fn validated_at(tab: &Tab) -> f64 {
    tab.runtime.status("trips").unwrap().validated_at.unwrap()
}

#[test]
fn twenty_tabs_confirm_their_data_with_one_request() {
    let host = world();
    let tabs = tabs(&host);
    host.advance_ms(TTL_MS);
    refresh_all(&tabs);
    assert_eq!(host.take_requests(), [format!("{FILE} 0-0 if-none-match \"1\"")]);
    assert!(tabs.iter().all(|tab| validated_at(tab) == 1e12 + TTL_MS));
    // Each plans its own next refresh: what another one had by then is young enough.
    host.advance_ms(0.7 * TTL_MS);
    refresh_all(&tabs);
    assert!(host.take_requests().is_empty());
    host.advance_ms(0.1 * TTL_MS);
    refresh_all(&tabs);
    assert_eq!(host.take_requests().len(), 1);
}

#[test]
fn twenty_tabs_get_a_new_snapshot_for_the_price_of_one() {
    let price = |n: usize| {
        let host = world();
        let tabs = tabs(&host);
        host.advance_ms(TTL_MS);
        host.put_file(FILE, trips(5), Some("\"2\""));
        refresh_all(&tabs[..n]);
        let requests = host.take_requests();
        for tab in &tabs[..n] {
            assert_eq!(tab.show("money").unwrap(), ["5 1 5"]);
        }
        assert!(host.take_requests().is_empty());
        requests
    };
    assert_eq!(price(N), price(1));
}

#[test]
fn twenty_tabs_read_one_manifest() {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    publish(&host, "one", &[ten_trips(1)]);
    let tabs: Vec<Tab> = (0..N).map(|_| Tab::with(&host, &TRIPS.replace("trips.parquet", "trips/manifest.json"))).collect();
    tabs.iter().for_each(|tab| assert_eq!(tab.show("money").unwrap(), ["1 10 10"]));
    host.advance_ms(TTL_MS);
    publish(&host, "two", &[ten_trips(2)]);
    host.take_requests();
    refresh_all(&tabs);
    // Whether it changed, then the snapshot that it names.
    assert_eq!(host.take_requests().iter().filter(|request| request.contains("manifest.json")).count(), 2);
    tabs.iter().for_each(|tab| assert_eq!(tab.show("money").unwrap(), ["2 10 20"]));
    assert!(host.take_requests().is_empty());
}

#[test]
fn when_the_tab_that_asks_ends_the_next_one_asks() {
    let host = world();
    let tabs = tabs(&host);
    host.advance_ms(TTL_MS);
    {
        let mut asking = pin!(tabs[0].runtime.handle(refresh()));
        let mut context = Context::from_waker(Waker::noop());
        while host.take_requests().is_empty() {
            assert_eq!(asking.as_mut().poll(&mut context), Poll::Pending);
        }
        let mut waiting = pin!(tabs[1].runtime.handle(refresh()));
        for _ in 0..100 {
            assert_eq!(waiting.as_mut().poll(&mut context), Poll::Pending, "it waits for its turn");
        }
        assert!(host.take_requests().is_empty());
    }
    refresh_all(&tabs[1..]);
    assert_eq!(host.take_requests().len(), 1);
}

#[test]
fn tabs_that_do_not_know_of_each_other_ask_for_themselves() {
    let host = world();
    host.separate_tabs();
    let tabs = tabs(&host);
    host.advance_ms(TTL_MS);
    refresh_all(&tabs);
    assert_eq!(host.take_requests().len(), N);
    assert!(tabs.iter().all(|tab| validated_at(tab) == 1e12 + TTL_MS));
}

#[test]
fn without_storage_a_confirmation_is_heard() {
    let host = world();
    host.fail_cache(Some(CacheFailure::Unavailable));
    let tabs = tabs(&host);
    host.advance_ms(TTL_MS);
    refresh_all(&tabs[..1]);
    for news in host.take_news() {
        tabs.iter().for_each(|tab| tab.runtime.hear(&news));
    }
    assert!(tabs.iter().all(|tab| validated_at(tab) == 1e12 + TTL_MS));
    host.take_requests();
    refresh_all(&tabs);
    assert!(host.take_requests().is_empty());
}

#[test]
fn a_newer_snapshot_of_another_tab_is_announced_and_taken_from_the_cache() {
    let host = world();
    let tabs = tabs(&host);
    host.advance_ms(TTL_MS / 2.0);
    host.put_file(FILE, trips(5), Some("\"2\""));
    tabs[0].revalidate();
    host.take_requests();
    let news = host.take_news();
    assert_eq!(news.len(), 1);
    tabs[1].told();
    tabs[1].runtime.hear(&news[0]);
    assert_eq!(tabs[1].told(), "newer elsewhere");
    assert_eq!(tabs[1].show("money").unwrap(), ["0 1 0"], "one snapshot until the page asks");
    refresh_all(&tabs[1..2]);
    assert_eq!(tabs[1].show("money").unwrap(), ["5 1 5"]);
    assert!(host.take_requests().is_empty());
    tabs[1].told();
    tabs[1].runtime.hear(&news[0]);
    tabs[1].runtime.hear(&News { key: "another source".into(), validated_at: 2e12, ..news[0].clone() });
    tabs[1].runtime.hear(&News { validated_at: 2e12, ..news[0].clone() });
    assert_eq!(tabs[1].told(), "", "known already, of another source, from the future");
}

#[test]
fn a_viewer_who_asks_gets_an_answer_of_the_store() {
    let host = world();
    let tabs = tabs(&host);
    host.advance_ms(1_000.0);
    tabs[0].revalidate();
    assert_eq!(host.take_requests().len(), 1);
    host.advance_ms(1.0);
    tabs[1].revalidate();
    assert_eq!(host.take_requests().len(), 1, "the other tab had asked before");
    host.advance_ms(1.0);
    let ask = |tab: &Tab| Request::Revalidate { source: tab.runtime.dashboard().sources[0].name.clone() };
    block_on(join_all(tabs.iter().map(|tab| tab.runtime.handle(ask(tab)))));
    assert_eq!(host.take_requests().len(), 1, "one answer for all that ask at once");
}

#[test]
fn a_snapshot_that_waits_for_the_end_of_a_gesture_is_there_for_other_tabs() {
    let host = world();
    let tabs = tabs(&host);
    block_on(tabs[0].runtime.handle(Request::Hold { hold: true }));
    host.advance_ms(TTL_MS);
    host.put_file(FILE, trips(5), Some("\"2\""));
    refresh_all(&tabs[..1]);
    assert_eq!(tabs[0].show("money").unwrap(), ["0 1 0"]);
    host.take_requests();
    refresh_all(&tabs[1..]);
    assert_eq!(tabs[1].show("money").unwrap(), ["5 1 5"]);
    block_on(tabs[0].runtime.handle(Request::Hold { hold: false }));
    assert_eq!(tabs[0].show("money").unwrap(), ["5 1 5"]);
    assert_eq!(Tab::open(&host).show("money").unwrap(), ["5 1 5"]);
    assert!(host.take_requests().is_empty());
}
