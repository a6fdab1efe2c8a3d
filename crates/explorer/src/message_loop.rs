use crate::failure;
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use tarn_draft::{Drafting, Step};
use tarn_protocol::{Request, decode, encode};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

pub fn start() {
    let drafting: RefCell<Option<Drafting>> = RefCell::new(None);
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| receive(&drafting, &event.data()));
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    let _ = scope().post_message(&"ready".into());
}

fn receive(drafting: &RefCell<Option<Drafting>>, data: &JsValue) {
    if let Some(begin) = data.dyn_ref::<Array>() {
        let text = |at| begin.get(at).as_string();
        let (name, source, base_url) = (text(0).unwrap_or_default(), text(1).unwrap_or_default(), text(2).unwrap_or_default());
        match Drafting::begin(&name, &source, &base_url, text(3).as_deref()) {
            Ok((begun, requests)) => {
                *drafting.borrow_mut() = Some(begun);
                ask(&requests);
            }
            Err(found) => failed(&found, ""),
        }
        return;
    }
    let mut drafting = drafting.borrow_mut();
    let Some(drafting) = drafting.as_mut() else { return };
    // What is no message is not the worker's: "ready" is one such.
    let Ok(response) = decode(&Uint8Array::new(data).to_vec()) else { return };
    match drafting.hear(response) {
        Step::Ask(requests) => ask(&requests),
        Step::Wait => {}
        Step::Reading(done, of) => say("reading", &[(done as f64).into(), (of as f64).into()]),
        Step::Done(draft) => say("done", &[draft.yaml.into(), Uint8Array::from(draft.dashboard.to_bytes().as_slice()).into()]),
        Step::Failed(failure) => {
            let (what, hint) = failure::told(&failure, drafting.spoken());
            failed(&what, &hint);
        }
    }
}

fn ask(requests: &[Request]) {
    for request in requests {
        say("ask", &[Uint8Array::from(encode(request).as_slice()).into()]);
    }
}

fn failed(what: &str, hint: &str) {
    say("failed", &[what.into(), hint.into()]);
}

fn say(what: &str, values: &[JsValue]) {
    let message = Array::of1(&what.into());
    for value in values {
        message.push(value);
    }
    let _ = scope().post_message(&message);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
