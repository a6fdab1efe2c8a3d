//! One headless Chromium per test, with a new empty profile, closed whatever happens.
mod driver;

use driver::Driver;
use futures_util::FutureExt as _;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use thirtyfour::WebDriver;
use thirtyfour::extensions::query::ElementQueryable as _;

/// How long anything may take before a test calls it stuck.
const PATIENCE: Duration = Duration::from_secs(30);

/// Notes, in every document before its own scripts: forbidden loads, errors, long tasks, and the workers.
const WATCH: &str = include_str!("browser/watch.js");

pub struct Page {
    pub driver: WebDriver,
}

/// Runs the test in a browser of its own.
pub async fn in_browser<T>(test: impl AsyncFnOnce(&Page) -> T) -> T {
    let driver = Driver::start();
    let web = driver.open_browser().await;
    let page = Page { driver: web.clone() };
    let outcome = AssertUnwindSafe(async {
        page.driver.set_script_timeout(PATIENCE * 2).await.unwrap();
        page.before_every_document(WATCH).await;
        let answer = test(&page).await;
        (answer, ())
    })
    .catch_unwind()
    .await;
    if outcome.is_err() {
        page.print_state().await;
    }
    driver.close(web).await;
    match outcome {
        Ok((answer, ())) => answer,
        Err(panic) => resume_unwind(panic),
    }
}

impl Page {
    /// Opens the address and waits until the dashboard's API is there.
    pub async fn open(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
        self.wait_for("window.tarn", "the page offers window.tarn").await;
    }

    /// Opens the address and waits for the first results of all views.
    pub async fn open_ready(&self, url: &str) {
        self.open(url).await;
        self.call("await tarn.ready()").await;
    }

    pub async fn reload_ready(&self) {
        self.driver.refresh().await.unwrap();
        self.wait_for("window.tarn", "the page offers window.tarn").await;
        self.call("await tarn.ready()").await;
    }

    /// Gives the page that size, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        self.driver.cdp().emulation().set_device_metrics_override(width, height, 1.0, false).await.unwrap();
    }

    /// Types at what has the focus, and waits for the answers to what that changed.
    pub async fn press(&self, keys: impl Into<String>) {
        self.driver.action_chain().send_keys(keys.into()).perform().await.unwrap();
        self.call("await tarn.ready()").await;
    }

    /// The script runs in every later document, before its own.
    pub async fn before_every_document(&self, script: &str) {
        self.driver.cdp().page().add_script_to_evaluate_on_new_document(script).await.unwrap();
    }

    /// Runs the body of an async function in the page and gives what it returns. A throw fails the test.
    pub async fn call(&self, body: &str) -> Value {
        self.try_call(body).await.unwrap_or_else(|error| panic!("in the page: {error}\n  {body}"))
    }

    /// As [`Page::call`]; a throw is an error with its text.
    pub async fn try_call(&self, body: &str) -> Result<Value, String> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async () => {{ {body} }})().then((value) => done({{ value: value ?? null }}), (error) => done({{ error: String(error?.stack ?? error) }}));"
        );
        let answer = self.driver.execute_async(script, Arc::from([])).await.map_err(|error| error.to_string())?;
        match &answer.json()["error"] {
            Value::Null => Ok(answer.json()["value"].clone()),
            error => Err(error.to_string()),
        }
    }

    /// Waits until the expression is true in the page.
    pub async fn wait_for(&self, expression: &str, what: &str) {
        let body = format!(
            "const end = performance.now() + {};
             for (;;) {{
               if ({expression}) return true;
               if (performance.now() > end) return false;
               await new Promise((resolve) => setTimeout(resolve, 10));
             }}",
            PATIENCE.as_millis()
        );
        let started = Instant::now();
        loop {
            // A navigation in between ends the script with an error: ask again in the new document.
            match self.try_call(&body).await {
                Ok(Value::Bool(true)) => return,
                answer if started.elapsed() > PATIENCE => {
                    panic!("waited in vain until {what}: {answer:?}\n  {expression}\n{}", self.text().await)
                }
                _ => {}
            }
        }
    }

    /// Waits until no view is loading or awaits a newer answer.
    pub async fn wait_until_settled(&self) {
        let busy = "[data-view][data-state=loading], [data-view][aria-busy=true]";
        self.wait_for(&format!("document.querySelector('[data-view]') && !document.querySelector('{busy}')"), "no view is busy").await;
    }

    /// The ids of all menus of filters and views.
    pub async fn menus(&self) -> Vec<String> {
        let ids = self
            .call("return [...document.querySelectorAll('[popovertarget]')].map((button) => button.getAttribute('popovertarget'))")
            .await;
        ids.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    }

    pub async fn open_menu(&self, id: &str) {
        self.call(&format!("document.querySelector('[popovertarget=\"{id}\"]').click()")).await;
        let menu = format!("document.getElementById('{id}')");
        self.wait_for(&format!("{menu}.matches(':popover-open') && {menu}.querySelector('.popover-head')"), "the menu is open").await;
    }

    pub async fn close_menu(&self, id: &str) {
        self.call(&format!("document.getElementById('{id}').hidePopover()")).await;
    }

    /// The cache is written off the path to the first results: waits until it knows a source.
    pub async fn wait_until_cached(&self) {
        let known = "(await indexedDB.databases()).length > 0 && await new Promise(async (resolve) => {
            const [{ name }] = await indexedDB.databases();
            indexedDB.open(name).onsuccess = ({ target: { result: database } }) => {
                database.transaction('entries').objectStore('entries').getAllKeys().onsuccess = ({ target: { result: keys } }) => {
                    database.close();
                    resolve(keys.some((key) => key.startsWith('source ')));
                };
            };
        })";
        self.wait_for(known, "the source is in the cache").await;
    }

    /// All text that a person can read on the page.
    pub async fn text(&self) -> String {
        self.call("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// The text of the view's element.
    pub async fn view_text(&self, view: &str) -> String {
        let body = format!("return document.querySelector('[data-view=\"{view}\"]')?.innerText ?? `there is no view {view}`");
        self.call(&body).await.as_str().unwrap_or_default().to_owned()
    }

    /// The `data-state` of every view of the page, by id.
    pub async fn states(&self) -> Vec<(String, String)> {
        let found =
            self.call("return [...document.querySelectorAll('[data-view]')].map((view) => [view.dataset.view, view.dataset.state])").await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        found.as_array().unwrap().iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
    }

    /// What must never happen on a page with sound data: a forbidden load, an uncaught error, an error on the console.
    pub async fn assert_no_complaints(&self) {
        let seen = self.call("return { violations: seen.violations, errors: seen.errors }").await;
        assert_eq!(seen["violations"], serde_json::json!([]), "content security policy");
        assert_eq!(seen["errors"], serde_json::json!([]), "uncaught errors");
        let log = self.driver.browser_log().await.unwrap();
        let complaints: Vec<String> = log.iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message.clone()).collect();
        assert!(complaints.is_empty(), "errors on the console: {complaints:#?}");
    }

    /// The one element that the selector finds.
    pub async fn element(&self, css: &str) -> thirtyfour::WebElement {
        self.driver.query(thirtyfour::By::Css(css)).first().await.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    /// For somebody who reads the log of a failed test.
    async fn print_state(&self) {
        let url = self.driver.current_url().await.map_or_else(|error| error.to_string(), |url| url.to_string());
        println!("-- the page when the test failed: {url}");
        if let Ok(text) = self.try_call("return document.body.innerText").await {
            println!("{}", text.as_str().unwrap_or_default());
        }
        for entry in self.driver.browser_log().await.unwrap_or_default() {
            println!("-- console {} {}", entry.level, entry.message);
        }
    }
}
