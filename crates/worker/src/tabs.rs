//! The other tabs of this origin and this viewer: Web Locks and a BroadcastChannel. Where the browser has none of them, every
//! tab is on its own.
use js_sys::{Function, Promise, Reflect, Uint8Array};
use std::cell::RefCell;
use tarn_protocol::{decode, encode};
use tarn_runtime::{News, Turn};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, BroadcastChannel, MessageEvent};

/// A holder that takes longer is stuck: a browser may put a tab to sleep.
const PATIENCE_MS: u32 = 60_000;

type OnNews = Closure<dyn FnMut(MessageEvent)>;

pub struct Tabs {
    /// Of the viewer's database: others take no turns with this one, and hear nothing of it.
    name: String,
    channel: Option<BroadcastChannel>,
    on_news: RefCell<Option<OnNews>>,
}

impl Tabs {
    pub fn of(name: String) -> Self {
        let exists = Reflect::has(&js_sys::global(), &"BroadcastChannel".into()).unwrap_or(false);
        let channel = if exists { BroadcastChannel::new(&name).ok() } else { None };
        Self { name, channel, on_news: RefCell::new(None) }
    }

    /// Waits for the turn.
    pub async fn turn(&self, name: &str) -> Turn {
        let asked = ask(&format!("{} {name}", self.name), PATIENCE_MS);
        let granted = match asked {
            Some(granted) => JsFuture::from(granted).await.ok(),
            None => None,
        };
        match granted.and_then(|give_back| give_back.dyn_into::<Function>().ok()) {
            // The browser's own function: it does not throw.
            Some(give_back) => Turn::new(move || drop(give_back.call0(&JsValue::UNDEFINED))),
            None => Turn::default(),
        }
    }

    pub fn tell(&self, news: &News) {
        if let Some(channel) = &self.channel {
            // Fails only for values that cannot be cloned, which bytes can.
            let _ = channel.post_message(&Uint8Array::from(encode(news).as_slice()));
        }
    }

    /// What other tabs tell. Those of another build may say it in another form: then nothing is heard.
    pub fn listen(&self, mut hear: impl FnMut(News) + 'static) {
        let Some(channel) = &self.channel else { return };
        let on_news = OnNews::new(move |event: MessageEvent| {
            let bytes = event.data().dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec());
            if let Some(news) = bytes.ok().and_then(|bytes| decode(&bytes).ok()) {
                hear(news);
            }
        });
        channel.set_onmessage(Some(on_news.as_ref().unchecked_ref()));
        *self.on_news.borrow_mut() = Some(on_news);
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.close();
        }
    }
}

/// A promise of the function that gives the lock back; rejected when it is not granted by then.
fn ask(name: &str, patience_ms: u32) -> Option<Promise> {
    let get = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let locks = get(&get(&js_sys::global(), "navigator")?, "locks")?;
    let request: Function = get(&locks, "request")?.dyn_into().ok()?;
    let options = js_sys::Object::new();
    Reflect::set(&options, &"signal".into(), &AbortSignal::timeout_with_u32(patience_ms)).ok()?;
    Some(Promise::new(&mut |granted, refused| {
        // The lock is held until the promise that the callback returns is resolved: by the function that is passed on.
        let hold = Closure::once_into_js(move |_lock: JsValue| {
            Promise::new(&mut |give_back, _| drop(granted.call1(&JsValue::UNDEFINED, &give_back)))
        });
        let asked = request.call3(&locks, &name.into(), &options, &hold);
        let refuse = Closure::once_into_js(move |error: JsValue| drop(refused.call1(&JsValue::UNDEFINED, &error)));
        if let Ok(asked) = asked.and_then(|asked| asked.dyn_into::<Promise>()) {
            let on_refusal: &Function = refuse.unchecked_ref();
            drop(get(&asked, "catch").and_then(|catch| catch.dyn_into::<Function>().ok()?.call1(&asked, on_refusal).ok()));
        } else {
            let refuse: &Function = refuse.unchecked_ref();
            drop(refuse.call0(&JsValue::UNDEFINED));
        }
    }))
}

#[cfg(test)]
#[path = "tabs_tests.rs"]
mod tests;
