//! One answer by the rules of HTTP: ranges and validators.
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use std::time::{Duration, SystemTime};

/// What a request asks for.
pub struct Asked {
    pub method: Method,
    pub range: Option<String>,
    if_none_match: Option<String>,
    if_modified_since: Option<SystemTime>,
}

/// How a body ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Whole,
    /// The connection is closed after half of the promised bytes.
    Cut,
    /// Half of the bytes, then nothing, and the connection stays open.
    Stalled,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// The file that the body is a part of.
    pub whole: Bytes,
    pub ending: Ending,
}

impl Asked {
    pub fn new(request: &Request<Body>) -> Self {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self {
            method: request.method().clone(),
            range: header("range"),
            if_none_match: header("if-none-match"),
            if_modified_since: header("if-modified-since").and_then(|text| httpdate::parse_http_date(&text).ok()),
        }
    }

    pub fn is_conditional(&self) -> bool {
        self.if_none_match.is_some() || self.if_modified_since.is_some()
    }

    /// If-None-Match decides alone where it is present.
    fn has_current(&self, etag: &str, modified: SystemTime) -> bool {
        match &self.if_none_match {
            Some(tags) => tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag || tag.trim() == "*"),
            None => self.if_modified_since.is_some_and(|since| modified <= since + Duration::from_secs(1)),
        }
    }
}

impl Answer {
    pub fn new(path: &str, content: &Bytes, etag: &str, modified: SystemTime, asked: &Asked) -> Self {
        let mut answer = Self {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: content.clone(),
            whole: content.clone(),
            ending: Ending::Whole,
        };
        answer.header("etag", etag);
        answer.header("last-modified", &httpdate::fmt_http_date(modified));
        answer.header("content-type", content_type(path));
        answer.header("accept-ranges", "bytes");
        // Data may be kept for an hour by the letter: the page must not rely on the browser's cache for freshness.
        answer.header("cache-control", if path.ends_with(".html") { "no-cache" } else { "max-age=3600" });
        if asked.method == Method::OPTIONS {
            answer.status = StatusCode::NO_CONTENT;
            answer.body = Bytes::new();
        } else if asked.has_current(etag, modified) {
            answer.status = StatusCode::NOT_MODIFIED;
            answer.body = Bytes::new();
        } else if let Some(range) = &asked.range {
            answer.cut_to(range, content);
        }
        answer
    }

    pub fn not_found() -> Self {
        let mut answer = Self {
            status: StatusCode::NOT_FOUND,
            headers: HeaderMap::new(),
            body: Bytes::from_static(b"not found"),
            whole: Bytes::new(),
            ending: Ending::Whole,
        };
        answer.header("content-type", "text/plain");
        answer
    }

    pub fn header(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
    }

    fn cut_to(&mut self, range: &str, content: &Bytes) {
        let total = content.len();
        let Some((from, to)) = parse_range(range, total) else {
            self.status = StatusCode::RANGE_NOT_SATISFIABLE;
            self.header("content-range", &format!("bytes */{total}"));
            self.body = Bytes::new();
            return;
        };
        self.status = StatusCode::PARTIAL_CONTENT;
        self.header("content-range", &format!("bytes {from}-{}/{total}", to - 1));
        self.body = content.slice(from..to);
    }

    pub fn into_response(self, asked: &Asked) -> Response<Body> {
        let promised = self.body.len();
        let half = self.body.slice(..promised / 2);
        let body = match self.ending {
            _ if asked.method == Method::HEAD => Body::empty(),
            Ending::Whole => Body::from(self.body),
            Ending::Cut => {
                // The pause lets the half travel: an immediate error would take the headers with it.
                let broken = stream::once(async {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    Err(std::io::Error::other("cut on purpose"))
                });
                Body::from_stream(stream::iter([Ok(half)]).chain(broken))
            }
            Ending::Stalled => Body::from_stream(stream::iter([Ok::<_, std::io::Error>(half)]).chain(stream::pending())),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if self.ending != Ending::Whole {
            response.headers_mut().insert("content-length", HeaderValue::from(promised));
        }
        response
    }
}

/// The half-open byte range of `bytes=a-b`, `bytes=a-` or `bytes=-n`; `None` when no byte of the file lies in it.
fn parse_range(text: &str, total: usize) -> Option<(usize, usize)> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from, to) {
        ("", last) => (total.saturating_sub(last.parse().ok()?), total),
        (from, "") => (from.parse().ok()?, total),
        (from, to) => (from.parse().ok()?, to.parse::<usize>().ok()?.saturating_add(1).min(total)),
    };
    (from < to).then_some((from, to))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
