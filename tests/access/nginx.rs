//! nginx with the configuration that `tarn build` writes: what it gives to whom.
use crate::folder::{Folder, failed, succeeded};
use crate::http::{Answer, get, listens};
use crate::matrix;
use crate::provider::Provider;
use crate::site::project_before;
use crate::states::{self, Asking, every_state};
use serde_json::json;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tarn_tests::in_browser;

/// A running nginx, and the folder that it serves.
pub struct Nginx {
    child: Child,
    pub port: u16,
    pub folder: Folder,
}

impl Nginx {
    /// Builds the dashboard for nginx and starts it.
    pub fn start(folder: Folder, arguments: &[&str]) -> Self {
        let port = free_port();
        let root = folder.join("deployed").display().to_string();
        let listen = format!("127.0.0.1:{port}");
        let build = ["build", "--target", "nginx", "--out", "deployed", "--listen", &listen, "--root", &root];
        succeeded(&folder.tarn(&[&build, arguments].concat()));
        keep_apart(&folder, "deployed/nginx.conf");
        let mut nginx = Command::new(program());
        nginx.arg("-c").arg(folder.join("deployed/nginx.conf")).args(["-g", "daemon off;"]);
        let mut child = nginx.stdout(Stdio::null()).spawn().expect("nginx is installed");
        let started = Instant::now();
        while !listens(port) {
            assert!(child.try_wait().unwrap().is_none(), "nginx ended: see its errors above");
            assert!(started.elapsed() < Duration::from_secs(20), "nginx does not listen");
            std::thread::yield_now();
        }
        Self { child, port, folder }
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        get(self.port, path, headers)
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn program() -> &'static str {
    if Path::new("/usr/sbin/nginx").is_file() { "/usr/sbin/nginx" } else { "nginx" }
}

/// Several run on this machine at once: each has its own place for what it writes.
pub fn keep_apart(folder: &Folder, configuration: &str) {
    let path = folder.join(configuration);
    let text = fs::read_to_string(&path).unwrap().replace("/tmp/nginx", &folder.join("nginx").display().to_string());
    fs::write(&path, text.replace("/dev/stdout", &folder.join("audit.log").display().to_string())).unwrap();
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // By its own signal, so that its workers end with it.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// Without an address for the login: the server sends navigations there by itself.
pub fn with_provider(provider: &Provider, name: &str) -> Nginx {
    let folder = project_before(provider, name);
    Nginx::start(folder, &["--auth-at", &format!("127.0.0.1:{}", provider.port)])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_is_given_to_those_who_may_read_it() {
    let provider = Provider::start().await;
    let nginx = with_provider(&provider, "nginx-matrix");
    matrix::differences(&nginx.folder, nginx.port, &matrix::PEOPLE, |status, expected| status == expected).assert_none();
    let log = fs::read_to_string(nginx.folder.join("audit.log")).unwrap();
    let line = log.lines().find(|line| line.contains("\"user\":\"ada\"") && line.contains("plans.parquet")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["path"], &line["status"]), (&json!("/data/plans.parquet"), &json!(403)), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_say_what_may_be_kept_and_files_travel_compressed() {
    let provider = Provider::start().await;
    let nginx = with_provider(&provider, "nginx-headers");
    let cookie = ("Cookie", "session=zoe");
    let names = fs::read_dir(nginx.folder.join("deployed/public")).unwrap().flatten().map(|file| file.file_name().into_string().unwrap());
    let wasm = format!("/{}", names.into_iter().find(|name| name.ends_with(".wasm")).unwrap());
    let dashboard = matrix::dashboards(&nginx.folder).remove(0);
    for (path, kept, kind) in [
        ("/", "private, no-cache", "text/html; charset=utf-8"),
        ("/sw.js", "private, no-cache", "text/javascript; charset=utf-8"),
        (&wasm, "private, max-age=31536000, immutable", "application/wasm"),
        (&dashboard, "no-store", "application/octet-stream"),
        ("/data/plans.parquet", "no-store", "application/octet-stream"),
    ] {
        let plain = nginx.get(path, &[cookie]);
        assert_eq!((plain.status, plain.header("cache-control"), plain.header("content-type")), (200, kept, kind), "{path}");
        assert!(plain.header("content-security-policy").starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"), "{path}");
        assert_eq!((plain.header("x-content-type-options"), plain.header("content-encoding")), ("nosniff", ""), "{path}");
        if path.ends_with(".parquet") {
            let part = nginx.get(path, &[cookie, ("Range", "bytes=0-3"), ("Accept-Encoding", "br, gzip")]);
            assert_eq!((part.status, part.body.as_slice(), part.header("content-encoding")), (206, &b"PAR1"[..], ""));
            continue;
        }
        for (accepted, coding) in [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("identity", "")] {
            let coded = nginx.get(path, &[cookie, ("Accept-Encoding", accepted)]);
            assert_eq!(
                (coded.status, coded.header("content-encoding"), coded.header("content-type")),
                (200, coding, kind),
                "{path} {accepted}"
            );
            assert!(coding.is_empty() || coded.body.len() < plain.body.len() || plain.body.len() < 200, "{path} {accepted}");
            assert_eq!(coded.header("vary"), "Accept-Encoding");
        }
    }
    assert_eq!(nginx.get("/data/plans.parquet", &[("Cookie", "session=ada")]).header("cache-control"), "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_of_a_session() {
    let provider = Provider::start().await;
    let nginx = with_provider(&provider, "nginx-states");
    let (folder, port) = (&nginx.folder, nginx.port);
    let fits = |status, expected| status == expected;
    every_state(&Asking { name: "nginx, `auth_request`", provider: &provider, folder, port, fits }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_frame_is_tried_once_and_not_for_long() {
    let provider = Provider::start().await;
    let nginx = with_provider(&provider, "nginx-frames");
    let site = format!("http://127.0.0.1:{}/", nginx.port);
    in_browser(async |page| {
        page.before_every_document(states::WATCH).await;
        provider.knows(Some("ada"));
        page.open_ready(&site).await;
        let refuse = |ms: u32| format!("globalThis.later = (globalThis.later ?? 0) + {ms}; dispatchEvent(new Event('tarn-forbidden'))");
        page.call("globalThis.same = true; addEventListener('tarn-signed-in', () => { globalThis.renewed = true; })").await;
        page.driver.delete_cookie("session").await.unwrap();
        page.call(&refuse(10_000)).await;
        page.wait_for("globalThis.renewed", "the session is renewed").await;
        // It ends again at once: what helped for so short a time is no help.
        page.driver.delete_cookie("session").await.unwrap();
        page.call(&refuse(10_000)).await;
        page.wait_for("window.tarn && !globalThis.same", "the page went to the login and came back").await;
        assert_eq!(page.call(states::FRAMES).await, json!(1));

        page.call("await tarn.ready()").await;
        provider.knows(None);
        provider.hang_in_frames();
        page.driver.delete_cookie("session").await.unwrap();
        page.call("globalThis.waiting = true").await;
        page.call(&refuse(100_000)).await;
        page.wait_for("document.querySelector('iframe')", "the frame is there").await;
        assert_eq!(
            page.call("return [waiting, tarn.result('kpi-total').rows.length]").await,
            json!([true, 1]),
            "the page goes on meanwhile"
        );
        page.wait_for("document.title === 'Login'", "the provider asks").await;
    })
    .await;
}

#[test]
fn a_small_team_signs_in_with_passwords() {
    let folder = matrix::team("nginx-basic");
    folder.write("unhashed.txt", "ada:secret:staff\n");
    let said = failed(&folder.tarn(&["build", "--target", "nginx", "--auth", "basic", "--users", "unhashed.txt", "--out", "out"]), 1);
    assert!(said.contains("is not hashed") && !said.contains("secret"), "{said}");
    let nginx = Nginx::start(folder, &["--auth", "basic", "--users", "users.txt"]);
    let wrong = matrix::password_differences(&nginx.folder, nginx.port, |status, expected| status == expected);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
