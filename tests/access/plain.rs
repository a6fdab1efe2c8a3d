//! The files alone, on servers that know nothing of them: what npm and Python have for every folder.
use crate::cloudflare::PUBLIC_DASHBOARD;
use crate::folder::succeeded;
use crate::http::{get, listens};
use crate::nginx::free_port;
use crate::site::project;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tarn_tests::{in_browser, python, root};

pub struct Plain(Child);

impl Plain {
    /// Waits until it listens.
    pub fn start(mut command: Command, port: u16) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut server = Self(child);
        let started = Instant::now();
        while !listens(port) {
            assert!(server.0.try_wait().unwrap().is_none(), "{command:?} ended: `cargo xtask test` installs it");
            assert!(started.elapsed() < Duration::from_secs(20), "{command:?} does not listen");
            std::thread::yield_now();
        }
        server
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn npm(package: &str, program: &str) -> Command {
    let mut node = Command::new("node");
    node.arg(root().join(format!("target/tools/{package}/node_modules/{package}/{program}")));
    node
}

/// Below a path of its own, beside other folders.
#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_opens_on_any_server_of_files_below_any_path() {
    let folder = project("plain");
    folder.write("dashboard.yaml", PUBLIC_DASHBOARD);
    std::fs::create_dir_all(folder.join("www/team")).unwrap();
    succeeded(&folder.tarn(&["build", "--target", "plain", "--out", "www/team/plans", "--explore"]));
    let www = folder.join("www");
    for (name, ranges) in [("python", 200), ("serve", 206), ("http-server", 206)] {
        let port = free_port();
        let listen = port.to_string();
        let mut command = match name {
            "python" => python(),
            "serve" => npm("serve", "build/main.js"),
            _ => npm("http-server", "bin/http-server"),
        };
        match name {
            "python" => command.args(["-m", "http.server", &listen, "--bind", "127.0.0.1", "--directory"]).arg(&www),
            "serve" => command.args(["-L", "-l", &format!("tcp://127.0.0.1:{port}")]).arg(&www),
            _ => command.arg(&www).args(["-a", "127.0.0.1", "-p", &listen]),
        };
        // Nobody is asked for a newer version.
        command.env("NO_UPDATE_CHECK", "1");
        let _server = Plain::start(command, port);
        let at = |path: &str| get(port, &format!("/team/plans/{path}"), &[("Range", "bytes=0-3")]);
        assert_eq!(at("data/plans.parquet").status, ranges, "{name}");
        assert_eq!((at("none-0123456789abcdef.js").status, at("data/none.parquet").status), (404, 404), "{name}");
        let health = get(port, "/team/plans/healthz", &[]);
        assert_eq!((health.status, health.body.as_slice()), (200, &b"ok\n"[..]), "{name}");
        in_browser(async |page| {
            page.open_ready(&format!("http://127.0.0.1:{port}/team/plans/")).await;
            assert_eq!(page.call("return tarn.result('kpi-total').rows").await, serde_json::json!([[3]]), "{name}");
            page.wait_for("(await navigator.serviceWorker.getRegistration())?.active?.state === 'activated'", "the page is kept").await;
            page.assert_no_complaints().await;
            page.driver.goto(format!("http://127.0.0.1:{port}/team/plans/explore/")).await.unwrap();
            page.wait_for("document.querySelector('input[type=file]')", "the page for own files is there").await;
            page.assert_no_complaints().await;
        })
        .await;
    }
}
