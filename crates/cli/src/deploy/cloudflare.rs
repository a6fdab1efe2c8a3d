//! Cloudflare Pages: headers by path. Compression is Cloudflare's own.
use super::headers::{Keep, SECURITY};
use crate::site::SERVICE_WORKER;

pub fn headers(policy: &str) -> String {
    let mut text = format!("/*\n  Content-Security-Policy: {policy}\n  Cache-Control: {}\n", Keep::Asking.value(false));
    for (name, value) in SECURITY {
        text += &format!("  {name}: {value}\n");
    }
    for extension in ["js", "css", "wasm", "svg", "bin"] {
        // The general rule's value is taken away first: two rules that fit are joined.
        text += &format!("/:file.{extension}\n  ! Cache-Control\n  Cache-Control: {}\n", Keep::Forever.value(false));
    }
    text += &format!("/{SERVICE_WORKER}\n  ! Cache-Control\n  Cache-Control: {}\n", Keep::Asking.value(false));
    text
}
