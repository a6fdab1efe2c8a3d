//! Apache with mod_auth_openidc and the configuration that `tarn build` writes, before a certified provider: npm's `oidc-provider`.
use crate::apache::Apache;
use crate::http::get;
use crate::matrix::{self, Differences};
use crate::site::{DASHBOARD, project};
use crate::states::{Proxy, every_state};
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use tarn_tests::{Page, root};
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
    let provider = OpenId::start(&format!("http://127.0.0.1:{port}/callback"));
    let logout = format!("/callback?logout=http%3A%2F%2F127.0.0.1%3A{port}%2Fhealthz");
    let silent = &provider.issuer;
    let identity = format!("url: \"/callback?info=json\", provider: mod_auth_openidc, logout: \"{logout}\", silent_login: \"{silent}\"");
    folder.write("dashboard.yaml", plain.replace("url: /whoami, login: \"/login.html?back={url}\", logout: /bye.html", &identity));
    // What an operator writes: the provider, the client, the passphrase.
    let own = format!(
        "OIDCProviderMetadataURL {}/.well-known/openid-configuration\nOIDCClientID tarn\nOIDCClientSecret \"a secret of this test\"\nOIDCCryptoPassphrase \"a passphrase of this test\"\nOIDCRedirectURI http://127.0.0.1:{port}/callback\nOIDCSSLValidateServer Off\n",
        provider.issuer
    );
    folder.write("deployed-oidc.conf", own);
    (Apache::start_at(folder, port, &["auth_openidc", "authz_user"], &[]), provider)
}

/// The module's session; the provider has one of its own.
const SESSION: &str = "mod_auth_openidc_session";

async fn session(page: &Page) -> String {
    let cookies = page.driver.get_all_cookies().await.unwrap();
    let of_module = cookies.iter().filter(|cookie| cookie.name.starts_with(SESSION));
    of_module.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ")
}

/// At the provider's own page.
async fn fill_in(page: &Page, who: &str) {
    page.element("input[name=login]").await.send_keys(who).await.unwrap();
    page.element("input[name=password]").await.send_keys("any").await.unwrap();
    page.driver.find(By::Css("button[type=submit]")).await.unwrap().click().await.unwrap();
}

impl Proxy for Apache {
    fn name(&self) -> &'static str {
        "Apache, mod_auth_openidc"
    }

    fn asks(&self) -> &'static str {
        "document.querySelector('input[name=login]')"
    }

    fn whoami(&self) -> &'static str {
        "/callback?info=json"
    }

    fn port(&self) -> u16 {
        self.port
    }

    async fn sign_in(&self, page: &Page, address: &str, who: &str) {
        page.driver.goto(address).await.unwrap();
        page.wait_for(self.asks(), "the provider asks").await;
        fill_in(page, who).await;
        page.wait_for("window.tarn || document.querySelector('main.fatal')", "the site is shown").await;
    }

    async fn end_session(&self, page: &Page) {
        page.driver.delete_cookie(SESSION).await.unwrap();
    }

    async fn forget(&self, page: &Page) {
        page.driver.delete_all_cookies().await.unwrap();
    }

    async fn switch(&self, page: &Page, who: &str) {
        let here = page.driver.window().await.unwrap();
        self.forget(page).await;
        let tab = page.driver.new_tab().await.unwrap();
        page.driver.switch_to_window(tab).await.unwrap();
        // Guarded, and no dashboard: the first tab is not told.
        page.driver.goto(format!("http://127.0.0.1:{}/signed-in.html", self.port)).await.unwrap();
        page.wait_for(self.asks(), "the provider asks").await;
        fill_in(page, who).await;
        page.wait_for("location.pathname === '/signed-in.html'", "somebody else has signed in").await;
        self.end_session(page).await;
        page.driver.close_window().await.unwrap();
        page.driver.switch_to_window(here).await.unwrap();
    }

    async fn differences(&self, page: &Page, who: &str) -> Differences {
        let session = session(page).await;
        let sight = match who {
            "zoe" => 2,
            "ada" | "sam" => 1,
            _ => 0,
        };
        tokio::task::block_in_place(|| wrongly_given(self, &session, sight))
    }

    async fn leave(&self, page: &Page) {
        page.wait_for("document.querySelector('form') || location.pathname === '/healthz'", "the provider ends its session").await;
        if page.call("return location.pathname").await != json!("/healthz") {
            page.driver.find(By::Css("button")).await.unwrap().click().await.unwrap();
            page.wait_for("location.pathname === '/healthz'", "the viewer has left").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_of_a_session() {
    let (apache, _provider) = start("openid-states");
    every_state(&apache).await;
}

/// Asks for every path as this viewer, with and without forged headers, and tells what is given to the wrong one. Who is it that sees
/// all, some, nothing: `sight` is 2, 1, 0.
fn wrongly_given(apache: &Apache, session: &str, sight: usize) -> Differences {
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
    let mut found = Differences::default();
    for (path, given) in paths {
        for (cookie, given) in [(session, given[sight]), ("", false), ("mod_auth_openidc_session=made-up", false)] {
            let honest = [("Cookie", cookie)];
            for (headers, wrong) in [(honest.to_vec(), &mut found.plain), ([&honest[..], &forged].concat(), &mut found.forged)] {
                let answer = get(apache.port, path, &headers);
                found.n_requests += 1;
                if (answer.status == 200) != given {
                    wrong.push(format!("{path} with {cookie:?}, who sees {sight}: {}", answer.status));
                }
            }
        }
    }
    found
}
