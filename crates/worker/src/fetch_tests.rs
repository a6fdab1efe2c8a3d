#![allow(clippy::unwrap_used)]
use super::*;
use js_sys::{Array, Function, Object};
use std::cell::Cell;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn request(url: &str) -> FetchRequest {
    FetchRequest { url: url.into(), range: (0..10).into(), unless: None, headers_only: false }
}

/// The address of a file that lives in this worker's memory.
fn file(bytes: &[u8]) -> String {
    let blob: Function = Reflect::get(&js_sys::global(), &"Blob".into()).unwrap().unchecked_into();
    let blob = Reflect::construct(&blob, &Array::of1(&Array::of1(&Uint8Array::from(bytes)))).unwrap();
    let url: Object = Reflect::get(&js_sys::global(), &"URL".into()).unwrap().unchecked_into();
    let create: Function = Reflect::get(&url, &"createObjectURL".into()).unwrap().unchecked_into();
    create.call1(&url, &blob).unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
async fn a_range_is_answered_with_its_bytes_and_their_place() {
    let told = Cell::new(0);
    let answer = get(&request(&file(b"0123456789abcdef")), &origin(), &|bytes| told.set(told.get() + bytes)).await.unwrap();
    assert_eq!(answer.status, 206);
    assert_eq!(answer.body, Bytes::from_static(b"0123456789"));
    let said = answer.content_range.unwrap();
    assert_eq!((said.range, said.file_length), ((0..10).into(), Some(16)));
    assert_eq!(told.get(), 10);
}

#[wasm_bindgen_test]
async fn a_missing_file_of_this_origin_has_a_status() {
    let answer = get(&request(&format!("{}/no-such-file", origin())), &origin(), &|_| {}).await.unwrap();
    assert_eq!(answer.status, 404);
}

#[wasm_bindgen_test]
async fn a_store_that_refuses_is_told_from_a_network_that_is_gone() {
    // Nothing listens on port 9; the page's origin answers.
    let refused = get(&request("http://127.0.0.1:9/file"), &origin(), &|_| {}).await;
    assert_eq!(refused, Err(FetchFailure::Blocked { origin: origin() }));
    let gone = get(&request("http://127.0.0.1:9/file"), "http://127.0.0.1:9/page", &|_| {}).await;
    assert_eq!(gone, Err(FetchFailure::Offline));
}

#[wasm_bindgen_test]
async fn silence_ends_the_request_with_a_timeout() {
    let exchange = Exchange::new(20).unwrap();
    crate::global::sleep(10).await;
    exchange.timer.restart();
    crate::global::sleep(15).await;
    assert!(!exchange.stalled.is_set(), "bytes came in between");
    crate::global::sleep(200).await;
    assert!(exchange.controller.signal().aborted());
    let fetched = exchange.send(&request(&origin())).await;
    assert!(fetched.is_err() && exchange.stalled.is_set());
    assert_eq!(exchange.timeout(), FetchFailure::Timeout { seconds: 1 });
}

#[wasm_bindgen_test]
async fn only_the_headers_of_a_whole_answer_are_read() {
    let told = Cell::new(0);
    let only_headers = FetchRequest { headers_only: true, ..request(&origin()) };
    let answer = get(&only_headers, &origin(), &|bytes| told.set(told.get() + bytes)).await.unwrap();
    assert_eq!((answer.status, answer.body.len(), told.get()), (200, 0, 0));
}

#[wasm_bindgen_test]
fn patience_is_told_in_seconds_or_by_a_date() {
    let now = Date::parse("Thu, 26 Nov 2026 12:00:00 GMT");
    assert_eq!(retry_after_ms("120", now), Some(120_000.0));
    assert_eq!(retry_after_ms("Thu, 26 Nov 2026 12:00:05 GMT", now), Some(5_000.0));
    for nothing in ["Thu, 26 Nov 2026 11:00:00 GMT", "soon", "-1"] {
        assert_eq!(retry_after_ms(nothing, now), None, "{nothing}");
    }
}
