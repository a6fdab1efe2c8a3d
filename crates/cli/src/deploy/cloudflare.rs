//! Cloudflare Pages: what is served, with headers by path. Compression is Cloudflare's own.
use super::headers::{Keep, Policies, SECURITY, SIGNED_IN_POLICY, security_of_signed_in};
use super::rules::Rules;
use super::{HEALTH, in_public};
use crate::site::{Content, EXPLORE, SERVICE_WORKER, SIGNED_IN};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Pages takes no larger file, and answers no byte ranges.
const MAX_FILE_BYTES: u64 = 25 * 1024 * 1024;
const MAX_FILES: usize = 20_000;
/// Where it lies, what is missing is answered with 404; else with the page, as if that were the file.
const MISSING: &str = "404.html";
const MISSING_PAGE: &str = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>Not found</title><link rel=icon href=data:,><p>Nothing is at this address. <a href=\"/\">To the dashboard</a></html>\n";

pub fn files(
    mut site: BTreeMap<String, Content>,
    rules: Option<&Rules<'_>>,
    policies: &Policies,
) -> Result<BTreeMap<String, Content>, String> {
    for (path, content) in &site {
        if content.bytes() > MAX_FILE_BYTES {
            return Err(format!(
                "`{path}` has {:.1} MB, and Cloudflare Pages takes no file of more than 25 MiB\nhint: put the data into a store, such as R2, and name its address in `source:`",
                content.bytes() as f64 / 1e6
            ));
        }
    }
    if site.len() + 3 > MAX_FILES {
        return Err(format!(
            "the site has {} files, and Cloudflare Pages takes {MAX_FILES}\nhint: put the data into a store, such as R2",
            site.len()
        ));
    }
    site.insert(MISSING.into(), Content::Bytes(MISSING_PAGE.into()));
    site.insert("_headers".into(), Content::Bytes(headers(rules, policies).into_bytes()));
    Ok(in_public(site))
}

/// Of two rules that fit, the values are joined: the general one's is taken away first.
fn headers(rules: Option<&Rules<'_>>, policies: &Policies) -> String {
    let with_roles = rules.is_some();
    let kept = |text: &mut String, path: &str, keep: Keep| {
        let _ = write!(text, "/{path}\n  ! Cache-Control\n  Cache-Control: {}\n", keep.value(with_roles));
    };
    // Pages lets every origin read everything, unless told otherwise.
    let mut text = format!(
        "/*\n  ! Access-Control-Allow-Origin\n  Content-Security-Policy: {}\n  Cache-Control: {}\n",
        policies.site,
        // Dashboards of roles and their data belong to one viewer.
        if with_roles { Keep::Never } else { Keep::Asking }.value(with_roles)
    );
    for (name, value) in SECURITY {
        let _ = writeln!(text, "  {name}: {value}");
    }
    kept(&mut text, "", Keep::Asking);
    for extension in ["js", "css", "wasm", "svg", "bin"] {
        kept(&mut text, &format!(":file.{extension}"), Keep::Forever);
    }
    kept(&mut text, SERVICE_WORKER, Keep::Asking);
    let _ = write!(text, "/{HEALTH}\n  Content-Type: text/plain; charset=utf-8\n");
    if let Some(policy) = &policies.explore {
        let _ = write!(text, "/{EXPLORE}*\n  ! Content-Security-Policy\n  Content-Security-Policy: {policy}\n");
        kept(&mut text, &format!("{EXPLORE}:file.js"), Keep::Forever);
    }
    if rules.is_some_and(|rules| rules.identity.silent_login.is_some()) {
        // Pages leads to the name without its ending.
        for path in [SIGNED_IN, SIGNED_IN.trim_end_matches(".html")] {
            kept(&mut text, path, Keep::Never);
            let _ = write!(text, "  ! Content-Security-Policy\n  Content-Security-Policy: {SIGNED_IN_POLICY}\n");
            for (name, value) in security_of_signed_in().filter(|own| !SECURITY.contains(own)) {
                let _ = write!(text, "  ! {name}\n  {name}: {value}\n");
            }
        }
    }
    text
}
