//! A Parquet file at an address, read by byte ranges: its footer, then the columns that are asked for.
use bytes::Bytes;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tarn_decode::{Footer, FooterStep, read_footer};
use tarn_runtime::{Answer, CacheFailure, CacheWrite, FetchFailure, FetchRequest, Host};
use tarn_snapshot::{ContentRange, Validators};

/// Bytes of a file's end that hold most footers.
const TAIL: u64 = 64 << 10;

/// Seconds without a byte.
const PATIENCE: u32 = 30;

/// Answers the engine from the network, one request after the other, and keeps nothing.
pub struct RemoteHost {
    http: reqwest::Client,
    waits: tokio::runtime::Runtime,
    started: Instant,
}

impl RemoteHost {
    pub fn new() -> Result<Self, String> {
        // Another part of the process may have chosen one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let patience = std::time::Duration::from_secs(PATIENCE.into());
        let http = reqwest::Client::builder().connect_timeout(patience).read_timeout(patience).build();
        let http = http.map_err(|error| format!("nothing can be asked: {error}"))?;
        let waits = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self { http, waits: waits.map_err(|error| format!("nothing can be asked: {error}"))?, started: Instant::now() })
    }

    /// The footer of the file, without the rest of it.
    pub fn footer(&self, url: &str) -> Result<Footer, String> {
        let mut range = format!("bytes=-{TAIL}");
        loop {
            let answer = self.get(url, &range).map_err(|failure| unreachable(url, &failure))?;
            let place = answer.content_range.and_then(|content| Some((content.range, content.file_length?)));
            let Some((found, length)) = place.filter(|_| answer.status == 206) else {
                return Err(refused(url, answer.status));
            };
            match read_footer(length, &answer.body).map_err(|error| format!("{url}: {error}"))? {
                FooterStep::Ready(footer) => return Ok(footer),
                FooterStep::Needs(needed) if needed.start < found.start => range = format!("bytes={}-", needed.start),
                FooterStep::Needs(_) => return Err(format!("{url}: its footer is damaged")),
            }
        }
    }

    fn get(&self, url: &str, range: &str) -> Result<Answer, FetchFailure> {
        self.waits.block_on(async {
            let failed = |error: reqwest::Error| {
                if error.is_timeout() { FetchFailure::Timeout { seconds: PATIENCE } } else { FetchFailure::Offline }
            };
            let response = self.http.get(url).header("Range", range).send().await.map_err(failed)?;
            let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
            let mut answer = Answer {
                status: response.status().as_u16(),
                content_type: header("content-type"),
                content_range: header("content-range").and_then(|text| ContentRange::parse(&text)),
                content_length: response.content_length(),
                validators: Validators { etag: header("etag"), last_modified: header("last-modified") },
                ..Answer::default()
            };
            // A store without ranges would send the whole file.
            if answer.status == 206 {
                answer.body = response.bytes().await.map_err(|_| FetchFailure::CutShort { found: 0 })?;
            }
            Ok(answer)
        })
    }
}

fn unreachable(url: &str, failure: &FetchFailure) -> String {
    match failure {
        FetchFailure::Timeout { seconds } => {
            format!("{url}: no answer within {seconds} seconds\nhint: try again, or download the file and name it here")
        }
        _ => format!("{url} cannot be reached\nhint: check the address and the network"),
    }
}

fn refused(url: &str, status: u16) -> String {
    let hint = match status {
        200 | 206 => "browsers read Parquet by byte ranges: serve the file from a store or server that has them",
        401 | 403 => "use an address that needs no login, such as a signed one",
        _ => "check the address: it has to be that of one Parquet file",
    };
    let what = if matches!(status, 200 | 206) { "the server knows no byte ranges".to_owned() } else { format!("status {status}") };
    format!("{url}: {what}\nhint: {hint}")
}

impl Host for RemoteHost {
    fn now_ms(&self) -> f64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1e3)
    }

    fn stopwatch_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1e3
    }

    fn memory_bytes(&self) -> u64 {
        0
    }

    fn resolve(&self, _base_url: &str, location: &str) -> String {
        location.to_owned()
    }

    async fn fetch(&self, request: &FetchRequest, progress: &dyn Fn(u64)) -> Result<Answer, FetchFailure> {
        let answer = self.get(&request.url, &request.range.header())?;
        progress(answer.body.len() as u64);
        Ok(answer)
    }

    async fn cache_read(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheFailure> {
        Ok(vec![None; keys.len()])
    }

    async fn cache_write(&self, _writes: Vec<CacheWrite>) -> Result<(), CacheFailure> {
        Ok(())
    }

    async fn cache_keys(&self) -> Result<Vec<String>, CacheFailure> {
        Ok(vec![])
    }

    async fn cache_quota(&self) -> Option<u64> {
        None
    }
}
