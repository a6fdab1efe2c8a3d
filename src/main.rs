//! The page of a Tarn dashboard.
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure};

fn main() {
    leptos::mount::mount_to_body(|| view! { <p>"Tarn"</p> });
    leptos::task::spawn_local(async {
        let boot = js_sys::Reflect::get(&js_sys::global(), &"tarnBoot".into()).unwrap();
        let module: js_sys::Promise = js_sys::Reflect::get(&boot, &"workerModule".into()).unwrap().unchecked_into();
        let script = js_sys::Reflect::get(&boot, &"workerScript".into()).unwrap().as_string().unwrap();
        let module = wasm_bindgen_futures::JsFuture::from(module).await.unwrap();
        let options = web_sys::WorkerOptions::new();
        options.set_type(web_sys::WorkerType::Module);
        for i in 0..2 {
            let worker = web_sys::Worker::new_with_options(&script, &options).unwrap();
            let on = Closure::<dyn FnMut(web_sys::MessageEvent)>::new(move |e: web_sys::MessageEvent| {
                leptos::mount::mount_to_body(move || view! { <p>{format!("worker {i}: {:?}", e.data())}</p> });
            });
            worker.set_onmessage(Some(on.as_ref().unchecked_ref()));
            on.forget();
            worker.post_message(&module).unwrap();
            std::mem::forget(worker);
        }
        let _ = JsValue::NULL;
    });
}
