//! Several windows of one browser over one source.
use serde_json::json;
use std::time::Duration;
use tarn_tests::{Cors, Fault, Page, Server, Site, flights_parquet, in_browser};

const DASHBOARD: &str = "
title: Shared
data:
  flights:
    source: data/flights-3m.parquet
    ttl: 3s
    max_stale: 1h
    schema: { date: timestamp!, delay: int64, distance: int64, origin: string!, destination: string! }
    measures: { flights: count(*) }
filters:
  origin: { field: flights.origin, type: multi_select }
pages:
  - { title: Only, filters: [origin], rows: [[{ kpi: flights, id: total }, { bar: flights, by: origin, top: 5, selects: origin }]] }
";
const FILE: &str = "data/flights-3m.parquet";
const WINDOWS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn windows_of_one_browser_refresh_a_source_once() {
    let server = Server::start(Site::built().with_dashboard(DASHBOARD), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_cached().await;
        let mut windows = vec![page.driver.window().await.unwrap()];
        while windows.len() < WINDOWS {
            let window = page.driver.new_window().await.unwrap();
            page.driver.switch_to_window(window.clone()).await.unwrap();
            page.open_ready(&server.url("")).await;
            assert_eq!(page.call("return document.visibilityState").await, json!("visible"), "each asks for itself");
            windows.push(window);
        }
        server.clear_log();
        page.call("globalThis.since = performance.now()").await;
        page.wait_for("performance.now() - since > 9000", "the TTL is over three times").await;
        let asked = server.data_requests();
        assert!(asked.iter().all(|entry| entry.status == 304), "{asked:?}");
        // Each waits 80 to 100 % of three seconds: alone it asks three times.
        assert!((2..=4).contains(&asked.len()), "{WINDOWS} windows asked {} times", asked.len());
        for window in &windows {
            page.driver.switch_to_window(window.clone()).await.unwrap();
            page.wait_for("tarn.status().sources[0].age < 3", "the data is fresh in every window").await;
        }

        server.clear_log();
        server.replace(FILE, flights_parquet());
        let snapshot = page.call("return tarn.result('total').snapshot").await;
        for window in &windows {
            page.driver.switch_to_window(window.clone()).await.unwrap();
            page.wait_for(&format!("tarn.result('total').snapshot !== {snapshot}"), "the new snapshot is shown in every window").await;
            page.wait_until_settled().await;
            assert_eq!(page.call("return tarn.result('total').rows").await, json!([[3_000_000]]));
        }
        let loads = server.data_requests().iter().filter(|entry| entry.range.as_deref() == Some("bytes=0-16383")).count();
        assert_eq!(loads, 1, "one window fetches it for all");
    })
    .await;
}

/// A page from which windows are opened, over data that stays fresh.
async fn server_for_windows(fault: Fault) -> Server {
    server_of(&DASHBOARD.replace("ttl: 3s", "ttl: 5m"), fault).await
}

async fn server_of(dashboard: &str, fault: Fault) -> Server {
    let blank = "<!doctype html><title>Blank</title><link rel=icon href=data:,>";
    let site = Site::built().with_dashboard(dashboard).with_file("blank.html", blank);
    let server = Server::start(site, "/", Cors::Missing).await;
    server.break_file(FILE, fault);
    server
}

/// Opens windows at once.
async fn open_windows(page: &Page, server: &Server, names: &[&str]) {
    let open = format!("open('{}', name, 'popup,width=600,height=600')", server.url(""));
    page.call(&format!("globalThis.opened = [...(globalThis.opened ?? []), ...{names:?}.map((name) => {open})]")).await;
}

/// What all windows show; each asked the store for nothing that another one had asked for.
async fn assert_loaded_once(page: &Page, server: &Server, n: usize) {
    page.wait_for("opened.every((opened) => opened.tarn)", "all have started").await;
    let shown = page.call("return Promise.all(opened.map(({ tarn }) => tarn.ready().then(() => tarn.result('total').rows)))").await;
    assert_eq!(shown, json!(vec![[[3_000_000]]; n]));
    assert_asked_once(server);
    page.call("opened.forEach((opened) => opened.close())").await;
}

fn assert_asked_once(server: &Server) {
    let mut ranges: Vec<Option<String>> = server.data_requests().into_iter().map(|entry| entry.range).collect();
    let n_asked = ranges.len();
    ranges.sort();
    ranges.dedup();
    assert!(ranges.len() == n_asked && n_asked > 2, "each range is asked for once: {:?}", server.data_requests());
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_that_open_together_fetch_a_source_once() {
    // So that all are open before the first one has loaded.
    let server = server_for_windows(Fault::Latency(Duration::from_millis(300))).await;
    in_browser(async |page| {
        page.driver.goto(server.url("blank.html")).await.unwrap();
        open_windows(page, &server, &["a", "b", "c", "d", "e", "f", "g", "h"]).await;
        assert_loaded_once(page, &server, 8).await;
    })
    .await;
}

/// The first page needs one column, the second one three more.
const TWO_PAGES: &str = "
  - { title: Only, filters: [origin], rows: [[{ kpi: flights, id: total }, { bar: flights, by: origin, top: 5, selects: origin }]] }
  - { title: More, rows: [[{ table: [flights, mean, far], by: [destination], limit: 5, id: more }]] }
";

#[tokio::test(flavor = "multi_thread")]
async fn windows_that_open_another_page_together_fetch_what_it_adds_once() {
    let (data, _) = DASHBOARD.split_once("\n  - ").unwrap();
    let measures = "measures: { flights: count(*), mean: avg(delay), far: max(distance) }";
    let dashboard = data.replace("measures: { flights: count(*) }", measures).replace("ttl: 3s", "ttl: 5m") + TWO_PAGES;
    let server = server_of(&dashboard, Fault::Latency(Duration::from_millis(100))).await;
    in_browser(async |page| {
        page.driver.goto(server.url("blank.html")).await.unwrap();
        open_windows(page, &server, &["a", "b", "c", "d"]).await;
        page.wait_for("opened.every((opened) => opened.tarn)", "all have started").await;
        page.call("await Promise.all(opened.map(({ tarn }) => tarn.ready()))").await;
        server.clear_log();
        let shown = page
            .call("return Promise.all(opened.map(async ({ tarn }) => { await tarn.setPage('more'); return tarn.result('more').rows }))")
            .await;
        assert_eq!(shown[0].as_array().unwrap().len(), 5);
        assert_eq!(shown, json!([shown[0], shown[0], shown[0], shown[0]]));
        assert_asked_once(&server);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_window_that_loads_is_closed_the_next_one_loads() {
    let server = server_for_windows(Fault::Stall).await;
    in_browser(async |page| {
        page.driver.goto(server.url("blank.html")).await.unwrap();
        open_windows(page, &server, &["first"]).await;
        page.wait_for("(await navigator.locks.query()).held.some(({ name }) => name.includes('source '))", "it is its turn").await;
        while server.data_requests().is_empty() {
            page.wait_for("true", "it asks the store").await;
        }
        server.repair(FILE);
        open_windows(page, &server, &["a", "b", "c"]).await;
        page.wait_for("(await navigator.locks.query()).pending.filter(({ name }) => name.includes('source ')).length === 3", "they wait")
            .await;
        server.clear_log();
        page.call("opened.shift().close()").await;
        assert_loaded_once(page, &server, 3).await;
    })
    .await;
}
