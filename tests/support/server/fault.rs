//! The ways in which stores and what stands before them go wrong.
use super::answer::{Answer, Ending};
use axum::http::StatusCode;
use bytes::Bytes;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 403, 404, 503 …
    Status(u16),
    /// What an expired session gets: status 200 and a web page.
    LoginPage,
    CutBody,
    /// Another range than the one asked for, with a status and a length that look right.
    WrongRange,
    Stall,
    NoCors,
    Latency(Duration),
}

impl Fault {
    pub(super) fn spoil(&self, answer: &mut Answer) {
        match self {
            Self::Status(status) => {
                answer.status = StatusCode::from_u16(*status).unwrap();
                answer.headers.clear();
                answer.body = Bytes::from_static(b"<Error><Code>Refused</Code></Error>");
                answer.header("content-type", "application/xml");
            }
            Self::LoginPage => {
                answer.status = StatusCode::OK;
                answer.headers.clear();
                answer.body = Bytes::from_static(b"<!doctype html><title>Sign in</title><form><input name=user></form>");
                answer.header("content-type", "text/html");
            }
            Self::CutBody => answer.ending = Ending::Cut,
            Self::Stall => answer.ending = Ending::Stalled,
            Self::WrongRange if answer.status == StatusCode::PARTIAL_CONTENT => {
                // The right number of bytes, always from the start of the file.
                answer.body = answer.whole.slice(..answer.body.len());
                answer.header("content-range", &format!("bytes 0-{}/{}", answer.body.len().saturating_sub(1), answer.whole.len()));
            }
            Self::WrongRange | Self::NoCors | Self::Latency(_) => {}
        }
    }
}
