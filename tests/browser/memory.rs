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

#[tokio::test(flavor = "multi_thread")]
async fn moves_of_a_filter_take_no_memory() {
    let server = trips().await;
    in_browser(async |page| {
        page.before_every_document(FIND_MEMORY).await;
        page.open_ready(&server.url("")).await;
        let grown = page
            .call(
                "const move = async (times) => {
                    for (let at = 0; at < times; at++) {
                        await tarn.setFilter('fare', [at % 100, 200 + at % 90]);
                    }
                    return mainMemory.buffer.byteLength;
                };
                const before = await move(3000);
                return await move(9000) - before;",
            )
            .await;
        let grown = grown.as_u64().unwrap();
        // A note of each reading of the newest day took 160 bytes: 1.4 MB. Timers that were called off wait for the browser's collector.
        assert!(grown <= 16 << 16, "{grown} bytes for 9,000 moves");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_charts_of_former_pages_leave_nothing_behind() {
    let server = trips().await;
    in_browser(async |page| {
        page.before_every_document(FIND_MEMORY).await;
        page.open_ready(&server.url("")).await;
        let grown = page
            .call(
                "const open = async (times) => {
                    for (let at = 0; at < times; at++) {
                        await tarn.setPage(at % 2 ? 'one' : 'two');
                    }
                    return mainMemory.buffer.byteLength;
                };
                const before = await open(600);
                return await open(2400) - before;",
            )
            .await;
        let grown = grown.as_u64().unwrap();
        assert!(grown <= 8 << 16, "{grown} bytes for 2,400 pages");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_pages_again_takes_no_memory() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.before_every_document(FIND_MEMORY).await;
        page.open_ready(&server.url("")).await;
        let grown = page
            .call(
                "const open = async (times) => {
                    for (let at = 0; at < times; at++) {
                        await tarn.setPage(at % 2 ? 'overview' : 'operations');
                    }
                    return mainMemory.buffer.byteLength;
                };
                const before = await open(60);
                return await open(80) - before;",
            )
            .await;
        let grown = grown.as_u64().unwrap();
        // Some steps of the heap. Notes of readers that are gone took 28 kB for each page.
        assert!(grown <= 8 << 16, "{grown} bytes for 80 pages");
        page.assert_no_complaints().await;
    })
    .await;
}
