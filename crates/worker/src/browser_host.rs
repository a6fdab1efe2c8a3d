use crate::fetch;
use crate::global::{device_memory_gb, give_way, script, sleep, stopwatch_ms, storage_quota};
use crate::store::Store;
use crate::tabs::Tabs;
use crate::viewer::Viewer;
use bytes::Bytes;
use js_sys::{ArrayBuffer, Date, Function, Promise, Reflect, Uint8Array, WebAssembly};
use std::pin::Pin;
use tarn_runtime::{Answer, CacheFailure, CacheWrite, FetchFailure, FetchRequest, Host, News, Turn, software_digest};
use tarn_snapshot::Digest;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Url;

/// The browser as the runtime's world.
pub struct BrowserHost {
    store: Store,
    tabs: Tabs,
    viewer: Viewer,
    /// The document, to tell a store that refuses from a network that is gone.
    page: String,
}

impl BrowserHost {
    pub fn new(page: String) -> Self {
        Self::of(Viewer::of_this_worker(), page)
    }

    pub fn of(viewer: Viewer, page: String) -> Self {
        let store = Store::of(&viewer);
        Self { tabs: Tabs::of(store.name().to_owned()), store, viewer, page }
    }

    /// Calls back with what other tabs tell.
    pub fn listen(&self, hear: impl FnMut(News) + 'static) {
        self.tabs.listen(hear);
    }
}

impl Host for BrowserHost {
    fn now_ms(&self) -> f64 {
        Date::now()
    }

    fn stopwatch_ms(&self) -> f64 {
        stopwatch_ms()
    }

    fn memory_bytes(&self) -> u64 {
        let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
        let length = Reflect::get(&memory.buffer(), &"byteLength".into());
        length.ok().and_then(|length| length.as_f64()).unwrap_or(0.0) as u64
    }

    fn memory_budget(&self) -> Option<u64> {
        Some(if device_memory_gb().is_some_and(|gigabytes| gigabytes <= 4.0) { 256_000_000 } else { 512_000_000 })
    }

    fn build(&self) -> String {
        // The script's name carries a hash of it.
        script()
    }

    fn resolve(&self, base_url: &str, location: &str) -> String {
        let location = self.viewer.fill(location);
        Url::new_with_base(&location, base_url).map_or(location, |url| url.href())
    }

    async fn fetch(&self, request: &FetchRequest, progress: &dyn Fn(u64)) -> Result<Answer, FetchFailure> {
        fetch::get(request, &self.page, progress).await
    }

    async fn pause(&self, ms: f64) {
        sleep(ms as i32).await;
    }

    async fn give_way(&self) {
        give_way().await;
    }

    async fn turn(&self, name: &str, silence_ms: Option<u32>) -> Turn {
        // Boxed: each of its callers would have a copy of it.
        let turn: Pin<Box<dyn Future<Output = Turn> + '_>> = Box::pin(self.tabs.turn(name, silence_ms));
        turn.await
    }

    fn tell(&self, news: &News) {
        self.tabs.tell(news);
    }

    async fn digest(&self, bytes: &Bytes) -> Digest {
        match subtle_sha256(bytes).await {
            Some(sha256) => Digest::of(&sha256),
            None => software_digest(bytes),
        }
    }

    async fn cache_read(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheFailure> {
        self.store.read(keys).await
    }

    async fn cache_write(&self, writes: Vec<CacheWrite>) -> Result<(), CacheFailure> {
        self.store.write(writes).await
    }

    async fn cache_keys(&self) -> Result<Vec<String>, CacheFailure> {
        self.store.keys().await
    }

    async fn cache_quota(&self) -> Option<u64> {
        storage_quota()
    }
}

/// `None` where the page is no secure context: there the browser has no `crypto.subtle`.
async fn subtle_sha256(bytes: &[u8]) -> Option<[u8; 32]> {
    let get = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let subtle = get(&get(&js_sys::global(), "crypto")?, "subtle")?;
    let digest: Function = get(&subtle, "digest")?.dyn_into().ok()?;
    // A copy: a view of this worker's memory is refused where that is shared, and would have to stay in place.
    let bytes = Uint8Array::from(bytes);
    let digest: Promise = digest.call2(&subtle, &"SHA-256".into(), &bytes).ok()?.dyn_into().ok()?;
    let digest: ArrayBuffer = JsFuture::from(digest).await.ok()?.dyn_into().ok()?;
    Uint8Array::new(&digest).to_vec().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    async fn browser_and_software_agree_on_digests() {
        let bytes: Vec<u8> = (0..100_000u32).map(|n| n.wrapping_mul(n) as u8).collect();
        for length in [0, 1, 55, 56, 64, 100_000] {
            let part = &bytes[..length];
            let sha256 = subtle_sha256(part).await;
            assert_eq!(sha256.map(|sha256| Digest::of(&sha256)), Some(software_digest(part)), "{length} bytes");
        }
    }
}
