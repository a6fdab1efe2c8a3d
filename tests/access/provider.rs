//! The service that knows the viewer, as oauth2-proxy behaves: a cookie is a session, `/auth` tells the server, `/whoami` the
//! page, `/oauth2/start` leads over the provider's own origin, which asks whom it does not know, and back.
use axum::Router;
use axum::body::Body;
use axum::extract;
use axum::http::{Request, Response, StatusCode, header};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

pub struct Provider {
    pub port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Who has a session at the provider itself, which is of another site by its name.
    known: Mutex<Option<String>>,
    hangs_in_frames: AtomicBool,
}

/// The session of somebody in these groups, whatever letters they are made of.
pub fn session_of(groups: &str) -> String {
    format!("session=groups-{}", coded(groups.as_bytes()))
}

/// Groups and region of everybody who has an account.
pub const ACCOUNTS: [(&str, &str, &str); 5] = [
    ("ada", "staff", "north"),
    ("sam", "everyone, staff", "south east"),
    ("zoe", "directors", "north"),
    ("eve", "guests,staff-of-others,nostaff", "north"),
    ("nobody", "", ""),
];

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<State>::default();
        let app = Router::new().fallback(respond).with_state((state.clone(), port));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { port, state }
    }

    /// Who the next login signs in without a question; with `None` it asks.
    pub fn knows(&self, name: Option<&str>) {
        *self.state.known.lock().unwrap() = name.map(str::to_owned);
    }

    /// From now on nothing that a frame asks for is answered.
    pub fn hang_in_frames(&self) {
        self.state.hangs_in_frames.store(true, Ordering::Relaxed);
    }
}

async fn respond(extract::State((state, port)): extract::State<(Arc<State>, u16)>, request: Request<Body>) -> Response<Body> {
    let is_frame = request.headers().get("sec-fetch-dest").is_some_and(|dest| dest == "iframe");
    if is_frame && state.hangs_in_frames.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let session = text(header::COOKIE).split("; ").find_map(|cookie| cookie.strip_prefix("session=").map(str::to_owned));
    if let Some(groups) = session.as_deref().and_then(|session| session.strip_prefix("groups-")).filter(|_| request.uri().path() == "/auth")
    {
        let groups = header::HeaderValue::from_bytes(&decoded(groups)).unwrap();
        let answer = Response::builder().status(StatusCode::ACCEPTED).header("x-auth-request-user", "probe");
        return answer.header("x-auth-request-groups", groups).body(Body::empty()).unwrap();
    }
    let account = session.and_then(|name| ACCOUNTS.into_iter().find(|(known, _, _)| *known == name));
    let mut answer = Response::builder().header("cache-control", "no-store");
    match (request.uri().path(), account) {
        ("/auth", Some((name, groups, region))) => {
            for (header, value) in [("x-auth-request-user", name), ("x-auth-request-groups", groups), ("x-auth-request-region", region)] {
                answer = answer.header(header, value);
            }
            answer.status(StatusCode::ACCEPTED).body(Body::empty()).unwrap()
        }
        ("/whoami", Some((name, groups, region))) => {
            let groups: Vec<&str> = groups.split(',').map(str::trim).collect();
            let who = json!({ "sub": name, "name": name, "groups": groups, "profile": { "region": region } });
            answer.header("content-type", "application/json").body(Body::from(who.to_string())).unwrap()
        }
        ("/oauth2/start", _) => {
            let (site, back) = (text(header::HOST), coded(request.headers()["x-auth-request-redirect"].as_bytes()));
            see_other(answer, format!("http://localhost:{port}/authorize?{site}&{back}").into_bytes())
        }
        ("/authorize", _) => match state.known.lock().unwrap().as_deref() {
            Some(name) => {
                let (site, back) = request.uri().query().unwrap().split_once('&').unwrap();
                see_other(answer, format!("http://{site}/oauth2/callback?{name}&{back}").into_bytes())
            }
            // As login pages do, it refuses every frame.
            None => answer
                .header("content-type", "text/html")
                .header("x-frame-options", "DENY")
                .body(Body::from("<!doctype html><title>Login</title><link rel=icon href=data:,>"))
                .unwrap(),
        },
        ("/oauth2/callback", _) => {
            let (name, back) = request.uri().query().unwrap().split_once('&').unwrap();
            see_other(answer.header("set-cookie", format!("session={name}; Path=/; HttpOnly")), decoded(back))
        }
        ("/oauth2/sign_out", _) => {
            let gone = "session=; Path=/; Max-Age=0";
            answer
                .header("set-cookie", gone)
                .header("content-type", "text/html")
                .body(Body::from("<!doctype html><title>Bye</title><link rel=icon href=data:,>"))
                .unwrap()
        }
        _ => answer.status(StatusCode::UNAUTHORIZED).body(Body::empty()).unwrap(),
    }
}

fn see_other(answer: axum::http::response::Builder, location: Vec<u8>) -> Response<Body> {
    answer.status(StatusCode::FOUND).header("location", location).body(Body::empty()).unwrap()
}

/// Each byte as two digits.
fn coded(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn decoded(digits: &str) -> Vec<u8> {
    (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).unwrap()).collect()
}
