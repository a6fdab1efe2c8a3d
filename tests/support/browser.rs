//! A headless browser for each test, as empty as a new one, closed whatever happens.
mod driver;
mod guard;
mod pool;

pub use driver::Browser;
use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::Value;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use thirtyfour::WebDriver;
use thirtyfour::bidi::events::LogEntryAdded;
use thirtyfour::bidi::modules::browsing_context::Viewport;
use thirtyfour::bidi::modules::log::LogLevel;
use thirtyfour::bidi::{BiDi, BrowsingContextId};
use thirtyfour::error::WebDriverResult;
use thirtyfour::extensions::query::ElementQueryable as _;

/// How long anything may take before a test calls it stuck.
const PATIENCE: Duration = Duration::from_secs(30);

/// Notes, in every document before its own scripts: forbidden loads, errors, long tasks, and the workers.
const WATCH: &str = include_str!("browser/watch.js");

pub struct Page {
    pub driver: WebDriver,
    firefox: Option<Firefox>,
}

/// What WebDriver's own commands cannot: through Firefox's BiDi, as Chromium's DevTools protocol does it there.
struct Firefox {
    driver: WebDriver,
    bidi: BiDi,
    /// The errors on the console, since the start.
    complaints: Arc<Mutex<Vec<String>>>,
}

impl Firefox {
    async fn connect(driver: &WebDriver) -> Self {
        let bidi = driver.bidi().await.expect("Firefox speaks BiDi");
        let complaints = Arc::<Mutex<Vec<String>>>::default();
        let mut entries = bidi.subscribe::<LogEntryAdded>().await.unwrap();
        let noted = Arc::clone(&complaints);
        tokio::spawn(async move {
            while let Some(entry) = entries.next().await {
                if matches!(entry.level, LogLevel::Error) {
                    noted.lock().unwrap_or_else(PoisonError::into_inner).push(entry.text.clone().unwrap_or_default());
                }
            }
        });
        Self { driver: driver.clone(), bidi, complaints }
    }

    /// The tab that WebDriver's commands go to: both protocols give it the same name.
    async fn tab(&self) -> Result<BrowsingContextId, String> {
        let handle = self.driver.window().await.map_err(|error| error.to_string())?;
        Ok(BrowsingContextId::from(handle.to_string()))
    }

    /// What the promise gives, as JSON. WebDriver's own scripts run beside the page there, and their objects are no objects of it.
    async fn call(&self, promise: &str, patience: Duration) -> Result<Value, String> {
        let window = self.tab().await?;
        let function = format!("() => {promise}.then((answer) => JSON.stringify(answer))");
        let script = self.bidi.script();
        let answer =
            tokio::time::timeout(patience, script.call_function(window, function, true)).await.map_err(|_| "the script does not end")?;
        let answer = answer.map_err(|error| error.to_string())?;
        let text = answer.ok_value().and_then(|value| value["value"].as_str()).ok_or_else(|| format!("{answer:?}"))?;
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}

/// Runs the test in a browser that no other test has meanwhile, in a new window and with nothing stored.
pub async fn in_browser<T>(test: impl AsyncFnOnce(&Page) -> T) -> T {
    let (driver, session) = pool::take().await;
    let firefox = match Browser::chosen() {
        Browser::Chromium => None,
        Browser::Firefox => Some(Firefox::connect(&session).await),
    };
    let page = Page { driver: session.clone(), firefox };
    let outcome = AssertUnwindSafe(async {
        page.driver.set_script_timeout(PATIENCE * 2).await.unwrap();
        page.before_every_document(WATCH).await;
        let answer = test(&page).await;
        (answer, ())
    })
    .catch_unwind()
    .await;
    match outcome {
        Ok((answer, ())) => {
            pool::give_back(driver, session).await;
            answer
        }
        Err(panic) => {
            page.print_state().await;
            driver.close(session).await;
            resume_unwind(panic)
        }
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
        self.reload().await;
        self.wait_for("window.tarn", "the page offers window.tarn").await;
        self.call("await tarn.ready()").await;
    }

    /// Reloads as a viewer does. WebDriver's command goes past the service worker in Firefox.
    pub async fn reload(&self) {
        if self.firefox.is_none() {
            return self.driver.refresh().await.unwrap();
        }
        self.call("globalThis.isFormer = true; location.reload()").await;
        self.wait_for("!globalThis.isFormer", "another document is there").await;
    }

    /// Gives the page that size, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        if let Some(firefox) = &self.firefox {
            let window = firefox.tab().await.unwrap();
            firefox.bidi.browsing_context().set_viewport(window, Some(Viewport { width, height })).await.unwrap();
        } else {
            self.driver.cdp().emulation().set_device_metrics_override(width, height, 1.0, false).await.unwrap();
        }
    }

    /// Has the system's colours in force, light or dark, or says whether the browser can.
    pub async fn force_colors(&self, scheme: Option<&str>) -> bool {
        if let (Some(scheme), None) = (scheme, &self.firefox) {
            let feature = |name: &str, value: &str| serde_json::json!({ "name": name, "value": value });
            let features = [feature("forced-colors", "active"), feature("prefers-color-scheme", scheme)];
            let media = serde_json::json!({ "features": features });
            self.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await.unwrap();
        }
        self.firefox.is_none()
    }

    /// Types at what has the focus, and waits for the answers to what that changed.
    pub async fn press(&self, keys: impl Into<String>) {
        self.driver.action_chain().send_keys(keys.into()).perform().await.unwrap();
        self.call("await tarn.ready()").await;
    }

    /// A finger that comes down at a point, in CSS pixels, and goes up again.
    pub async fn tap(&self, x: f64, y: f64) {
        if let Some(firefox) = &self.firefox {
            let to = serde_json::json!({ "type": "pointerMove", "x": x.round() as i64, "y": y.round() as i64 });
            let actions =
                [to, serde_json::json!({ "type": "pointerDown", "button": 0 }), serde_json::json!({ "type": "pointerUp", "button": 0 })];
            let finger =
                serde_json::json!({ "type": "pointer", "id": "finger", "parameters": { "pointerType": "touch" }, "actions": actions });
            return firefox.bidi.input().perform_actions(firefox.tab().await.unwrap(), vec![finger]).await.unwrap();
        }
        for (kind, points) in [("touchStart", serde_json::json!([{ "x": x, "y": y }])), ("touchEnd", serde_json::json!([]))] {
            let event = serde_json::json!({ "type": kind, "touchPoints": points });
            self.driver.cdp().send_raw("Input.dispatchTouchEvent", event).await.unwrap();
        }
    }

    /// The script runs in every later document, before its own.
    pub async fn before_every_document(&self, script: &str) {
        if let Some(Firefox { bidi, .. }) = &self.firefox {
            bidi.script().add_preload_script(format!("() => {{ {script} }}")).await.unwrap();
        } else {
            self.driver.cdp().page().add_script_to_evaluate_on_new_document(script).await.unwrap();
        }
    }

    /// Runs the body of an async function in the page and gives what it returns. A throw fails the test.
    pub async fn call(&self, body: &str) -> Value {
        self.try_call(body).await.unwrap_or_else(|error| panic!("in the page: {error}\n  {body}"))
    }

    /// As [`Page::call`]; a throw is an error with its text.
    pub async fn try_call(&self, body: &str) -> Result<Value, String> {
        self.try_call_within(body, PATIENCE * 2).await
    }

    async fn try_call_within(&self, body: &str, patience: Duration) -> Result<Value, String> {
        let settled = format!(
            "(async () => {{ {body} }})().then((value) => ({{ value: value ?? null }}), (error) => ({{ error: `${{error}}\n${{error?.stack ?? ''}}` }}))"
        );
        let answer = match &self.firefox {
            Some(firefox) => firefox.call(&settled, patience).await?,
            None => {
                let script = format!("const done = arguments[arguments.length - 1]; {settled}.then(done);");
                self.driver.execute_async(script, Arc::from([])).await.map_err(|error| error.to_string())?.json().clone()
            }
        };
        match &answer["error"] {
            Value::Null => Ok(answer["value"].clone()),
            error => Err(error.to_string()),
        }
    }

    /// Waits until the expression is true in the page.
    pub async fn wait_for(&self, expression: &str, what: &str) {
        // A script that a navigation cuts off never ends in Firefox, where BiDi asked it: short questions there.
        let (at_once, patience) = match self.firefox {
            None => (PATIENCE, PATIENCE * 2),
            Some(_) => (Duration::from_millis(200), Duration::from_secs(3)),
        };
        let body = format!(
            "const end = performance.now() + {};
             for (;;) {{
               if ({expression}) return true;
               if (performance.now() > end) return false;
               await new Promise((resolve) => setTimeout(resolve, 10));
             }}",
            at_once.as_millis()
        );
        let started = Instant::now();
        loop {
            // A navigation in between ends the script with an error: ask again in the new document.
            match self.try_call_within(&body, patience).await {
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
        let complaints = self.complaints().await.unwrap();
        assert!(complaints.is_empty(), "errors on the console: {complaints:#?}");
    }

    /// The errors on the console.
    async fn complaints(&self) -> WebDriverResult<Vec<String>> {
        if let Some(Firefox { complaints, .. }) = &self.firefox {
            return Ok(complaints.lock().unwrap_or_else(PoisonError::into_inner).clone());
        }
        let log = self.driver.browser_log().await?;
        Ok(log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect())
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
        for complaint in self.complaints().await.unwrap_or_default() {
            println!("-- console {complaint}");
        }
    }
}
