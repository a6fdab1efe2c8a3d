//! `cargo xtask bench --lighthouse`: what Lighthouse says of the demo before nginx, as `tarn build` deploys it.
use crate::{Result, command, setup, test};
use std::fs;
use std::net::TcpListener;
use std::path::Path;

pub fn run<'a>(work: &Path, options: impl Iterator<Item = &'a String>) -> Result<()> {
    let folder = command::root().join("bench/lighthouse");
    super::install(&folder, "Lighthouse")?;
    let work = work.join("lighthouse");
    fs::create_dir_all(&work)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let site = work.join("site");
    let mut tarn = command::command(test::tool_with_page()?);
    tarn.args(["build", super::DEMO, "--data-dir", "public", "--target", "nginx", "--listen", &format!("127.0.0.1:{port}"), "--out"]);
    command::run(tarn.arg(&site).arg("--root").arg(&site))?;

    let mut driver = command::command("node");
    if let Some((chromium, _)) = setup::browser() {
        driver.env("CHROMIUM", chromium);
    }
    command::run(driver.arg(folder.join("run.mjs")).arg(&site).arg(port.to_string()).arg(&work).args(options))
}
