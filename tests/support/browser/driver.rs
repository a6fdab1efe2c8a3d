//! chromedriver and its browser as processes.
use crate::root;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use thirtyfour::{ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

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

/// A chromedriver on a free port, and the folder of its browser's profile. Both are gone after the drop.
pub struct Driver {
    process: Child,
    port: u16,
    profile: PathBuf,
}

impl Driver {
    pub fn start() -> Self {
        // It takes a free port of one address family and the same number of the other, which somebody else may have.
        let (process, port) = (0..10).find_map(|_| started()).expect("chromedriver says its port");
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let profile = root().join(format!("target/test-profiles/{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        fs::create_dir_all(&profile).unwrap();
        Self { process, port, profile }
    }

    pub async fn open_browser(&self) -> WebDriver {
        let mut wishes = DesiredCapabilities::chrome();
        for flag in FLAGS {
            wishes.add_arg(flag).unwrap();
        }
        wishes.add_arg(&format!("--user-data-dir={}", self.profile.display())).unwrap();
        if let Ok(program) = std::env::var("CHROMIUM") {
            wishes.set_binary(&program).unwrap();
        }
        wishes.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        // Where one build serves the whole workspace, the client has no provider of its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        WebDriver::new(format!("http://127.0.0.1:{}", self.port), wishes).await.expect("Chromium starts")
    }

    /// Ends the browser, by force if it does not answer.
    pub async fn close(self, browser: WebDriver) {
        let process = browser.capabilities().get("goog:processID").and_then(serde_json::Value::as_u64);
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
fn started() -> Option<(Child, u16)> {
    let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".into());
    let mut process =
        Command::new(&program).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("{program}: {error}"));
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let port = lines.find_map(|line| line.ok()?.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok());
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
