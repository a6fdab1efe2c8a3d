//! The browsers that the suites know, and their drivers as processes.
use super::guard::{self, Guard};
use crate::root;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use thirtyfour::common::capabilities::firefox::FirefoxPreferences;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{
    Capabilities, CapabilitiesHelper as _, ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver,
};

/// Which browser a suite looks through: Chromium, or Firefox where `TARN_BROWSER` is `firefox`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Browser {
    Chromium,
    Firefox,
}

impl Browser {
    /// # Panics
    /// When the variable names a browser that there is no driver for.
    pub fn chosen() -> Self {
        match std::env::var("TARN_BROWSER").as_deref() {
            Err(_) | Ok("chromium") => Self::Chromium,
            Ok("firefox") => Self::Firefox,
            Ok(other) => panic!("TARN_BROWSER is {other}: chromium and firefox are known"),
        }
    }

    /// The driver, unless its variable names it.
    fn driver(self) -> String {
        let (variable, program) = match self {
            Self::Chromium => ("CHROMEDRIVER", "chromedriver"),
            Self::Firefox => ("GECKODRIVER", "geckodriver"),
        };
        std::env::var(variable).unwrap_or_else(|_| program.into())
    }

    /// What stands before the port in the line that tells it.
    fn announces(self) -> &'static str {
        match self {
            Self::Chromium => "successfully on port ",
            Self::Firefox => "Listening on 127.0.0.1:",
        }
    }

    fn wishes(self, profile: &Path) -> Capabilities {
        match self {
            Self::Chromium => {
                let mut wishes = DesiredCapabilities::chrome();
                for flag in FLAGS {
                    wishes.add_arg(flag).unwrap();
                }
                wishes.add_arg(&format!("--user-data-dir={}", profile.display())).unwrap();
                if let Ok(program) = std::env::var("CHROMIUM") {
                    wishes.set_binary(&program).unwrap();
                }
                wishes.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
                wishes.into()
            }
            Self::Firefox => {
                let mut wishes = DesiredCapabilities::firefox();
                for flag in ["-headless", "--width=1280", "--height=1600"] {
                    wishes.add_arg(flag).unwrap();
                }
                let mut settings = FirefoxPreferences::new();
                // Its safe browsing, updates and captive-portal checks ask the network, which a test does not.
                for setting in QUIET {
                    settings.set(setting, false).unwrap();
                }
                wishes.set_preferences(settings).unwrap();
                if let Ok(program) = std::env::var("FIREFOX") {
                    wishes.set_firefox_binary(&program).unwrap();
                }
                wishes.enable_bidi().unwrap();
                wishes.into()
            }
        }
    }
}

/// Firefox's settings that are switched off.
const QUIET: &[&str] = &[
    "app.update.enabled",
    "browser.safebrowsing.malware.enabled",
    "browser.safebrowsing.phishing.enabled",
    "network.captive-portal-service.enabled",
    "network.connectivity-service.enabled",
];

/// Headless, alone on the network, and able to run as root.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,1600",
];

/// A driver on a free port with its browser. The drop ends both, and so does the end of this program.
pub struct Driver {
    port: u16,
    /// What each session asks for.
    wishes: Capabilities,
    _guard: Guard,
}

impl Driver {
    pub async fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let profile = root().join(format!("target/test-profiles/{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        fs::create_dir_all(&profile).unwrap();
        let browser = Browser::chosen();
        // It takes a free port of one address family and the same number of the other, which somebody else may have.
        let (process, port) = (0..10).find_map(|_| started(browser, &profile)).expect("the driver says its port");
        let mut driver = Self { port, wishes: browser.wishes(&profile), _guard: Guard::over(process, &profile) };
        if browser == Browser::Chromium {
            // It lives as long as the session that started it, which is left alone: the tests' own sessions look at the same browser.
            let first = driver.session().await.expect("the browser starts");
            driver.wishes = attached_to(&first);
            first.leak().unwrap();
        }
        driver
    }

    /// A session with the browser: in Chromium one after the other, each with the windows that the one before has left.
    pub async fn session(&self) -> WebDriverResult<WebDriver> {
        // Where one build serves the whole workspace, the client has no provider of its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        WebDriver::new(format!("http://127.0.0.1:{}", self.port), self.wishes.clone()).await
    }

    /// Ends the browser, by force if it does not answer.
    pub async fn close(self, session: WebDriver) {
        if let Err(error) = session.quit().await {
            println!("-- the browser had to be killed: {error}");
        }
    }
}

/// What asks for the browser that this session started.
fn attached_to(session: &WebDriver) -> Capabilities {
    let address = session.capabilities().get("goog:chromeOptions").unwrap()["debuggerAddress"].as_str().unwrap();
    let mut wishes = DesiredCapabilities::chrome();
    wishes.set_debugger_address(address).unwrap();
    wishes.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
    wishes.into()
}

/// `None` when it ended before it listened.
fn started(browser: Browser, profile: &Path) -> Option<(Child, u16)> {
    let program = browser.driver();
    let mut driver = guard::apart(&program);
    driver.arg("--port=0");
    if browser == Browser::Firefox {
        // A new profile for each session, within this folder; a free port for BiDi, too.
        driver.arg("--websocket-port=0").arg("--profile-root").arg(profile);
        // Firefox talks of itself there.
        driver.stderr(Stdio::null());
    }
    let mut process = driver.stdout(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("{program}: {error}"));
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let port = lines.find_map(|line| line.ok()?.split_once(browser.announces())?.1.trim_end_matches('.').parse().ok());
    if port.is_none() {
        let _ = process.wait();
    }
    // The rest of its output is nobody's, but a full pipe would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    Some((process, port?))
}
