//! Caddy with the configuration that `tarn build` writes.
use crate::folder::{Folder, succeeded};
use crate::http::get;
use crate::matrix;
use crate::provider::Provider;
use crate::site::{DASHBOARD, project};
use serde_json::json;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tarn_tests::in_browser;

pub struct Caddy {
    child: Child,
    pub port: u16,
    folder: Folder,
}

impl Caddy {
    fn start(name: &str, provider: &Provider) -> Self {
        let folder = project(name);
        folder
            .write("dashboard.yaml", DASHBOARD.replace("login: \"/login.html?back={url}\", logout: /bye.html", "logout: /oauth2/sign_out"));
        Self::start_in(folder, provider)
    }

    /// Builds what lies in the folder.
    pub fn start_in(folder: Folder, provider: &Provider) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let root = folder.join("deployed").display().to_string();
        let (listen, at) = (format!("127.0.0.1:{port}"), format!("127.0.0.1:{}", provider.port));
        succeeded(&folder.tarn(&[
            "build",
            "--target",
            "caddy",
            "--out",
            "deployed",
            "--listen",
            &listen,
            "--root",
            &root,
            "--auth-at",
            &at,
        ]));
        let mut child = Command::new("caddy")
            .args(["run", "--adapter", "caddyfile", "--config"])
            .arg(folder.join("deployed/Caddyfile"))
            .env("HOME", folder.join("home"))
            .stdout(Stdio::null())
            .spawn()
            .expect("caddy is installed");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "Caddy ended: see its errors above");
            assert!(started.elapsed() < Duration::from_secs(20), "Caddy does not listen");
            std::thread::yield_now();
        }
        Self { child, port, folder }
    }
}

impl Drop for Caddy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_is_given_to_those_who_may_read_it() {
    let provider = Provider::start().await;
    let caddy = Caddy::start("caddy-matrix", &provider);
    // Which refusal it is differs from nginx: Caddy takes paths without regard to case, and asks before it looks for a file.
    let refusals = [400, 401, 403, 404];
    let fits = |status, expected| status == expected || (refusals.contains(&status) && refusals.contains(&expected));
    let wrong = matrix::differences(&caddy.folder, caddy.port, fits);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let dashboard = &matrix::dashboards(&caddy.folder)[0];
    for (path, kept) in
        [("/", "private, no-cache"), ("/sw.js", "private, no-cache"), (dashboard, "no-store"), ("/data/plans.parquet", "no-store")]
    {
        let answer = get(caddy.port, path, &[("Cookie", "session=zoe"), ("Accept-Encoding", "br")]);
        assert_eq!((answer.status, answer.header("cache-control")), (200, kept), "{path}");
        assert_eq!(answer.header("content-encoding"), if path.ends_with(".parquet") { "" } else { "br" }, "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_signs_in_and_sees_its_role() {
    let provider = Provider::start().await;
    let caddy = Caddy::start("caddy-browser", &provider);
    in_browser(async |page| {
        provider.expect("zoe");
        page.open_ready(&format!("http://127.0.0.1:{}/?page=secret-plans", caddy.port)).await;
        assert_eq!(page.call("return tarn.result('kpi-cost_of_plans').rows").await, json!([[3]]));
        page.assert_no_complaints().await;
    })
    .await;
}
