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
    let held = first.turn("a", None).await;
    let _other = second.turn("b", None).await;
    let granted = Rc::new(Cell::new(false));
    let (waiting, told) = (Rc::clone(&second), Rc::clone(&granted));
    spawn_local(async move {
        let _turn = waiting.turn("a", None).await;
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
async fn a_silent_holder_is_not_waited_for_and_who_went_on_holds_nothing() {
    let tabs = Tabs::of("test-silent".into());
    let held = tabs.turn("a", None).await;
    let _without = tabs.turn("a", Some(20)).await;
    drop(held);
    let _granted = tabs.turn("a", None).await;
    let asked = Asked::default();
    assert!(ask("test-silent a", &asked.0).is_some());
    sleep(50).await;
    assert!(asked.0.give_back.borrow().is_none(), "the turn is held");
}

#[wasm_bindgen_test]
async fn a_turn_is_waited_for_while_its_holder_gives_signs_of_life() {
    let (holder, tabs) = (Tabs::of("test-alive".into()), Rc::new(Tabs::of("test-alive".into())));
    tabs.listen(|_| panic!("a sign of life is no news"));
    let held = holder.turn("a", None).await;
    let over = Rc::new(Cell::new(false));
    let (waiting, told) = (Rc::clone(&tabs), Rc::clone(&over));
    spawn_local(async move {
        let _turn = waiting.turn("a", Some(200)).await;
        told.set(true);
    });
    for _ in 0..40 {
        holder.tell(&News::at_work("a"));
        sleep(20).await;
        assert!(!over.get(), "the holder is at work");
    }
    let before = crate::global::stopwatch_ms();
    while !over.get() {
        sleep(5).await;
    }
    assert!(crate::global::stopwatch_ms() - before < 1_000.0, "it is silent");
    drop(held);
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
