//! Cloudflare Pages: what `tarn build` writes for it, in Cloudflare's own runtime on this machine.
use crate::folder::{Folder, failed, succeeded};
use crate::http::{Answer, get_from_slow_to_close, listens};
use crate::nginx::free_port;
use crate::site::{DASHBOARD, project};
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tarn_tests::{in_browser, root};

pub const PUBLIC_DASHBOARD: &str = "title: Plans
data: { plans: { source: data/plans.parquet, ttl: 1h, schema: { cost: double }, measures: { total: sum(cost) } } }
pages: [{ title: P, rows: [[kpi: total]] }]
";

/// `wrangler pages dev`, which serves a folder as Pages does.
struct Pages {
    child: Child,
    port: u16,
    folder: Folder,
}

impl Pages {
    /// Builds what lies in the folder.
    fn start(folder: Folder, arguments: &[&str]) -> Self {
        succeeded(&folder.tarn(&[&["build", "--target", "cloudflare", "--out", "deployed"], arguments].concat()));
        // What Cloudflare knows of a request, which the program would else ask its maker for.
        fs::create_dir_all(folder.join("node_modules/.mf")).unwrap();
        folder.write("node_modules/.mf/cf.json", "{}");
        // Nor is npm asked for a newer version.
        let home = folder.join("home");
        fs::create_dir_all(&home).unwrap();
        folder.write("home/.npmrc", "registry=http://127.0.0.1:9/\n");
        let port = free_port();
        let mut wrangler = Command::new("node");
        wrangler.arg(root().join("target/tools/wrangler/node_modules/wrangler/bin/wrangler.js")).current_dir(&folder);
        let listen = port.to_string();
        wrangler.args(["pages", "dev", "deployed/public", "--ip", "127.0.0.1", "--port", &listen, "--inspector-port", "0"]);
        wrangler.args(["--compatibility-date", "2025-09-01"]).envs([("WRANGLER_SEND_METRICS", "false"), ("CI", "true")]);
        wrangler.env("HOME", &home).env("XDG_CONFIG_HOME", &home).stdin(Stdio::null()).stdout(Stdio::null()).process_group(0);
        let mut child = wrangler.spawn().expect("node is installed");
        let started = Instant::now();
        while !listens(port) {
            assert!(child.try_wait().unwrap().is_none(), "wrangler ended: `cargo xtask test` installs it");
            assert!(started.elapsed() < Duration::from_secs(60), "wrangler does not listen");
            std::thread::yield_now();
        }
        Self { child, port, folder }
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        get_from_slow_to_close(self.port, path, headers)
    }

    /// The path of the file in the folder whose name begins and ends so.
    fn file(&self, folder: &str, start: &str, end: &str) -> String {
        let names = fs::read_dir(self.folder.join("deployed/public").join(folder)).unwrap().flatten();
        let mut names = names.map(|file| file.file_name().into_string().unwrap());
        format!("/{folder}{}", names.find(|name| name.starts_with(start) && name.ends_with(end)).unwrap())
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // Its group: node, and the runtime that it has started.
        let _ = Command::new("kill").args(["--", &format!("-{}", self.child.id())]).status();
        let _ = self.child.wait();
    }
}

fn public(name: &str) -> Folder {
    let folder = project(name);
    folder.write("dashboard.yaml", PUBLIC_DASHBOARD);
    folder
}

const FOREVER: &str = "public, max-age=31536000, immutable";

#[test]
fn pages_sends_headers_and_compresses_and_knows_what_is_missing() {
    let pages = Pages::start(public("pages-headers"), &["--explore-addresses"]);
    let (wasm, dashboard) = (pages.file("", "tarn-app_bg-", ".wasm"), pages.file("", "dashboard-", ".bin"));
    let worker = pages.file("explore/", "worker-", ".js");
    for (path, kept, kind, coding) in [
        ("/", "no-cache", "text/html; charset=utf-8", "br"),
        ("/sw.js", "no-cache", "application/javascript", "br"),
        (&wasm, FOREVER, "application/wasm", "br"),
        (&dashboard, FOREVER, "application/octet-stream", ""),
        ("/explore/", "no-cache", "text/html; charset=utf-8", "br"),
        (&worker, FOREVER, "application/javascript", "br"),
        ("/healthz", "no-cache", "text/plain; charset=utf-8", "br"),
        ("/data/plans.parquet", "no-cache", "application/octet-stream", ""),
    ] {
        let answer = pages.get(path, &[("Accept-Encoding", "br, gzip")]);
        let told = (answer.status, answer.header("cache-control"), answer.header("content-type"), answer.header("content-encoding"));
        assert_eq!(told, (200, kept, kind, coding), "{path}");
        let connect = if path.starts_with("/explore/") { "connect-src 'self' https:;" } else { "connect-src 'self';" };
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && policy.contains(connect), "{path}: {policy}");
        assert_eq!((answer.header("x-frame-options"), answer.header("x-content-type-options")), ("DENY", "nosniff"), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path} is for its own origin");
    }
    // What is missing is no page, and nobody keeps that it is: the next build may have it.
    for path in [
        "/tarn-app-0123456789abcdef.js",
        "/explore/worker-0123456789abcdef.js",
        "/data/none.parquet",
        "/data/",
        "/tarn-build.json",
        "/_headers",
    ] {
        let answer = pages.get(path, &[]);
        assert_eq!((answer.status, answer.header("cache-control")), (404, "no-store"), "{path}");
    }
    let led = pages.get("/explore", &[]);
    assert_eq!((led.status, led.header("location")), (308, "/explore/"));
    // Data: whole, and once.
    let whole = pages.get("/data/plans.parquet", &[("Range", "bytes=0-3")]);
    assert_eq!(whole.status, 200, "Pages knows ranges now: docs/deploy.md says that it does not");
    let again = pages.get("/data/plans.parquet", &[("If-None-Match", whole.header("etag"))]);
    assert_eq!(again.status, 304);
    let said = succeeded(&pages.folder.tarn(&["doctor", &format!("http://127.0.0.1:{}/", pages.port)]));
    assert!(said.contains("the server knows no ranges") && said.contains(" 0 errors, "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_opens_on_pages_and_is_there_without_a_network() {
    let pages = Pages::start(public("pages-opens"), &["--explore"]);
    in_browser(async |page| {
        page.open_ready(&format!("http://127.0.0.1:{}/", pages.port)).await;
        assert_eq!(page.call("return tarn.result('kpi-total').rows").await, serde_json::json!([[3]]));
        page.wait_for("(await navigator.serviceWorker.getRegistration())?.active?.state === 'activated'", "the page is kept").await;
        assert_eq!(
            page.call("return (await (await caches.open((await caches.keys())[0])).keys()).some(({ url }) => url.endsWith('/index.html'))")
                .await,
            true
        );
        page.assert_no_complaints().await;
        page.driver.goto(format!("http://127.0.0.1:{}/explore", pages.port)).await.unwrap();
        page.wait_for("location.pathname === '/explore/' && document.querySelector('input[type=file]')", "the page for own files is there")
            .await;
        page.assert_no_complaints().await;
    })
    .await;
}

/// Something else protects the paths, as Cloudflare Access does: the headers are still those of one viewer's files.
#[test]
fn files_of_roles_are_kept_by_nobody_and_the_frame_may_come_back() {
    let folder = project("pages-roles");
    let identity = "login: \"/login?back={url}\", silent_login: self";
    folder.write("dashboard.yaml", DASHBOARD.replace("login: \"/login.html?back={url}\", logout: /bye.html", identity));
    let pages = Pages::start(folder, &["--unprotected"]);
    let set = fs::read_dir(pages.folder.join("deployed/public/roles")).unwrap().flatten().next().unwrap().file_name();
    let dashboard = pages.file(&format!("roles/{}/", set.to_string_lossy()), "dashboard-", ".bin");
    for path in [dashboard.as_str(), "/data/plans.parquet", "/data/region=north/orders.parquet", "/data/region=south%20east/orders.parquet"]
    {
        let answer = pages.get(path, &[]);
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{path}");
    }
    let script = pages.file("", "boot-", ".js");
    for (path, kept) in
        [("/", "private, no-cache"), ("/sw.js", "private, no-cache"), (script.as_str(), "private, max-age=31536000, immutable")]
    {
        assert_eq!(pages.get(path, &[]).header("cache-control"), kept, "{path}");
    }
    let led = pages.get("/signed-in.html", &[]);
    assert_eq!((led.status, led.header("location"), led.header("cache-control")), (308, "/signed-in", "no-store"));
    let landing = pages.get("/signed-in", &[]);
    let told = (landing.status, landing.header("x-frame-options"), landing.header("cache-control"));
    assert_eq!(told, (200, "SAMEORIGIN", "no-store"));
    assert!(landing.header("content-security-policy").ends_with("frame-ancestors 'self'"));
}

#[test]
fn a_file_that_pages_does_not_take_is_refused() {
    let folder = public("pages-large");
    let script = "import duckdb; duckdb.execute(\"copy (select random() as cost from range(3500000)) to 'data/plans.parquet' (compression uncompressed)\")";
    assert!(tarn_tests::python().current_dir(&folder).args(["-c", script]).status().unwrap().success());
    let said = failed(&folder.tarn(&["build", "--target", "cloudflare", "--out", "out"]), 1);
    assert!(said.contains("`data/plans.parquet` has 28.") && said.contains("no file of more than 25 MiB"), "{said}");
    assert!(!folder.join("out").exists());
}
