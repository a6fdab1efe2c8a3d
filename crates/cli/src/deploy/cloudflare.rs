//! Cloudflare Pages: headers by path. Compression is Cloudflare's own.
use super::headers::{Keep, Policies, SECURITY, SIGNED_IN_POLICY};
use crate::site::{EXPLORE, SERVICE_WORKER, SIGNED_IN};

pub fn headers(policies: &Policies, silent: bool) -> String {
    let policy = &policies.site;
    let mut text = format!("/*\n  Content-Security-Policy: {policy}\n  Cache-Control: {}\n", Keep::Asking.value(false));
    for (name, value) in SECURITY {
        text += &format!("  {name}: {value}\n");
    }
    for extension in ["js", "css", "wasm", "svg", "bin"] {
        // The general rule's value is taken away first: two rules that fit are joined.
        text += &format!("/:file.{extension}\n  ! Cache-Control\n  Cache-Control: {}\n", Keep::Forever.value(false));
    }
    text += &format!("/{SERVICE_WORKER}\n  ! Cache-Control\n  Cache-Control: {}\n", Keep::Asking.value(false));
    if let Some(policy) = &policies.explore {
        text += &format!("/{EXPLORE}*\n  ! Content-Security-Policy\n  Content-Security-Policy: {policy}\n");
        text += &format!("/{EXPLORE}:file.js\n  ! Cache-Control\n  Cache-Control: {}\n", Keep::Forever.value(false));
    }
    if silent {
        text += &format!(
            "/{SIGNED_IN}\n  ! Content-Security-Policy\n  Content-Security-Policy: {SIGNED_IN_POLICY}\n  ! X-Frame-Options\n  X-Frame-Options: SAMEORIGIN\n  ! Cache-Control\n  Cache-Control: {}\n",
            Keep::Never.value(false)
        );
    }
    text
}
