//! The page and its files.
use super::client::{Answer, Client};
use super::finding::{Findings, Severity};
use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};
use tarn_dashboard::{CompiledError, Dashboard, FORMAT};
use url::{Host, Url};

pub struct Page {
    pub opens: Opens,
}

pub enum Opens {
    Dashboard(Url),
    /// The script that knows which dashboards there are.
    Chosen(Url),
}

/// More than this and ages on the screen are wrong.
const CLOCK_SECS: f64 = 60.0;

pub async fn examine(client: &Client, url: &Url, findings: &mut Findings) -> Option<Page> {
    let answer = match client.get(url, &[("Accept", "text/html"), ("Sec-Fetch-Mode", "navigate"), ("Accept-Encoding", "identity")]).await {
        Ok(answer) => answer,
        Err(problem) => {
            findings.error(problem, "check the address, the server and its certificate");
            return None;
        }
    };
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let opens = opens(&text, url);
    let login = ["login", "log in", "sign in", "signin"].iter().any(|word| text.to_lowercase().contains(word));
    if matches!(answer.status, 301 | 302 | 303 | 307 | 308 | 401 | 403) || (answer.is_html() && opens.is_none() && login) {
        let problem = format!("{url} answers with status {} and asks for a login", answer.status);
        findings.error(problem, "sign in with a browser and pass its cookie: --header \"Cookie: …\"");
        return None;
    }
    let linked = links(&text, url);
    if answer.status != 200 || !answer.is_html() || opens.is_none() {
        findings
            .error(format!("{url} is no page of Tarn (status {})", answer.status), "deploy what `tarn build` wrote, index.html included");
        return None;
    }
    secure(url, &answer, findings);
    clock(&answer, findings);
    let kept = answer.header("cache-control");
    let asks = kept.contains("no-cache") || kept.contains("no-store") || kept.contains("max-age=0");
    findings.expect(
        asks,
        Severity::Error,
        || format!("the page is kept without asking (Cache-Control: {kept})"),
        "send `Cache-Control: no-cache` with index.html: else viewers stay on an old version",
    );
    for file in &linked {
        self::file(client, file, findings).await;
    }
    service_worker(client, url, findings).await;
    explore(client, url, findings).await;
    let missing = url.join("./tarn-doctor-looks-for-what-is-not-there").ok()?;
    if let Ok(answer) = client.get(&missing, &[]).await {
        findings.expect(
            answer.status == 404 || answer.status == 403,
            Severity::Error,
            || format!("a file that is not there is answered with status {}", answer.status),
            "answer 404: a page in the place of a file is taken for the file",
        );
    }
    Some(Page { opens: opens? })
}

/// Its address is the same in every build: whoever keeps it keeps the whole site.
async fn service_worker(client: &Client, page: &Url, findings: &mut Findings) {
    let Ok(url) = page.join("./sw.js") else { return };
    let Ok(answer) = client.get(&url, &[]).await else { return };
    let is_there = answer.status == 200 && !answer.is_html();
    let problem = || format!("{} is not there (status {})", url.path(), answer.status);
    findings.expect(is_there, Severity::Warning, problem, "deploy it too: without it the page does not open without a network");
    let kept = answer.header("cache-control");
    findings.expect(
        !is_there || !(kept.contains("immutable") || kept.contains("public")),
        Severity::Warning,
        || format!("{} is kept without asking (Cache-Control: {kept})", url.path()),
        "send `Cache-Control: no-cache` with it: else a new version is not found",
    );
}

/// The page for files of the viewers' own, where the site has it.
async fn explore(client: &Client, page: &Url, findings: &mut Findings) {
    let Ok(url) = page.join("./explore/index.html") else { return };
    let Ok(answer) = client.get(&url, &[("Accept-Encoding", "identity")]).await else { return };
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    if answer.status != 200 || !text.contains("id=\"tarn-explore\"") {
        return;
    }
    for file in &links(&text, &url) {
        self::file(client, file, findings).await;
    }
    let policy = answer.header("content-security-policy");
    let connect = policy.split(';').find_map(|part| part.trim().strip_prefix("connect-src")).unwrap_or("").to_owned();
    findings.expect(
        !text.contains("data-addresses") || policy.is_empty() || connect.contains(" https:") || connect.contains('*'),
        Severity::Warning,
        || format!("/explore cannot open addresses, which it was built for (connect-src{connect})"),
        "send the policy of docs/deploy.md with everything below explore/",
    );
}

fn secure(url: &Url, answer: &Answer, findings: &mut Findings) {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    findings.expect(
        url.scheme() == "https" || loopback,
        Severity::Error,
        || "the page is served without TLS".into(),
        "serve it with https: digests are slower and viewers cannot be kept apart without",
    );
    if url.scheme() == "https" {
        findings.expect(
            !answer.header("strict-transport-security").is_empty(),
            Severity::Warning,
            || "browsers may try http first".into(),
            "send `Strict-Transport-Security: max-age=31536000`",
        );
    }
    let policy = answer.header("content-security-policy");
    findings.expect(
        !policy.is_empty(),
        Severity::Warning,
        || "the page has no content security policy".into(),
        "send the one of docs/deploy.md as a header: a meta element does not reach the data worker",
    );
    if !policy.is_empty() {
        let directive = |name: &str| policy.split(';').map(str::trim).find_map(|part| part.strip_prefix(name)).unwrap_or("").to_owned();
        let scripts = if directive("script-src").is_empty() { directive("default-src") } else { directive("script-src") };
        findings.expect(
            !scripts.contains("'unsafe-inline'") && !scripts.replace("'wasm-unsafe-eval'", "").contains("unsafe-eval"),
            Severity::Warning,
            || format!("the policy lets injected code run (script-src{scripts})"),
            "the page needs `'self' 'wasm-unsafe-eval'` and nothing else",
        );
        findings.expect(
            scripts.contains("'wasm-unsafe-eval'") || scripts.contains("'unsafe-eval'"),
            Severity::Error,
            || "the policy forbids WebAssembly: the page cannot start".into(),
            "add `'wasm-unsafe-eval'` to script-src",
        );
        findings.expect(
            !directive("frame-ancestors").is_empty(),
            Severity::Warning,
            || "any site may show the page in a frame".into(),
            "add `frame-ancestors 'none'`, or the sites that embed it",
        );
    }
    findings.expect(
        answer.header("x-content-type-options") == "nosniff",
        Severity::Warning,
        || "browsers may guess what files are".into(),
        "send `X-Content-Type-Options: nosniff`",
    );
}

fn clock(answer: &Answer, findings: &mut Findings) {
    let date = answer.header("date");
    let Ok(server) = chrono::DateTime::parse_from_rfc2822(&date) else { return };
    let own = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |now| now.as_secs_f64());
    let apart = (server.timestamp() as f64 - own).abs();
    findings.expect(
        apart < CLOCK_SECS,
        Severity::Warning,
        || format!("the server's clock and this one are {apart:.0} s apart"),
        "set both by NTP: `created` and `next expected` of snapshots are compared with viewers' clocks",
    );
}

async fn file(client: &Client, url: &Url, findings: &mut Findings) {
    let answer = match client.get(url, &[("Accept-Encoding", "gzip, deflate, br")]).await {
        Ok(answer) => answer,
        Err(problem) => return findings.error(problem, "deploy every file of one build"),
    };
    let path = url.path();
    if answer.status != 200 || (answer.is_html() && !path.ends_with(".html")) {
        return findings
            .error(format!("{path} is not there (status {})", answer.status), "deploy every file of one build, index.html last");
    }
    let kind = answer.header("content-type");
    if path.ends_with(".wasm") {
        findings.expect(
            kind.starts_with("application/wasm"),
            Severity::Warning,
            || format!("{path} is served as `{kind}`"),
            "serve .wasm as application/wasm: it is then compiled while it arrives",
        );
    }
    if path.ends_with(".js") {
        findings.expect(
            kind.contains("javascript"),
            Severity::Error,
            || format!("{path} is served as `{kind}`"),
            "serve .js as text/javascript: browsers refuse modules of another type",
        );
    }
    let kept = answer.header("cache-control");
    findings.expect(
        kept.contains("immutable") || kept.contains("max-age=31536000"),
        Severity::Warning,
        || format!("{path} is asked for again at every visit (Cache-Control: {kept})"),
        "send `Cache-Control: public, max-age=31536000, immutable` with files whose names have a hash",
    );
    // Small files gain nothing.
    if answer.body.len() > 2_000 {
        let coding = answer.header("content-encoding");
        findings.expect(
            !coding.is_empty(),
            Severity::Warning,
            || format!("{path} travels uncompressed ({} kB)", answer.body.len() / 1_000),
            "compress .html, .js, .css, .wasm and .bin with brotli or gzip",
        );
        findings.expect(
            coding.is_empty() || answer.header("vary").to_lowercase().contains("accept-encoding"),
            Severity::Warning,
            || format!("{path} is compressed without `Vary`"),
            "send `Vary: Accept-Encoding`",
        );
    }
}

pub async fn dashboard(client: &Client, url: &Url, findings: &mut Findings) -> Option<Dashboard> {
    let answer = client.get(url, &[("Accept-Encoding", "identity")]).await.ok().filter(|answer| answer.status == 200)?;
    match Dashboard::from_bytes(&answer.body) {
        Ok(dashboard) => Some(dashboard),
        Err(CompiledError::OtherFormat { found }) => {
            findings.error(
                format!("the dashboard has format {found}, this program reads {FORMAT}"),
                "ask with the version of tarn that built the site",
            );
            None
        }
        Err(CompiledError::Damaged) => {
            findings
                .error(format!("{} is no dashboard", url.path()), "deploy it again; a server that recodes .bin files has to stop doing so");
            None
        }
    }
}

/// What the page's `src` and `href` name of its own folder.
fn links(text: &str, page: &Url) -> BTreeSet<Url> {
    let named = ["src=\"", "href=\"", "src=", "href="].iter().flat_map(|start| text.split(start).skip(1));
    let named = named.filter_map(|rest| rest.trim_start_matches('"').split(['"', ' ', '>']).next());
    named
        .filter(|name| name.starts_with("./") || name.starts_with("../") || name.starts_with("boot-"))
        .filter_map(|name| page.join(name).ok())
        .collect()
}

fn opens(text: &str, page: &Url) -> Option<Opens> {
    if let Some(start) = text.find("id=\"tarn-dashboard\"").or_else(|| text.find("id=tarn-dashboard")) {
        let element = text.get(start..)?.split('>').next()?;
        let name = element.split("href=").nth(1)?.trim_start_matches('"').split(['"', ' ']).next()?;
        return Some(Opens::Dashboard(page.join(name).ok()?));
    }
    let start = text.find("identity-")?;
    let name = text.get(start..)?.split(['"', ' ', '>']).next()?;
    Some(Opens::Chosen(page.join(name).ok()?))
}
