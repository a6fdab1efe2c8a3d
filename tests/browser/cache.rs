//! What a second visit asks the store for.
use tarn_tests::{Cors, Fault, Page, Server, Site, flights_parquet, in_browser};

/// A dashboard whose data is old after `ttl`.
fn short_lived(ttl: &str, max_stale: &str) -> String {
    format!(
        "
title: Short-lived
data:
  flights:
    source: data/flights-3m.parquet
    ttl: {ttl}
    max_stale: {max_stale}
    schema: {{ date: timestamp!, delay: int64, distance: int64, origin: string!, destination: string! }}
    time: date
    measures: {{ flights: count(*) }}
filters:
  origin: {{ field: flights.origin, type: multi_select }}
pages:
  - title: Only
    filters: [origin]
    rows:
      - [{{ kpi: flights, id: total }}]
      - [{{ bar: flights, by: origin, top: 5, selects: origin, id: origins }}]
"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_within_the_ttl_asks_for_no_data() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        let first = page.call("return tarn.result('routes')").await;
        page.wait_until_cached().await;
        server.clear_log();
        page.reload_ready().await;
        assert_eq!(page.call("return tarn.result('routes')").await, first);
        // Its answers were kept; the data is read behind them.
        page.wait_for("tarn.status().sources[0].rowGroupsRead === 11", "the data is here").await;
        assert_eq!(page.call("return tarn.result('routes')").await, first);
        let status = page.call("return tarn.status().sources[0]").await;
        assert_eq!(status["bytesFetched"], serde_json::json!(0), "{status}");
        assert!(status["bytesFromCache"].as_u64().unwrap() > 1_000_000, "{status}");
        assert_eq!(page.call("return document.querySelector('[data-source]').dataset.freshness").await, serde_json::json!("fresh"));
    })
    .await;
    let requests = server.data_requests();
    assert!(requests.is_empty(), "a reload within the TTL asked for data: {requests:?}");
}

/// The page asks the browser for it: a worker that asks and ends before the answer crashes the tab in Chromium 156.
#[tokio::test(flavor = "multi_thread")]
async fn data_beyond_the_quota_is_shown_and_not_kept() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.before_every_document("navigator.storage.estimate = async () => ({ quota: 1000, usage: 0 })").await;
        page.open_ready(&server.url("")).await;
        page.wait_for("tarn.status().sources[0].cacheNotice?.includes('larger than the space')", "the page says so").await;
        let kept = page.call("return document.querySelector('footer').innerText").await;
        assert!(kept.as_str().unwrap().contains("fetched again on the next visit"), "{kept}");
        server.clear_log();
        page.reload_ready().await;
    })
    .await;
    assert!(!server.data_requests().is_empty(), "the second visit fetched nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_ttl_one_conditional_request_renews_unchanged_data() {
    let site = Site::built()
        .with_dashboard(&short_lived("3s", "1h"))
        .with_file("elsewhere.html", "<!doctype html><title>Elsewhere</title><link rel=icon href=data:,>");
    let server = Server::start(site, "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_cached().await;
        leave_until_old(page, &server, 3_100).await;
        server.clear_log();
        page.open_ready(&server.url("")).await;
        page.wait_for(
            "tarn.status().sources[0].age < 3 && document.querySelector('[data-source]').dataset.freshness === 'fresh'",
            "the data is confirmed",
        )
        .await;
        let requests = server.data_requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        assert!(requests[0].conditional, "{requests:?}");
        assert_eq!((requests[0].status, requests[0].bytes), (304, 0), "{requests:?}");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_confirms_its_data_before_the_ttl_ends() {
    let server = Server::start(Site::built().with_dashboard(&short_lived("2s", "1h")), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        server.clear_log();
        let age = "tarn.status().sources[0].age";
        page.wait_for(
            &format!("(globalThis.oldest = Math.max(globalThis.oldest ?? 0, {age})) > 1 && {age} < 0.5"),
            "the data was confirmed again",
        )
        .await;
    })
    .await;
    let requests = server.data_requests();
    assert!(!requests.is_empty() && requests.iter().all(|entry| entry.status == 304 && entry.bytes == 0), "{requests:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replaced_data_appears_after_the_ttl() {
    let server = Server::start(Site::built().with_dashboard(&short_lived("2s", "1h")), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        let before = page.call("return tarn.result('total').snapshot").await;
        // The same rows under a new name of the version: a republished file.
        server.replace("data/flights-3m.parquet", flights_parquet());
        page.wait_for(&format!("tarn.result('total').snapshot !== {before}"), "the new snapshot is shown").await;
        page.wait_until_settled().await;
        assert_eq!(page.call("return tarn.result('total').rows").await, serde_json::json!([[3_000_000]]));
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_store_fails_old_data_stays_up_and_says_so() {
    let server = Server::start(Site::built().with_dashboard(&short_lived("1s", "3s")), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        server.break_file("data/flights-3m.parquet", Fault::Status(503));
        page.wait_for("document.querySelector('[data-source]').dataset.freshness === 'stale'", "the source is marked stale").await;
        page.wait_for("document.querySelector('[data-view=origins]').dataset.state === 'stale'", "its views are marked stale").await;
        page.wait_for("document.querySelector('[data-source]').dataset.freshness === 'expired'", "the source is marked expired").await;
        let text = page.text().await;
        assert!(text.contains("Not current"), "{text}");
        assert_eq!(page.call("return tarn.result('total').rows").await, serde_json::json!([[3_000_000]]));
        server.repair("data/flights-3m.parquet");
        page.wait_for("document.querySelector('[data-source]').dataset.freshness === 'fresh'", "the source has recovered").await;
    })
    .await;
}

/// Leaves the page, so that it cannot renew its data, until the data is older than that.
async fn leave_until_old(page: &Page, server: &Server, ms: u32) {
    page.driver.goto(server.url("elsewhere.html")).await.unwrap();
    page.wait_for(&format!("performance.now() > {ms}"), "the time to live is over").await;
}
