//! The browsers that the suites know, and their drivers as processes.
use crate::root;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use thirtyfour::common::capabilities::firefox::FirefoxPreferences;
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

/// A driver on a free port, and the folder of its browser's profile. Both are gone after the drop.
pub struct Driver {
    browser: Browser,
    process: Child,
    port: u16,
    profile: PathBuf,
}

impl Driver {
    pub fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let profile = root().join(format!("target/test-profiles/{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        fs::create_dir_all(&profile).unwrap();
        let browser = Browser::chosen();
        // It takes a free port of one address family and the same number of the other, which somebody else may have.
        let (process, port) = (0..10).find_map(|_| started(browser, &profile)).expect("the driver says its port");
        Self { browser, process, port, profile }
    }

    pub async fn open_browser(&self) -> WebDriver {
        // Where one build serves the whole workspace, the client has no provider of its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let wishes = self.browser.wishes(&self.profile);
        WebDriver::new(format!("http://127.0.0.1:{}", self.port), wishes).await.expect("the browser starts")
    }

    /// Ends the browser, by force if it does not answer.
    pub async fn close(self, browser: WebDriver) {
        let process = ["goog:processID", "moz:processID"].iter().find_map(|name| browser.capabilities().get(name)?.as_u64());
        let quit = browser.quit().await;
        if let (Err(error), Some(process)) = (quit, process) {
            println!("-- the browser had to be killed: {error}");
            let _ = Command::new("kill").args(["-9", &process.to_string()]).status();
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        remove(&self.profile);
    }
}

/// `None` when it ended before it listened.
fn started(browser: Browser, profile: &Path) -> Option<(Child, u16)> {
    let program = browser.driver();
    let mut driver = Command::new(&program);
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

/// The browser's last process may still write when the folder is removed.
fn remove(folder: &Path) {
    for _ in 0..50 {
        if fs::remove_dir_all(folder).is_ok() || !folder.exists() {
            return;
        }
        std::thread::yield_now();
    }
}
