//! Apache with mod_auth_openidc and the configuration that `tarn build` writes, before a certified provider: npm's `oidc-provider`.
use crate::apache::Apache;
use crate::http::get;
use crate::matrix;
use crate::site::{DASHBOARD, project};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use tarn_tests::{Page, in_browser, root};
use thirtyfour::By;

struct OpenId {
    child: Child,
    issuer: String,
}

impl OpenId {
    fn start(redirect: &str) -> Self {
        let modules = root().join("target/tools/oidc-provider/node_modules");
        let mut node = Command::new("node");
        node.arg(root().join("tests/access/provider.mjs")).arg(redirect).arg(modules);
        let mut child = node.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("node is installed");
        let mut issuer = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut issuer).unwrap();
        assert!(issuer.starts_with("http://"), "oidc-provider does not start: `cargo xtask test` installs it");
        Self { child, issuer: issuer.trim().to_owned() }
    }
}

impl Drop for OpenId {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server, and the provider that it asks.
fn start(name: &str) -> (Apache, OpenId) {
    let folder = project(name);
    let plain = DASHBOARD.replace("region={user.region}", "region=north").replace(", claims: { region: profile.region }", "");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let logout = format!("/callback?logout=http%3A%2F%2F127.0.0.1%3A{port}%2Fhealthz");
    let identity = format!("url: \"/callback?info=json\", provider: mod_auth_openidc, logout: \"{logout}\"");
    folder.write("dashboard.yaml", plain.replace("url: /whoami, login: \"/login.html?back={url}\", logout: /bye.html", &identity));
    let provider = OpenId::start(&format!("http://127.0.0.1:{port}/callback"));
    // What an operator writes: the provider, the client, the passphrase.
    let own = format!(
        "OIDCProviderMetadataURL {}/.well-known/openid-configuration\nOIDCClientID tarn\nOIDCClientSecret \"a secret of this test\"\nOIDCCryptoPassphrase \"a passphrase of this test\"\nOIDCRedirectURI http://127.0.0.1:{port}/callback\nOIDCSSLValidateServer Off\n",
        provider.issuer
    );
    folder.write("deployed-oidc.conf", own);
    (Apache::start_at(folder, port, &["auth_openidc", "authz_user"], &[]), provider)
}

/// Signs in at the provider's own page, where it asks, and waits for the dashboard.
async fn sign_in(page: &Page, address: &str, who: &str) {
    page.driver.goto(address).await.unwrap();
    page.wait_for("document.querySelector('input[name=login]') || window.tarn", "the provider asks, or knows already").await;
    if page.call("return Boolean(document.querySelector('input[name=login]'))").await == json!(true) {
        page.element("input[name=login]").await.send_keys(who).await.unwrap();
        page.element("input[name=password]").await.send_keys("any").await.unwrap();
        page.driver.find(By::Css("button[type=submit]")).await.unwrap().click().await.unwrap();
    }
    page.wait_for("window.tarn || document.querySelector('main.fatal')", "the site is shown").await;
}

async fn session(page: &Page) -> String {
    let cookies = page.driver.get_all_cookies().await.unwrap();
    let of_module = cookies.iter().filter(|cookie| cookie.name.starts_with("mod_auth_openidc_session"));
    of_module.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ")
}

const SIGN_OUT: &str = "[...document.querySelectorAll('button')].find((button) => button.textContent === 'Sign out').click()";
const DATABASES: &str = "return (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith('tarn-'))";

#[tokio::test(flavor = "multi_thread")]
async fn viewers_sign_in_see_their_role_lose_the_session_and_leave() {
    let (apache, _provider) = start("openid-browser");
    let site = format!("http://127.0.0.1:{}/", apache.port);
    for (who, sight, titles) in [
        ("ada", 1, json!(["All", "Mine"])),
        ("zoe", 2, json!(["All", "Secret plans", "Mine"])),
        ("sam", 1, json!(["All", "Mine"])),
        ("eve", 0, Value::Null),
        ("nobody", 0, Value::Null),
    ] {
        in_browser(async |page| {
            page.before_every_document("const now = Date.now; Date.now = () => now() + (globalThis.later ?? 0);").await;
            let address = format!("{site}?page=all&shop=shop%201");
            sign_in(page, &address, who).await;
            let session = session(page).await;
            let wrong = tokio::task::block_in_place(|| wrongly_given(&apache, &session, sight));
            assert!(wrong.is_empty(), "{who}: {}", wrong.join("\n"));
            if titles.is_null() {
                assert!(page.text().await.contains("not shared with you"), "{who}: {}", page.text().await);
                return;
            }
            page.call("await tarn.ready()").await;
            assert_eq!(page.call("return tarn.pages().map((page) => page.title)").await, titles, "{who}");
            assert_eq!(page.call("return location.search").await, json!("?shop=shop+1"), "the way back keeps the state");
            let whoami = page.call("return await (await fetch('/callback?info=json')).text()").await;
            assert!(!whoami.as_str().unwrap().contains("access_token"), "{whoami}");
            // The session ends while the page is in use: the provider still knows the viewer, so one navigation leads back.
            page.driver.delete_cookie("mod_auth_openidc_session").await.unwrap();
            assert_eq!(page.call("return (await fetch('/callback?info=json')).status").await, json!(401));
            page.call("globalThis.aside = true; globalThis.later = 10_000; dispatchEvent(new Event('tarn-forbidden'))").await;
            page.wait_for("window.tarn && !globalThis.aside", "the page has come back").await;
            page.call("await tarn.ready()").await;
            assert_eq!(page.call("return location.search").await, json!("?shop=shop+1"));
            assert_eq!(page.call("return [seen.violations, seen.errors]").await, json!([[], []]));
            page.call(SIGN_OUT).await;
            page.wait_for("document.querySelector('form') || location.pathname === '/healthz'", "the provider ends its session").await;
            if page.call("return location.pathname").await != json!("/healthz") {
                page.driver.find(By::Css("button")).await.unwrap().click().await.unwrap();
                page.wait_for("location.pathname === '/healthz'", "the viewer has left").await;
            }
            assert_eq!(page.call(DATABASES).await, json!([]), "nothing of {who} remains");
            assert_eq!(page.call("return (await fetch('/callback?info=json')).status").await, json!(401));
            // Who comes next is asked.
            page.driver.goto(&site).await.unwrap();
            page.wait_for("document.querySelector('input[name=login]')", "the provider asks").await;
        })
        .await;
    }
}

/// Asks for every path as this viewer, with and without forged headers, and tells what is given to the wrong one. Who is it that sees
/// all, some, nothing: `sight` is 2, 1, 0.
fn wrongly_given(apache: &Apache, session: &str, sight: usize) -> Vec<String> {
    let dashboards = matrix::dashboards(&apache.folder);
    let [bosses, viewers] = dashboards.as_slice() else { panic!("{dashboards:?}") };
    let north = "/data/region=north/orders.parquet";
    let paths = [
        ("/", [true, true, true]),
        (viewers.as_str(), [false, true, false]),
        (bosses, [false, false, true]),
        ("/data/sales.parquet", [false, true, true]),
        (north, [false, true, true]),
        ("/data/plans.parquet", [false, false, true]),
        ("/data//plans.parquet", [false, false, true]),
        ("/data/x/../plans.parquet", [false, false, true]),
        ("/data/%70lans.parquet", [false, false, true]),
        ("/index.html/../data/plans.parquet", [false, false, true]),
        ("/data/plans.parquet?x=.js", [false, false, true]),
        ("/data%2fplans.parquet", [false; 3]),
        ("/data/plans.parquet/", [false; 3]),
        ("/data/plans.parquet;x", [false; 3]),
        ("/data/PLANS.parquet", [false; 3]),
        ("/data/", [false; 3]),
        ("/roles/", [false; 3]),
        ("/apache.conf", [false; 3]),
        ("/../deployed-oidc.conf", [false; 3]),
        ("/%2e%2e/deployed-oidc.conf", [false; 3]),
    ];
    let forged =
        [("OIDC_CLAIM_groups", "directors"), ("OIDC-CLAIM-groups", "directors"), ("X-Remote-User", "zoe"), ("X-Forwarded-User", "zoe")];
    let mut wrong = vec![];
    for (path, given) in paths {
        for (cookie, given) in [(session, given[sight]), ("", false), ("mod_auth_openidc_session=made-up", false)] {
            for headers in [vec![("Cookie", cookie)], [&[("Cookie", cookie)][..], &forged].concat()] {
                let answer = get(apache.port, path, &headers);
                if (answer.status == 200) != given {
                    wrong.push(format!("{path} with {} headers: {}", headers.len(), answer.status));
                }
            }
        }
    }
    println!("{} paths, {} requests", paths.len(), paths.len() * 6);
    wrong
}
