//! The other tabs of this origin and this viewer: Web Locks and a BroadcastChannel. Where the browser has none of them, every
//! tab is on its own.
use crate::global::sleep;
use futures_util::future::{Either, select};
use js_sys::{Function, Promise, Reflect, Uint8Array};
use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use tarn_protocol::{decode, encode};
use tarn_runtime::{News, Turn};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{BroadcastChannel, MessageEvent};

/// Nobody is waited for longer: a browser may put a tab to sleep.
const PATIENCE_MS: u32 = 60_000;

type OnNews = Closure<dyn FnMut(MessageEvent)>;

pub struct Tabs {
    /// Of the viewer's database: others take no turns with this one, and hear nothing of it.
    name: String,
    channel: Option<BroadcastChannel>,
    on_news: RefCell<Option<OnNews>>,
    /// The turns whose holders have given a sign of life, until somebody who waits has taken note.
    heard: Rc<RefCell<Vec<String>>>,
}

impl Tabs {
    pub fn of(name: String) -> Self {
        let exists = Reflect::has(&js_sys::global(), &"BroadcastChannel".into()).unwrap_or(false);
        let channel = if exists { BroadcastChannel::new(&name).ok() } else { None };
        Self { name, channel, on_news: RefCell::default(), heard: Rc::default() }
    }

    /// Waits for the turn, and goes on without it where the wait is over.
    pub async fn turn(&self, name: &str, silence_ms: Option<u32>) -> Turn {
        let asked = Asked::default();
        let Some(granted) = ask(&format!("{} {name}", self.name), &asked.0) else { return Turn::default() };
        let mut granted = JsFuture::from(granted);
        let (step_ms, mut waited_ms) = (silence_ms.unwrap_or(PATIENCE_MS), 0);
        loop {
            match select(&mut granted, pin!(sleep(step_ms as i32))).await {
                Either::Left((Ok(_), _)) => return Turn::new(move || drop(asked)),
                Either::Left((Err(_), _)) => return Turn::default(),
                Either::Right(_) => waited_ms += step_ms,
            }
            let mut heard = self.heard.borrow_mut();
            let Some(at) = heard.iter().position(|heard| heard == name).filter(|_| waited_ms < PATIENCE_MS) else {
                return Turn::default();
            };
            heard.swap_remove(at);
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
        let heard = Rc::clone(&self.heard);
        let on_news = OnNews::new(move |event: MessageEvent| {
            let bytes = event.data().dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec());
            let Some(news) = bytes.ok().and_then(|bytes| decode::<News>(&bytes).ok()) else { return };
            if !news.is_sign_of_life() {
                hear(news);
            } else if !heard.borrow().contains(&news.key) {
                heard.borrow_mut().push(news.key);
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

/// A turn that was asked for. Given back, now or as soon as it is granted, when this is dropped.
#[derive(Default)]
struct Asked(Rc<Request>);

#[derive(Default)]
struct Request {
    is_over: Cell<bool>,
    /// What the lock waits for, while it is held.
    give_back: RefCell<Option<Function>>,
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.is_over.set(true);
        if let Some(give_back) = self.0.give_back.take() {
            // The browser's own function: it does not throw.
            drop(give_back.call0(&JsValue::UNDEFINED));
        }
    }
}

/// A promise that is kept when the lock is granted, and rejected where the browser grants none.
fn ask(name: &str, asked: &Rc<Request>) -> Option<Promise> {
    let get = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let locks = get(&get(&js_sys::global(), "navigator")?, "locks")?;
    let request: Function = get(&locks, "request")?.dyn_into().ok()?;
    Some(Promise::new(&mut |granted, refused| {
        let asked = Rc::clone(asked);
        // The lock is held until the promise that the callback returns is resolved: at once where nobody waits any more.
        let hold = Closure::once_into_js(move |_lock: JsValue| {
            Promise::new(&mut |give_back, _| {
                if asked.is_over.get() {
                    drop(give_back.call0(&JsValue::UNDEFINED));
                    return;
                }
                *asked.give_back.borrow_mut() = Some(give_back);
                drop(granted.call0(&JsValue::UNDEFINED));
            })
        });
        let answer = request.call2(&locks, &name.into(), &hold);
        if let Ok(answer) = answer.and_then(|answer| answer.dyn_into::<Promise>()) {
            drop(get(&answer, "catch").and_then(|catch| catch.dyn_into::<Function>().ok()?.call1(&answer, &refused).ok()));
        } else {
            drop(refused.call0(&JsValue::UNDEFINED));
        }
    }))
}

#[cfg(test)]
#[path = "tabs_tests.rs"]
mod tests;
