//! One answer by the rules of HTTP: ranges and validators.
use crate::site::Content;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Response, StatusCode, header};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;
use xxhash_rust::xxh3::xxh3_64;

/// The answer for a file of the site. Nothing may be kept without asking: the next save may change it.
pub fn file(path: &str, content: &Content, asked: &HeaderMap) -> Response<Body> {
    let answer = match content {
        Content::Local(file) => local(file, asked),
        Content::Bytes(bytes) => Ok(whole(bytes, asked)),
        Content::Embedded(embedded) if accepts_brotli(asked) => {
            let mut answer = whole(embedded.brotli, asked);
            set(&mut answer, header::CONTENT_ENCODING, "br");
            Ok(answer)
        }
        Content::Embedded(embedded) => embedded.content().map(|bytes| whole(&bytes, asked)),
    };
    let mut answer = answer.unwrap_or_else(|message| text(StatusCode::NOT_FOUND, &message));
    if answer.status() != StatusCode::NOT_FOUND {
        set(&mut answer, header::CONTENT_TYPE, content_type(path));
    }
    answer
}

/// A short text.
pub fn text(status: StatusCode, message: &str) -> Response<Body> {
    let mut answer = Response::new(Body::from(message.to_owned()));
    *answer.status_mut() = status;
    set(&mut answer, header::CONTENT_TYPE, "text/plain; charset=utf-8");
    answer
}

pub fn set(answer: &mut Response<Body>, name: HeaderName, value: &str) {
    if let Ok(value) = value.parse() {
        answer.headers_mut().insert(name, value);
    }
}

fn whole(bytes: &[u8], asked: &HeaderMap) -> Response<Body> {
    let tag = format!("\"{:016x}\"", xxh3_64(bytes));
    let mut answer = if is_current(asked, &tag) { status(StatusCode::NOT_MODIFIED) } else { Response::new(Body::from(bytes.to_vec())) };
    set(&mut answer, header::ETAG, &tag);
    answer
}

/// A file on disk, or the range of it that is asked for: only those bytes are read.
fn local(path: &Path, asked: &HeaderMap) -> Result<Response<Body>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let length = metadata.len();
    let modified = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let tag = format!("\"{length:x}-{:x}\"", modified.map_or(0, |at| at.as_nanos()));
    let range = asked.get(header::RANGE).and_then(|value| value.to_str().ok());
    let mut answer = if is_current(asked, &tag) {
        status(StatusCode::NOT_MODIFIED)
    } else {
        match range.map(|range| parse_range(range, length)) {
            Some(None) => {
                let mut answer = status(StatusCode::RANGE_NOT_SATISFIABLE);
                set(&mut answer, header::CONTENT_RANGE, &format!("bytes */{length}"));
                answer
            }
            Some(Some((from, to))) => {
                let mut answer = Response::new(Body::from(read(&mut file, from, to).map_err(failed)?));
                *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
                set(&mut answer, header::CONTENT_RANGE, &format!("bytes {from}-{}/{length}", to - 1));
                answer
            }
            None => Response::new(Body::from(read(&mut file, 0, length).map_err(failed)?)),
        }
    };
    set(&mut answer, header::ETAG, &tag);
    set(&mut answer, header::ACCEPT_RANGES, "bytes");
    Ok(answer)
}

fn read(file: &mut File, from: u64, to: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(to - from).map_err(std::io::Error::other)?];
    file.seek(SeekFrom::Start(from))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn status(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}

fn is_current(asked: &HeaderMap, tag: &str) -> bool {
    let tags = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    tags.is_some_and(|tags| tags.split(',').any(|other| other.trim().trim_start_matches("W/") == tag))
}

fn accepts_brotli(asked: &HeaderMap) -> bool {
    let encodings = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    encodings.split(',').any(|encoding| encoding.trim() == "br")
}

/// The half-open byte range of `bytes=a-b`, `bytes=a-` or `bytes=-n`; `None` when no byte of the file lies in it.
fn parse_range(text: &str, length: u64) -> Option<(u64, u64)> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from, to) {
        ("", last) => (length.saturating_sub(last.parse().ok()?), length),
        (from, "") => (from.parse().ok()?, length),
        (from, to) => (from.parse().ok()?, to.parse::<u64>().ok()?.saturating_add(1).min(length)),
    };
    (from < to).then_some((from, to))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html" | "explore") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_half_open_and_within_the_file() {
        for (text, expected) in [
            ("bytes=0-9", Some((0, 10))),
            ("bytes=90-200", Some((90, 100))),
            ("bytes=90-", Some((90, 100))),
            ("bytes=-10", Some((90, 100))),
            ("bytes=-200", Some((0, 100))),
            ("bytes=100-", None),
            ("bytes=9-1", None),
            ("lines=0-9", None),
        ] {
            assert_eq!(parse_range(text, 100), expected, "{text}");
        }
    }
}
