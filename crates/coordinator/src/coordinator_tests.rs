#![allow(clippy::unwrap_used)]
use super::*;
use tarn_protocol::{LoadErrorKind, decode};

pub(super) fn coordinator() -> Coordinator {
    let times = SourceTimes { source: "flights".into(), ttl_secs: 300, max_stale_secs: 3600 };
    Coordinator::new(vec![], "http://localhost/".into(), vec![times])
}

/// Started, with a ready worker.
pub(super) fn ready() -> Coordinator {
    let mut coordinator = coordinator();
    coordinator.start(0.0);
    coordinator.ready(false);
    coordinator
}

fn run(coordinator: &mut Coordinator, page: &str) -> (u64, Vec<Action>) {
    coordinator.run(Run { seq: 0, page: page.into(), selections: vec![], comparisons: vec![], views: vec![] }, 0.0)
}

pub(super) fn results(seq: u64) -> Response {
    Response::Results(Results { seq, views: vec![], periods: vec![], from_cache: vec![], query_ms: 1.0, view_ms: vec![] })
}

fn failed_results(seq: u64) -> Response {
    let error = LoadError { source: "flights".into(), url: "f".into(), kind: LoadErrorKind::NotFound };
    Response::Results(Results {
        seq,
        views: vec![("kpi".into(), Err(QueryError::Load(error)))],
        periods: vec![],
        from_cache: vec![],
        query_ms: 0.0,
        view_ms: vec![],
    })
}

fn loaded(validated_at: f64) -> Response {
    Response::Status(SourceStatus {
        source: "flights".into(),
        snapshot: Some("a1".into()),
        validated_at: Some(validated_at),
        ..SourceStatus::default()
    })
}

/// Actions as short words: `spawn`, `start`, `run 3 overview`, `revalidate flights`, `wake 5`, `results 3`, …
pub(super) fn told(actions: &[Action]) -> String {
    let told = actions.iter().map(|action| match action {
        Action::Spawn => "spawn".to_owned(),
        Action::Wake { at } => format!("wake {at}"),
        Action::Post(bytes) => match decode::<Request>(bytes).unwrap() {
            Request::Start { .. } => "start".into(),
            Request::Run(run) => format!("run {} {}", run.seq, run.page),
            Request::Options(options) => format!("options {} {}", options.seq, options.filter),
            Request::Rows(rows) => format!("rows {} {}", rows.seq, rows.from),
            Request::Prefetch(run) => format!("prefetch {}", run.page),
            Request::Revalidate { source } => format!("revalidate {source}"),
            Request::Hold { hold } => format!("hold {hold}"),
            Request::Prepare { filter } => format!("prepare {}", filter.as_deref().unwrap_or("nothing")),
            Request::Refresh { source } => format!("refresh {source}"),
            Request::Describe { source } => format!("describe {source}"),
        },
        Action::Publish(update) => match update {
            Update::Results(results) => format!("results {}", results.seq),
            Update::Options(options) => format!("options of {}", options.filter),
            Update::Rows(rows) => format!("rows from {}", rows.from),
            Update::Status(status) => format!("status {}", status.source),
            Update::Domains { source, .. } => format!("domains {source}"),
            Update::Progress { source, .. } => format!("progress {source}"),
            Update::Prepared { filter } => format!("prepared {filter}"),
            Update::Tiles(tiles) => format!("tiles {}", tiles.0.len()),
            Update::Some(views) => format!("some of {}", views.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(" and ")),
            Update::Failed { message } => format!("failed {message}"),
        },
    });
    told.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_page_is_prefetched_while_nothing_else_is_asked() {
    let mut coordinator = ready();
    let run_of = |page: &str| Run { page: page.into(), ..Run::default() };
    assert_eq!(told(&coordinator.prefetch(run_of("second"))), "prefetch second");
    run(&mut coordinator, "first");
    assert_eq!(told(&coordinator.prefetch(run_of("second"))), "", "the question on its way comes first");
    coordinator.respond(results(1), 0.0, 0.0);
    coordinator.set_hold(true);
    assert_eq!(told(&coordinator.prefetch(run_of("second"))), "", "and so does a gesture");
    coordinator.set_hold(false);
    assert_eq!(told(&coordinator.prefetch(run_of("second"))), "prefetch second");
}

#[test]
fn runs_asked_for_before_the_worker_is_ready_follow_its_start() {
    let mut coordinator = coordinator();
    assert_eq!(told(&coordinator.start(1_000.0)), "spawn, wake 31000");
    assert_eq!(told(&run(&mut coordinator, "a").1), "");
    assert_eq!(told(&run(&mut coordinator, "b").1), "");
    assert_eq!(told(&coordinator.ready(false)), "start, run 2 b");
}

#[test]
fn worker_that_the_start_up_script_started_is_not_started_again() {
    let mut coordinator = coordinator();
    coordinator.start(0.0);
    run(&mut coordinator, "a");
    assert_eq!(told(&coordinator.ready(true)), "run 1 a");
}

/// The page's start-up script writes this message by hand.
#[test]
fn start_is_variant_zero_the_dashboard_and_a_text_after_their_lengths() {
    let long = "x".repeat(300);
    let bytes = encode(&Request::Start { dashboard: long.clone().into_bytes(), base_url: "é/".into() });
    let expected = [&[0, 0xac, 0x02][..], long.as_bytes(), &[3], "é/".as_bytes()].concat();
    assert_eq!(bytes, expected);
}

#[test]
fn one_run_is_in_flight_and_the_newest_waiting_one_is_kept() {
    let mut coordinator = ready();
    assert_eq!(told(&run(&mut coordinator, "a").1), "run 1 a");
    assert_eq!(told(&run(&mut coordinator, "b").1), "");
    assert_eq!(told(&run(&mut coordinator, "c").1), "");
    assert_eq!(told(&coordinator.respond(results(1), 5.0, 0.0)), "results 1, run 3 c");
    assert_eq!(told(&coordinator.respond(results(3), 9.0, 0.0)), "results 3");
}

#[test]
fn filter_at_hand_is_told_once_and_to_every_new_worker() {
    let mut coordinator = ready();
    let at_hand = |filter: &str| Some(filter.to_owned());
    assert_eq!(told(&coordinator.set_at_hand(at_hand("delay"))), "prepare delay");
    assert_eq!(told(&coordinator.set_at_hand(at_hand("delay"))), "");
    assert_eq!(told(&coordinator.respond(Response::Prepared { filter: "delay".into() }, 1.0, 0.0)), "prepared delay");
    assert_eq!(told(&coordinator.died("gone".into(), 5.0)), "spawn, wake 30005");
    assert_eq!(told(&coordinator.set_at_hand(at_hand("origin"))), "");
    assert_eq!(told(&coordinator.ready(false)), "start, prepare origin");
    assert_eq!(told(&coordinator.set_at_hand(None)), "prepare nothing");
}

#[test]
fn answers_that_nobody_waits_for_are_dropped() {
    let mut coordinator = ready();
    run(&mut coordinator, "a");
    assert_eq!(told(&coordinator.respond(results(7), 5.0, 0.0)), "");
    coordinator.respond(results(1), 5.0, 0.0);
    assert_eq!(told(&coordinator.respond(results(1), 6.0, 0.0)), "", "twice");
}

#[test]
fn dead_worker_is_replaced_and_asked_the_newest_question_again() {
    let mut coordinator = ready();
    run(&mut coordinator, "a");
    run(&mut coordinator, "b");
    let panicked = Response::Panicked { message: "out of memory".into() };
    assert_eq!(told(&coordinator.respond(panicked, 1_000.0, 0.0)), "spawn, wake 31000");
    assert_eq!(told(&coordinator.ready(false)), "start, run 2 b");
    assert_eq!(told(&coordinator.respond(results(2), 2_000.0, 0.0)), "results 2");
}

#[test]
fn outgrown_worker_is_replaced_as_often_as_it_asks_and_filters_stay() {
    let mut coordinator = ready();
    for round in 0..5 {
        run(&mut coordinator, "a");
        let (seq, _) = run(&mut coordinator, "b");
        assert_eq!(told(&coordinator.respond(Response::Outgrown, 0.0, 0.0)), "spawn, wake 30000", "{round}");
        assert_eq!(told(&coordinator.ready(false)), format!("start, run {seq} b"));
        assert_eq!(told(&coordinator.respond(results(seq), 1.0, 0.0)), format!("results {seq}"));
    }
}

#[test]
fn worker_that_dies_between_runs_loads_its_data_again() {
    let mut coordinator = ready();
    run(&mut coordinator, "a");
    coordinator.respond(results(1), 5.0, 0.0);
    coordinator.died("trap".into(), 10.0);
    assert_eq!(told(&coordinator.ready(false)), "start, run 1 a");
}

#[test]
fn third_death_within_a_minute_is_reported_and_retry_starts_over() {
    let mut coordinator = ready();
    run(&mut coordinator, "a");
    coordinator.died("trap".into(), 1_000.0);
    coordinator.died("trap".into(), 2_000.0);
    assert_eq!(told(&coordinator.died("trap".into(), 3_000.0)), "failed trap");
    assert_eq!(told(&coordinator.died("late echo".into(), 3_100.0)), "");
    assert_eq!(told(&run(&mut coordinator, "b").1), "");
    assert_eq!(told(&coordinator.retry(4_000.0)), "spawn, wake 34000");
    assert_eq!(told(&coordinator.ready(false)), "start, run 2 b");
    assert_eq!(told(&coordinator.retry(5_000.0)), "", "nothing to retry");
}

#[test]
fn worker_that_never_gets_ready_counts_as_dead() {
    let mut coordinator = coordinator();
    coordinator.start(0.0);
    assert_eq!(told(&coordinator.tick(29_000.0)), "wake 30000");
    assert_eq!(told(&coordinator.tick(30_000.0)), "spawn, wake 60000");
    assert_eq!(told(&coordinator.tick(60_000.0)), "spawn, wake 90000");
}

#[test]
fn visible_page_revalidates_before_the_ttl_ends() {
    let mut coordinator = ready();
    assert_eq!(told(&coordinator.respond(loaded(1_000.0), 1_000.0, 0.5)), "status flights, wake 271000");
    assert_eq!(told(&coordinator.tick(271_000.0)), "refresh flights");
    assert_eq!(told(&coordinator.respond(loaded(271_020.0), 271_020.0, 0.0)), "status flights, wake 511020");
}

#[test]
fn hidden_page_asks_when_it_becomes_visible() {
    let mut coordinator = ready();
    coordinator.respond(loaded(0.0), 0.0, 0.0);
    assert_eq!(told(&coordinator.set_visible(false, 1_000.0)), "");
    assert_eq!(told(&coordinator.tick(250_000.0)), "");
    assert_eq!(told(&coordinator.set_visible(true, 900_000.0)), "refresh flights");
    let mut early = ready();
    early.respond(loaded(0.0), 0.0, 0.0);
    early.set_visible(false, 1_000.0);
    assert_eq!(told(&early.set_visible(true, 2_000.0)), "wake 240000");
}

#[test]
fn news_of_another_tab_are_asked_for_when_the_page_is_visible() {
    let newer = || Response::NewerElsewhere { source: "flights".into() };
    let mut coordinator = ready();
    assert_eq!(told(&coordinator.respond(newer(), 1_000.0, 0.0)), "", "it is loading anyway");
    coordinator.respond(loaded(1_000.0), 1_000.0, 0.0);
    assert_eq!(told(&coordinator.respond(newer(), 5_000.0, 0.0)), "refresh flights");
    coordinator.respond(loaded(5_000.0), 5_000.0, 0.0);
    coordinator.set_visible(false, 6_000.0);
    assert_eq!(told(&coordinator.respond(newer(), 7_000.0, 0.0)), "");
    assert_eq!(told(&coordinator.set_visible(true, 8_000.0)), "refresh flights");
}

#[test]
fn new_snapshot_asks_the_same_question_again() {
    let mut coordinator = ready();
    run(&mut coordinator, "a");
    coordinator.respond(results(1), 5.0, 0.0);
    assert_eq!(told(&coordinator.respond(Response::SnapshotChanged { source: "flights".into() }, 9.0, 0.0)), "run 2 a");
}

#[test]
fn source_that_recovers_is_asked_again() {
    let mut coordinator = ready();
    run(&mut coordinator, "a");
    coordinator.respond(failed_results(1), 5.0, 0.0);
    assert_eq!(told(&coordinator.respond(loaded(9_000.0), 9_000.0, 0.0)), "status flights, run 2 a, wake 249000");
    coordinator.respond(results(2), 9_500.0, 0.0);
    assert_eq!(told(&coordinator.respond(loaded(10_000.0), 10_000.0, 0.0)), "status flights, wake 250000", "once");
}

#[test]
fn of_one_filters_menus_only_the_newest_is_shown() {
    let mut coordinator = ready();
    let request = |search: &str| OptionsRequest {
        seq: 0,
        page: "a".into(),
        filter: "origin".into(),
        selections: vec![],
        search: search.into(),
        offset: 0,
        limit: 100,
    };
    let answer = |seq| Response::Options(Options { seq, filter: "origin".into(), offset: 0, rows: Ok(vec![]), n_matching: 0 });
    assert_eq!(told(&coordinator.options(request("a")).1), "options 1 origin");
    coordinator.options(request("at"));
    assert_eq!(told(&coordinator.respond(answer(1), 0.0, 0.0)), "");
    coordinator.died("trap".into(), 1.0);
    assert_eq!(told(&coordinator.ready(false)), "start, options 2 origin", "asked again of a new worker");
    assert_eq!(told(&coordinator.respond(answer(2), 2.0, 0.0)), "options of origin");
}

#[test]
fn a_gesture_is_told_once_and_again_to_a_new_worker() {
    let mut coordinator = ready();
    assert_eq!(told(&coordinator.set_hold(true)), "hold true");
    assert_eq!(told(&coordinator.set_hold(true)), "");
    coordinator.died("gone".into(), 5.0);
    assert_eq!(told(&coordinator.ready(false)), "start, hold true");
    assert_eq!(told(&coordinator.set_hold(false)), "hold false");
}

#[test]
fn rows_of_a_long_table_are_asked_again_of_a_new_worker() {
    let mut coordinator = ready();
    let run = Run { seq: 0, page: "a".into(), selections: vec![], comparisons: vec![], views: vec![] };
    let request = |from| RowsRequest { seq: 0, run: run.clone(), token: 7, from, n_rows: 100, behind: None };
    let answer = |seq, from| Response::Rows(Rows { seq, token: 7, from, table: None, n_behind: 0 });
    assert_eq!(told(&coordinator.rows(request(100)).1), "rows 1 100");
    assert_eq!(told(&coordinator.rows(request(200)).1), "rows 2 200", "several may be on their way");
    assert_eq!(told(&coordinator.respond(answer(1, 100), 1.0, 0.0)), "rows from 100");
    assert_eq!(told(&coordinator.respond(answer(1, 100), 1.0, 0.0)), "", "once");
    coordinator.died("gone".into(), 2.0);
    assert_eq!(told(&coordinator.ready(false)), "start, rows 2 200");
}
