//! The page /explore of a built folder: a file of the viewer's, no program behind it.
use crate::explore::all_views;
use crate::folder::{Folder, failed, succeeded};
use serde_json::{Value, json};
use std::fs;
use tarn_tests::{Cors, Page, Server, Site, axe, barriers, in_browser, python};

const DASHBOARD: &str = "title: Sales
data:
  sales: { source: sales.parquet, ttl: 5m, schema: { amount: double }, measures: { total: sum(amount) } }
pages: [{ title: All, rows: [[kpi: total]] }]
";

/// A folder with a dashboard, its site with the page, and data that belongs to neither.
fn project(name: &str, option: &str) -> Folder {
    let folder = Folder::new(name);
    folder.duckdb("copy (select i::double as amount from range(101) t(i)) to 'sales.parquet'");
    folder.duckdb(
        "copy (select i as order_id, timestamp '2024-01-01' + i * interval 37 minute as ordered_at, ['Berlin', 'Lyon', 'Porto'][1 + i % 3] as city,
         ['web', 'app'][1 + i % 2] as channel, (i * 7919 % 1000) / 10.0 as amount from range(20000) t(i)) to 'orders.parquet'",
    );
    folder.duckdb("copy (select i as n, 'k' || i % 4 as kind from range(500) t(i)) to 'other.parquet'");
    folder.write("dashboard.yaml", DASHBOARD);
    succeeded(&folder.tarn(&["build", "--out", "site", option]));
    folder
}

async fn serve(folder: &Folder) -> Server {
    Server::start(Site::from_folder(&folder.join("site")), "/deep/below/", Cors::Missing).await
}

/// The rows that DuckDB answers with.
fn duckdb(folder: &Folder, sql: &str) -> Value {
    let script = "import duckdb, json, sys; print(json.dumps(duckdb.connect().execute(sys.argv[1]).fetchall()))";
    let output = python().current_dir(folder).args(["-c", script, sql]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Opens the page; what it gives away to be saved is kept by it for the test to read.
async fn open(page: &Page, server: &Server) {
    page.driver.goto(server.url("explore/")).await.unwrap();
    page.wait_for("document.querySelector('#file')", "the page waits for a file").await;
    page.call("const make = URL.createObjectURL; URL.createObjectURL = (blob) => { globalThis.saved = blob; return make(blob); }").await;
}

async fn choose(page: &Page, folder: &Folder, name: &str) {
    page.element("#file").await.send_keys(folder.join(name).display().to_string()).await.unwrap();
}

/// Drops a file as a hand does: it comes from an input of the test's.
async fn let_fall(page: &Page, folder: &Folder, name: &str) {
    page.call("const input = document.createElement('input'); input.type = 'file'; input.id = 'hand'; document.body.append(input)").await;
    page.element("#hand").await.send_keys(folder.join(name).display().to_string()).await.unwrap();
    page.call(
        "const hand = document.querySelector('#hand'); const dataTransfer = new DataTransfer(); dataTransfer.items.add(hand.files[0]); hand.remove();
         document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))",
    )
    .await;
}

async fn shown(page: &Page, name: &str) {
    page.wait_for(
        &format!("globalThis.tarn && document.querySelector('.explore-bar strong')?.textContent === '{name}' && !document.querySelector('.explore-busy')"),
        "the dashboard of the file is there",
    )
    .await;
    page.call("await tarn.ready()").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn file_is_explored_on_a_static_site_stays_on_the_device_and_is_not_kept() {
    let folder = project("explored", "--explore");
    let server = serve(&folder).await;
    in_browser(async |page| {
        open(page, &server).await;
        assert_eq!(page.call("return document.querySelector('#address')").await, json!(null), "no addresses");
        server.clear_log();
        let_fall(page, &folder, "orders.parquet").await;
        shown(page, "orders.parquet").await;
        let views = all_views(page, ["columns", "overview"]).await;
        assert_eq!(views.iter().filter(|id| id.starts_with("column-")).count(), 5, "every column: {views:?}");
        assert!(
            page.call("return document.querySelector('[data-kind=line] .grain, [data-kind=line] select, [data-kind=line] [aria-pressed]')")
                .await
                .is_object(),
            "a grain to choose"
        );

        // Right, and cross-filtered: what a bar selects, the others follow.
        page.call("await tarn.clearFilters()").await;
        let rows = async |view: &str| page.call(&format!("return tarn.result('{view}').rows")).await;
        assert_eq!(rows("kpi-rows").await, json!([[20000]]));
        assert_eq!(
            rows("bar-rows-by-city").await,
            duckdb(&folder, "select city, count(*) from 'orders.parquet' group by 1 order by 2 desc, 1")
        );
        page.call("await tarn.setFilter('city', ['Lyon'])").await;
        assert_eq!(rows("bar-rows-by-city").await.as_array().unwrap().len(), 3, "a view does not apply the filter that it selects");
        for (view, sql) in [
            ("kpi-rows", "select count(*) from 'orders.parquet' where city = 'Lyon'"),
            ("kpi-total_amount", "select round(sum(amount), 6) from 'orders.parquet' where city = 'Lyon'"),
            ("bar-rows-by-channel", "select channel, count(*) from 'orders.parquet' where city = 'Lyon' group by 1 order by 2 desc, 1"),
        ] {
            let expected = duckdb(&folder, sql);
            let found = rows(view).await;
            let close = |a: &Value, b: &Value| a == b || (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-5;
            let pairs = found.as_array().unwrap().iter().zip(expected.as_array().unwrap());
            let same = pairs.flat_map(|(a, b)| a.as_array().unwrap().iter().zip(b.as_array().unwrap())).all(|(a, b)| close(a, b));
            assert!(same && found.as_array().unwrap().len() == expected.as_array().unwrap().len(), "{view}: {found} {expected}");
        }

        // Nothing is asked for but the site's own code, and nothing is kept.
        for entry in server.log() {
            let is_code = [".js", ".wasm", ".css", ".svg"].iter().any(|end| entry.path.ends_with(end));
            assert!(entry.method == "GET" && is_code && entry.status == 200, "{entry:?}");
        }
        assert_eq!(page.call("return (await indexedDB.databases()).length").await, json!(0));
        assert_eq!(
            page.call("return (await caches.keys()).length + (await navigator.serviceWorker.getRegistrations()).length").await,
            json!(0)
        );
        assert_eq!(page.call("return localStorage.length + sessionStorage.length").await, json!(0));

        // The dashboard as a file.
        assert_eq!(page.call("return document.querySelector('#tarn-save').download").await, json!("orders.yaml"));
        folder.write("orders.yaml", page.call("return await saved.text()").await.as_str().unwrap());

        // Another file in the place of this one, and none after a reload.
        choose(page, &folder, "other.parquet").await;
        shown(page, "other.parquet").await;
        all_views(page, ["columns", "overview"]).await;
        page.call("await tarn.clearFilters()").await;
        assert_eq!(page.call("return tarn.result('kpi-rows').rows").await, json!([[500]]));
        page.assert_no_complaints().await;
        page.reload().await;
        page.wait_for("document.querySelector('#drop') && !globalThis.tarn", "the page waits for a file again").await;
        assert_eq!(page.call("return location.search").await, json!(""));
    })
    .await;
    assert_eq!(server.violations(), Vec::<String>::new());
    // Deployed as it was built; a file that was left out is missed.
    let doctor = |url: String| tokio::task::block_in_place(|| folder.tarn(&["doctor", &url]));
    succeeded(&doctor(server.url("")));
    let names = fs::read_dir(folder.join("site")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let styles = names.into_iter().find(|name| name.starts_with("tarn-explorer-styles-")).unwrap();
    server.remove(&styles);
    let said = failed(&doctor(server.url("")), 1);
    assert!(said.contains(&format!("{styles} is not there")), "{said}");
    let said = succeeded(&folder.tarn(&["check", "--data", "orders.yaml"]));
    assert!(said.contains("ok, 2 pages"), "{said}");
    assert_eq!(succeeded(&folder.tarn(&["fmt", "--check", "orders.yaml"])), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_explored_is_told_and_another_file_can_be_chosen() {
    let folder = project("unexplorable", "--explore");
    folder.write("text.parquet", "order_id,amount\n1,2\n");
    folder.write("nothing.parquet", "");
    folder.write("secret.parquet", [b"PARE".as_slice(), &[7; 400], b"PARE"].concat());
    folder.duckdb("copy (select i as n from range(10) t(i)) to 'brotli.parquet' (compression brotli)");
    folder.duckdb("copy (select [i] as list from range(3) t(i)) to 'nested.parquet'");
    // Eight bytes a row: more than a browser's worker may hold.
    folder.duckdb("copy (select (i % 7) / 2.0 as n from range(80_000_000) t(i)) to 'large.parquet'");
    let orders = fs::read(folder.join("orders.parquet")).unwrap();
    folder.write("cut.parquet", &orders[..orders.len() / 2]);
    let server = serve(&folder).await;
    in_browser(async |page| {
        open(page, &server).await;
        let told = [
            ("text.parquet", "text.parquet: "),
            ("nothing.parquet", "nothing.parquet is empty."),
            ("secret.parquet", "encrypted"),
            ("brotli.parquet", "brotli"),
            ("nested.parquet", "list is list"),
            ("cut.parquet", "cut.parquet: "),
        ];
        for (name, words) in told {
            choose(page, &folder, name).await;
            page.wait_for(&format!("document.querySelector('.explore-told.failed')?.innerText.includes('{name}')"), name).await;
            let said = page.call("return document.querySelector('.explore-told').innerText").await;
            let said = said.as_str().unwrap();
            assert!(said.to_lowercase().contains(words) && said.ends_with("Choose another file."), "{name}: {said}");
            println!("{said}");
        }
        choose(page, &folder, "large.parquet").await;
        shown(page, "large.parquet").await;
        let said = page.view_text("kpi-rows").await;
        assert!(said.contains("memory") && said.contains("the budget is"), "{said}");
        choose(page, &folder, "orders.parquet").await;
        shown(page, "orders.parquet").await;
        // Beside a dashboard, too: it stays.
        choose(page, &folder, "text.parquet").await;
        page.wait_for("document.querySelector('.explore-bar .explore-told.failed')", "the message stands above the dashboard").await;
        assert_eq!(page.call("await tarn.clearFilters(); return tarn.result('kpi-rows').rows").await, json!([[20000]]));
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_opened_where_the_site_was_built_for_it() {
    let folder = project("addresses", "--explore-addresses");
    let server = serve(&folder).await;
    let data = fs::read(folder.join("orders.parquet")).unwrap();
    let store = Server::start(Site::empty().with_file("orders.parquet", data), "/", Cors::Allowed).await;
    let closed = Server::start(Site::empty().with_file("orders.parquet", "x"), "/", Cors::Missing).await;
    in_browser(async |page| {
        open(page, &server).await;
        let ask = async |url: String| {
            page.call(&format!("document.querySelector('#url').value = '{url}'; document.querySelector('#address button').click()")).await;
        };
        ask(store.url("nothing.parquet")).await;
        page.wait_for("document.querySelector('.explore-told.failed')?.innerText.includes('nothing.parquet')", "what is not there is told")
            .await;
        ask(store.url("half%.parquet")).await;
        page.wait_for("document.querySelector('.explore-told.failed')?.innerText.includes('half%.parquet')", "no code, and no name").await;
        ask(closed.url("orders.parquet")).await;
        page.wait_for("document.querySelector('.explore-told.failed')?.innerText.includes('CORS')", "a store that refuses is told").await;
        ask(store.url("orders.parquet")).await;
        shown(page, "orders.parquet").await;
        all_views(page, ["columns", "overview"]).await;
        assert_eq!(page.call("return (await indexedDB.databases()).length").await, json!(0));
        let yaml = page.call("return await saved.text()").await;
        assert!(yaml.as_str().unwrap().contains(&store.url("orders.parquet")), "{yaml}");
    })
    .await;
}

/// The policies of a generated configuration, each once, with how often it stands there.
fn policies(text: &str) -> Vec<&str> {
    let starts = text.split("default-src 'none'; script-src").skip(1);
    let mut found: Vec<&str> = starts.filter_map(|rest| rest.split("connect-src ").nth(1)?.split(';').next()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_the_empty_page_nor_an_explored_file_has_a_barrier() {
    let folder = project("reached", "--explore-addresses");
    let server = serve(&folder).await;
    in_browser(async |page| {
        open(page, &server).await;
        page.call(&axe()).await;
        let mut found = vec![];
        let both = async |place: &str, found: &mut Vec<String>| {
            for theme in ["light", "dark"] {
                page.call(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
                found.extend(barriers(page, &format!("{theme} {place}"), 10).await);
            }
        };
        both("empty", &mut found).await;
        folder.write("text.parquet", "no");
        choose(page, &folder, "text.parquet").await;
        page.wait_for("document.querySelector('.explore-told.failed')", "a message").await;
        both("failed", &mut found).await;
        choose(page, &folder, "orders.parquet").await;
        shown(page, "orders.parquet").await;
        page.wait_until_settled().await;
        both("explored", &mut found).await;
        choose(page, &folder, "text.parquet").await;
        page.wait_for("document.querySelector('.explore-told.failed')", "a message above the dashboard").await;
        both("explored, failed", &mut found).await;
        assert!(found.is_empty(), "{found:#?}");
    })
    .await;
}

#[test]
fn only_the_page_that_opens_addresses_may_connect_to_them() {
    let folder = project("policies", "--explore");
    for (target, file) in [("nginx", "nginx.conf"), ("caddy", "Caddyfile"), ("apache", "apache.conf"), ("cloudflare", "public/_headers")] {
        for (option, expected) in [("--explore", &["'self'"][..]), ("--explore-addresses", &["'self'", "'self' https:"])] {
            succeeded(&folder.tarn(&["build", "--target", target, "--out", "out", option]));
            let text = fs::read_to_string(folder.join("out").join(file)).unwrap();
            assert_eq!(policies(&text), expected, "{target} {option}");
            assert!(text.contains("explore"), "{target}");
        }
        succeeded(&folder.tarn(&["build", "--target", target, "--out", "out"]));
        let text = fs::read_to_string(folder.join("out").join(file)).unwrap();
        assert!(!text.contains("@explore") && !text.contains("explore/index"), "{target}: {text}");
    }
    // A folder of that name is the page's.
    fs::create_dir(folder.join("explore")).unwrap();
    fs::copy(folder.join("sales.parquet"), folder.join("explore/sales.parquet")).unwrap();
    folder.write("inside.yaml", DASHBOARD.replace("sales.parquet", "explore/sales.parquet"));
    let said = failed(&folder.tarn(&["build", "inside.yaml", "--out", "inside", "--explore"]), 1);
    assert!(said.contains("`explore/sales.parquet`") && said.contains("hint: move the data"), "{said}");
    // A site without the page has nothing of it, and no service worker keeps it.
    let names = |folder: &std::path::Path| {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    assert!(names(&folder.join("out/public")).iter().all(|name| !name.contains("explore")));
    assert!(names(&folder.join("site")).iter().any(|name| name.starts_with("tarn-explorer_bg-")));
    assert!(!fs::read_to_string(folder.join("site/sw.js")).unwrap().contains("explore"));
}
