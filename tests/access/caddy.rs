//! Caddy with the configuration that `tarn build` writes.
use crate::folder::{Folder, succeeded};
use crate::http::{get, listens};
use crate::matrix;
use crate::provider::Provider;
use crate::site::project_before;
use crate::states::{Asking, every_state};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Caddy {
    child: Child,
    pub port: u16,
    pub folder: Folder,
}

impl Caddy {
    fn start(name: &str, provider: &Provider) -> Self {
        Self::start_in(project_before(provider, name), provider)
    }

    /// Builds what lies in the folder.
    pub fn start_in(folder: Folder, provider: &Provider) -> Self {
        Self::start_with(folder, provider, &[])
    }

    pub fn start_with(folder: Folder, provider: &Provider, arguments: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let root = folder.join("deployed").display().to_string();
        let (listen, at) = (format!("127.0.0.1:{port}"), format!("127.0.0.1:{}", provider.port));
        let build = ["build", "--target", "caddy", "--out", "deployed", "--listen", &listen, "--root", &root, "--auth-at", &at];
        succeeded(&folder.tarn(&[&build, arguments].concat()));
        let mut child = Command::new("caddy")
            .args(["run", "--adapter", "caddyfile", "--config"])
            .arg(folder.join("deployed/Caddyfile"))
            .env("HOME", folder.join("home"))
            .stdout(Stdio::null())
            .spawn()
            .expect("caddy is installed");
        let started = Instant::now();
        while !listens(port) {
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
    matrix::differences(&caddy.folder, caddy.port, &matrix::PEOPLE, fits).assert_none();
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

/// Which refusal it is differs from nginx: Caddy takes paths without regard to case, and asks before it looks for a file.
fn fits(status: u16, expected: u16) -> bool {
    let refusals = [400, 401, 403, 404];
    status == expected || (refusals.contains(&status) && refusals.contains(&expected))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_of_a_session() {
    let provider = Provider::start().await;
    let caddy = Caddy::start("caddy-states", &provider);
    let (folder, port) = (&caddy.folder, caddy.port);
    every_state(&Asking { name: "Caddy, `forward_auth`", provider: &provider, folder, port, fits }).await;
}
