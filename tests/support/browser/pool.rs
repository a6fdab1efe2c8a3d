//! Browsers that wait for their next test: a start costs more than many a test.
use super::driver::{Browser, Driver};
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};
use thirtyfour::WebDriver;
use thirtyfour::error::WebDriverResult;

/// Each has one blank window and nothing else.
static IDLE: Mutex<Vec<Driver>> = Mutex::new(vec![]);

/// A browser that no other test has meanwhile, and a session with it.
pub async fn take() -> (Driver, WebDriver) {
    let idle = || IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    while let Some(driver) = idle() {
        // One that ended while it waited is replaced.
        if let Ok(session) = driver.session().await {
            return (driver, session);
        }
    }
    let driver = Driver::start().await;
    let session = driver.session().await.expect("the browser answers");
    (driver, session)
}

/// Keeps the browser for another test. Firefox is closed: its log and its scripts are the session's, which ends with the browser.
pub async fn give_back(driver: Driver, session: WebDriver) {
    if Browser::chosen() == Browser::Firefox {
        return driver.close(session).await;
    }
    let emptied = empty(&session).await;
    match (emptied, session.quit().await) {
        (Ok(()), Ok(())) => IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(driver),
        (emptied, quit) => println!("-- the browser is not used again: {emptied:?}, {quit:?}"),
    }
}

/// Leaves one blank window, in front, and nothing that a site has stored. What is emulated, and the scripts before every document, go
/// with their window; the log goes with the session.
async fn empty(session: &WebDriver) -> WebDriverResult<()> {
    let blank = session.new_tab().await?;
    for window in session.windows().await? {
        if window != blank {
            session.switch_to_window(window).await?;
            session.close_window().await?;
        }
    }
    session.switch_to_window(blank).await?;
    let cdp = session.cdp();
    for (command, parameters) in [
        ("Page.bringToFront", Value::Null),
        // Of all ports, as cookies are.
        ("Network.clearBrowserCookies", Value::Null),
        ("Network.clearBrowserCache", Value::Null),
        // An origin that is none stands for all.
        ("Storage.clearDataForOrigin", json!({ "origin": "*", "storageTypes": "all" })),
    ] {
        cdp.send_raw(command, parameters).await?;
    }
    Ok(())
}
