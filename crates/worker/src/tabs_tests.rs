#![allow(clippy::unwrap_used)]
use super::*;
use crate::global::sleep;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_turn_waits_for_the_one_before_and_names_are_apart() {
    let (first, second) = (Tabs::of("test-turns".into()), Rc::new(Tabs::of("test-turns".into())));
    let held = first.turn("a").await;
    let _other = second.turn("b").await;
    let granted = Rc::new(Cell::new(false));
    let (waiting, told) = (Rc::clone(&second), Rc::clone(&granted));
    spawn_local(async move {
        let _turn = waiting.turn("a").await;
        told.set(true);
    });
    sleep(50).await;
    assert!(!granted.get(), "the first one holds it");
    drop(held);
    while !granted.get() {
        sleep(1).await;
    }
}

#[wasm_bindgen_test]
async fn a_turn_that_is_not_given_is_refused_in_time() {
    let tabs = Tabs::of("test-stuck".into());
    let _held = tabs.turn("a").await;
    assert!(JsFuture::from(ask("test-stuck a", 20).unwrap()).await.is_err());
}

#[wasm_bindgen_test]
async fn news_reach_the_other_tabs_of_the_name_alone() {
    let news = News { key: "k".into(), snapshot: "s".into(), validated_at: 1.5 };
    let (teller, listener, stranger) = (Tabs::of("test-news".into()), Tabs::of("test-news".into()), Tabs::of("test-other".into()));
    let heard = Rc::new(RefCell::new(vec![]));
    let (own, other) = (Rc::clone(&heard), Rc::clone(&heard));
    listener.listen(move |news| own.borrow_mut().push(news));
    stranger.listen(move |_| other.borrow_mut().clear());
    teller.tell(&news);
    while heard.borrow().is_empty() {
        sleep(1).await;
    }
    sleep(20).await;
    assert_eq!(*heard.borrow(), [news]);
}
