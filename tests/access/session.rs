//! Signed in, signed out, somebody else.
use crate::folder::Folder;
use crate::site::{built, dashboards, n_asked, serve};
use serde_json::json;
use tarn_tests::{Cors, Page, Server, Site, Whoami, in_browser};

const TITLES: &str = "return tarn.pages().map((page) => page.title)";
const DATABASES: &str = "return (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith('tarn-'))";

/// Notes which databases are there when the first view is drawn.
const WATCH_FIRST_PAINT: &str = "new MutationObserver((_, observer) => {
  if (!document.querySelector('[data-view]')) return;
  observer.disconnect();
  globalThis.atFirstPaint = indexedDB.databases().then((all) => all.map(({ name }) => name));
}).observe(document, { childList: true, subtree: true });";

#[tokio::test(flavor = "multi_thread")]
async fn viewers_get_the_pages_of_their_roles_and_ask_for_no_other() {
    let server = serve(Whoami::viewer("ada", &["staff"])).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        assert_eq!(page.call(TITLES).await, json!(["All", "Mine"]));
        assert_eq!((dashboards(&server).len(), n_asked(&server)), (1, 1));
        let everything = page.call("return document.documentElement.outerHTML + JSON.stringify({ ...localStorage })").await;
        for word in ["Secret", "plans", "Hidden", "boss", "directors"] {
            assert!(!everything.as_str().unwrap().contains(word), "`{word}` is on the page");
        }
        page.assert_no_complaints().await;
    })
    .await;
    let first = dashboards(&server);
    server.clear_log();
    server.set_whoami(Whoami::viewer("zoe", &["directors", "everyone"]));
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        assert_eq!(page.call(TITLES).await, json!(["All", "Secret plans", "Mine"]));
        assert_eq!(page.call("return tarn.result('hidden-total') ?? null").await, json!(null), "another page's view");
    })
    .await;
    assert_eq!(dashboards(&server).len(), 1);
    assert_ne!(dashboards(&server), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_role_the_page_says_so_and_asks_for_nothing() {
    for whoami in [Whoami::viewer("eve", &["guests"]), Whoami::viewer("eve", &[]), Whoami::Status(403)] {
        let server = serve(whoami).await;
        in_browser(async |page| {
            page.driver.goto(server.url("?page=secret-plans")).await.unwrap();
            page.wait_for("document.querySelector('main.fatal')", "there is an explanation").await;
            assert!(page.text().await.contains("not shared with you"), "{}", page.text().await);
        })
        .await;
        assert_eq!((dashboards(&server), server.data_requests().len()), (vec![], 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_leads_to_the_login_once_and_back_to_the_same_address() {
    for expired in [Whoami::Status(401), Whoami::Redirect, Whoami::LoginPage] {
        let server = serve(expired).await;
        in_browser(async |page| {
            let address = "?page=all&shop=shop%201";
            page.driver.goto(server.url(address)).await.unwrap();
            page.wait_for("location.pathname === '/login.html'", "the page goes to the login").await;
            let back = page.call("return new URLSearchParams(location.search).get('back')").await;
            assert_eq!(back, json!(format!("/{address}")));
            // The login did not help: no circle.
            page.driver.goto(server.url(address)).await.unwrap();
            page.wait_for("document.querySelector('main.fatal')", "the page says that signing in did not work").await;
            assert!(page.text().await.contains("You are not signed in"), "{}", page.text().await);
            server.set_whoami(Whoami::viewer("ada", &["staff"]));
            page.open_ready(&server.url(address)).await;
            assert_eq!(page.call("return tarn.result('bar-total-by-shop').rows.length").await, json!(3));
            assert_eq!(page.call("return tarn.filters().find((filter) => filter.id === 'shop').value").await, json!(["shop 1"]));
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_viewer_finds_nothing_of_the_former_one() {
    let server = serve(Whoami::viewer("ada", &["staff"])).await;
    in_browser(async |page| {
        page.before_every_document(WATCH_FIRST_PAINT).await;
        page.open_ready(&server.url("")).await;
        let adas = cached(page).await;
        assert_eq!(adas.len(), 1);
        let stored = page.call("return JSON.stringify({ ...localStorage })").await;
        assert!(stored.as_str().unwrap().contains("Name of ada"), "{stored}");
        for (who, groups) in
            [("zoe", vec!["staff"]), ("zoe", vec!["staff", "directors"]), ("zoe", vec!["directors"]), ("ada", vec!["staff"])]
        {
            let before = cached(page).await;
            server.set_whoami(Whoami::viewer(who, &groups));
            page.reload_ready().await;
            let painted = page.call("return atFirstPaint").await;
            for name in &before {
                assert!(!painted.as_array().unwrap().contains(&json!(name)), "{who} {groups:?} was shown a page beside {name}");
            }
            let now = cached(page).await;
            assert_eq!(now.len(), 1, "{now:?}");
            assert_ne!(now, before, "{who} {groups:?}");
        }
        assert_eq!(cached(page).await, adas, "the same person in the same groups has the same name");
        let stored = page.call("return JSON.stringify({ ...localStorage, ...sessionStorage })").await;
        assert!(!stored.as_str().unwrap().contains("zoe"), "{stored}");
        page.assert_no_complaints().await;
    })
    .await;
}

/// Everything that the browser keeps for this origin, as texts: databases, caches, storage, the page. Bytes are letters of Latin-1.
const EVERYTHING_KEPT: &str = "
  const latin = (bytes) => { let text = ''; for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192)); return text; };
  const texts = [];
  const add = async (value) => {
    if (value instanceof Blob) value = await value.arrayBuffer();
    if (value instanceof ArrayBuffer) texts.push(latin(new Uint8Array(value)));
    else if (ArrayBuffer.isView(value)) texts.push(latin(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)));
    else if (value && typeof value === 'object') for (const [key, part] of Object.entries(value)) { texts.push(key); await add(part); }
    else texts.push(String(value));
  };
  const asked = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
  for (const { name } of await indexedDB.databases()) {
    texts.push(name);
    const database = await asked(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const records = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([asked(records.getAllKeys()), asked(records.getAll())]);
      await add(keys);
      await add(values);
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) { texts.push(request.url); await add(await (await cache.match(request)).arrayBuffer()); }
  }
  await add({ ...localStorage });
  await add({ ...sessionStorage });
  texts.push(document.documentElement.outerHTML, document.cookie);
  const all = texts.join('\\n');
  const written = (number) => {
    const little = Array.from({ length: 8 }, (_, at) => String.fromCharCode(Number(number >> BigInt(8 * at) & 255n))).join('');
    let rest = number << 1n, varint = '';
    for (; rest > 127n; rest >>= 7n) varint += String.fromCharCode(Number(rest & 127n | 128n));
    return [String(number), little, varint + String.fromCharCode(Number(rest))];
  };
  const found = numbers.map((number) => written(BigInt(number)).some((text) => all.includes(text)));
  return [all.length, found, all.split('viewer-').length - 1, all.split(name).length - 1];";

/// Each of a hundred viewers has a number of their own, in data of their own.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_viewers_of_one_browser_find_nothing_of_each_other() {
    let folder = Folder::new("hundred");
    let number = |at: usize| 7_123_456_789_000_000_000_u64 + at as u64 * 1_000_003;
    let script = "import duckdb, sys
c = duckdb.connect()
for at in range(100):
    c.execute(f\"copy (select {7123456789000000000 + at * 1000003}::bigint as pieces) to 'orders-{at}.parquet' (compression uncompressed)\")";
    let output = tarn_tests::python().current_dir(&folder).args(["-c", script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let server = serve(Whoami::viewer("viewer-0-", &["staff"])).await;
    let mut searched = 0;
    in_browser(async |page| {
        let mut former: Vec<String> = vec![];
        for at in 0..100 {
            let groups: &[&str] = if at % 3 == 0 { &["directors"] } else { &["staff"] };
            let name = format!("viewer-{at}-");
            server.replace(
                &format!("data/region=r{at}/orders.parquet"),
                std::fs::read(folder.join(&format!("orders-{at}.parquet"))).unwrap(),
            );
            let profile = json!({ "region": format!("r{at}") });
            server.set_whoami(Whoami::Known(json!({ "sub": name, "name": name, "groups": groups, "profile": profile })));
            page.open_ready(&server.url("?page=mine")).await;
            let now = cached(page).await;
            assert_eq!(now.len(), 1, "{name} {now:?}");
            assert!(!former.contains(&now[0]), "{name} got the cache of another viewer");
            former.extend(now);
            page.wait_until_cached().await;
            let numbers: Vec<String> = (0..=at).map(|at| number(at).to_string()).collect();
            let kept = page.call(&format!("const numbers = {}, name = {}; {EVERYTHING_KEPT}", json!(numbers), json!(name))).await;
            let found: Vec<bool> = kept[1].as_array().unwrap().iter().map(|found| found.as_bool().unwrap()).collect();
            assert!(found[at], "{name}: the search does not even find their own number");
            assert_eq!(found.iter().filter(|found| **found).count(), 1, "{name} finds numbers of others: {found:?}");
            assert_eq!(kept[2], kept[3], "{name} finds names of others");
            searched += kept[0].as_u64().unwrap();
        }
    })
    .await;
    println!("100 viewers, {searched} bytes searched, 0 of former viewers");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_put_aside_starts_anew() {
    let server = serve(Whoami::viewer("ada", &["staff"])).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.call("globalThis.aside = true; dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))").await;
        assert_eq!(page.text().await, "", "nothing of it is put aside");
        page.call("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))").await;
        page.wait_for("window.tarn && !globalThis.aside", "the page has started anew").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_public_site_had_kept_is_gone_before_anything_is_shown() {
    let watch = WATCH_FIRST_PAINT.replace("indexedDB.databases().then((all) => all.map(({ name }) => name))", "caches.keys()");
    let registrations = "return (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope)";
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_for("(await navigator.serviceWorker.getRegistration())?.active?.state === 'activated'", "the public page is kept").await;
        assert_eq!(page.call("return (await caches.keys()).length").await, json!(1));
        for (path, content) in built().files() {
            server.replace(path, content.to_vec());
        }
        server.set_whoami(Whoami::viewer("ada", &["staff"]));
        page.before_every_document(&watch).await;
        page.open_ready(&server.url("")).await;
        assert_eq!(page.call(TITLES).await, json!(["All", "Mine"]));
        assert_eq!(page.call("return atFirstPaint").await, json!([]));
        page.wait_for("performance.getEntriesByType('resource').some(({ name }) => name.includes('after-'))", "the page has settled").await;
        assert_eq!(page.call(registrations).await, json!([]));
        page.open_ready(&server.url("")).await;
        assert_eq!(page.call("return [await caches.keys(), navigator.serviceWorker.controller]").await, json!([[], null]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_tabs_leave_when_somebody_else_signs_in() {
    let server = serve(Whoami::viewer("ada", &["directors"])).await;
    in_browser(async |page| {
        page.open_ready(&server.url("?page=secret-plans")).await;
        let first = page.driver.window().await.unwrap();
        server.set_whoami(Whoami::viewer("zoe", &["staff"]));
        let second = page.driver.new_tab().await.unwrap();
        page.driver.switch_to_window(second).await.unwrap();
        page.open_ready(&server.url("")).await;
        page.driver.switch_to_window(first).await.unwrap();
        page.wait_for("window.tarn && !document.body.innerText.includes('Secret plans')", "the first tab shows what bo may see").await;
        assert_eq!(cached(page).await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_leaves_nothing_behind() {
    let server = serve(Whoami::viewer("ada", &["staff"])).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        assert_eq!(cached(page).await.len(), 1);
        page.call("[...document.querySelectorAll('button')].find((button) => button.textContent === 'Sign out').click()").await;
        page.wait_for("location.pathname === '/bye.html'", "the session is ended").await;
        assert_eq!(page.call(DATABASES).await, json!([]));
        let stored = page.call("return JSON.stringify({ ...localStorage, ...sessionStorage })").await;
        assert!(!stored.as_str().unwrap().contains("ada"), "{stored}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_viewer_goes_on_while_the_sign_in_service_is_down() {
    let server = serve(Whoami::viewer("ada", &["staff"])).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        server.set_whoami(Whoami::Status(503));
        page.reload_ready().await;
        assert_eq!(page.call(TITLES).await, json!(["All", "Mine"]));
        // After the shortest `max_stale` it is nobody's word any more.
        page.call("const key = Object.keys(localStorage).find((key) => key.startsWith('tarn-viewer ')); const last = JSON.parse(localStorage[key]); localStorage[key] = JSON.stringify({ ...last, at: last.at - 25 * 3600e3 })").await;
        page.reload().await;
        page.wait_for("document.querySelector('main.fatal')", "there is an explanation").await;
        assert!(page.text().await.contains("cannot tell who you are"), "{}", page.text().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_during_use_leads_to_the_login() {
    let server = serve(Whoami::viewer("ada", &["staff"])).await;
    in_browser(async |page| {
        page.before_every_document("const now = Date.now; Date.now = () => now() + (globalThis.later ?? 0);").await;
        page.open_ready(&server.url("")).await;
        server.set_whoami(Whoami::Status(401));
        page.call("globalThis.later = 10_000; dispatchEvent(new Event('tarn-forbidden'))").await;
        page.wait_for("location.pathname === '/login.html'", "the page goes to the login").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_site_asks_nobody() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    server.set_whoami(Whoami::viewer("ada", &["staff"]));
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        assert_eq!(
            page.call(
                "return [...document.querySelectorAll('script')].map((script) => script.src).filter((src) => src.includes('identity'))"
            )
            .await,
            json!([])
        );
    })
    .await;
    assert_eq!(n_asked(&server), 0);
}

/// The databases, once the data worker has written.
async fn cached(page: &Page) -> Vec<String> {
    page.wait_for("(await indexedDB.databases()).length > 0", "there is a database").await;
    page.call(DATABASES).await.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}
