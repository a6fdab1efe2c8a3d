use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::time::Duration;
use url::{Origin, Url};

/// Asks as a browser does. What the operator gave goes to the page's own origin alone.
pub struct Client {
    http: reqwest::Client,
    own: Origin,
    given: HeaderMap,
}

pub struct Answer {
    pub status: u16,
    headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Longer answers are cut: what is looked at stands at their beginning.
const MAX_BODY: usize = 64 << 20;

impl Client {
    pub fn new(page: &Url, given: &[String]) -> Result<Self, String> {
        // Another part of the process may have chosen one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).redirect(reqwest::redirect::Policy::none()).build();
        let http = http.map_err(|error| format!("nothing can be asked: {error}"))?;
        let mut headers = HeaderMap::new();
        for text in given {
            // The value may be a secret: it is not repeated.
            let wrong = || "`--header` is a name, a colon and a value, as in --header \"Cookie: session=…\"".to_owned();
            let (name, value) = text.split_once(':').ok_or_else(wrong)?;
            let name: HeaderName = name.trim().parse().map_err(|_| wrong())?;
            let value: HeaderValue = value.trim().parse().map_err(|_| wrong())?;
            headers.append(name, value);
        }
        Ok(Self { http, own: page.origin(), given: headers })
    }

    /// Whether requests carry what an operator gave.
    pub fn is_signed_in(&self) -> bool {
        !self.given.is_empty()
    }

    pub async fn get(&self, url: &Url, headers: &[(&str, &str)]) -> Result<Answer, String> {
        self.send(url, headers, true).await
    }

    /// As somebody without a session.
    pub async fn get_as_stranger(&self, url: &Url) -> Result<Answer, String> {
        self.send(url, &[], false).await
    }

    async fn send(&self, url: &Url, headers: &[(&str, &str)], signed_in: bool) -> Result<Answer, String> {
        let mut request = self.http.get(url.clone());
        if signed_in && url.origin() == self.own {
            request = request.headers(self.given.clone());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let failed = |error: reqwest::Error| {
            let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            format!("{url} cannot be reached: {cause}")
        };
        let mut response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = vec![];
        while body.len() < MAX_BODY
            && let Some(chunk) = response.chunk().await.map_err(failed)?
        {
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }
}

impl Answer {
    /// All values of the header, joined; empty when it is not there.
    pub fn header(&self, name: &str) -> String {
        let values: Vec<&str> = self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        values.join(", ")
    }

    pub fn is_html(&self) -> bool {
        self.header("content-type").starts_with("text/html")
    }
}
