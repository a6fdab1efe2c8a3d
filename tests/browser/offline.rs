//! The page without a network, and while another build is deployed.
use serde_json::json;
use tarn_tests::{Cors, Page, Server, Site, in_browser};

const ACTIVE: &str = "(await navigator.serviceWorker.getRegistration())?.active?.state === 'activated'";

/// The shell is kept, and so is the data.
async fn wait_until_kept(page: &Page) {
    page.wait_for(ACTIVE, "the page itself is kept").await;
    page.wait_until_cached().await;
}

async fn go_offline(page: &Page, server: &Server) {
    server.go_down();
    page.wait_for("await fetch('robots.txt', { cache: 'no-store' }).then(() => false, () => true)", "the network is gone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_a_reload_shows_the_page_and_its_age() {
    let server = Server::start(Site::built(), "/teams/air/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        assert!(server.log().iter().all(|entry| entry.path != "sw.js"), "the first results come first");
        let before = page.call("return tarn.result('routes')").await;
        wait_until_kept(page).await;
        // Under the service worker ranges of data go to the network as before.
        page.call("for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name)").await;
        server.clear_log();
        page.reload_ready().await;
        page.wait_for("!!navigator.serviceWorker.controller", "the service worker is in charge").await;
        let asked = server.data_requests();
        assert!(!asked.is_empty() && asked.iter().all(|entry| entry.status == 206 && entry.range.is_some()), "{asked:?}");
        wait_until_kept(page).await;
        page.assert_no_complaints().await;

        go_offline(page, &server).await;
        page.driver.goto(server.url("?page=overview&origin=ATL")).await.unwrap();
        page.wait_for("window.tarn", "the page offers window.tarn").await;
        page.call("await tarn.ready(); await tarn.setFilter('origin', null)").await;
        assert_eq!(page.call("return tarn.result('routes')").await, before);
        page.call("await tarn.setFilter('origin', ['ATL'])").await;
        assert_eq!(page.call("return tarn.result('kpi-flights').rows[0][0] < 1000000").await, json!(true), "filters work");
        let text = page.text().await;
        assert!(text.contains("refreshed"), "the age is told: {text}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_is_announced_and_the_old_page_goes_on_without_its_files() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        wait_until_kept(page).await;
        page.call("dispatchEvent(new Event('online'))").await;
        deploy(&server, Site::built().under_new_names().with_dashboard(NEWER));
        page.call("dispatchEvent(new Event('online'))").await;
        page.wait_for("document.querySelector('.notice')?.innerText.includes('new version')", "the new version is announced").await;

        // The old page works, also where it needs a file that the deploy has removed.
        page.call("const bytes = new Uint8Array([255, 255, 255, 255, 255, 255]).buffer; seen.workers.at(-1).postMessage(bytes, [bytes])").await;
        page.wait_for("seen.workers.length === 2", "another worker is started").await;
        page.call("await tarn.setFilter('origin', ['ATL'])").await;
        assert_eq!(page.call("return tarn.result('kpi-flights').rows[0][0] < 1000000").await, json!(true), "the old page works");

        page.call("[...document.querySelectorAll('.notice button')].find((button) => button.innerText === 'Reload').click()").await;
        page.wait_for("document.title.includes('Newer') && window.tarn", "the new version is open").await;
        page.call("await tarn.ready()").await;
        assert_eq!(page.call("return tarn.result('total').rows").await, json!([[3_000_000]]));
        let names = page.call("return performance.getEntriesByType('resource').map(({ name }) => name.split('/').pop())").await;
        let code = names.as_array().unwrap().iter().filter_map(|name| name.as_str()).filter(|name| name.contains("tarn-"));
        assert!(code.clone().count() >= 3 && code.clone().all(|name| name.contains("-next")), "one build alone: {names}");
        page.assert_no_complaints().await;

        // The only page is of the new build: nobody needs the old one any more.
        page.wait_for("(await caches.keys()).length === 1 && (await (await caches.open((await caches.keys())[0])).keys()).some(({ url }) => url.includes('-next'))", "the new build alone is kept").await;
        page.wait_until_cached().await;
        go_offline(page, &server).await;
        page.reload_ready().await;
        assert_eq!(page.call("return [document.title.includes('Newer'), tarn.result('total').rows]").await, json!([true, [[3_000_000]]]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_tabs_keep_their_build_until_they_are_closed() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        wait_until_kept(page).await;
        let first = page.driver.window().await.unwrap();
        deploy(&server, Site::built().under_new_names().with_dashboard(NEWER));
        let second = page.driver.new_tab().await.unwrap();
        page.driver.switch_to_window(second.clone()).await.unwrap();
        page.open_ready(&server.url("")).await;
        assert_eq!(page.call("return document.title.includes('Newer')").await, json!(true));
        page.wait_for("!!(await navigator.serviceWorker.getRegistration())?.waiting", "the new build is kept beside the old one").await;
        page.driver.switch_to_window(first).await.unwrap();
        page.call("const bytes = new Uint8Array([255, 255, 255, 255, 255, 255]).buffer; seen.workers.at(-1).postMessage(bytes, [bytes])")
            .await;
        page.wait_for("seen.workers.length === 2", "another worker is started").await;
        page.call("await tarn.setFilter('origin', ['ATL'])").await;
        page.driver.close_window().await.unwrap();
        page.driver.switch_to_window(second).await.unwrap();
        page.reload_ready().await;
        page.wait_for(
            "(await caches.keys()).length === 1 && !(await navigator.serviceWorker.getRegistration()).waiting",
            "the old build is gone",
        )
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list_switches_the_service_worker_off() {
    let site = Site::built();
    let script = site.text("sw.js");
    let (before, rest) = script.split_once("const SHELL = ").unwrap();
    let (_, after) = rest.split_once('\n').unwrap();
    let off = format!("{before}const SHELL = {{\"version\":\"\",\"files\":[]}};\n{after}");
    let server = Server::start(site, "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        wait_until_kept(page).await;
        server.replace("sw.js", off);
        page.reload_ready().await;
        let nothing = "!(await navigator.serviceWorker.getRegistrations()).length && !(await caches.keys()).length";
        page.wait_for(nothing, "nothing is left of it").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_is_asked_for_once_after_the_first_click_of_a_later_visit() {
    let count = "navigator.storage.persisted = async () => false;
        navigator.storage.persist = async () => { sessionStorage.asked = Number(sessionStorage.asked ?? 0) + 1; return false; };";
    let click = "document.body.click(); return Number(sessionStorage.asked ?? 0)";
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.before_every_document(count).await;
        for asked in [0, 1, 1] {
            page.open_ready(&server.url("")).await;
            page.wait_for(ACTIVE, "what comes after the first results has run").await;
            page.wait_for("performance.getEntriesByType('resource').some(({ name }) => name.includes('after-'))", "the script is here")
                .await;
            page.wait_for(&format!("await (async () => {{ {click} }})() === {asked}"), "storage was asked for").await;
        }
    })
    .await;
}

/// As an operator does it who removes the files of the former build.
fn deploy(server: &Server, newer: Site) {
    for (path, _) in Site::built().files_beside_data() {
        server.remove(&path);
    }
    for (path, content) in newer.files_beside_data() {
        server.replace(&path, content);
    }
}

const NEWER: &str = "
title: Newer
data:
  flights: { source: data/flights-3m.parquet, ttl: 5m, schema: { origin: string! }, measures: { flights: count(*) } }
pages:
  - { title: Only, rows: [[{ kpi: flights, id: total }]] }
";
