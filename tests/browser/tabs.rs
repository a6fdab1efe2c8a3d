//! Several windows of one browser over one source.
use serde_json::json;
use tarn_tests::{Cors, Server, Site, flights_parquet, in_browser};

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
        server.replace("data/flights-3m.parquet", flights_parquet());
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
