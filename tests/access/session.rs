//! Signed in, signed out, somebody else.
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

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_viewers_of_one_browser_find_nothing_of_each_other() {
    let server = serve(Whoami::viewer("viewer-0", &["staff"])).await;
    in_browser(async |page| {
        let mut former: Vec<String> = vec![];
        for at in 0..100 {
            let groups: &[&str] = if at % 3 == 0 { &["directors"] } else { &["staff"] };
            let name = format!("viewer-{at}-");
            server.set_whoami(Whoami::viewer(&name, groups));
            page.open_ready(&server.url("")).await;
            let now = cached(page).await;
            assert_eq!(now.len(), 1, "{name} {now:?}");
            assert!(!former.contains(&now[0]), "{name} got the cache of another viewer");
            former.extend(now);
            let stored =
                page.call("return JSON.stringify({ ...localStorage, ...sessionStorage }) + document.documentElement.outerHTML").await;
            let stored = stored.as_str().unwrap();
            assert_eq!(stored.matches("viewer-").count(), stored.matches(&name).count(), "{name}: {stored}");
        }
    })
    .await;
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
        page.driver.refresh().await.unwrap();
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
