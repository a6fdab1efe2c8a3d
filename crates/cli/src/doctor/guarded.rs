//! Sites with roles: nothing guarded is given to a stranger.
use super::client::Client;
use super::finding::{Findings, Severity};
use super::page;
use serde_json::Value;
use tarn_dashboard::Dashboard;
use url::Url;

/// The dashboards that the given session may read.
pub async fn examine(client: &Client, page: &Url, script: &Url, findings: &mut Findings) -> Vec<Dashboard> {
    let mut own = vec![];
    let Some(config) = config(client, script).await else {
        findings.error(format!("{} says nothing of the site's dashboards", script.path()), "deploy what one build wrote");
        return own;
    };
    let who = config["whoami"].as_str().and_then(|path| page.join(path).ok());
    if let Some(who) = who {
        whoami(client, &who, findings).await;
    }
    if let Some(landing) = config["silent"].as_str().and_then(|path| page.join(path).ok()).filter(|_| client.is_signed_in()) {
        silent_login(client, page, &landing, findings).await;
    }
    let paths = config["sets"].as_array().into_iter().flatten().filter_map(|set| set["dashboard"].as_str());
    for url in paths.filter_map(|path| page.join(path).ok()) {
        if let Ok(answer) = client.get_as_stranger(&url).await {
            findings.expect(
                answer.status != 200 || answer.is_html(),
                Severity::Error,
                || format!("{} is given to everybody", url.path()),
                "the proxy has to ask who it is for: `tarn build --target nginx` writes the rules",
            );
        }
        if !client.is_signed_in() {
            continue;
        }
        if let Ok(answer) = client.get(&url, &[]).await
            && answer.status == 200
        {
            let kept = answer.header("cache-control");
            findings.expect(
                kept.contains("no-store"),
                Severity::Error,
                || format!("the browser keeps {} for whoever comes next (Cache-Control: {kept})", url.path()),
                "send `Cache-Control: no-store` with dashboards of roles and with guarded data",
            );
            own.extend(page::dashboard(client, &url, findings).await);
        }
    }
    if client.is_signed_in() {
        findings.expect(
            own.len() <= 1,
            Severity::Error,
            || format!("this session may read {} of the dashboards of roles", own.len()),
            "a viewer gets the one of their own role set: build and deploy the rules again",
        );
    }
    own
}

async fn config(client: &Client, script: &Url) -> Option<Value> {
    let answer = client.get(script, &[("Accept-Encoding", "identity")]).await.ok()?;
    let text = String::from_utf8(answer.body).ok()?;
    let start = text.find("const config = ")? + "const config = ".len();
    let json = text.get(start..)?.split(";\n").next()?;
    serde_json::from_str(json).ok()
}

/// Whether a hidden frame may come back.
async fn silent_login(client: &Client, page: &Url, landing: &Url, findings: &mut Findings) {
    let (Ok(answer), Ok(page)) = (client.get(landing, &[]).await, client.get(page, &[("Sec-Fetch-Mode", "navigate")]).await) else {
        return;
    };
    let policy = answer.header("content-security-policy");
    let refuses = answer.header("x-frame-options").eq_ignore_ascii_case("deny") || policy.contains("frame-ancestors 'none'");
    findings.expect(
        answer.status == 200 && !refuses,
        Severity::Warning,
        || format!("{} cannot be framed by the page (status {})", landing.path(), answer.status),
        "`silent_login` needs it served with `frame-ancestors 'self'` and `X-Frame-Options: SAMEORIGIN`",
    );
    let policy = page.header("content-security-policy");
    findings.expect(
        policy.is_empty() || policy.contains("frame-src "),
        Severity::Warning,
        || "the policy of the page allows no frames: sessions are not renewed in the background".into(),
        "send `frame-src 'self'` with the identity provider's origin: `tarn build --target` writes it",
    );
}

async fn whoami(client: &Client, url: &Url, findings: &mut Findings) {
    let Ok(answer) = client.get_as_stranger(url).await else {
        return findings.error(format!("{url} cannot be reached"), "the proxy has to answer `identity:` on the page's own origin");
    };
    let refused = matches!(answer.status, 301..=303 | 307 | 308 | 401 | 403) || answer.is_html();
    findings.expect(
        refused,
        Severity::Error,
        || format!("{} answers a stranger with status {}", url.path(), answer.status),
        "answer 401 without a session: the page then goes to the login",
    );
    if !client.is_signed_in() {
        return;
    }
    let Ok(answer) = client.get(url, &[("Accept", "application/json")]).await else { return };
    let known = answer.status == 200 && serde_json::from_slice::<Value>(&answer.body).is_ok();
    findings.expect(
        known,
        Severity::Error,
        || format!("{} does not tell who the session's viewer is (status {})", url.path(), answer.status),
        "it answers with JSON: see `provider:` in docs/access.md",
    );
    let text = String::from_utf8_lossy(&answer.body).to_lowercase();
    let tokens = ["access_token", "id_token\":\"", "refresh_token"].iter().any(|word| text.contains(word));
    findings.expect(
        !tokens,
        Severity::Warning,
        || format!("{} hands out a token", url.path()),
        "answer with the claims that are needed and nothing else",
    );
    findings.expect(
        answer.header("cache-control").contains("no-store"),
        Severity::Warning,
        || format!("{} may be kept by the browser", url.path()),
        "send `Cache-Control: no-store` with it",
    );
}
