//! One GET: never from the HTTP cache, with a limit on silence, and failures told apart as far as a browser lets them be.
use crate::global::{Flag, Timer, fetch, origin};
use bytes::Bytes;
use js_sys::{Date, Reflect, Uint8Array};
use tarn_runtime::{Answer, FetchFailure, FetchRequest};
use tarn_snapshot::{ContentRange, Validators};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, ReadableStreamDefaultReader, Request, RequestCache, RequestInit, Response, Url};

/// A request that is silent for that long has failed; it is made twice.
const STALL_SECS: u32 = 15;
/// No answer is read further: beyond it the heap is at risk.
const MAX_BODY: usize = 2 << 30;

/// Fetches a range. `page` is a document of the page's own origin, asked for when a failure has to be explained.
pub async fn get(request: &FetchRequest, page: &str, progress: &dyn Fn(u64)) -> Result<Answer, FetchFailure> {
    get_within(request, page, progress, STALL_SECS * 1000).await
}

pub async fn get_within(request: &FetchRequest, page: &str, progress: &dyn Fn(u64), stall_ms: u32) -> Result<Answer, FetchFailure> {
    let Ok(exchange) = Exchange::new(stall_ms) else { return Err(FetchFailure::Offline) };
    let answer = match exchange.send(request).await {
        Ok(response) => exchange.answer(request, &response, progress).await,
        Err(_) if exchange.stalled.is_set() => Err(exchange.timeout()),
        Err(_) => Err(explain(&request.url, page).await),
    };
    if request.headers_only {
        exchange.controller.abort();
    }
    answer
}

/// A request under way, with the means to end it.
struct Exchange {
    controller: AbortController,
    stalled: Flag,
    timer: Timer,
    stall_ms: u32,
}

impl Exchange {
    fn new(stall_ms: u32) -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        let stalled = Flag::default();
        let on_stall = (controller.clone(), stalled.clone());
        let timer = Timer::start(stall_ms as i32, move || {
            on_stall.1.set();
            on_stall.0.abort();
        });
        Ok(Self { controller, stalled, timer, stall_ms })
    }

    async fn send(&self, request: &FetchRequest) -> Result<Response, JsValue> {
        let headers = Headers::new()?;
        headers.set("Range", &request.range.header())?;
        if let Some(unless) = &request.unless {
            unless.etag.as_ref().map_or(Ok(()), |etag| headers.set("If-None-Match", etag))?;
            unless.last_modified.as_ref().map_or(Ok(()), |at| headers.set("If-Modified-Since", at))?;
        }
        let init = RequestInit::new();
        // The bytes are kept in IndexedDB; the HTTP cache would fetch parallel ranges of one object more than once.
        init.set_cache(RequestCache::NoStore);
        init.set_headers(&headers);
        init.set_signal(Some(&self.controller.signal()));
        let request = Request::new_with_str_and_init(&request.url, &init)?;
        JsFuture::from(fetch(&request)).await?.dyn_into()
    }

    async fn answer(&self, request: &FetchRequest, response: &Response, progress: &dyn Fn(u64)) -> Result<Answer, FetchFailure> {
        let header = |name: &str| response.headers().get(name).ok().flatten();
        let mut answer = Answer {
            status: response.status(),
            content_type: header("Content-Type"),
            content_range: header("Content-Range").and_then(|value| ContentRange::parse(&value)),
            content_length: header("Content-Length").and_then(|value| value.parse().ok()),
            validators: Validators { etag: header("ETag"), last_modified: header("Last-Modified") },
            retry_after_ms: header("Retry-After").and_then(|value| retry_after_ms(&value, Date::now())),
            body: Bytes::new(),
        };
        if answer.status == 206 && header("Content-Range").is_none() && !is_same_origin(&request.url) {
            // It is there, but the store does not let this page read it: the same cure as for a refused request.
            return Err(FetchFailure::Blocked { origin: origin() });
        }
        let wanted = matches!(answer.status, 200 | 206) && !(request.headers_only && answer.status == 200);
        if wanted {
            let expected = answer.content_range.map(|said| said.range.len()).or(answer.content_length);
            answer.body = self.body(response, expected.unwrap_or(0), progress).await?;
        }
        Ok(answer)
    }

    async fn body(&self, response: &Response, expected: u64, progress: &dyn Fn(u64)) -> Result<Bytes, FetchFailure> {
        let mut body = Vec::new();
        // What a header promises is only a hint: memory is taken as the bytes come if there is not that much.
        let _ = body.try_reserve_exact(usize::try_from(expected).unwrap_or(0).min(MAX_BODY));
        let Some(stream) = response.body() else { return Ok(Bytes::new()) };
        let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
        loop {
            self.timer.restart();
            let Ok(step) = JsFuture::from(reader.read()).await else {
                return Err(if self.stalled.is_set() { self.timeout() } else { FetchFailure::CutShort { found: body.len() as u64 } });
            };
            let value = Reflect::get(&step, &"value".into()).unwrap_or(JsValue::UNDEFINED);
            let Some(chunk) = value.dyn_ref::<Uint8Array>() else { return Ok(body.into()) };
            let at = body.len();
            let end = at + chunk.length() as usize;
            if end > MAX_BODY || body.try_reserve(end - at).is_err() {
                self.controller.abort();
                return Err(FetchFailure::CutShort { found: at as u64 });
            }
            body.resize(end, 0);
            if let Some(place) = body.get_mut(at..end) {
                chunk.copy_to(place);
            }
            progress((end - at) as u64);
        }
    }

    fn timeout(&self) -> FetchFailure {
        FetchFailure::Timeout { seconds: self.stall_ms.div_ceil(1000) }
    }
}

/// Seconds, or a date.
fn retry_after_ms(value: &str, now: f64) -> Option<f64> {
    let ms = value.trim().parse().map_or_else(|_| Date::parse(value) - now, |seconds: u32| f64::from(seconds) * 1e3);
    (ms >= 0.0).then_some(ms)
}

/// A request that failed without a status: refused by the browser for want of CORS headers, or lost on the way? When the
/// page's own origin still answers, the network is there.
async fn explain(url: &str, page: &str) -> FetchFailure {
    if is_same_origin(url) || !answers(page).await {
        return FetchFailure::Offline;
    }
    FetchFailure::Blocked { origin: origin() }
}

async fn answers(page: &str) -> bool {
    let Ok(exchange) = Exchange::new(5_000) else { return false };
    let init = RequestInit::new();
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(&exchange.controller.signal()));
    let Ok(request) = Request::new_with_str_and_init(page, &init) else { return false };
    let answered = JsFuture::from(fetch(&request)).await.is_ok();
    exchange.controller.abort();
    answered
}

fn is_same_origin(url: &str) -> bool {
    Url::new(url).is_ok_and(|url| url.origin() == origin())
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
