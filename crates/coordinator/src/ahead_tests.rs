//! Questions that are answered without the worker: by whatever is ahead of it, never by what is behind.
#![allow(clippy::unwrap_used)]
use super::tests::{ready, results, told};
use super::*;
use crate::Ahead;
use tarn_dashboard::FilterValue;
use tarn_protocol::Answered;

fn moved(to: f64) -> Run {
    let value = FilterValue::Range { from: Some(0.0), to: Some(to) };
    Run { page: "a".into(), selections: vec![("delay".into(), value)], ..Run::default() }
}

/// Tells runs of page `a` if the screen shows it, all views or `bars` alone.
fn ahead(is_whole: bool) -> Option<Ahead> {
    let answer = move |run: &Run, shown: &Run| {
        let views = vec![("bars".to_owned(), Ok(ViewResult::default()))];
        let results = Results { seq: run.seq, views, periods: vec![], from_cache: vec![], query_ms: 0.0, view_ms: vec![0.0] };
        (run.page == "a" && shown.page == "a").then_some(Answered { results, is_whole })
    };
    Some(Ahead(Box::new(answer)))
}

/// The answer to run 1 is on the screen, and the page has what answers its moves.
fn at_hand(is_whole: bool) -> Coordinator {
    let mut coordinator = ready();
    assert_eq!(told(&coordinator.run(moved(1.0), 0.0).1), "run 1 a");
    coordinator.respond(results(1), 1.0, 0.0);
    coordinator.set_ahead(ahead(is_whole));
    coordinator
}

#[test]
fn moves_are_answered_at_once_and_the_worker_hears_of_the_last_after_a_pause() {
    let mut coordinator = at_hand(true);
    assert_eq!(told(&coordinator.run(moved(2.0), 1_000.0).1), "results 2, wake 1500");
    assert_eq!(told(&coordinator.run(moved(3.0), 1_400.0).1), "results 3");
    assert_eq!(told(&coordinator.tick(1_500.0)), "wake 2000", "it goes on");
    assert_eq!(told(&coordinator.tick(2_000.0)), "run 3 a");
    assert_eq!(told(&coordinator.respond(results(3), 2_010.0, 0.0)), "results 3");
    assert_eq!(told(&coordinator.run(moved(4.0), 3_000.0).1), "results 4, wake 3500");
}

#[test]
fn the_worker_hears_nothing_during_a_gesture_and_of_its_end_at_once() {
    let mut coordinator = at_hand(true);
    assert_eq!(told(&coordinator.set_hold(true)), "hold true");
    assert_eq!(told(&coordinator.run(moved(2.0), 1_000.0).1), "results 2, wake 1500");
    assert_eq!(told(&coordinator.tick(1_500.0)), "wake 2000");
    assert_eq!(told(&coordinator.tick(9_000.0)), "wake 9500", "however slow");
    assert_eq!(told(&coordinator.run(moved(3.0), 9_100.0).1), "results 3");
    assert_eq!(told(&coordinator.set_hold(false)), "run 3 a, hold false");
    assert_eq!(told(&coordinator.set_at_hand(Some("origin".into()))), "prepare origin");
}

#[test]
fn the_hand_that_goes_on_to_another_filter_leaves_the_worker_with_the_present_question() {
    let mut coordinator = at_hand(true);
    coordinator.run(moved(2.0), 1_000.0);
    assert_eq!(told(&coordinator.set_at_hand(Some("origin".into()))), "run 2 a, prepare origin");
}

#[test]
fn late_answers_do_not_overwrite_what_was_told_since() {
    let mut coordinator = at_hand(true);
    coordinator.set_ahead(None);
    assert_eq!(told(&coordinator.run(moved(2.0), 1_000.0).1), "run 2 a");
    coordinator.set_ahead(ahead(true));
    assert_eq!(told(&coordinator.run(moved(3.0), 1_010.0).1), "results 3, wake 1510");
    assert_eq!(told(&coordinator.respond(results(2), 1_020.0, 0.0)), "");
    assert_eq!(told(&coordinator.tick(1_510.0)), "run 3 a");
}

#[test]
fn of_views_that_were_told_the_workers_older_answers_are_dropped_and_others_are_not() {
    let mut coordinator = at_hand(false);
    let of_both = |seq| match results(seq) {
        Response::Results(results) => {
            let views = ["bars", "median"].map(|id| (id.to_owned(), Ok(ViewResult::default())));
            Response::Results(Results { views: views.into(), view_ms: vec![1.0, 2.0], ..results })
        }
        response => response,
    };
    assert_eq!(told(&coordinator.run(moved(2.0), 1_000.0).1), "some of bars, run 2 a");
    assert_eq!(told(&coordinator.run(moved(3.0), 1_010.0).1), "some of bars");
    let actions = coordinator.respond(of_both(2), 1_020.0, 0.0);
    assert_eq!(told(&actions), "results 2, run 3 a");
    let [Action::Publish(Update::Results(kept)), _] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!((kept.views.len(), kept.views[0].0.as_str(), kept.view_ms.as_slice()), (1, "median", &[2.0][..]));
    let actions = coordinator.respond(of_both(3), 1_030.0, 0.0);
    let [Action::Publish(Update::Results(kept))] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!(kept.views.len(), 2);
}

#[test]
fn nothing_is_told_of_a_screen_that_shows_something_else() {
    let mut coordinator = at_hand(true);
    let elsewhere = Run { page: "b".into(), ..moved(1.0) };
    assert_eq!(told(&coordinator.run(elsewhere, 1_000.0).1), "run 2 b");
    // Its answer has not come: the screen is still that of page a, and what comes late is not shown.
    assert_eq!(told(&coordinator.run(moved(2.0), 1_001.0).1), "results 3, wake 1501");
    assert_eq!(told(&coordinator.respond(results(2), 1_002.0, 0.0)), "");
    let elsewhere = Run { page: "b".into(), ..moved(1.0) };
    assert_eq!(told(&coordinator.run(elsewhere, 1_100.0).1), "run 4 b");
    coordinator.respond(results(4), 1_110.0, 0.0);
    assert_eq!(told(&coordinator.run(moved(3.0), 1_200.0).1), "run 5 a", "page b is on the screen");
}

#[test]
fn another_snapshot_or_another_worker_ends_it() {
    let changed = || Response::SnapshotChanged { source: "flights".into() };
    let mut coordinator = at_hand(true);
    coordinator.run(moved(2.0), 1_000.0);
    assert_eq!(told(&coordinator.respond(changed(), 1_100.0, 0.0)), "run 3 a");
    coordinator.respond(results(3), 1_200.0, 0.0);
    assert_eq!(told(&coordinator.run(moved(4.0), 1_300.0).1), "run 4 a");

    let mut coordinator = at_hand(true);
    coordinator.respond(changed(), 1_000.0, 0.0);
    coordinator.set_ahead(ahead(true));
    assert_eq!(told(&coordinator.run(moved(2.0), 1_001.0).1), "", "views that stay are still of the former snapshot");
    assert_eq!(told(&coordinator.respond(results(2), 1_002.0, 0.0)), "results 2, run 3 a");

    let mut coordinator = at_hand(true);
    coordinator.run(moved(2.0), 1_000.0);
    coordinator.died("gone".into(), 1_100.0);
    assert_eq!(told(&coordinator.ready(false)), "start, run 2 a", "the new one is asked what the screen shows");
    assert_eq!(told(&coordinator.respond(results(2), 1_200.0, 0.0)), "results 2");
    assert_eq!(told(&coordinator.run(moved(4.0), 1_300.0).1), "run 3 a");
}
