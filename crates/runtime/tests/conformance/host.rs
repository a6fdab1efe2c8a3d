//! Clocks, digests, requests, and what tabs have to do with each other.
use super::World;
use bytes::Bytes;
use futures_util::future::{Either, join, select};
use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use tarn_runtime::{FetchRequest, Host, News};
use tarn_snapshot::{ByteRange, Digest, Validators};

const FILE: &str = "https://store/file";

pub async fn clocks_go_on_and_a_pause_lasts(world: &impl World) {
    let host = world.open("ann");
    let (at, started) = (host.now_ms(), host.stopwatch_ms());
    host.pause(30.0).await;
    assert!(at >= 1e12, "milliseconds since 1970");
    // Both clocks are rounded.
    assert!(host.now_ms() - at >= 28.0 && host.stopwatch_ms() - started >= 28.0);
    host.give_way().await;
}

pub async fn digests_are_sha256(world: &impl World) {
    let host = world.open("ann");
    let of = async |text: &'static str| host.digest(&Bytes::from_static(text.as_bytes())).await;
    let hex = |text: &str| -> [u8; 32] { std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()) };
    let abc = hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let empty = hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(of("abc").await, Digest::of(&abc));
    assert_eq!(of("").await, Digest::of(&empty));
}

fn request(range: impl Into<ByteRange>) -> FetchRequest {
    FetchRequest { url: FILE.into(), range: range.into(), unless: None, headers_only: false }
}

pub async fn a_range_is_answered_with_its_bytes_and_their_place(world: &impl World) {
    let host = world.open("ann");
    let bytes: Vec<u8> = (0..100_000u32).map(|n| n.wrapping_mul(n) as u8).collect();
    world.put_file(FILE, &bytes, "\"1\"");
    for range in [0..10, 3..90_000, 99_999..100_000] {
        let told = Cell::new(0);
        let answer = host.fetch(&request(range.clone()), &|bytes| told.set(told.get() + bytes)).await.unwrap();
        assert_eq!(answer.status, 206);
        assert_eq!(answer.body, bytes[range.start as usize..range.end as usize]);
        let said = answer.content_range.unwrap();
        assert_eq!((said.range, said.file_length), (range.into(), Some(100_000)));
        assert_eq!(answer.content_length, Some(answer.body.len() as u64));
        assert_eq!(answer.validators.etag.as_deref(), Some("\"1\""));
        assert_eq!(told.get(), answer.body.len() as u64);
    }
}

pub async fn a_range_beyond_the_end_is_cut_or_refused(world: &impl World) {
    let host = world.open("ann");
    world.put_file(FILE, b"0123456789", "\"1\"");
    let cut = host.fetch(&request(8..20), &|_| {}).await.unwrap();
    assert_eq!((cut.status, cut.body.as_ref()), (206, b"89".as_slice()));
    assert_eq!(cut.content_range.unwrap().range, (8..10).into());
    assert_eq!(host.fetch(&request(10..20), &|_| {}).await.unwrap().status, 416);
}

pub async fn an_unchanged_file_is_not_sent_again(world: &impl World) {
    let host = world.open("ann");
    world.put_file(FILE, b"0123456789", "\"1\"");
    let known = Validators { etag: Some("\"1\"".into()), last_modified: None };
    let conditional = FetchRequest { unless: Some(known), ..request(0..1) };
    let same = host.fetch(&conditional, &|_| {}).await.unwrap();
    assert_eq!((same.status, same.body.len()), (304, 0));
    world.put_file(FILE, b"abcdefghij", "\"2\"");
    let other = host.fetch(&conditional, &|_| {}).await.unwrap();
    assert_eq!((other.status, other.body.as_ref(), other.validators.etag.as_deref()), (206, b"a".as_slice(), Some("\"2\"")));
    assert_eq!(world.take_requests(), [format!("{FILE} 0-0 if-none-match \"1\""), format!("{FILE} 0-0 if-none-match \"1\"")]);
}

pub async fn a_missing_file_has_a_status(world: &impl World) {
    assert_eq!(world.open("ann").fetch(&request(0..10), &|_| {}).await.unwrap().status, 404);
}

pub async fn a_turn_is_one_tabs_at_a_time(world: &impl World) {
    let (first, second, other) = (world.open("ann"), world.open("ann"), world.open("bob"));
    let held = first.turn("a", None).await;
    let _another_name = second.turn("b", None).await;
    let _another_viewer = other.turn("a", None).await;
    let granted = Cell::new(false);
    let waiting = async {
        let _turn = second.turn("a", None).await;
        granted.set(true);
    };
    let holding = async {
        for _ in 0..10 {
            first.pause(5.0).await;
            assert!(!granted.get(), "the first one holds it");
        }
        drop(held);
    };
    join(waiting, holding).await;
    // It was given back when it was dropped.
    let _again = first.turn("a", None).await;
}

pub async fn who_stops_waiting_holds_no_turn(world: &impl World) {
    let (first, second) = (world.open("ann"), world.open("ann"));
    let held = first.turn("a", None).await;
    {
        let waiting = pin!(second.turn("a", None));
        assert!(matches!(select(waiting, pin!(first.pause(20.0))).await, Either::Right(_)));
    }
    drop(held);
    let _granted = first.turn("a", None).await;
}

pub async fn a_silent_holder_is_not_waited_for(world: &impl World) {
    let (first, second) = (world.open("ann"), world.open("ann"));
    let held = first.turn("a", None).await;
    let began = first.now_ms();
    let over = Cell::new(false);
    let waiting = async {
        drop(second.turn("a", Some(100)).await);
        over.set(true);
    };
    join(waiting, until(&first, &over, 5_000.0)).await;
    assert!(first.now_ms() - began >= 98.0);
    // Who went on without it does not hold it either.
    drop(held);
    let _granted = first.turn("a", None).await;
}

pub async fn a_holder_that_gives_signs_of_life_is_waited_for(world: &impl World) {
    let (first, second) = (world.open("ann"), world.open("ann"));
    world.listen(&second, Box::new(|_| {}));
    let held = first.turn("a", None).await;
    let over = Cell::new(false);
    let waiting = async {
        drop(second.turn("a", Some(300)).await);
        over.set(true);
    };
    let working = async {
        for _ in 0..40 {
            first.tell(&News::at_work("a"));
            first.pause(20.0).await;
            assert!(!over.get(), "the holder is at work");
        }
        until(&first, &over, 5_000.0).await;
        drop(held);
    };
    join(waiting, working).await;
}

/// Lets time pass until it is so.
async fn until(host: &impl Host, so: &Cell<bool>, at_most_ms: f64) {
    let began = host.now_ms();
    while !so.get() {
        assert!(host.now_ms() - began < at_most_ms, "waited for ever");
        host.pause(5.0).await;
    }
}

pub async fn news_reach_the_other_tabs_of_the_viewer_alone(world: &impl World) {
    let tabs = [world.open("ann"), world.open("ann"), world.open("ann"), world.open("bob")];
    let heard: [Rc<RefCell<Vec<News>>>; 4] = Default::default();
    for (tab, heard) in tabs.iter().zip(&heard) {
        let heard = Rc::clone(heard);
        world.listen(tab, Box::new(move |news| heard.borrow_mut().push(news)));
    }
    let news = [1.5, 2.5].map(|validated_at| News { key: "k".into(), snapshot: "s".into(), validated_at });
    news.iter().for_each(|news| tabs[0].tell(news));
    let complete = Cell::new(false);
    let counting = async {
        while !(1..3).all(|at| heard[at].borrow().len() == 2) {
            tabs[1].pause(1.0).await;
        }
        complete.set(true);
    };
    join(counting, until(&tabs[0], &complete, 5_000.0)).await;
    tabs[0].pause(20.0).await;
    assert_eq!(*heard[1].borrow(), news);
    assert_eq!(*heard[2].borrow(), news);
    assert!(heard[0].borrow().is_empty() && heard[3].borrow().is_empty(), "not the teller, not another viewer");
}
