//! From the start-up script to the first page: the compiled dashboard, the first worker, the state.
use crate::boot_error::BootError;
use crate::link::{Link, now};
use crate::locale;
use crate::page::{strings, text};
use crate::state::{self, App, Choices, ResultStore, Selections, Sources};
use leptos::prelude::*;
use std::sync::Arc;
use tarn_coordinator::Coordinator;
use tarn_dashboard::{CompiledError, Dashboard};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A worker that was asked to start, and the promise that its glue runs.
pub struct Spawned {
    pub worker: web_sys::Worker,
    pub ready: js_sys::Promise,
    /// The start-up script tells its worker what to show; others have to be told.
    pub told: bool,
    /// What the worker has said so far.
    pub inbox: js_sys::Array,
}

/// Loads the dashboard, restores the state from the address and asks for the first results.
pub async fn boot() -> Result<App, BootError> {
    let boot = boot_object().ok_or(BootError::NoStartScript)?;
    let promise: js_sys::Promise = get(&boot, "dashboard").and_then(|value| value.dyn_into().ok()).ok_or(BootError::NoStartScript)?;
    let compiled = JsFuture::from(promise).await.map_err(|error| BootError::NotLoaded { message: error_text(&error) })?;
    let compiled = js_sys::Uint8Array::new(&compiled).to_vec();
    let dashboard = Dashboard::from_bytes(&compiled).map_err(|error| match error {
        CompiledError::Damaged => BootError::NotADashboard,
        CompiledError::OtherFormat { found } => BootError::OtherVersion { found },
    })?;
    // The state is older than the mounted page, and outlives everything in it.
    let owner = Owner::new();
    let app = owner.with(|| start(Box::leak(Box::new(dashboard)), compiled));
    std::mem::forget(owner);
    Ok(app)
}

fn start(dashboard: &'static Dashboard, compiled: Vec<u8>) -> App {
    strings::set_catalogue(dashboard.catalogue());
    text::set_locale(Arc::new(locale::from_tag(&dashboard.locale)));
    if let Some(root) = document().document_element() {
        // Fails only for names that are no attribute names.
        let _ = root.set_attribute("lang", &dashboard.locale);
    }
    let url = state::read_url(dashboard);
    let page = url.page.or_else(|| dashboard.pages.first().map(|page| page.id.clone())).unwrap_or_default();
    let base_url = document().base_uri().ok().flatten().unwrap_or_default();
    let link = Link::new(Coordinator::new(compiled, base_url, Sources::times(dashboard)));
    let app = App {
        dashboard,
        page: RwSignal::new(page),
        selections: Selections::new(dashboard, url.selections, url.comparisons),
        choices: Choices::new(url.choices),
        results: ResultStore::new(dashboard),
        sources: Sources::new(dashboard, now()),
        later: RwSignal::new(None),
        menu: RwSignal::new(None),
        notice: RwSignal::new(state::refusal(&url.refused)),
        foreign_keys: StoredValue::new(url.foreign),
        link: StoredValue::new_local(link.clone()),
    };
    link.start(app);
    wasm_bindgen_futures::spawn_local(async move {
        app.later.set(Some(crate::later::load().await));
        link.publish_held();
    });
    untrack(|| app.request());
    app
}

/// The worker that the start-up script has already begun to start, or another one.
pub fn spawn_worker(first: bool) -> Result<Spawned, String> {
    let spawned = || -> Option<Spawned> {
        let boot = boot_object()?;
        let spawned =
            if first { get(&boot, "first")? } else { get(&boot, "spawn")?.dyn_into::<js_sys::Function>().ok()?.call0(&boot).ok()? };
        let inbox = get(&spawned, "inbox").and_then(|inbox| inbox.dyn_into().ok()).unwrap_or_default();
        Some(Spawned {
            worker: get(&spawned, "worker")?.dyn_into().ok()?,
            ready: get(&spawned, "ready")?.dyn_into().ok()?,
            told: first,
            inbox,
        })
    };
    spawned().ok_or_else(|| "the data worker could not be started".to_owned())
}

/// What the start-up script keeps under a name.
pub fn boot_value(key: &str) -> Option<JsValue> {
    get(&boot_object()?, key).filter(|value| !value.is_undefined())
}

/// Tells the start-up script, once, that results are on the screen.
pub fn shown() {
    let Some(boot) = boot_object() else { return };
    if let Some(shown) = get(&boot, "shown").and_then(|shown| shown.dyn_into::<js_sys::Function>().ok()) {
        // Neither throws: a plain object and a function that starts a timer.
        let _ = js_sys::Reflect::set(&boot, &"shown".into(), &JsValue::UNDEFINED);
        let _ = shown.call0(&boot);
    }
}

/// Dispatches an event of that name on the window.
pub fn tell(name: &str) {
    if let Ok(event) = web_sys::Event::new(name) {
        let _ = window().dispatch_event(&event);
    }
}

fn boot_object() -> Option<JsValue> {
    get(&js_sys::global(), "tarnBoot").filter(JsValue::is_object)
}

fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &key.into()).ok()
}

/// What a thrown value says.
pub fn error_text(error: &JsValue) -> String {
    let message = get(error, "message").and_then(|message| message.as_string());
    message.or_else(|| error.as_string()).unwrap_or_else(|| "unknown error".to_owned())
}
