//! `cargo xtask bench --crowd`: ten thousand viewers before nginx with the configuration that `tarn build` writes, twenty before Streamlit.
use super::DATA;
use crate::{Result, command, setup, test};
use std::fs;
use std::net::TcpListener;
use std::path::Path;

const DASHBOARD: &str = "examples/flights/dashboard.yaml";
/// As `bench/crowd.mjs` has it: how long the recorded viewer's data counts as fresh.
const RECORDED_TTL: &str = "ttl: 20s";
/// The demo's own.
const TTL: &str = "ttl: 5m";
const TTL_SECS: &str = "300";

pub fn run<'a>(work: &Path, options: impl Iterator<Item = &'a String>) -> Result<()> {
    let python = setup::install_streamlit()?;
    let work = work.join("crowd");
    fs::create_dir_all(&work)?;
    let demo = fs::read_to_string(command::root().join(DASHBOARD))?;
    if !demo.contains(TTL) {
        return Err(format!("{DASHBOARD} has no `{TTL}`").into());
    }
    let dashboard = work.join("dashboard.yaml");
    fs::write(&dashboard, demo.replace(TTL, RECORDED_TTL))?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let site = work.join("site");
    let mut tarn = command::command(test::tool_with_page()?);
    tarn.arg("build").arg(&dashboard);
    tarn.args(["--data-dir", "public", "--target", "nginx", "--listen", &format!("127.0.0.1:{port}"), "--out"]).arg(&site);
    command::run(tarn.arg("--root").arg(&site))?;

    let mut driver = command::command("node");
    if let Some((chromium, _)) = setup::browser() {
        driver.env("CHROMIUM", chromium);
    }
    driver.arg("bench/crowd.mjs").arg(&site).args([&port.to_string(), DATA]).arg(python).arg(&work).arg(TTL_SECS);
    command::run(driver.args(options))
}
