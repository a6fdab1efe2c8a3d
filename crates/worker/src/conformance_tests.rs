//! The runtime's conformance suite over the browser: its IndexedDB, Web Locks, BroadcastChannel, digests, requests and answers. The store
//! lives in this worker, behind its `fetch`; what is at the quota is decided here, too, as no page can fill a browser's disk.
#![allow(clippy::unwrap_used)]
#[path = "../../runtime/tests/conformance/mod.rs"]
mod conformance;

use crate::browser_host::BrowserHost;
use crate::global::set_storage_quota;
use crate::viewer::Viewer;
use conformance::{World, for_each_check};
use idb::Factory;
use js_sys::{Array, Date, Function, Object, Reflect, Uint8Array};
use std::cell::Cell;
use tarn_runtime::News;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// At the quota the requests of a transaction succeed and the transaction is aborted, without an error.
const WORLD: &str = r#"
const world = { files: new Map(), asked: [], limit: Infinity };
if (globalThis.tarnWorld) {
  Object.assign(globalThis.tarnWorld, world);
  return globalThis.tarnWorld;
}
globalThis.tarnWorld = world;
const { fetch } = globalThis, { put } = IDBObjectStore.prototype, { commit } = IDBTransaction.prototype;
globalThis.fetch = async (request) => {
  if (!request.url.startsWith("https://store/")) return fetch(request);
  const file = world.files.get(request.url), known = request.headers.get("If-None-Match");
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("Range"));
  world.asked.push(`${request.url} ${first}-${last}${known ? ` if-none-match ${known}` : ""}`);
  if (!file) return new Response(null, { status: 404 });
  const { bytes, etag: ETag } = file;
  if (known === ETag) return new Response(null, { status: 304, headers: { ETag } });
  const body = bytes.slice(+first, +last + 1);
  if (!body.length) return new Response(null, { status: 416 });
  const headers = { ETag, "Content-Length": body.length, "Content-Range": `bytes ${first}-${+first + body.length - 1}/${bytes.length}` };
  return new Response(body, { status: 206, headers });
};
const tooLong = new WeakSet(), last = new WeakMap();
IDBObjectStore.prototype.put = function (value, key) {
  const request = put.call(this, value, key);
  last.set(this.transaction, request);
  if (value.byteLength > world.limit) tooLong.add(this.transaction);
  return request;
};
IDBTransaction.prototype.commit = function () {
  if (tooLong.has(this)) last.get(this).addEventListener("success", () => this.abort());
  else commit.call(this);
};
return world;
"#;

thread_local! {
    static N_WORLDS: Cell<u32> = const { Cell::new(0) };
}

struct InBrowser {
    /// Of all viewers: no check finds what another one has stored.
    name: String,
    world: JsValue,
}

impl InBrowser {
    fn new() -> Self {
        let world = Function::new_no_args(WORLD).call0(&JsValue::UNDEFINED).unwrap();
        set_storage_quota(1 << 40);
        N_WORLDS.set(N_WORLDS.get() + 1);
        Self { name: format!("check-{}-{}", Date::now(), N_WORLDS.get()), world }
    }

    fn viewer(&self, name: &str) -> Viewer {
        Viewer::parse(&format!("{}-{name}", self.name))
    }

    fn get(&self, name: &str) -> JsValue {
        Reflect::get(&self.world, &name.into()).unwrap()
    }
}

impl World for InBrowser {
    type Host = BrowserHost;

    fn open(&self, viewer: &str) -> BrowserHost {
        BrowserHost::of(self.viewer(viewer), "https://store/".into())
    }

    fn listen(&self, host: &BrowserHost, hear: Box<dyn FnMut(News)>) {
        host.listen(hear);
    }

    fn put_file(&self, url: &str, bytes: &[u8], etag: &str) {
        let file = Object::new();
        Reflect::set(&file, &"bytes".into(), &Uint8Array::from(bytes)).unwrap();
        Reflect::set(&file, &"etag".into(), &etag.into()).unwrap();
        self.get("files").unchecked_into::<js_sys::Map>().set(&url.into(), &file);
    }

    fn take_requests(&self) -> Vec<String> {
        let asked: Array = self.get("asked").unchecked_into();
        Reflect::set(&self.world, &"asked".into(), &Array::new()).unwrap();
        asked.iter().map(|request| request.as_string().unwrap()).collect()
    }

    fn limit_values(&self, bytes: usize) {
        Reflect::set(&self.world, &"limit".into(), &(bytes as f64).into()).unwrap();
    }

    fn set_quota(&self, bytes: u64) {
        set_storage_quota(bytes);
    }

    async fn wipe(&self, viewer: &str) {
        Factory::new().unwrap().delete(&self.viewer(viewer).database("tarn-1")).unwrap().await.unwrap();
    }
}

macro_rules! in_the_browser {
    ($($check:ident,)*) => {
        $(
            #[wasm_bindgen_test]
            async fn $check() {
                conformance::$check(&InBrowser::new()).await;
            }
        )*
    };
}
for_each_check!(in_the_browser);
