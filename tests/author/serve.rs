use crate::folder::Folder;
use serde_json::json;
use std::fs;
use std::time::Instant;
use tarn_tests::{Page, Serving, in_browser, root};

const DASHBOARD: &str = "title: Flights
data:
  flights:
    source: flights.parquet
    ttl: 5m
    schema: { date: timestamp, delay: int64, origin: string }
    time: date
    measures:
      flights: count(*)
filters:
  origin: { field: flights.origin, type: multi_select }
pages:
  - title: Overview
    filters: [origin]
    rows:
      - [{ kpi: flights, id: flights }]
      - [{ bar: flights, by: origin, id: origins, selects: origin }]
";

fn project(name: &str) -> Folder {
    let folder = Folder::new(name);
    fs::copy(root().join("public/data/flights-3m.parquet"), folder.join("flights.parquet")).unwrap();
    folder.write("dashboard.yaml", DASHBOARD);
    folder
}

async fn shows(page: &Page, text: &str) {
    page.wait_for(&format!("document.body.innerText.includes({})", json!(text)), text).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn save_updates_the_page_in_place_and_keeps_the_filters() {
    let folder = project("serve");
    let serving = Serving::start(&folder.join("dashboard.yaml"));
    in_browser(async |page| {
        page.open_ready(&serving.url).await;
        page.call("await tarn.setFilter('origin', ['ATL']); window.sameDocument = true").await;
        let filtered = page.call("return tarn.result('flights').rows").await;
        page.wait_for("location.search.includes('origin=ATL')", "the filter stands in the address").await;

        for n in 1..=5 {
            let edited =
                DASHBOARD.replace("flights: count(*)", &format!("flights: count(*)\n      late{n}: count(*) filter (where delay > 15)"));
            let edited = edited.replace("- [{ kpi: flights", &format!("- [{{ kpi: late{n}, title: Late {n} }}, {{ kpi: flights"));
            let saved = Instant::now();
            folder.write("dashboard.yaml", edited);
            page.wait_for(&format!("document.querySelector('[data-view=late-{n}][data-state=ready]')"), "the new view is there").await;
            println!("save {n} to updated page: {} ms", saved.elapsed().as_millis());
        }
        assert_eq!(page.call("return window.sameDocument").await, json!(true), "no reload");
        assert_eq!(page.call("return tarn.result('flights').rows").await, filtered, "the filter is kept");
        let late = page.call("return tarn.result('late-5').rows[0][0]").await;
        assert!(late.as_u64().unwrap() > 0 && late.as_u64() < filtered[0][0].as_u64(), "{late} of {filtered}");
        // The columns of the first page stay; only `delay` came later.
        let fetched = page.call("return tarn.status().sources[0].bytesFetched").await;
        assert!(fetched.as_u64().unwrap() < 8_000_000, "{fetched} bytes: the data was loaded anew");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn error_is_told_on_the_page_until_it_is_repaired() {
    let folder = project("serve-errors");
    let serving = Serving::start(&folder.join("dashboard.yaml"));
    in_browser(async |page| {
        page.open_ready(&serving.url).await;
        folder.write("dashboard.yaml", DASHBOARD.replace("kpi: flights", "kpi: flihgts"));
        shows(page, "did you mean `flights`?").await;
        assert_eq!(page.call("return document.querySelector('#tarn-problem').getAttribute('role')").await, "alert");
        assert_eq!(page.call("return tarn.result('flights').rows.length").await, json!(1), "the last good dashboard stays");
        folder.write("dashboard.yaml", DASHBOARD.replace("title: Flights", "title: Repaired"));
        shows(page, "Repaired").await;
        page.wait_for("!document.querySelector('#tarn-problem')", "the message is gone").await;
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn page_opens_once_a_broken_file_is_repaired() {
    let folder = project("serve-broken");
    folder.write("dashboard.yaml", "titel: x");
    let serving = Serving::start(&folder.join("dashboard.yaml"));
    in_browser(async |page| {
        page.driver.goto(&serving.url).await.unwrap();
        shows(page, "did you mean `title`?").await;
        folder.write("dashboard.yaml", DASHBOARD);
        page.wait_for("window.tarn && document.querySelector('[data-view=flights][data-state=ready]')", "the dashboard is there").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_data_shows_without_a_reload() {
    let folder = project("serve-data");
    let serving = Serving::start(&folder.join("dashboard.yaml"));
    in_browser(async |page| {
        page.open_ready(&serving.url).await;
        page.call("window.sameDocument = true").await;
        folder.duckdb("copy (from 'flights.parquet' limit 1000) to 'newer.parquet'");
        fs::rename(folder.join("newer.parquet"), folder.join("flights.parquet")).unwrap();
        page.wait_for("tarn.result('flights')?.rows[0][0] === 1000", "the new rows are counted").await;
        assert_eq!(page.call("return window.sameDocument").await, json!(true));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn included_file_is_followed_even_before_it_is_there() {
    let folder = project("serve-include");
    folder.write("dashboard.yaml", format!("include: more.yaml\n{DASHBOARD}"));
    let serving = Serving::start(&folder.join("dashboard.yaml"));
    in_browser(async |page| {
        page.driver.goto(&serving.url).await.unwrap();
        shows(page, "more.yaml").await;
        let more = "pages: [{ title: More, rows: [[{ kpi: flights, id: again }]] }]";
        folder.write("more.yaml", more);
        page.wait_for("window.tarn && document.querySelector('[data-view=flights][data-state=ready]')", "the dashboard is there").await;
        folder.write("more.yaml", more.replace("title: More", "title: Still more"));
        shows(page, "Still more").await;
    })
    .await;
}
