//! The service that knows the viewer, as oauth2-proxy behaves: a cookie is a session, `/auth` tells the server, `/whoami` the
//! page, `/oauth2/start` signs in and leads back.
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Response, StatusCode, header};
use serde_json::json;
use std::sync::{Arc, Mutex};

pub struct Provider {
    pub port: u16,
    next: Arc<Mutex<Option<String>>>,
}

/// The session of somebody in these groups, whatever letters they are made of.
pub fn session_of(groups: &str) -> String {
    format!("session=groups-{}", groups.bytes().map(|byte| format!("{byte:02x}")).collect::<String>())
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
        let next: Arc<Mutex<Option<String>>> = Arc::default();
        let app = Router::new().fallback(respond).with_state(next.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { port, next }
    }

    /// Who the next login signs in; nobody can until this is said.
    pub fn expect(&self, name: &str) {
        *self.next.lock().unwrap() = Some(name.to_owned());
    }
}

async fn respond(State(next): State<Arc<Mutex<Option<String>>>>, request: Request<Body>) -> Response<Body> {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let session = text(header::COOKIE).split("; ").find_map(|cookie| cookie.strip_prefix("session=").map(str::to_owned));
    if let Some(groups) = session.as_deref().and_then(|session| session.strip_prefix("groups-")).filter(|_| request.uri().path() == "/auth")
    {
        let bytes: Vec<u8> = (0..groups.len() / 2).map(|at| u8::from_str_radix(&groups[at * 2..at * 2 + 2], 16).unwrap()).collect();
        let groups = header::HeaderValue::from_bytes(&bytes).unwrap();
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
        ("/oauth2/start", _) => match next.lock().unwrap().clone() {
            Some(name) => {
                let back = request.headers()["x-auth-request-redirect"].to_str().unwrap();
                answer = answer.header("set-cookie", format!("session={name}; Path=/; HttpOnly; SameSite=Lax")).header("location", back);
                answer.status(StatusCode::FOUND).body(Body::empty()).unwrap()
            }
            None => answer
                .header("content-type", "text/html")
                .body(Body::from("<!doctype html><title>Login</title><link rel=icon href=data:,>"))
                .unwrap(),
        },
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
