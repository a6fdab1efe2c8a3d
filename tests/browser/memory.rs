//! What a page that stays open for days must not do: take memory for what the viewer does again and again.
use tarn_tests::{Cors, Server, Site, in_browser, root};

/// The module's memory is one of its exports, whose names nobody knows.
const FIND_MEMORY: &str = "
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...given) => {
        const made = await instantiate.apply(WebAssembly, given);
        globalThis.mainMemory ??= Object.values((made.instance ?? made).exports).find((value) => value instanceof WebAssembly.Memory);
        return made;
    };";

/// Little data, for many answers in a short time. The period counts back from the newest day, in the chip and on paper.
const DASHBOARD: &str = "
title: Trips
data:
  trips:
    source: data/trips.parquet
    ttl: 1h
    schema: { at: timestamp!, fare: int64!, city: string }
    time: at
    measures: { trips: count(*), mean: avg(fare) }
filters:
  period: { field: trips.at, type: date_range, default: last 7 days, compare: previous period }
  fare: { field: trips.fare, type: range }
pages:
  - { title: One, filters: [period, fare], rows: [[kpi: trips, kpi: mean], [{ bar: trips, by: city }, { line: mean, by: at, grain: day }]] }
  - { title: Two, filters: [period, fare], rows: [[kpi: trips, kpi: mean], [{ bar: mean, by: city }, { line: trips, by: at, grain: day }]] }
";

async fn trips() -> Server {
    let trips = std::fs::read(root().join("crates/runtime/tests/conformance/first.parquet")).unwrap();
    Server::start(Site::built().with_dashboard(DASHBOARD).with_file("data/trips.parquet", trips), "/", Cors::Missing).await
}

/// Steps of a script.
const STRETCH: usize = 300;

/// By how many bytes the module's memory grows while a step is made `times` times, once it was made `before` times.
async fn growth(server: Server, step: &str, before: u32, times: u32) -> u64 {
    in_browser(async |page| {
        page.before_every_document(FIND_MEMORY).await;
        page.open_ready(&server.url("")).await;
        let mut bytes = vec![];
        for times in [before, times] {
            // In stretches: a slow machine takes minutes, and no script may.
            for from in (0..times).step_by(STRETCH) {
                let to = times.min(from + STRETCH as u32);
                page.call(&format!("for (let at = {from}; at < {to}; at++) {{ {step}; }}")).await;
            }
            bytes.push(page.call("return mainMemory.buffer.byteLength").await.as_u64().unwrap());
        }
        page.assert_no_complaints().await;
        bytes[1] - bytes[0]
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_of_a_filter_take_no_memory() {
    let grown = growth(trips().await, "await tarn.setFilter('fare', [at % 100, 200 + at % 90])", 3000, 9000).await;
    // A note of each reading of the newest day took 160 bytes: 1.4 MB. Timers that were called off wait for the browser's collector.
    assert!(grown <= 16 << 16, "{grown} bytes for 9,000 moves");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_charts_of_former_pages_leave_nothing_behind() {
    let grown = growth(trips().await, "await tarn.setPage(at % 2 ? 'one' : 'two')", 600, 2400).await;
    assert!(grown <= 8 << 16, "{grown} bytes for 2,400 pages");
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_pages_again_takes_no_memory() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    let grown = growth(server, "await tarn.setPage(at % 2 ? 'overview' : 'operations')", 60, 80).await;
    // Some steps of the heap. Notes of readers that are gone took 28 kB for each page.
    assert!(grown <= 8 << 16, "{grown} bytes for 80 pages");
}

/// All answers are known when it is opened again: it is made at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_made_when_the_former_one_is_gone() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    let grown = growth(server, "await tarn.setPage(at % 2 ? 'overview' : 'operations')", 1, 8).await;
    // Two pages at once took 27 steps of the heap.
    assert!(grown <= 12 << 16, "{grown} bytes for a page that was there before");
}
