//! What a worker and a window have alike.
use js_sys::{Function, Promise};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    pub fn fetch(request: &web_sys::Request) -> Promise;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: i32) -> i32;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: i32);

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub fn stopwatch_ms() -> f64;

    #[wasm_bindgen(thread_local_v2, js_namespace = ["self", "navigator"], js_name = deviceMemory)]
    static DEVICE_MEMORY_GB: Option<f64>;

    #[wasm_bindgen(thread_local_v2, js_namespace = self, js_name = origin)]
    static ORIGIN: String;

    #[wasm_bindgen(thread_local_v2, js_namespace = ["self", "location"], js_name = href)]
    static SCRIPT: String;
}

/// The address of the script that runs here.
pub fn script() -> String {
    SCRIPT.with(String::clone)
}

/// Of the whole device, rounded; `None` in browsers that do not tell.
pub fn device_memory_gb() -> Option<f64> {
    DEVICE_MEMORY_GB.with(Option::clone)
}

/// The page's origin.
pub fn origin() -> String {
    ORIGIN.with(String::clone)
}

thread_local! {
    static STORAGE_QUOTA: Cell<Option<u64>> = const { Cell::new(None) };
}

/// The bytes that the browser gives this origin; `None` until the page has told.
pub fn storage_quota() -> Option<u64> {
    STORAGE_QUOTA.get()
}

pub fn set_storage_quota(bytes: u64) {
    STORAGE_QUOTA.set(Some(bytes));
}

/// Calls back once after a time without [`Timer::restart`]. Dropping it ends it.
pub struct Timer {
    callback: Closure<dyn FnMut()>,
    ms: i32,
    id: Cell<i32>,
}

impl Timer {
    pub fn start(ms: i32, callback: impl FnMut() + 'static) -> Self {
        let callback = Closure::new(callback);
        let id = Cell::new(set_timeout(callback.as_ref().unchecked_ref(), ms));
        Self { callback, ms, id }
    }

    pub fn restart(&self) {
        clear_timeout(self.id.get());
        self.id.set(set_timeout(self.callback.as_ref().unchecked_ref(), self.ms));
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(self.id.get());
    }
}

/// Waits that long.
pub async fn sleep(ms: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, ms);
    });
    let _ = JsFuture::from(promise).await;
}

/// Comes back after the messages that wait already. No timer: those are held back when they follow one another.
pub async fn give_way() {
    let Ok(channel) = web_sys::MessageChannel::new() else { return };
    let promise = Promise::new(&mut |resolve, _| channel.port1().set_onmessage(Some(&resolve)));
    if channel.port2().post_message(&JsValue::NULL).is_ok() {
        let _ = JsFuture::from(promise).await;
    }
    channel.port1().close();
}

/// A flag that a callback sets.
#[derive(Clone, Default)]
pub struct Flag(Rc<Cell<bool>>);

impl Flag {
    pub fn set(&self) {
        self.0.set(true);
    }

    pub fn is_set(&self) -> bool {
        self.0.get()
    }
}
