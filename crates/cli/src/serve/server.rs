use super::answer;
use super::explored::{self, Explored};
use super::shown::Shown;
use crate::site::{Content, INDEX, with_script};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request, Response, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::{get, post};
use futures_util::stream::{self, Stream};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch::Receiver;

/// Follows the file; only `tarn serve` puts it into the page.
const SCRIPT: &str = include_str!("serve.js");
const SCRIPT_NAME: &str = "tarn-serve.js";

/// As in the deployed page, so that nothing works here that fails there.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' https: http:; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/// Shown until the file is without errors for the first time.
const WAITING: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\"><title>Tarn</title>\n</head><body></body></html>\n";

/// A data worker that keeps nothing.
const FORGETFUL: &str = "Object.defineProperty(self, \"indexedDB\", { value: undefined });\n";

#[derive(Clone)]
pub struct Shared {
    pub shown: Receiver<Arc<Shown>>,
    /// Of `tarn explore`.
    pub explored: Option<Arc<Explored>>,
}

pub async fn run(listener: TcpListener, shown: Receiver<Arc<Shown>>, explored: Option<Arc<Explored>>) -> std::io::Result<()> {
    let mut app = Router::new().route("/tarn-serve/events", get(events));
    if explored.is_some() {
        app = app.route("/tarn-serve/data", post(explored::take)).route("/tarn-serve/dashboard.yaml", get(explored::save));
        app = app.layer(axum::extract::DefaultBodyLimit::disable());
    }
    let app = app.fallback(respond).with_state(Shared { shown, explored });
    axum::serve(listener, app).await
}

/// What is shown now, then every change.
async fn events(State(Shared { shown, explored }): State<Shared>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = stream::unfold((shown, explored, true), async |(mut shown, explored, first)| {
        if !first {
            shown.changed().await.ok()?;
        }
        let message = shown.borrow_and_update().message(explored.as_deref().and_then(Explored::saved_name).as_deref());
        Some((Ok(Event::default().data(message)), (shown, explored, false)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

async fn respond(State(Shared { shown, explored }): State<Shared>, request: Request<Body>) -> Response<Body> {
    if !is_local(&request) {
        return answer::text(StatusCode::FORBIDDEN, "this server answers its own machine only");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let shown = shown.borrow().clone();
    let path = decoded(request.uri().path().trim_start_matches('/'));
    let path = if path.is_empty() { INDEX } else { &path };
    let found = shown.site.as_ref().and_then(|site| site.files.get(path));
    let script = |page: &str| Content::Bytes(with_script(page, SCRIPT_NAME).into_bytes());
    let unkept = |content: &Content| match content {
        Content::Embedded(embedded) => embedded.content().map(|script| Content::Bytes([FORGETFUL.as_bytes(), &script].concat())),
        _ => Err("the worker's script is not here".to_owned()),
    };
    let own = explored.as_ref().and_then(|explored| explored::file(path, explored));
    let mut response = match (path, own.as_ref().or(found)) {
        (INDEX, None) if explored.is_some() => Redirect::to("/explore").into_response(),
        (path, Some(content)) if explored.is_some() && path.starts_with("tarn-worker-") && path.ends_with(".js") => match unkept(content) {
            Ok(script) => answer::file(path, &script, request.headers()),
            Err(message) => answer::text(StatusCode::NOT_FOUND, &message),
        },
        (SCRIPT_NAME, _) => answer::file(path, &Content::Bytes(SCRIPT.into()), request.headers()),
        (INDEX, Some(Content::Bytes(page))) => answer::file(path, &script(&String::from_utf8_lossy(page)), request.headers()),
        (INDEX, _) => answer::file(path, &script(WAITING), request.headers()),
        (_, Some(content)) => answer::file(path, content, request.headers()),
        (_, None) => answer::text(StatusCode::NOT_FOUND, "not found"),
    };
    for (name, value) in [
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::VARY, "Accept-Encoding"),
    ] {
        answer::set(&mut response, name, value);
    }
    response
}

/// A page on the internet may give its own name this machine's address: only what was asked for as local is answered.
pub fn is_local(request: &Request<Body>) -> bool {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1")
}

/// `%20` and the like as what they stand for; what is no UTF-8 then names no file.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).filter(|_| *first == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}
