//! The page as a viewer opens it.
use serde_json::json;
use tarn_tests::{Cors, Server, Site, in_browser};
use thirtyfour::Key;

#[tokio::test(flavor = "multi_thread")]
async fn every_view_is_ready_with_real_data_under_a_sub_path() {
    let server = Server::start(Site::built(), "/teams/air/flights/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        for name in ["overview", "operations"] {
            page.call(&format!("await tarn.setPage('{name}')")).await;
            page.wait_until_settled().await;
            let states = page.states().await;
            assert!(states.len() >= 5, "{name}: {states:?}");
            let unfinished: Vec<_> = states.iter().filter(|(_, state)| state != "ready").collect();
            assert!(unfinished.is_empty(), "{name}: {unfinished:?}");
        }
        let flights = page.call("return tarn.status().sources[0]").await;
        assert_eq!(flights["rows"], json!(3_000_000));
        page.assert_no_complaints().await;
    })
    .await;
    let outside: Vec<_> = server.log().into_iter().filter(|entry| entry.path.starts_with('/')).collect();
    assert!(outside.is_empty(), "asked outside its folder: {outside:?}");
    assert_eq!(server.violations(), Vec::<String>::new(), "also no worker did what the policy forbids");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_a_table_has_all_its_columns_and_says_that_it_goes_on() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.resize(360, 800).await;
        page.open_ready(&server.url("")).await;
        page.wait_for("document.querySelector('[data-view=routes] .table-frame.more')", "the table goes on to the right").await;
        let columns = page
            .call(
                "const heads = [...document.querySelectorAll('[data-view=routes] thead th')].filter((head) => head.offsetWidth > 0);
                 document.querySelector('[data-view=routes] .table-scroll').scrollTo({ left: 1e4 });
                 return heads.map((head) => head.innerText.replace(/[^A-Za-z, ]/g, '').trim());",
            )
            .await;
        assert_eq!(columns, json!(["Origin", "Destination", "Flights", "Average delay, min", "Late"]));
        page.wait_for("!document.querySelector('[data-view=routes] .table-frame.more')", "its last column is in sight").await;
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_columns_of_the_page_travel() {
    let server = Server::start(Site::built().with_dashboard(DELAYS), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        assert_eq!(page.call("return tarn.result('histogram').rows.length").await, json!(24));
    })
    .await;
    let requests = server.data_requests();
    let bytes: usize = requests.iter().map(|entry| entry.bytes).sum();
    let whole = tarn_tests::flights_parquet().len();
    println!("{} requests, {bytes} of {whole} bytes", requests.len());
    assert!(bytes < whole / 2, "one column of five needs less than half of the file: {bytes} of {whole} bytes");
    assert!(requests.iter().all(|entry| entry.status == 206), "{requests:?}");
}

const TWO_PAGES: &str = "
title: Two pages
data:
  flights:
    source: data/flights-3m.parquet
    ttl: 1h
    schema: { date: timestamp!, delay: int64, distance: int64, origin: string!, destination: string! }
    time: date
    measures: { flights: count(*), farthest: max(distance) }
pages:
  - title: First
    rows:
      - [{ kpi: flights }]
  - title: Second
    rows:
      - [{ table: [flights, farthest], by: [origin, destination], id: routes }]
";

/// By the pointer, and by the Tab key.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_tab_the_viewer_stays_at_is_there_when_it_is_opened() {
    for by_pointer in [true, false] {
        let server = Server::start(Site::built().with_dashboard(TWO_PAGES), "/", Cors::Missing).await;
        in_browser(async |page| {
            page.open_ready(&server.url("")).await;
            page.wait_until_settled().await;
            let fetched = page.call("return tarn.status().sources[0].bytesFetched").await;
            let tab = page.element("a.tab[href='?page=second']").await;
            if by_pointer {
                page.driver.action_chain().move_to_element_center(&tab).perform().await.unwrap();
            } else {
                page.call("document.querySelector('a.tab').focus()").await;
                page.press(Key::Tab.value().to_string()).await;
            }
            page.wait_for(&format!("tarn.status().sources[0].bytesFetched > {fetched}"), "the columns of the second page").await;
            assert_eq!(page.states().await.len(), 1, "the first page stays");
            server.clear_log();
            tab.click().await.unwrap();
            page.call("await tarn.ready()").await;
            let routes = page.call("return tarn.status().views.find(({ id }) => id === 'routes')").await;
            assert_eq!(routes["fromCache"], json!(true), "{routes}");
            assert_eq!(server.data_requests().len(), 0);
            page.assert_no_complaints().await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn elements_carry_the_documented_attributes() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        let found = page
            .call(
                "const all = (selector, read) => [...document.querySelectorAll(selector)].map(read);
                 const views = tarn.pages().find((page) => page.current).views;
                 return {
                   kinds: all('[data-view]', (view) => [view.dataset.view, view.dataset.kind]),
                   expected: views.map((view) => [view.id, view.kind]),
                   filters: all('[data-filter]', (filter) => filter.dataset.filter).sort(),
                   sources: all('[data-source]', (source) => [source.dataset.source, source.dataset.freshness]),
                 }",
            )
            .await;
        assert_eq!(found["kinds"], found["expected"]);
        assert_eq!(found["sources"], json!([["flights", "fresh"]]));
        for filter in ["period", "origin", "delay", "distance"] {
            assert!(found["filters"].as_array().unwrap().contains(&json!(filter)), "no control of {filter}: {found}");
        }
    })
    .await;
}

/// One view over one column.
const DELAYS: &str = "
title: Delays
data:
  flights:
    source: data/flights-3m.parquet
    ttl: 5m
    schema: { date: timestamp!, delay: int64, distance: int64, origin: string!, destination: string! }
    measures: { flights: count(*) }
filters:
  delay: { field: flights.delay, type: range }
pages:
  - title: Delays
    filters: [delay]
    rows:
      - [{ histogram: delay, bins: { from: -60, to: 180, width: 10 }, selects: delay, id: histogram }]
";

/// Firefox keeps a page that is left for the way back, with its workers in the middle of what they do.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_left_ends_its_worker_and_begins_anew_on_the_way_back() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        let count = "Worker.prototype.terminate = new Proxy(Worker.prototype.terminate, { apply(terminate, worker, none) {
            localStorage.ended = Number(localStorage.ended ?? 0) + 1;
            return Reflect.apply(terminate, worker, none);
        } });";
        page.call(count).await;
        page.open_ready(&server.url("?page=operations")).await;
        assert_eq!(page.call("return localStorage.ended").await, json!("1"), "ended when the page was left");
        page.call("history.back()").await;
        page.wait_for("!location.search && globalThis.tarn && tarn.result('kpi-flights')", "the first page's results").await;
        page.call("await tarn.ready(); await tarn.setFilter('origin', ['ATL'])").await;
        let flights = page.call("return tarn.result('kpi-flights').rowsMatched").await;
        assert!(flights.as_u64().is_some_and(|flights| (1..3_000_000).contains(&flights)), "a worker answers: {flights}");
        page.assert_no_complaints().await;
    })
    .await;
}
