use crate::fetch;
use crate::global::stopwatch_ms;
use crate::store::Store;
use bytes::Bytes;
use js_sys::{Date, Function, Promise, Reflect, WebAssembly};
use tarn_runtime::{Answer, CacheFailure, CacheWrite, FetchFailure, FetchRequest, Host};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Url;

/// The browser as the runtime's world.
pub struct BrowserHost {
    store: Store,
    /// The document, to tell a store that refuses from a network that is gone.
    page: String,
}

impl BrowserHost {
    pub fn new(page: String) -> Self {
        Self { store: Store::default(), page }
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

    fn resolve(&self, base_url: &str, location: &str) -> String {
        Url::new_with_base(location, base_url).map_or_else(|_| location.to_owned(), |url| url.href())
    }

    async fn fetch(&self, request: &FetchRequest, progress: &dyn Fn(u64)) -> Result<Answer, FetchFailure> {
        fetch::get(request, &self.page, progress).await
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
        // Absent in insecure contexts and in some browsers.
        let get = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
        let storage = get(&get(&js_sys::global(), "navigator")?, "storage")?;
        let estimate: Function = get(&storage, "estimate")?.dyn_into().ok()?;
        let estimate: Promise = estimate.call0(&storage).ok()?.dyn_into().ok()?;
        let estimate = JsFuture::from(estimate).await.ok()?;
        get(&estimate, "quota")?.as_f64().map(|quota| quota as u64)
    }
}
