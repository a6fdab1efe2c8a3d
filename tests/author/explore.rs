use crate::folder::{Folder, failed, succeeded};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use tarn_tests::{Cors, Page, Server, Serving, Site, in_browser};

/// The folder of the server below the system's one for temporary files.
fn temporary(serving: &Serving) -> PathBuf {
    std::env::temp_dir().join(format!("tarn-explore-{}", serving.id()))
}

fn orders(folder: &Folder) {
    folder.duckdb(
        "copy (select i as order_id, timestamp '2024-01-01' + i * interval 37 minute as ordered_at, ['Berlin', 'Lyon', 'Porto'][1 + i % 3] as city,
         ['web', 'app'][1 + i % 2] as channel, (i * 7919 % 1000) / 10.0 as amount from range(20000) t(i)) to 'orders.parquet'",
    );
}

/// Every view of these pages has an answer; the ids of all. The last page stays.
pub async fn all_views(page: &Page, pages: [&str; 2]) -> Vec<String> {
    let mut ids = vec![];
    for id in pages {
        page.call(&format!("await tarn.setPage('{id}')")).await;
        page.wait_until_settled().await;
        let states = page.states().await;
        let wrong: Vec<_> = states.iter().filter(|(_, state)| state != "ready" && state != "empty").collect();
        assert!(!states.is_empty() && wrong.is_empty(), "{id}: {states:?}");
        ids.extend(states.into_iter().map(|(id, _)| id));
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_file_is_explored_saved_and_not_kept() {
    let folder = Folder::new("dropped");
    orders(&folder);
    let serving = Serving::exploring(&folder.join(""));
    let kept = temporary(&serving);
    in_browser(async |page| {
        // Nothing is shown yet: the page to drop a file on.
        page.driver.goto(&serving.url).await.unwrap();
        page.wait_for("location.pathname === '/explore' && document.querySelector('#file')", "the page waits for a file").await;
        assert_eq!(page.call("return getComputedStyle(document.querySelector('#address')).display").await, json!("none"), "no addresses");
        page.element("#file").await.send_keys(folder.join("orders.parquet").display().to_string()).await.unwrap();
        page.wait_for("location.pathname === '/' && window.tarn", "its dashboard opens").await;
        page.call("await tarn.ready()").await;
        let views = all_views(page, ["overview", "columns"]).await;
        assert!(views.iter().filter(|id| id.starts_with("column-")).count() == 5, "every column: {views:?}");
        // Cross-filtered: what a bar selects, the others follow.
        page.call("await tarn.clearFilters(); await tarn.setFilter('city', ['Lyon'])").await;
        assert_eq!(page.call("return tarn.result('column-3').rows.length").await, json!(2), "channels of one city");
        // Neither the browser nor the program keeps anything of it.
        assert_eq!(page.call("return (await indexedDB.databases()).length").await, json!(0));
        let yaml = page.call("return await (await fetch(document.querySelector('#tarn-save').href)).text()").await;
        folder.write("orders.yaml", yaml.as_str().unwrap());
        assert_eq!(page.call("return document.querySelector('#tarn-save').download").await, json!("orders.yaml"));
        page.assert_no_complaints().await;
        page.driver.goto("about:blank").await.unwrap();
    })
    .await;
    assert!(kept.join("dashboard.yaml").is_file(), "{}", kept.display());
    serving.end();
    assert!(!kept.exists(), "{} is left", kept.display());
    let said = succeeded(&folder.tarn(&["check", "--data", "orders.yaml"]));
    assert!(said.contains("ok, 2 pages"), "{said}");
    assert_eq!(succeeded(&folder.tarn(&["fmt", "--check", "orders.yaml"])), "");
}

#[test]
fn what_a_killed_program_left_goes_with_the_next_one() {
    let folder = Folder::new("killed");
    let (killed, running) = (Serving::exploring(&folder.join("")), Serving::exploring(&folder.join("")));
    let (left, used) = (temporary(&killed), temporary(&running));
    fs::create_dir(left.join("dropped-1")).unwrap();
    fs::write(left.join("dropped-1/orders.parquet"), "somebody's").unwrap();
    killed.kill();
    assert!(left.exists(), "nobody could clear up");
    let next = Serving::exploring(&folder.join(""));
    assert!(!left.exists(), "{} is left", left.display());
    assert!(used.exists() && temporary(&next).exists(), "those that run keep theirs");
}

#[tokio::test(flavor = "multi_thread")]
async fn address_is_read_by_ranges_for_a_draft_and_explored_only_where_that_was_asked_for() {
    let folder = Folder::new("address");
    orders(&folder);
    let parquet = fs::read(folder.join("orders.parquet")).unwrap();
    let store = Server::start(Site::empty().with_file("orders.parquet", parquet), "/", Cors::Allowed).await;
    let url = store.url("orders.parquet");
    succeeded(&folder.tarn(&["init", &url]));
    let draft = fs::read_to_string(folder.join("dashboard.yaml")).unwrap();
    assert!(draft.contains(&format!("source: \"{url}\"")) && draft.contains("from 20000 rows"), "{draft}");
    assert_eq!(succeeded(&folder.tarn(&["fmt", "--check"])), "");
    assert!(succeeded(&folder.tarn(&["check"])).contains("ok, 1 page"));
    let said = failed(&folder.tarn(&["init", &store.url("nothing.parquet"), "--out", "no.yaml"]), 1);
    assert!(said.contains("status 404") && said.contains("hint: check the address"), "{said}");
    let said = failed(&folder.tarn(&["init", "s3://bucket/x.parquet", "--out", "no.yaml"]), 1);
    assert!(said.contains("hint: browsers read HTTP"), "{said}");

    let serving = Serving::explore_address(&folder.join(""), &url);
    in_browser(async |page| {
        page.open_ready(&serving.url).await;
        all_views(page, ["overview", "columns"]).await;
        // The page opens no address that it is told: the program was not started for that.
        let asked = "const answer = await fetch(`/tarn-serve/data?url=${encodeURIComponent(location.origin)}`, { method: 'POST', headers: { 'X-Tarn-Explore': '1' } });
            return [answer.status, await answer.text()]";
        let answer = page.call(asked).await;
        assert_eq!(answer[0], json!(422));
        assert!(answer[1].as_str().unwrap().contains("--addresses"), "{answer}");
        // Nor does another site's page make it take anything: without the header there is no answer.
        let stranger: Value = page.call("return (await fetch('/tarn-serve/data?name=x', { method: 'POST', body: 'x' })).status").await;
        assert_eq!(stranger, json!(403));
        page.driver.goto("about:blank").await.unwrap();
    })
    .await;
}
