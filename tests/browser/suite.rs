//! The suite's own tools: what they claim to do to a page, they do.
use serde_json::json;
use tarn_tests::{Cors, Fault, Server, Site, in_browser};

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
