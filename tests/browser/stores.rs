//! Data of real object stores on another origin, read by signed addresses: what each store does right becomes numbers, what it does
//! wrong becomes a message that names the cure.
use crate::failures::{SCHEMA, dashboard, expect_failure};
use serde_json::json;
use tarn_tests::{Cors, ReadStore, Server, Site, StoreKind, in_browser};

/// The page's server, whose origin a store's rule names; it has no dashboard yet.
async fn site() -> Server {
    Server::start(Site::built(), "/", Cors::Missing).await
}

/// Opens the dashboard over the address. What the broken view says, or its number.
async fn opens(server: &Server, url: &str) {
    let site = Site::built().with_dashboard(&dashboard(&format!("\"{url}\""), SCHEMA));
    for (path, content) in site.files() {
        server.replace(path, content.to_vec());
    }
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        assert_eq!(page.call("return tarn.result('broken').rows").await, json!([[3_000_000]]), "{url}");
        let status = page.call("return tarn.status().sources.find(source => source.source === 'other')").await;
        // The footer, its tail and one of the columns, of 13.5 MB.
        assert!(status["bytesFetched"].as_u64().is_some_and(|bytes| (1_000_000..6_000_000).contains(&bytes)), "{status}");
        page.assert_no_complaints().await;
    })
    .await;
}

async fn fails(server: &Server, url: &str, said: &[&str]) {
    let site = Site::built().with_dashboard(&dashboard(&format!("\"{url}\""), SCHEMA));
    for (path, content) in site.files() {
        server.replace(path, content.to_vec());
    }
    in_browser(async |page| {
        page.open(&server.url("")).await;
        expect_failure(page, said).await;
    })
    .await;
}

const NO_CORS: [&str; 2] = ["does not let pages from", "Add a CORS rule to the store: allow origin http://127.0.0.1:"];
const REFUSED: [&str; 2] = ["refused access", "403"];

#[tokio::test(flavor = "multi_thread")]
async fn azurite_is_read_by_a_signed_address_while_it_lasts() {
    let server = site().await;
    let store = ReadStore::start(StoreKind::Azurite, Some(&server.url("")));
    opens(&server, &store.good).await;
    fails(&server, &store.expired, &REFUSED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_without_a_rule_for_the_page_is_told_what_to_add() {
    let server = site().await;
    for kind in [StoreKind::Azurite, StoreKind::Moto] {
        let store = ReadStore::start(kind, None);
        fails(&server, &store.good, &NO_CORS).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn moto_is_read_by_the_documented_rule() {
    let server = site().await;
    let store = ReadStore::start(StoreKind::Moto, Some(&server.url("")));
    opens(&server, &store.good).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s3rver_is_read_by_a_signed_address_while_it_lasts() {
    let server = site().await;
    let store = ReadStore::start(StoreKind::S3rver, Some(&server.url("")));
    opens(&server, &store.good).await;
    fails(&server, &store.expired, &REFUSED).await;
}

/// It answers a range with status 200 and hides which one it is.
#[tokio::test(flavor = "multi_thread")]
async fn rclone_is_refused_for_what_it_answers() {
    let server = site().await;
    let store = ReadStore::start(StoreKind::Rclone, Some(&server.url("")));
    fails(&server, &store.good, &["other bytes (status 200 with 16384 bytes) than were asked for", "does not serve byte ranges correctly"])
        .await;
    fails(&server, &store.expired, &["status 400"]).await;
}
