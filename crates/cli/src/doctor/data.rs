//! The data that a dashboard shows: ranges, validators, CORS, manifests and how old they are.
use super::client::{Answer, Client};
use super::finding::{Findings, Severity};
use std::time::{SystemTime, UNIX_EPOCH};
use tarn_dashboard::{Dashboard, Location, Source};
use tarn_snapshot::{Manifest, SnapshotDocument};
use url::Url;

pub async fn examine(client: &Client, page: &Url, dashboard: &Dashboard, guarded: bool, findings: &mut Findings) {
    for source in &dashboard.sources {
        if guarded {
            strangers(client, page, source, findings).await;
        }
        match &source.location {
            Location::Manifest(url) => {
                if let Some(url) = own(url, page) {
                    manifest(client, page, source, &url, findings).await;
                }
            }
            Location::Parquet(urls) => {
                for url in urls.iter().filter_map(|url| own(url, page)) {
                    parquet(client, page, source, &url, findings).await;
                }
            }
        }
    }
}

/// Guarded data is given to nobody without a session.
async fn strangers(client: &Client, page: &Url, source: &Source, findings: &mut Findings) {
    let urls = match &source.location {
        Location::Manifest(url) => std::slice::from_ref(url),
        Location::Parquet(urls) => urls.as_slice(),
    };
    for url in urls.iter().filter_map(|url| own(url, page)) {
        if let Ok(answer) = client.get_as_stranger(&url).await {
            findings.expect(
                answer.status != 200 || answer.is_html(),
                Severity::Error,
                || format!("the data of `{}` is given to everybody: {url}", source.name),
                "the server or store has to ask who it is for: `tarn build --target nginx` writes the rules",
            );
        }
    }
}

/// `None` for a place that a viewer's claim completes.
fn own(url: &str, page: &Url) -> Option<Url> {
    if url.contains("{user.") { None } else { page.join(url).ok() }
}

async fn ask(client: &Client, page: &Url, url: &Url, headers: &[(&str, &str)], findings: &mut Findings) -> Option<Answer> {
    let origin = page.origin().ascii_serialization();
    let across = url.origin() != page.origin();
    let mut all = headers.to_vec();
    if across {
        all.push(("Origin", &origin));
    }
    let answer = match client.get(url, &all).await {
        Ok(answer) => answer,
        Err(problem) => {
            findings.error(problem, "check `source:` and that the store is up");
            return None;
        }
    };
    if across {
        let allowed = answer.header("access-control-allow-origin");
        findings.expect(
            allowed == "*" || allowed == origin,
            Severity::Error,
            || format!("{} does not let pages of {origin} read it", url.origin().ascii_serialization()),
            "add the CORS rule of docs/stores.md to the store",
        );
        let exposed = answer.header("access-control-expose-headers").to_lowercase();
        let needed = ["etag", "content-range"].iter().all(|name| exposed.contains(name)) || exposed == "*";
        findings.expect(
            needed,
            Severity::Error,
            || format!("{} does not expose ETag and Content-Range", url.origin().ascii_serialization()),
            "add `ExposeHeaders` with ETag, Content-Range, Content-Length, Last-Modified to the CORS rule",
        );
    }
    Some(answer)
}

async fn parquet(client: &Client, page: &Url, source: &Source, url: &Url, findings: &mut Findings) {
    let Some(answer) = ask(client, page, url, &[("Range", "bytes=0-3"), ("Accept-Encoding", "identity")], findings).await else { return };
    if !matches!(answer.status, 200 | 206) {
        return findings.error(
            format!("the data of `{}` is not there: {url} answers with status {}", source.name, answer.status),
            "deploy the file, or correct `source:`",
        );
    }
    if answer.is_html() || !answer.body.starts_with(b"PAR1") {
        return findings.error(
            format!("{url} is no Parquet file"),
            "a web page in its place is most likely a login or a rule that answers every path",
        );
    }
    findings.expect(
        answer.status == 206,
        Severity::Warning,
        || format!("{url} is given away whole: the server knows no ranges"),
        "serve data from a server that answers `Range` with 206",
    );
    validated(&answer, url, findings);
    if answer.status == 206 {
        let range = answer.header("content-range");
        findings.expect(
            range.starts_with("bytes 0-3/") && answer.body.len() == 4,
            Severity::Error,
            || format!("{url} answers bytes 0 to 3 with `{range}`"),
            "a proxy changes ranges: take it out of the way of the data",
        );
    }
    let tag = answer.header("etag");
    if !tag.is_empty()
        && let Some(again) = ask(client, page, url, &[("If-None-Match", &tag), ("Range", "bytes=0-3")], findings).await
    {
        findings.expect(
            again.status == 304,
            Severity::Warning,
            || format!("{url} is sent again although it is unchanged (status {})", again.status),
            "answer `If-None-Match` with 304",
        );
    }
}

fn validated(answer: &Answer, url: &Url, findings: &mut Findings) {
    let has = !answer.header("etag").is_empty() || !answer.header("last-modified").is_empty();
    findings.expect(
        has,
        Severity::Warning,
        || format!("{url} has neither ETag nor Last-Modified: it is loaded anew after every `ttl`"),
        "send one of them",
    );
    let coding = answer.header("content-encoding");
    findings.expect(
        coding.is_empty() || coding == "identity",
        Severity::Error,
        || format!("{url} is recoded ({coding}): its byte ranges are of no use"),
        "do not compress .parquet",
    );
}

async fn manifest(client: &Client, page: &Url, source: &Source, url: &Url, findings: &mut Findings) {
    let Some(answer) = ask(client, page, url, &[], findings).await else { return };
    if answer.status != 200 {
        return findings.error(
            format!("the manifest of `{}` is not there: {url} answers with status {}", source.name, answer.status),
            "publish it with `tarn publish`, or correct `source:`",
        );
    }
    let Ok(manifest) = Manifest::read(&answer.body) else {
        return findings.error(format!("{url} is no manifest that this version reads"), "publish it again with this version of tarn");
    };
    let kept = answer.header("cache-control");
    let asks = kept.contains("no-cache") || kept.contains("no-store") || kept.contains("max-age=0");
    findings.expect(
        asks,
        Severity::Warning,
        || format!("caches may keep {url} (Cache-Control: {kept})"),
        "send `Cache-Control: no-cache` with manifests",
    );
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |now| now.as_secs_f64() * 1e3);
    if let Some(due) = manifest.next_expected_ms {
        let late = (now - due) / 60e3;
        findings.expect(
            late < 0.0,
            Severity::Warning,
            || format!("the refresh of `{}` is {late:.0} min late", source.name),
            "look at the schedule of `tarn publish` and its log",
        );
    }
    let Ok(document) = url.join(&manifest.path) else { return };
    let Some(answer) = ask(client, page, &document, &[], findings).await else { return };
    let Some(document) = Some(answer).filter(|answer| answer.status == 200).and_then(|answer| SnapshotDocument::read(&answer.body).ok())
    else {
        return findings.error(
            format!("the snapshot of `{}` is not there: {document}", source.name),
            "publish again: a manifest goes last, and nothing that it names may be deleted",
        );
    };
    let missing: Vec<&str> = source
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| !document.schema.iter().any(|(known, _)| known == name))
        .collect();
    findings.expect(
        missing.is_empty(),
        Severity::Error,
        || format!("the snapshot of `{}` has no column {}", source.name, missing.join(", ")),
        "publish with the schema of the dashboard, or change its `schema:`",
    );
    for file in document.files.iter().take(1) {
        if let Ok(file) = url.join(&file.path) {
            parquet(client, page, source, &file, findings).await;
        }
    }
}
