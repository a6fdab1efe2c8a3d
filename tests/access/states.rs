//! Every proxy × every state of a session, in Chromium, with the configuration that `tarn build` writes. Each proxy prints its row of the
//! table, and a state that does not hold ends the test.
use crate::folder::Folder;
use crate::matrix::{self, Differences};
use crate::provider::Provider;
use serde_json::{Value, json};
use tarn_tests::{Page, in_browser};

/// A server with a generated configuration, and the provider that it asks.
pub trait Proxy {
    fn name(&self) -> &'static str;
    /// Holds in the page of the provider that asks who somebody is.
    fn asks(&self) -> &'static str;
    fn whoami(&self) -> &'static str;
    fn port(&self) -> u16;
    /// Opens the address and signs in where the provider asks. Ends when the site shows something.
    async fn sign_in(&self, page: &Page, address: &str, who: &str);
    /// The site's session ends; the provider still knows the viewer.
    async fn end_session(&self, page: &Page);
    /// Neither knows the viewer any more.
    async fn forget(&self, page: &Page);
    /// The site's session ends, and somebody else has signed in at the provider.
    async fn switch(&self, page: &Page, who: &str);
    /// What is given to, or refused, this viewer wrongly.
    async fn differences(&self, page: &Page, who: &str) -> Differences;
    /// Waits for the end of what *Sign out* began.
    async fn leave(&self, page: &Page);
}

const TITLES: &str = "return tarn.pages().map((page) => page.title)";
const DATABASES: &str = "return (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith('tarn-'))";
const SIGN_OUT: &str = "[...document.querySelectorAll('button')].find((button) => button.textContent === 'Sign out').click()";
/// Time can be moved on, and frames are counted across documents.
pub const WATCH: &str = "const now = Date.now;
  Date.now = () => now() + (globalThis.later ?? 0);
  if (top === self) new MutationObserver((records) => {
    const added = records.flatMap(({ addedNodes }) => [...addedNodes]).filter(({ localName }) => localName === 'iframe').length;
    if (added) sessionStorage.frames = Number(sessionStorage.frames ?? 0) + added;
  }).observe(document, { childList: true, subtree: true });";
pub const FRAMES: &str = "return Number(sessionStorage.frames ?? 0)";
/// A store refuses something, long after the last time. Once the script has ended, which a page that is left for the provider would
/// never answer.
const REFUSE: &str = "globalThis.later = (globalThis.later ?? 0) + 100_000; setTimeout(() => dispatchEvent(new Event('tarn-forbidden')))";
const QUIET: &str = "return [seen.violations, seen.errors]";

pub async fn every_state(proxy: &impl Proxy) {
    let site = format!("http://127.0.0.1:{}/", proxy.port());
    let address = format!("{site}?page=all&shop=shop%201");
    let all = json!(["All", "Secret plans", "Mine"]);
    let some = json!(["All", "Mine"]);
    let mut found = Differences::default();
    for (who, titles) in [("eve", None), ("nobody", None), ("sam", Some(&some)), ("zoe", Some(&all)), ("ada", Some(&some))] {
        in_browser(async |page| {
            page.before_every_document(WATCH).await;
            proxy.forget(page).await;
            page.driver.goto(&address).await.unwrap();
            page.wait_for(proxy.asks(), "the provider asks").await;
            proxy.sign_in(page, &address, who).await;
            found.add(proxy.differences(page, who).await);
            let Some(titles) = titles else {
                assert!(page.text().await.contains("not shared with you"), "{who}: {}", page.text().await);
                return;
            };
            page.call("await tarn.ready()").await;
            assert_eq!(page.call(TITLES).await, *titles, "{who}");
            assert_eq!(page.call("return location.search").await, json!("?shop=shop+1"), "the way back keeps the state");
            assert_eq!(page.call(QUIET).await, json!([[], []]), "{who}");
            let whoami = page.call(&format!("return await (await fetch('{}')).text()", proxy.whoami())).await;
            assert!(!whoami.as_str().unwrap().contains("access_token"), "{whoami}");
            match who {
                "ada" => expiry(proxy, page).await,
                "zoe" => another_viewer(proxy, page, &site).await,
                _ => return,
            }
            logout(proxy, page, &site).await;
        })
        .await;
    }
    found.assert_none();
    let n = found.n_requests / 2;
    println!(
        "| {} | login, back to the same state | pages of 5 viewers | {n} requests for paths and path tricks | {n} with forged headers | \
         expiry, renewed in a hidden frame | expiry, one navigation | another viewer | logout |",
        proxy.name()
    );
}

async fn expiry(proxy: &impl Proxy, page: &Page) {
    // The provider still knows the viewer: the page goes on, and is not loaded anew.
    page.call("globalThis.same = true").await;
    proxy.end_session(page).await;
    page.call("tarn.setPage('mine')").await;
    page.wait_for("tarn.result('kpi-orders')?.rows.length", "what was refused is there").await;
    let state = page.call("return [globalThis.same, location.search, tarn.result('kpi-orders').rows]").await;
    assert_eq!(state, json!([true, "?page=mine&shop=shop+1", [[7]]]));
    page.wait_for("!document.querySelector('iframe')", "the frame is gone").await;
    assert_eq!((page.call(FRAMES).await, page.call(QUIET).await), (json!(1), json!([[], []])));

    // It asks, as nobody can see in a hidden frame: one navigation, and back to the same state.
    proxy.forget(page).await;
    page.call(REFUSE).await;
    page.wait_for(proxy.asks(), "the provider asks").await;
    proxy.sign_in(page, &format!("http://127.0.0.1:{}/?page=mine&shop=shop+1", proxy.port()), "ada").await;
    page.call("await tarn.ready()").await;
    let state = page.call("return [globalThis.same ?? null, location.search, tarn.result('kpi-orders').rows]").await;
    assert_eq!(state, json!([null, "?page=mine&shop=shop+1", [[7]]]));
    assert_eq!((page.call(FRAMES).await, page.call(QUIET).await), (json!(2), json!([[], []])));
}

/// The frame comes back with somebody else: nothing of the former viewer is there when the page shows anything again.
async fn another_viewer(proxy: &impl Proxy, page: &Page, site: &str) {
    page.driver.goto(format!("{site}?page=secret-plans")).await.unwrap();
    page.wait_for("window.tarn", "the page is there").await;
    page.call("await tarn.ready(); globalThis.same = true").await;
    page.wait_until_cached().await;
    let former = page.call(DATABASES).await;
    assert_eq!(former.as_array().map(Vec::len), Some(1));
    proxy.switch(page, "ada").await;
    page.call(REFUSE).await;
    page.wait_for("window.tarn && !globalThis.same", "the page has started anew").await;
    page.call("await tarn.ready()").await;
    assert_eq!(page.call(TITLES).await, json!(["All", "Mine"]));
    page.wait_for("(await indexedDB.databases()).length > 0", "there is a database").await;
    let now = page.call(DATABASES).await;
    assert!(now.as_array().is_some_and(|now| now.len() == 1 && *now != *former.as_array().unwrap()), "{now}");
    let kept = page.call("return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML])").await;
    assert!(!kept.as_str().unwrap().contains("zoe") && !kept.as_str().unwrap().contains("Secret"), "{kept}");
    assert_eq!(page.call(QUIET).await, json!([[], []]));
}

async fn logout(proxy: &impl Proxy, page: &Page, site: &str) {
    page.call(
        "const told = (kind, name, note) => {
           const own = kind.prototype[name];
           kind.prototype[name] = function (...given) { note(); return own.apply(this, given); };
         };
         told(Worker, 'terminate', () => { sessionStorage.ended = 'yes'; });
         told(IDBFactory, 'deleteDatabase', () => { sessionStorage.endedBefore = sessionStorage.ended ?? 'no'; });",
    )
    .await;
    page.call(SIGN_OUT).await;
    proxy.leave(page).await;
    assert_eq!(page.call(DATABASES).await, json!([]), "nothing remains");
    assert_eq!(page.call("return sessionStorage.endedBefore").await, json!("yes"), "no worker is left that could make it anew");
    let status: Value = page.call(&format!("return (await fetch('{}')).status", proxy.whoami())).await;
    assert_eq!(status, json!(401));
    // Who comes next is asked.
    page.driver.goto(site).await.unwrap();
    page.wait_for(proxy.asks(), "the provider asks").await;
}

/// A server that asks the stand-in for oauth2-proxy.
pub struct Asking<'a> {
    pub name: &'static str,
    pub provider: &'a Provider,
    pub folder: &'a Folder,
    pub port: u16,
    /// Whether a status will do where another one is expected.
    pub fits: fn(u16, u16) -> bool,
}

impl Proxy for Asking<'_> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn asks(&self) -> &'static str {
        "document.title === 'Login'"
    }

    fn whoami(&self) -> &'static str {
        "/whoami"
    }

    fn port(&self) -> u16 {
        self.port
    }

    async fn sign_in(&self, page: &Page, address: &str, who: &str) {
        self.provider.knows(Some(who));
        page.driver.goto(address).await.unwrap();
        page.wait_for("window.tarn || document.querySelector('main.fatal')", "the site shows something").await;
    }

    async fn end_session(&self, page: &Page) {
        page.driver.delete_cookie("session").await.unwrap();
    }

    async fn forget(&self, page: &Page) {
        self.provider.knows(None);
        self.end_session(page).await;
    }

    async fn switch(&self, page: &Page, who: &str) {
        self.provider.knows(Some(who));
        self.end_session(page).await;
    }

    async fn differences(&self, _: &Page, who: &str) -> Differences {
        tokio::task::block_in_place(|| matrix::differences(self.folder, self.port, &[who], self.fits))
    }

    async fn leave(&self, page: &Page) {
        page.wait_for("document.title === 'Bye'", "the session has ended").await;
        self.provider.knows(None);
    }
}
