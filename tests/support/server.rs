//! A static file server on loopback that logs every request and can misbehave as real stores do.
mod answer;
mod fault;
mod whoami;

use crate::Site;
use answer::{Answer, Asked};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, Response};
use bytes::Bytes;
pub use fault::Fault;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::SystemTime;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
pub use whoami::Whoami;

/// The policy that a deployment should send; the page must work under it.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' http://127.0.0.1:*; style-src 'self'; \
     img-src 'self' data: blob:; font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     object-src 'none'; report-uri /policy-violation";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cors {
    /// As a store with a rule for every page: the headers that ranges need are allowed and exposed.
    Allowed,
    Missing,
}

/// One request, as the server saw it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub method: String,
    /// Below the site's folder; with a leading `/` when it lies outside.
    pub path: String,
    pub range: Option<String>,
    pub conditional: bool,
    pub status: u16,
    /// Bytes of the body that were offered.
    pub bytes: usize,
}

/// Serves until it is dropped.
pub struct Server {
    state: Arc<Shared>,
    task: JoinHandle<()>,
    port: u16,
}

struct Shared {
    prefix: String,
    cors: Cors,
    inner: Mutex<Inner>,
    end: Notify,
}

#[derive(Default)]
struct Inner {
    files: BTreeMap<String, Stored>,
    faults: BTreeMap<String, Fault>,
    log: Vec<Entry>,
    violations: Vec<String>,
    violations_expected: bool,
    n_versions: u64,
    /// What `/whoami` of the site answers; without it there is no such address.
    whoami: Option<Whoami>,
}

#[derive(Clone)]
struct Stored {
    content: Bytes,
    etag: String,
    modified: SystemTime,
}

impl Server {
    /// Serves the site below `prefix`, which starts and ends with `/`, on a free port of loopback.
    pub async fn start(site: Site, prefix: &str, cors: Cors) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Shared { prefix: prefix.into(), cors, inner: Mutex::default(), end: Notify::new() });
        for (path, content) in site.files {
            state.inner().store(&path, content);
        }
        let app = Router::new().fallback(respond).with_state(Arc::clone(&state));
        let ending = Arc::clone(&state);
        let task = tokio::spawn(async move {
            let served = axum::serve(listener, app).with_graceful_shutdown(async move { ending.end.notified().await });
            if let Err(error) = served.await {
                eprintln!("the test server ended: {error}");
            }
        });
        Self { state, task, port }
    }

    /// The address of a file of the site; empty for the page.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{}{path}", self.port, self.state.prefix)
    }

    /// Requests since the start or the last [`Server::clear_log`], in order of arrival.
    pub fn log(&self) -> Vec<Entry> {
        self.state.inner().log.clone()
    }

    pub fn clear_log(&self) {
        self.state.inner().log.clear();
    }

    /// The part of the log about Parquet files: data and its validation.
    pub fn data_requests(&self) -> Vec<Entry> {
        self.log().into_iter().filter(|entry| entry.path.ends_with(".parquet")).collect()
    }

    /// From now on the file is answered in that way.
    pub fn break_file(&self, path: &str, fault: Fault) {
        self.state.inner().faults.insert(path.into(), fault);
    }

    pub fn repair(&self, path: &str) {
        self.state.inner().faults.remove(path);
    }

    /// From now on nobody answers here: as without a network.
    pub fn go_down(&self) {
        self.state.end.notify_one();
    }

    /// Signs somebody in or out: all browsers of this server are that person's.
    pub fn set_whoami(&self, answer: Whoami) {
        self.state.inner().whoami = Some(answer);
    }

    /// Puts another content in place: new ETag, new Last-Modified.
    pub fn replace(&self, path: &str, content: impl Into<Bytes>) {
        self.state.inner().store(path, content.into());
    }

    pub fn remove(&self, path: &str) {
        self.state.inner().files.remove(path);
    }

    /// A test that has any reported without having said so here fails when its server goes.
    pub fn expect_violations(&self) {
        self.state.inner().violations_expected = true;
    }

    /// What browsers reported as forbidden by the content security policy.
    pub fn violations(&self) -> Vec<String> {
        self.state.inner().violations.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
        let inner = self.state.inner();
        let (found, expected) = (inner.violations.clone(), inner.violations_expected);
        drop(inner);
        assert!(expected || found.is_empty() || std::thread::panicking(), "against the content security policy: {found:#?}");
    }
}

impl Shared {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Inner {
    fn store(&mut self, path: &str, content: Bytes) {
        self.n_versions += 1;
        let modified = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000 + self.n_versions);
        let etag = format!("\"{:x}-{:x}\"", content.len(), self.n_versions);
        self.files.insert(path.into(), Stored { content, etag, modified });
    }
}

async fn respond(State(state): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let method = request.method().as_str().to_owned();
    let path = request.uri().path().to_owned();
    if path == "/policy-violation" {
        let report = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap_or_default();
        state.inner().violations.push(String::from_utf8_lossy(&report).into_owned());
        return Response::new(Body::empty());
    }
    let inside = path.strip_prefix(state.prefix.as_str()).map(|rest| {
        // As file servers do.
        let is_folder = rest.is_empty() || rest.ends_with('/');
        if is_folder { format!("{rest}index.html") } else { rest.to_owned() }
    });
    let asked = Asked::new(&request);
    let (file, fault, whoami) = {
        let inner = state.inner();
        let find = |path: &String| {
            let name = percent_decode_str(path).decode_utf8_lossy();
            (inner.files.get(&*name).cloned(), inner.faults.get(&*name).cloned())
        };
        let (file, fault) = inside.as_ref().map(find).unwrap_or_default();
        (file, fault, inner.whoami.clone().filter(|_| path == "/whoami"))
    };
    let path = inside.unwrap_or(path);
    let mut answer = match file {
        _ if whoami.is_some() => whoami.unwrap_or(Whoami::Status(404)).answer(),
        Some(file) => Answer::new(&path, &file.content, &file.etag, file.modified, &asked),
        None => Answer::not_found(),
    };
    if let Some(fault) = &fault {
        fault.spoil(&mut answer);
    }
    let entry = Entry {
        method,
        path,
        range: asked.range.clone(),
        conditional: asked.is_conditional(),
        status: answer.status.as_u16(),
        bytes: answer.body.len(),
    };
    state.inner().log.push(entry);
    if let Some(Fault::Latency(delay)) = fault {
        tokio::time::sleep(delay).await;
    }
    let cors = state.cors == Cors::Allowed && fault != Some(Fault::NoCors);
    let mut response = answer.into_response(&asked);
    let headers = response.headers_mut();
    headers.insert("content-security-policy", HeaderValue::from_static(POLICY));
    if cors {
        for (name, value) in [
            ("access-control-allow-origin", "*"),
            ("access-control-allow-headers", "Range, If-None-Match, If-Modified-Since"),
            ("access-control-expose-headers", "ETag, Last-Modified, Content-Range, Content-Length"),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    response
}
