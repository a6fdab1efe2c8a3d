//! Answers of the last visit: shown before the data is read, never for other data, another dashboard or past `max_stale`.

use crate::world::{FILE, TRIPS, Tab, trips};
use tarn_runtime::{Fault, FetchFailure, MemoryHost};

const FIRST: &str = "status, results, domains";
/// Answered from memory; then the data arrives.
const FROM_MEMORY: &str = "status, results, status, domains";

fn visited() -> MemoryHost {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    host.put_file(FILE, trips(0), Some("\"1\""));
    let tab = Tab::open(&host);
    assert_eq!(tab.show("money").unwrap(), ["0 1 0"]);
    assert_eq!(tab.told(), FIRST);
    host.take_requests();
    host
}

#[test]
fn second_visit_answers_before_the_data_is_read() {
    let host = visited();
    let tab = Tab::open(&host);
    assert_eq!(tab.show("money").unwrap(), ["0 1 0"]);
    assert_eq!(tab.told(), FROM_MEMORY);
    let status = tab.runtime.status("trips").unwrap();
    assert_eq!((status.rows, status.validated_at, status.requests), (40_000, Some(1e12), 0));
    // From now on the columns answer, also what was never asked before.
    assert_eq!(tab.show("places").unwrap().len(), 3);
    let third = Tab::open(&host);
    assert_eq!(third.show("money").unwrap(), ["0 1 0"]);
    assert_eq!(third.told(), FROM_MEMORY, "the answers outlive a visit that used them");
}

#[test]
fn another_question_or_another_dashboard_waits_for_the_data() {
    let host = visited();
    let tab = Tab::open(&host);
    assert_eq!(tab.show("places").unwrap().len(), 3);
    assert_eq!(tab.told(), FIRST);
    let edited = TRIPS.replace("sum(fare)", "max(fare)");
    let tab = Tab::with(&host, &edited);
    tab.show("money").unwrap();
    assert_eq!(tab.told(), FIRST);
}

#[test]
fn stale_answers_are_shown_and_renewed_and_expired_ones_are_not() {
    let host = visited();
    host.advance_ms(301_000.0);
    host.put_file(FILE, trips(7), Some("\"2\""));
    let tab = Tab::open(&host);
    assert_eq!(tab.show("money").unwrap(), ["0 1 0"]);
    assert_eq!(tab.told(), "status, results, status, domains, changed, status, domains");
    assert_eq!(tab.show("money").unwrap(), ["7 1 7"]);
    host.advance_ms(3_601_000.0);
    let tab = Tab::open(&host);
    tab.show("money").unwrap();
    assert!(tab.told().starts_with("status, results, domains"), "past max_stale nothing is shown from memory");
}

#[test]
fn answers_whose_data_is_gone_are_asked_for_again() {
    let host = visited();
    for (key, _) in host.cached().into_iter().filter(|(key, _)| key.starts_with("bytes")) {
        host.damage_cached(&key);
    }
    host.faults(std::iter::repeat_n(Some(Fault::Failure(FetchFailure::Offline)), 9));
    let tab = Tab::open(&host);
    assert_eq!(tab.show("money").unwrap(), ["0 1 0"]);
    assert_eq!(tab.told(), "status, results, changed, status with error");
    host.clear_faults();
    // The file became another one before the columns could be read again.
    host.put_file(FILE, trips(7), Some("\"2\""));
    tab.revalidate();
    assert_eq!(tab.show("money").unwrap(), ["7 1 7"]);
}

#[test]
fn a_page_that_was_prefetched_is_answered_from_what_is_known() {
    let host = visited();
    let tab = Tab::open(&host);
    tab.show("money").unwrap();
    tab.told();
    tab.prefetch("places");
    assert!(!tab.told().contains("results"), "nobody has asked");
    host.take_requests();
    // What stays on the screen is what the next visit begins with.
    let next = Tab::open(&host);
    next.show("money").unwrap();
    assert_eq!(next.told(), FROM_MEMORY);
    assert_eq!(tab.show("places").unwrap().len(), 3);
    let results = tab.last_results();
    assert_eq!(results.from_cache, results.views.iter().map(|(view, _)| view.clone()).collect::<Vec<_>>());
    assert_eq!(host.take_requests().len(), 0);
    let next = Tab::open(&host);
    next.show("places").unwrap();
    assert_eq!(next.told(), FROM_MEMORY);
}
