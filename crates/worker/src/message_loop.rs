//! Messages in, messages out.
use crate::browser_host::BrowserHost;
use crate::global::{give_way, set_storage_quota};
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use tarn_dashboard::{Dashboard, Filter, FilterValue};
use tarn_protocol::{Request, Response, decode, encode};
use tarn_runtime::Runtime;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Url};

type Browser = Rc<Runtime<BrowserHost>>;

/// Listens. From now on a panic is told to the page before the worker ends.
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |location| format!(" ({}:{})", location.file(), location.line()));
        let message = format!("{}{place}", info.payload_as_str().unwrap_or("the data worker failed"));
        send(&Response::Panicked { message });
    }));
    let runtime: Rc<RefCell<Option<Browser>>> = Rc::default();
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| receive(&runtime, &event.data()));
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    let _ = scope().post_message(&"ready".into());
}

/// Page and worker come from one build: what is no message of it means a broken deploy, and the page replaces a worker that
/// panics.
#[allow(clippy::expect_used, clippy::panic, reason = "ends the worker on purpose")]
fn receive(runtime: &RefCell<Option<Browser>>, data: &JsValue) {
    // The one message that is no request: the start-up script asked the browser for it.
    if let Some(quota) = data.as_f64() {
        return set_storage_quota(quota as u64);
    }
    let request: Request = decode(&Uint8Array::new(data).to_vec()).expect("a request");
    if let Request::Start { dashboard, base_url } = request {
        let former = runtime.take();
        *runtime.borrow_mut() = Some(begin(&dashboard, base_url, former.as_deref()));
        send(&Response::Started);
        return;
    }
    let runtime = runtime.borrow().clone().expect("started");
    spawn_local(async move { runtime.handle(request).await });
}

#[allow(clippy::expect_used, reason = "ends the worker on purpose")]
fn begin(dashboard: &[u8], base_url: String, former: Option<&Runtime<BrowserHost>>) -> Browser {
    let dashboard = Dashboard::from_bytes(dashboard).expect("a compiled dashboard of this version");
    let page = first_page(&dashboard, &base_url);
    let selections = first_selections(&dashboard, &base_url);
    let runtime = Rc::new(Runtime::new(BrowserHost::new(base_url.clone()), dashboard, &base_url, |response| send(&response)));
    if let Some(former) = former {
        runtime.take_over(former);
    }
    let hearing = Rc::downgrade(&runtime);
    runtime.host().listen(move |news| {
        if let Some(runtime) = hearing.upgrade() {
            runtime.hear(&news);
        }
    });
    if let Some(page) = page {
        // The data travels while the page still starts. Where this worker takes the place of another one, the question waits
        // already, and it may be about another page.
        let runtime = Rc::clone(&runtime);
        spawn_local(async move {
            give_way().await;
            runtime.preload(&page, Some(selections)).await;
        });
    }
    runtime
}

/// The page that the address names, else the first.
fn first_page(dashboard: &Dashboard, base_url: &str) -> Option<String> {
    let named = Url::new(base_url).ok().and_then(|url| url.search_params().get("page"));
    let page = named.and_then(|id| dashboard.page(&id)).or(dashboard.pages.first())?;
    Some(page.id.clone())
}

/// The filters as the address sets them, else their defaults: what the page will ask first. Another guess costs time alone.
fn first_selections(dashboard: &Dashboard, base_url: &str) -> Vec<(String, FilterValue)> {
    let address = Url::new(base_url).ok().map(|url| url.search_params());
    let chosen = |filter: &Filter| match address.as_ref().and_then(|address| address.get(&filter.id)) {
        Some(text) if text.is_empty() => filter.cleared(),
        Some(text) => filter.parse_text(&text).ok().or_else(|| filter.default.clone()),
        None => filter.default.clone(),
    };
    dashboard.filters.iter().filter_map(|filter| Some((filter.id.clone(), chosen(filter)?))).collect()
}

/// By transfer: the page gets the bytes without a copy.
fn send(response: &Response) {
    let bytes = Uint8Array::from(encode(response).as_slice());
    let _ = scope().post_message_with_transfer(&bytes, &Array::of1(&bytes.buffer()));
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
