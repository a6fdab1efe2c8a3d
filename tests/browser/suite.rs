//! The suite's own tools: what they claim to do to a page, they do.
use serde_json::json;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tarn_tests::{Cors, Fault, Server, Site, in_browser, root};

/// A page without Tarn, to try the server and the watcher on.
fn bare() -> Site {
    Site::empty().with_file("index.html", "<!doctype html><title>bare</title>").with_file("a.parquet", vec![7u8; 1000])
}

const ASK: &str = "const ask = async (headers, url = 'a.parquet') => {
    try {
      const response = await fetch(url, { headers, cache: 'no-store' });
      const bytes = new Uint8Array(await response.arrayBuffer());
      return [response.status, bytes.length, response.headers.get('content-range')];
    } catch (error) { return [error.name]; }
  };";

#[tokio::test(flavor = "multi_thread")]
async fn server_answers_ranges_and_validators() {
    let server = Server::start(bare(), "/x/", Cors::Missing).await;
    in_browser(async |page| {
        page.driver.goto(server.url("")).await.unwrap();
        let answers = page
            .call(&format!(
                "{ASK} const etag = (await fetch('a.parquet')).headers.get('etag');
                 return [await ask({{ Range: 'bytes=100-199' }}), await ask({{ Range: 'bytes=990-2000' }}), await ask({{ Range: 'bytes=2000-' }}), await ask({{ 'If-None-Match': etag }}), await ask({{}})]"
            ))
            .await;
        let expected = json!([[206, 100, "bytes 100-199/1000"], [206, 10, "bytes 990-999/1000"], [416, 0, "bytes */1000"], [304, 0, null], [200, 1000, null]]);
        assert_eq!(answers, expected);
    })
    .await;
    let conditional: Vec<_> = server.data_requests().into_iter().filter(|entry| entry.conditional).collect();
    assert_eq!(conditional.len(), 1);
    assert_eq!((conditional[0].status, conditional[0].bytes), (304, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn server_misbehaves_as_told() {
    let server = Server::start(bare(), "/", Cors::Missing).await;
    let other = Server::start(bare(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.driver.goto(server.url("")).await.unwrap();
        let ask = format!("{ASK} return ask({{ Range: 'bytes=100-199' }})");
        for (fault, expected) in [
            (Fault::Status(403), json!([403, 35, null])),
            (Fault::LoginPage, json!([200, 67, null])),
            (Fault::CutBody, json!(["TypeError"])),
            (Fault::WrongRange, json!([206, 100, "bytes 0-99/1000"])),
        ] {
            server.break_file("a.parquet", fault.clone());
            assert_eq!(page.call(&ask).await, expected, "{fault:?}");
        }
        server.repair("a.parquet");
        assert_eq!(page.call(&ask).await, json!([206, 100, "bytes 100-199/1000"]));
        let across = page.call(&format!("{ASK} return ask({{}}, '{}')", other.url("a.parquet"))).await;
        assert_eq!(across, json!(["TypeError"]), "another origin without CORS");
        assert_eq!(page.call("return seen.violations").await, json!([]), "loopback is allowed by the policy");
        server.expect_violations();
        page.call("const script = document.createElement('script'); script.textContent = '1'; document.body.append(script)").await;
        page.wait_for("seen.violations.length === 1", "the inline script is noted as a violation").await;
    })
    .await;
}

/// All that a site can leave in a browser, and in its window.
const LEAVE: &str = "
    document.cookie = 'left=1';
    localStorage.left = 1;
    sessionStorage.left = 1;
    await new Promise((resolve) => { indexedDB.open('left').onsuccess = resolve; });
    await (await caches.open('left')).put('left', new Response('left'));
    await navigator.serviceWorker.register('worker.js');
    await navigator.serviceWorker.ready;
    await (await fetch('kept')).text();
    open('about:blank', 'left', 'popup,width=300,height=300');
    console.error('left');";

const LOOK: &str = "
    const kept = await (await fetch('kept')).text();
    return {
        before: globalThis.left ?? null,
        stored: [document.cookie, Object.keys(localStorage), Object.keys(sessionStorage), await indexedDB.databases(), await caches.keys()],
        workers: (await navigator.serviceWorker.getRegistrations()).length,
        window: [innerWidth, innerHeight, devicePixelRatio, history.length, document.hasFocus(), document.visibilityState],
        colours: matchMedia('(forced-colors: active)').matches,
    };";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_test_leaves_in_its_browser_is_gone_in_the_next() {
    let site = bare().with_file("favicon.ico", "").with_file("worker.js", "addEventListener('fetch', () => {})").with_file("kept", "kept");
    let server = Server::start(site, "/", Cors::Missing).await;
    let look = async |leaves: bool| {
        in_browser(async |page| {
            server.clear_log();
            page.driver.goto(server.url("")).await.unwrap();
            let found = (page.call(LOOK).await, page.driver.windows().await.unwrap().len());
            page.assert_no_complaints().await;
            if leaves {
                page.before_every_document("globalThis.left = 1").await;
                page.call(LEAVE).await;
                page.resize(400, 500).await;
                page.force_colors(Some("dark")).await;
            }
            let asked: Vec<_> = server.log().into_iter().filter(|entry| entry.path == "kept").map(|entry| entry.status).collect();
            (found, asked)
        })
        .await
    };
    let new = look(true).await;
    assert_eq!(new.0.0["stored"], json!(["", [], [], [], []]));
    // The second finds it as the first has, and so does the third, in the same browser as one that left nothing.
    assert_eq!(look(true).await, new);
    assert_eq!(look(false).await, new);
}

#[test]
fn nothing_of_a_browser_outlives_the_program_of_the_tests() {
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", "suite::server_answers_ranges_and_validators"]).stdout(Stdio::null());
    let mut program = program.spawn().unwrap();
    assert!(program.wait().unwrap().success());
    let profile = root().join(format!("target/test-profiles/{}-0", program.id()));
    let name = profile.display().to_string();
    let is_of_it = |process: fs::DirEntry| fs::read_to_string(process.path().join("cmdline")).is_ok_and(|line| line.contains(&name));
    let ended = Instant::now();
    while profile.exists() || fs::read_dir("/proc").is_ok_and(|processes| processes.flatten().any(is_of_it)) {
        assert!(ended.elapsed() < Duration::from_secs(30), "something is left of {name}");
        std::thread::yield_now();
    }
}
