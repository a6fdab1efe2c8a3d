//! The proxy's answer to "who am I?".
use super::answer::{Answer, Ending};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;

#[derive(Clone, Debug)]
pub enum Whoami {
    /// A signed-in viewer, as JSON.
    Known(serde_json::Value),
    /// 401: the session is over. 403, 503 …
    Status(u16),
    /// A redirect to the provider's login, on another origin.
    Redirect,
    /// Status 200 and a web page.
    LoginPage,
}

impl Whoami {
    pub fn viewer(subject: &str, groups: &[&str]) -> Self {
        Self::Known(serde_json::json!({ "sub": subject, "name": format!("Name of {subject}"), "groups": groups }))
    }

    pub(super) fn answer(self) -> Answer {
        let (status, kind, body) = match &self {
            Self::Known(claims) => (200, "application/json", claims.to_string()),
            Self::Status(status) => (*status, "text/plain", "no".into()),
            Self::Redirect => (302, "text/plain", String::new()),
            Self::LoginPage => (200, "text/html", "<!doctype html><title>Sign in</title>".into()),
        };
        let mut answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::from(body),
            whole: Bytes::new(),
            ending: Ending::Whole,
        };
        answer.header("content-type", kind);
        answer.header("cache-control", "no-store");
        if let Self::Redirect = self {
            answer.header("location", "http://localhost:9/authorize");
        }
        answer
    }
}
