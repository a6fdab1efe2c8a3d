//! What goes wrong with one source is said where it matters, and the rest of the page works.
use serde_json::json;
use tarn_tests::{Cors, Fault, Page, Server, Site, flights_parquet, in_browser};

/// Two sources: `flights` is sound; `other` is what the test breaks.
pub(crate) fn dashboard(other: &str, schema: &str) -> String {
    // The first column of the contract is the one that the view needs.
    let column = schema.trim_start_matches(['{', ' ']).split(':').next().unwrap();
    format!(
        "
title: Two sources
data:
  flights:
    source: data/flights-3m.parquet
    ttl: 5m
    schema: {{ delay: int64, origin: string! }}
    measures: {{ flights: count(*) }}
  other:
    source: {other}
    ttl: 5m
    schema: {schema}
    measures: {{ things: count({column}) }}
filters:
  origin: {{ field: flights.origin, type: multi_select }}
pages:
  - title: Only
    filters: [origin]
    rows:
      - [{{ kpi: flights, id: sound }}, {{ kpi: things, id: broken }}]
      - [{{ bar: flights, by: origin, top: 5, selects: origin, id: origins }}]
"
    )
}

pub(crate) const SCHEMA: &str = "{ delay: int64, origin: string! }";

/// The broken view says all of it; the sound ones show their numbers and can still be filtered.
pub(crate) async fn expect_failure(page: &Page, said: &[&str]) {
    page.wait_for("document.querySelector('[data-view=broken]')?.dataset.state === 'error'", "the broken view says so").await;
    let text = page.view_text("broken").await;
    for part in said {
        assert!(text.contains(part), "expected `{part}` in: {text}");
    }
    assert!(!text.contains("TypeError"), "{text}");
    page.wait_for("document.querySelector('[data-view=sound]').dataset.state === 'ready'", "the sound view is ready").await;
    assert_eq!(page.call("return tarn.result('sound').rows").await, json!([[3_000_000]]));
    page.call("await tarn.setFilter('origin', ['ATL'])").await;
    assert_eq!(page.call("return tarn.result('sound').rows[0][0] < 1000000").await, json!(true), "filters still work");
    let refused = page.call("try { tarn.result('broken'); return 'no error' } catch (error) { return error.message }").await;
    // The page sets names in code style; the plain text has them in backticks.
    assert!(refused.as_str().unwrap().replace('`', "").contains(said[0]), "{refused}");
    assert_eq!(page.call("return [seen.violations, seen.errors]").await, json!([[], []]));
}

/// A site whose second source is broken in the given way.
async fn check(other: &str, schema: &str, change: impl FnOnce(Site) -> Site, fault: Option<Fault>, said: &[&str]) {
    let site = change(Site::built().with_file("data/other.parquet", flights_parquet()));
    let server = Server::start(site.with_dashboard(&dashboard(other, schema)), "/", Cors::Missing).await;
    if let Some(fault) = fault {
        server.break_file("data/other.parquet", fault);
    }
    in_browser(async |page| {
        page.open(&server.url("")).await;
        expect_failure(page, said).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_file() {
    let said = ["The data file was not found.", "source:", "other.parquet"];
    check("data/other.parquet", SCHEMA, |site| site.without_file("data/other.parquet"), None, &said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_parquet() {
    let said = ["The file is not a Parquet file.", ".parquet", "other.parquet"];
    let csv = "delay,origin\n1,ATL\n".repeat(1000);
    check("data/other.parquet", SCHEMA, |site| site.with_file("data/other.parquet", csv), None, &said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_column_in_the_dashboard() {
    let said = ["The data has no column delya.", "Did you mean delay?", "schema:"];
    check("data/other.parquet", "{ delya: int64, origin: string! }", |site| site, None, &said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_of_another_type() {
    let said = ["Column origin is", "int64", "cast(origin as"];
    check("data/other.parquet", "{ origin: int64, delay: int64 }", |site| site, None, &said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_file() {
    check("data/other.parquet", SCHEMA, |site| site, Some(Fault::Status(403)), &["refused access", "403", "Sign in again"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_page_in_place_of_the_file() {
    check("data/other.parquet", SCHEMA, |site| site, Some(Fault::LoginPage), &["a web page instead of data", "Sign in again"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_ends_early() {
    check("data/other.parquet", SCHEMA, |site| site, Some(Fault::CutBody), &["bytes", "Retry"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_answers_with_another_range() {
    check("data/other.parquet", SCHEMA, |site| site, Some(Fault::WrongRange), &["other bytes", "byte ranges"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_without_cors() {
    let store = Server::start(Site::empty().with_file("other.parquet", flights_parquet()), "/", Cors::Missing).await;
    let url = store.url("other.parquet");
    let server = Server::start(Site::built().with_dashboard(&dashboard(&url, SCHEMA)), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open(&server.url("")).await;
        let origin = server.url("").trim_end_matches('/').to_owned();
        expect_failure(page, &["does not let pages from", "Add a CORS rule", &origin, &url]).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_with_cors_is_read() {
    let store = Server::start(Site::empty().with_file("other.parquet", flights_parquet()), "/", Cors::Allowed).await;
    let server = Server::start(Site::built().with_dashboard(&dashboard(&store.url("other.parquet"), SCHEMA)), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        assert_eq!(page.call("return tarn.result('broken').rows").await, json!([[3_000_000]]));
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_shows_the_data_once_the_file_is_there() {
    let site = Site::built().with_file("data/other.parquet", flights_parquet());
    let server = Server::start(site.with_dashboard(&dashboard("data/other.parquet", SCHEMA)), "/", Cors::Missing).await;
    server.break_file("data/other.parquet", Fault::Status(404));
    in_browser(async |page| {
        page.open(&server.url("")).await;
        expect_failure(page, &["The data file was not found."]).await;
        server.repair("data/other.parquet");
        page.element("[data-view=broken] .ways button").await.click().await.unwrap();
        page.wait_for("document.querySelector('[data-view=broken]').dataset.state === 'ready'", "the view has recovered").await;
        assert_eq!(page.call("return tarn.result('broken').rows").await, json!([[3_000_000]]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_panics_is_replaced_and_the_selections_are_still_there() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_cached().await;
        page.call("await tarn.setFilters({ origin: ['ATL'], delay: [0, 30] })").await;
        let before = page.call("return tarn.result('routes').rows").await;
        server.clear_log();
        kill_worker(page).await;
        // At once: the question goes to the next worker when this one is found dead.
        page.call("await tarn.setFilter('distance', [500, 1000])").await;
        assert_eq!(page.call("return seen.workers.length").await, json!(2), "another worker is started");
        assert_ne!(page.call("return tarn.result('routes').rows").await, before);
        page.call("await tarn.setFilter('distance', null)").await;
        assert_eq!(page.call("return tarn.result('routes').rows").await, before);
        let filters = "return [...document.querySelectorAll('[data-filter=origin] .chip-value, [data-filter=delay] .chip-value')].map((value) => value.innerText)";
        assert_eq!(page.call(filters).await.as_array().unwrap().len(), 2, "the filters are still set");
        let status = page.call("return tarn.status().sources[0]").await;
        assert_eq!((&status["bytesFetched"], &status["rowGroupsRead"]), (&json!(0), &json!(11)), "of this worker: {status}");
    })
    .await;
    assert_eq!(server.data_requests().len(), 0, "its data comes from the cache");
}

/// All columns together take more than the budget, each by itself less.
const LITTLE_MEMORY: &str = "
title: Little memory
memory_mb: 24
data:
  flights:
    source: data/flights-3m.parquet
    ttl: 5m
    schema: { date: timestamp!, delay: int64, distance: int64, origin: string!, destination: string! }
    measures: { flights: count(*), mean: avg(delay), far: max(distance), routes: count(distinct destination), last_day: max(date) }
filters:
  origin: { field: flights.origin, type: multi_select }
pages:
  - { title: All, filters: [origin], rows: [[{ table: [flights, mean, far, routes, last_day], by: [origin], id: all }]] }
  - { title: Few, filters: [origin], rows: [[{ kpi: flights, id: few }]] }
";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_beyond_the_memory_budget_says_so_and_its_worker_is_replaced_on_the_next_page() {
    let server = Server::start(Site::built().with_dashboard(LITTLE_MEMORY), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open(&server.url("?origin=ATL")).await;
        page.wait_for("document.querySelector('[data-view=all]')?.dataset.state === 'error'", "the page is refused").await;
        let text = page.view_text("all").await;
        for part in ["This page needs", "for the columns date, delay, destination, distance, origin", "the budget is 24 MB"] {
            assert!(text.contains(part), "expected `{part}` in: {text}");
        }
        assert_eq!(page.call("return seen.workers.length").await, json!(1), "another worker would come to the same");
        page.call("await tarn.setPage('few')").await;
        let flights = page.call("return tarn.result('few').rows").await;
        page.wait_for("seen.workers.length === 2", "the worker whose heap has grown is replaced").await;
        page.call("await tarn.setFilter('origin', ['ORD'])").await;
        assert_ne!(page.call("return tarn.result('few').rows").await, flights);
        page.call("await tarn.setFilter('origin', ['ATL'])").await;
        assert_eq!(page.call("return tarn.result('few').rows").await, flights);
        assert_eq!(page.call("return [seen.workers.length, seen.errors]").await, json!([2, []]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_keep_panicking_end_with_a_message_and_a_way_out() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        // Every worker from now on is fed what no worker survives.
        page.call("globalThis.poison = setInterval(() => { const bytes = new Uint8Array([255, 255, 255, 255, 255, 255]).buffer; seen.workers.at(-1).postMessage(bytes) }, 20)").await;
        let answer = page.try_call("await tarn.setFilter('origin', ['ATL'])").await;
        page.wait_for("document.body.innerText.includes('stopped several times')", "the page says that its workers stop").await;
        page.call("clearInterval(globalThis.poison)").await;
        println!("setFilter meanwhile: {answer:?}");
        let count = page.call("return seen.workers.length").await;
        assert!(count.as_u64().unwrap() <= 10, "workers are not started for ever: {count}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_one_of_its_modules_says_that_it_could_not_start() {
    for module in ["tarn-app_bg-", "tarn-later_bg-"] {
        let site = Site::built();
        let name = site.files().map(|(path, _)| path).find(|path| path.starts_with(module)).unwrap().to_owned();
        let server = Server::start(site.without_file(&name), "/", Cors::Missing).await;
        in_browser(async |page| {
            page.driver.goto(&server.url("")).await.unwrap();
            page.wait_for("document.querySelector('main.fatal[role=alert]')", "the page says that it could not start").await;
            let text = page.text().await;
            assert!(text.contains("This page could not start") && text.contains(&format!("{name}: status 404")), "{text}");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn controls_are_there_before_what_draws_the_views_which_wait_for_it() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.before_every_document(
            "const fetched = globalThis.fetch;
             const held = new Promise((go) => { globalThis.letGo = go; });
             globalThis.fetch = (url, ...rest) => String(url).includes('tarn-later') ? held.then(() => fetched(url, ...rest)) : fetched(url, ...rest);",
        )
        .await;
        page.open(&server.url("?period=2001-04-01..2001-06-03")).await;
        page.wait_for("window.tarn?.status().sources[0].rows > 0", "the data is there").await;
        // Written with a constant that the later module's constants may share bytes with.
        let period = page.call("return document.querySelector('[data-filter=period] .chip-value').innerText").await;
        assert_eq!(period, json!("1 Apr – 2 Jun 2001"));
        page.call("globalThis.answered = false; tarn.setFilter('origin', ['ATL']).then(() => { globalThis.answered = true; })").await;
        let states = "return [...new Set([...document.querySelectorAll('[data-view]')].map((view) => view.dataset.state))]";
        assert_eq!(page.call(states).await, json!(["loading"]));
        assert_eq!(page.call("return document.querySelector('[data-filter=origin] .chip-value').innerText").await, json!("ATL"));
        assert_eq!(page.call("return [answered, tarn.result('routes')]").await, json!([false, null]));
        page.call("letGo()").await;
        page.wait_for("answered", "the answer to the newest question is there").await;
        page.wait_until_settled().await;
        assert_eq!(page.call("return [...new Set(tarn.result('routes').rows.map((row) => row[0]))]").await, json!(["ATL"]));
        page.assert_no_complaints().await;
    })
    .await;
}

/// By contract a worker panics on a message that is none.
async fn kill_worker(page: &Page) {
    page.call("const bytes = new Uint8Array([255, 255, 255, 255, 255, 255]).buffer; seen.workers.at(-1).postMessage(bytes, [bytes])").await;
}
