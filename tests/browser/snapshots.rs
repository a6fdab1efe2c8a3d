//! Which snapshot of a published source a page shows, and when it switches.
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tarn_tests::{Cors, Page, Server, Site, in_browser, python, tarn};

const DASHBOARD: &str = "
title: Orders
data:
  orders:
    source: data/orders/manifest.json
    ttl: TTL
    max_stale: 1h
    schema: { amount: int64!, shop: string! }
    measures: { orders: count(*) }
filters:
  shop: { field: orders.shop, type: multi_select }
  amount: { field: orders.amount, type: range }
pages:
  - title: Only
    filters: [shop, amount]
    rows:
      - [{ kpi: orders, id: total }]
      - [{ histogram: amount, bins: { from: 0, to: 100, width: 10 }, selects: amount, id: amounts }]
";

/// Two snapshots of one source, both still there.
struct Published {
    folder: PathBuf,
    /// 1,000 and 2,000 orders.
    ids: [String; 2],
    manifests: [Vec<u8>; 2],
}

impl Published {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tarn-snapshots-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("dashboard.yaml"), DASHBOARD.replace("TTL", "1h")).unwrap();
        fs::write(folder.join("publish.yaml"), "dashboard: dashboard.yaml\nfrom: { parquet: rows.parquet }\nto: orders\nevery: 5m\n")
            .unwrap();
        let (one, two) = (publish(&folder, 1_000), publish(&folder, 2_000));
        Self { folder, ids: [one.0, two.0], manifests: [one.1, two.1] }
    }

    /// A site that serves one of them.
    fn site(&self, ttl: &str, served: usize) -> Site {
        let mut site = Site::built().with_dashboard(&DASHBOARD.replace("TTL", ttl));
        for (path, content) in self.objects() {
            site = site.with_file(&path, content);
        }
        site.with_file("data/orders/manifest.json", self.manifests[served].clone())
    }

    /// What was published by now, as the site has it.
    fn objects(&self) -> Vec<(String, Vec<u8>)> {
        let published = Site::from_folder(&self.folder.join("orders"));
        published.files().map(|(path, content)| (format!("data/orders/{path}"), content.to_vec())).collect()
    }

    /// Publishes so many orders where the server's objects lie: data first, the manifest last. The snapshot's name.
    fn refresh(&self, server: &Server, n_rows: u32) -> String {
        let before: BTreeSet<String> = self.objects().into_iter().map(|(path, _)| path).collect();
        let (id, manifest) = publish(&self.folder, n_rows);
        for (path, content) in self.objects().into_iter().filter(|(path, _)| !before.contains(path)) {
            server.replace(&path, content);
        }
        server.replace("data/orders/manifest.json", manifest);
        id
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The snapshot's name, and the manifest that names it.
fn publish(folder: &Path, n_rows: u32) -> (String, Vec<u8>) {
    let script = "import duckdb, sys
duckdb.sql(f\"copy (select i % 100 as amount, 'shop ' || i % 3 as shop from range({sys.argv[1]}) t(i)) to 'rows.parquet'\")";
    let output = python().current_dir(folder).args(["-c", script, &n_rows.to_string()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = tarn().current_dir(folder).args(["publish", "publish.yaml"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let manifest = fs::read(folder.join("orders/manifest.json")).unwrap();
    let id = serde_json::from_slice::<Value>(&manifest).unwrap()["snapshot"].as_str().unwrap().to_owned();
    (id, manifest)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pinned_link_shows_its_snapshot_until_the_viewer_goes_to_the_newest() {
    let published = Published::new("pinned");
    let [one, two] = published.ids.clone();
    let server = Server::start(published.site("1s", 1), "/", Cors::Missing).await;
    let shown = "return [tarn.result('total').rows[0][0], tarn.result('total').snapshot]";
    in_browser(async |page| {
        for _ in 0..2 {
            page.open_ready(&server.url(&format!("?snapshot={one}"))).await;
            assert_eq!(page.call(shown).await, json!([1_000, one]));
            page.call("await tarn.setFilter('shop', ['shop 1'])").await;
            assert_eq!(page.call(shown).await, json!([333, one]));
            page.wait_for("location.search.includes('snapshot=') && location.search.includes('shop=')", "the link keeps its pin").await;
            page.wait_for(&format!("document.querySelector('[data-pinned=\"{one}\"]')"), "the page says that it is pinned").await;
            // Its TTL goes by more than once: there is nothing to ask.
            page.wait_for("performance.now() > 2500", "the TTL is over").await;
        }
        assert!(server.log().iter().all(|entry| entry.path != "data/orders/manifest.json"), "a pinned page needs no manifest");
        page.call("document.querySelector('[data-pinned] button').click()").await;
        page.wait_for("window.tarn && !document.querySelector('[data-pinned]')", "the pin is gone").await;
        page.call("await tarn.ready()").await;
        page.wait_for(&format!("tarn.result('total').snapshot === '{two}'"), "the newest is shown").await;
        assert_eq!(page.call(shown).await, json!([667, two]), "the filter is kept");
        // A link to what is shown now, whatever comes later.
        page.call("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }; [...document.querySelectorAll('.head-end button')].find((button) => button.innerText === 'Share this snapshot').click()").await;
        page.wait_for("globalThis.copied", "the link is copied").await;
        let link = page.call("const { searchParams } = new URL(copied); return [searchParams.get('snapshot'), searchParams.get('shop'), [...searchParams].length]").await;
        assert_eq!(link, json!([two, "shop 1", 2]));
        page.open(&server.url("?snapshot=never-published")).await;
        page.wait_for("document.body.innerText.includes('no longer kept')", "the page says that the snapshot is gone").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_snapshot_waits_while_the_pointer_is_down() {
    let published = Published::new("gesture");
    let [one, two] = published.ids.clone();
    let server = Server::start(published.site("1s", 0), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        let chart = page.element("[data-view=amounts] canvas").await;
        chart.scroll_into_view().await.unwrap();
        // Every snapshot that a view has been shown with, from now on.
        page.call(
            "globalThis.shown = new Set();
             const look = () => { for (const view of ['total', 'amounts']) shown.add(tarn.result(view).snapshot); requestAnimationFrame(look); };
             look();",
        )
        .await;
        let begin = page.driver.action_chain().move_to_element_with_offset(&chart, -80, 0).click_and_hold();
        begin.move_to_element_with_offset(&chart, -40, 0).perform().await.unwrap();
        server.clear_log();
        server.replace("data/orders/manifest.json", published.manifests[1].clone());
        // The new one is fetched, and the TTL goes by once more.
        let path = format!("data/orders/snapshots/{two}.json");
        while !server.log().iter().any(|entry| entry.path == path) {
            page.call("await new Promise((resolve) => setTimeout(resolve, 20))").await;
        }
        page.call("globalThis.since = performance.now()").await;
        page.wait_for("performance.now() - since > 1500", "the gesture goes on").await;
        assert_eq!(page.call("return [...shown]").await, json!([one]), "the gesture is over one snapshot");
        page.driver.action_chain().move_to_element_with_offset(&chart, 40, 0).release().perform().await.unwrap();
        page.wait_for(&format!("tarn.result('total').snapshot === '{two}' && tarn.result('amounts').snapshot === '{two}'"), "then it is shown").await;
        page.call("await tarn.ready()").await;
        let value = page.call("return tarn.filters().find((filter) => filter.id === 'amount').value").await;
        let (from, to) = (value[0].as_f64().unwrap(), value[1].as_f64().unwrap());
        let total = page.call("return tarn.result('total').rows[0][0]").await;
        assert_eq!(total.as_f64(), Some(20.0 * (to - from)), "what was selected is asked of the new one: {value}");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshes_that_arrive_while_the_page_is_open_are_followed_without_a_reload() {
    let published = Published::new("followed");
    let two = published.ids[1].clone();
    let server = Server::start(published.site("1s", 1), "/", Cors::Missing).await;
    let follows = async |page: &Page, id: &str, n_rows: u32| {
        page.wait_for(
            &format!("tarn.result('total').snapshot === '{id}' && tarn.result('total').rows[0][0] === {n_rows}"),
            "the page follows",
        )
        .await;
    };
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        // Every pair of snapshots that the views have been shown with; it would not outlive a reload.
        page.call(
            "globalThis.shown = new Set();
             const look = () => { shown.add(['total', 'amounts'].map((view) => tarn.result(view).snapshot).join()); requestAnimationFrame(look); };
             look();",
        )
        .await;
        follows(page, &two, 2_000).await;
        let three = published.refresh(&server, 3_000);
        follows(page, &three, 3_000).await;
        page.wait_for(&format!("tarn.result('amounts').snapshot === '{three}'"), "all views").await;
        let late = "document.querySelector('[data-source=orders]').innerText.includes('a refresh is late')";
        assert_eq!(page.call(&format!("return {late}")).await, json!(false));

        // A publisher whose clock is a day behind expects its next refresh before now. The page says so, and shows the same.
        let manifest = fs::read_to_string(published.folder.join("orders/manifest.json")).unwrap();
        let mut behind: Value = serde_json::from_str(&manifest).unwrap();
        for key in ["created_ms", "next_expected_ms"] {
            behind[key] = json!(behind[key].as_f64().unwrap() - 86_400_000.0);
        }
        server.replace("data/orders/manifest.json", behind.to_string());
        page.wait_for(late, "the page says that a refresh is late").await;
        assert_eq!(page.call("return tarn.result('total').rows[0][0]").await, json!(3_000));

        // No rows are a snapshot as any other, and so are the next ones.
        let none = published.refresh(&server, 0);
        follows(page, &none, 0).await;
        page.wait_for("document.querySelector('[data-view=amounts]').dataset.state === 'empty'", "the chart says that it is empty").await;
        page.wait_for(&format!("!({late})"), "the right clock's refresh is not late").await;
        let last = published.refresh(&server, 500);
        follows(page, &last, 500).await;
        page.wait_for(&format!("tarn.result('amounts').snapshot === '{last}'"), "all views").await;
        let shown = [&two, &three, &none, &last].map(|id| format!("{id},{id}"));
        assert_eq!(page.call("return [...shown]").await, json!(shown), "never two snapshots at once");
        page.assert_no_complaints().await;
    })
    .await;
}
