//! What is held stays within a memory budget, and answers do not depend on it.

use crate::world::{FILE, Tab, trips};
use tarn_protocol::{LoadError, LoadErrorKind, Request};
use tarn_runtime::{MemoryHost, block_on};

/// `fare` takes 160 kB, as `at` does; `city` 40 kB. What queries leave behind comes on top.
fn world(budget: u64) -> MemoryHost {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    host.put_file(FILE, trips(0), Some("\"1\""));
    host.set_memory_budget(budget);
    host
}

/// Pages of one column, of two, and of all.
const PAGES: &str = "
title: Trips
data:
  trips:
    source: trips.parquet
    ttl: 5m
    schema: { at: timestamp!, fare: int64!, city: string }
    measures: { trips: count(*), takings: sum(fare), latest: max(at), kinds: count(distinct fare) }
pages:
  - { title: Money, rows: [[{ table: [trips, takings, kinds], by: [fare], limit: 3 }]] }
  - { title: Places, rows: [[{ table: [trips, takings], by: [city] }]] }
  - { title: Times, rows: [[{ table: [trips, latest], by: [at], limit: 3 }]] }
  - { title: Cities, rows: [[{ table: [trips], by: [city] }]] }
  - { title: All, rows: [[{ table: [trips, takings, latest], by: [city] }]] }
";

fn held(tab: &Tab) -> u64 {
    tab.runtime.status("trips").unwrap().memory_bytes
}

#[test]
fn answers_are_the_same_with_little_memory_and_it_is_kept() {
    let (plenty, little) = (world(1 << 40), world(700_000));
    let (free, bound) = (Tab::with(&plenty, PAGES), Tab::with(&little, PAGES));
    let mut most = 0;
    for page in ["money", "times", "places", "money", "all", "times", "money", "places", "all"] {
        assert_eq!(bound.show(page).unwrap(), free.show(page).unwrap(), "{page}");
        assert!(held(&bound) <= 700_000, "{page}: {} bytes", held(&bound));
        most = most.max(held(&free));
    }
    assert!(most > 900_000, "the budget matters: {most} bytes without one");
}

#[test]
fn a_page_is_prefetched_only_where_there_is_room_beside_the_one_on_the_screen() {
    for (budget, has_room) in [(300_000, false), (1 << 40, true)] {
        let host = world(budget);
        let tab = Tab::with(&host, PAGES);
        tab.show("money").unwrap();
        let (before, _) = (held(&tab), host.take_requests());
        tab.prefetch("times");
        assert_eq!((!host.take_requests().is_empty(), held(&tab) > before), (has_room, has_room), "{budget} bytes");
    }
}

#[test]
fn cold_columns_go_and_come_back_from_the_cache() {
    let host = world(300_000);
    let tab = Tab::with(&host, PAGES);
    let first = tab.show("money").unwrap();
    assert!((160_000..=300_000).contains(&held(&tab)), "{}", held(&tab));
    tab.show("times").unwrap();
    assert!((160_000..=300_000).contains(&held(&tab)), "one of two columns: {}", held(&tab));
    host.take_requests();
    assert_eq!(tab.show("money").unwrap(), first);
    assert_eq!(host.take_requests(), [""; 0], "nothing is fetched again");
}

#[test]
fn a_page_beyond_the_budget_is_refused_in_words_and_others_work() {
    let host = world(300_000);
    let tab = Tab::with(&host, PAGES);
    tab.show("money").unwrap();
    let kind = tab.failure("all");
    let LoadErrorKind::TooLarge { columns, bytes, budget } = &kind else { panic!("{kind:?}") };
    assert_eq!((columns.join(" ").as_str(), *budget), ("at city fare", 300_000));
    assert!((330_000..500_000).contains(bytes), "{bytes}");
    let error = LoadError { source: "trips".into(), url: FILE.into(), kind: kind.clone() };
    assert_eq!(error.what(), "This page needs 1 MB of memory for the columns at, city, fare; the budget is 1 MB.");
    host.take_requests();
    assert_eq!(tab.failure("all"), kind, "known");
    block_on(tab.runtime.handle(Request::Refresh { source: "trips".into() }));
    assert_eq!(host.take_requests(), [""; 0], "neither the viewer nor the schedule loads it again and again");
    assert!(tab.show("times").is_ok());
    assert!(held(&tab) <= 300_000);
    tab.revalidate();
    assert!(tab.show("times").is_ok());
    // One whose columns are too large before they are all here.
    let small = world(100_000);
    let kind = Tab::with(&small, PAGES).failure("money");
    assert!(matches!(&kind, LoadErrorKind::TooLarge { bytes: 120_000..=200_000, .. }), "{kind:?}");
}

#[test]
fn a_declared_budget_stands_for_the_one_of_the_device() {
    let host = world(100_000);
    let declared = PAGES.replace("\ndata:", "\nmemory_mb: 2\ndata:");
    let tab = Tab::with(&host, &declared);
    assert_eq!(tab.runtime.status("trips").unwrap().memory_budget, 2_000_000);
    assert!(tab.show("all").is_ok());
}

#[test]
fn an_outgrown_worker_asks_for_another_once_a_page_is_answered() {
    let tab = Tab::with(&world(1 << 40), PAGES);
    tab.show("times").unwrap();
    tab.show("money").unwrap();
    assert!(!tab.told().contains("outgrown"), "all of it is in use");
    let tab = Tab::with(&world(300_000), PAGES);
    tab.failure("all");
    assert!(!tab.told().contains("outgrown"), "another worker would come to the same");
    tab.show("cities").unwrap();
    assert_eq!(tab.told().matches("outgrown").count(), 1);
    tab.show("cities").unwrap();
    assert!(!tab.told().contains("outgrown"));
}

/// As a worker does that takes the place of another: it loads the page that the address names, while another one is asked for.
#[test]
fn a_page_that_is_refused_meanwhile_takes_no_other_along() {
    let host = world(300_000);
    let tab = Tab::with(&host, PAGES);
    let (_, shown) = block_on(futures_util::future::join(tab.runtime.preload("all", None), async { tab.ask("cities").await }));
    assert!(shown.is_ok(), "{shown:?}");
    assert!(!tab.told().contains("outgrown"));
}

/// A worker that takes the place of another is asked before it can guess at a page.
#[test]
fn what_was_asked_is_loaded_and_no_page_beside_it() {
    let tab = Tab::with(&world(1 << 40), PAGES);
    let (shown, ()) = block_on(futures_util::future::join(async { tab.ask("cities").await }, tab.runtime.preload("all", Some(vec![]))));
    assert!(shown.is_ok(), "{shown:?}");
    assert!(held(&tab) < 160_000, "neither `at` nor `fare`: {} bytes", held(&tab));
}
