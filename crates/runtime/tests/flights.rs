//! The flights demo, end to end, from the file that the site serves.
use crate::world;
use expect_test::{Expect, expect};
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use tarn_dashboard::Dashboard;
use tarn_protocol::{Request, Response, Results, Run, ViewRequest, ViewResult};
use tarn_runtime::{FileHost, Runtime, block_on};

use crate::world::rows;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn flights() -> Dashboard {
    world::compile(&std::fs::read_to_string(root().join("examples/flights/dashboard.yaml")).unwrap())
}

pub struct Demo {
    pub runtime: Runtime<FileHost>,
    pub responses: Rc<RefCell<Vec<Response>>>,
}

impl Demo {
    pub fn open() -> Self {
        let responses = Rc::new(RefCell::new(vec![]));
        let sink = Rc::clone(&responses);
        let runtime = Runtime::new(FileHost::new(root().join("public")), flights(), "", move |response| sink.borrow_mut().push(response));
        Self { runtime, responses }
    }

    /// All views of the page under these filters, in their text form.
    pub fn run(&self, page: &str, filters: &[(&str, &str)]) -> Results {
        block_on(self.runtime.run(&self.question(page, filters)))
    }

    pub fn question(&self, page: &str, filters: &[(&str, &str)]) -> Run {
        let dashboard = self.runtime.dashboard();
        let selections = filters.iter().map(|(id, text)| ((*id).to_owned(), dashboard.filter(id).unwrap().parse_text(text).unwrap()));
        let views = dashboard.page(page).unwrap().views().map(|view| ViewRequest { id: view.id.clone(), ..ViewRequest::default() });
        Run { seq: 1, page: page.into(), selections: selections.collect(), comparisons: vec![], views: views.collect() }
    }
}

fn view<'a>(results: &'a Results, id: &str) -> &'a ViewResult {
    let (_, result) = results.views.iter().find(|(view, _)| view == id).unwrap_or_else(|| panic!("{id}"));
    result.as_ref().unwrap_or_else(|error| panic!("{id}: {error:?}"))
}

/// The number of rows and the first of each view.
fn check(results: &Results, expected: &Expect) {
    let line = |id: &str| {
        let result = view(results, id);
        let first = rows(&result.table).into_iter().next().unwrap_or_default();
        format!("{id}: {} of {} rows, first {first}, under {:?}\n", result.table.n_rows, result.n_groups, result.filters_applied)
    };
    expected.assert_eq(&results.views.iter().map(|(id, _)| line(id)).collect::<String>());
}

#[test]
fn overview_answers_every_view() {
    let demo = Demo::open();
    check(
        &demo.run("overview", &[]),
        &expect![[r#"
        kpi-flights: 1 of 1 rows, first 3000000, under []
        kpi-avg_delay: 1 of 1 rows, first 6.668, under []
        kpi-late_share: 1 of 1 rows, first 0.200, under ["late_after"]
        kpi-flights_per_day: 1 of 1 rows, first 16483.516, under []
        flights-over-time: 182 of 182 rows, first 2001-01-01 14828, under []
        delay-min: 24 of 24 rows, first -60.000 731, under []
        distance-miles: 25 of 25 rows, first 0.000 318317, under []
        hour-of-departure: 24 of 24 rows, first 0.000 10349, under []
        top-origins: 12 of 229 rows, first ORD 166341, under []
        top-destinations: 12 of 228 rows, first ORD 165573, under []
        average-delay-by-weekday-and-hour: 168 of 168 rows, first 0 1 42.908, under []
        routes: 500 of 3399 rows, first LAX LAS 8323 9.677 0.229, under ["late_after"]
    "#]],
    );
}

#[test]
fn series_keep_their_colours_under_a_filter() {
    let demo = Demo::open();
    let colors = |filters: &[(&str, &str)]| view(&demo.run("airports", filters), "average-delay-by-origin").colors.clone();
    let name = |(value, place): &(tarn_dashboard::Scalar, u32)| match value {
        tarn_dashboard::Scalar::String(name) => format!("{name} {place}"),
        other => format!("{other:?} {place}"),
    };
    let shown = |filters: &[(&str, &str)]| colors(filters).iter().map(name).collect::<Vec<_>>().join(", ");
    expect!["ORD 0, DFW 1, ATL 2, LAX 3, PHX 4"].assert_eq(&shown(&[]));
    expect!["ORD 0, DFW 1, DEN 4, ATL 2, LAX 3"].assert_eq(&shown(&[("delay", "120..")]));
    check(
        &demo.run("airports", &[("period", "last 28 days"), ("origin", "ATL,ORD")]),
        &expect![[r#"
            flights-by-punctuality: 78 of 3 rows, first 2001-01-01 On time 7692, under ["origin"]
            average-delay-by-origin: 130 of 229 rows, first 2001-01-01 ORD 9.278, under []
            punctuality-by-origin: 36 of 3 rows, first ORD On time 19302, under ["period"]
        "#]],
    );
    let line = demo.run("airports", &[("period", "last 28 days")]);
    let line = view(&line, "average-delay-by-origin");
    let first = |table: &tarn_protocol::ResultTable| rows(table).into_iter().next().unwrap_or_default();
    expect!["2001-01-01 ORD 9.278 | 2001-01-01 9.405"].assert_eq(&format!(
        "{} | {}",
        first(&line.table),
        first(line.other.as_ref().unwrap())
    ));
}

#[test]
fn view_applies_all_filters_but_the_one_that_it_selects() {
    let demo = Demo::open();
    let results = demo.run("overview", &[("delay", "15..90"), ("period", "last 28 days")]);
    check(
        &results,
        &expect![[r#"
        kpi-flights: 1 of 1 rows, first 86749 74739, under ["delay", "period"]
        kpi-avg_delay: 1 of 1 rows, first 36.611 35.469, under ["delay", "period"]
        kpi-late_share: 1 of 1 rows, first 0.951 0.951, under ["delay", "period", "late_after"]
        kpi-flights_per_day: 1 of 1 rows, first 3098.179 2669.250, under ["delay", "period"]
        flights-over-time: 182 of 182 rows, first 2001-01-01 4079, under ["delay"]
        delay-min: 24 of 24 rows, first -60.000 77, under ["period"]
        distance-miles: 25 of 25 rows, first 0.000 8468, under ["delay", "period"]
        hour-of-departure: 24 of 24 rows, first 0.000 548, under ["delay", "period"]
        top-origins: 12 of 220 rows, first ORD 5841, under ["delay", "period"]
        top-destinations: 12 of 221 rows, first ORD 4638, under ["delay", "period"]
        average-delay-by-weekday-and-hour: 156 of 156 rows, first 0 1 39.326, under ["delay", "period"]
        routes: 500 of 3133 rows, first SAN LAX 285 33.660 0.972, under ["delay", "period", "late_after"]
    "#]],
    );
    let (id, period) = &results.periods[0];
    assert_eq!(id, "period");
    let dates = |interval: tarn_dashboard::Interval| [interval.from, interval.to].map(world::date);
    assert_eq!(dates(period.interval), ["2001-06-03", "2001-07-01"], "28 days up to the newest complete day");
    assert_eq!(dates(period.compared.unwrap()), ["2001-05-06", "2001-06-03"]);
}

#[test]
fn key_figures_carry_a_series_within_their_period() {
    let demo = Demo::open();
    let series = |period: &[(&str, &str)]| view(&demo.run("operations", period), "kpi-flights-2").series.clone().unwrap();
    let june = series(&[("period", "2001-06-01..2001-07-01")]);
    assert_eq!(june.n_rows, 30, "a point a day");
    let all = series(&[]);
    assert_eq!(all.n_rows, 26, "half a year is shown by week");
}

#[test]
fn viewers_grain_and_order_are_used() {
    let demo = Demo::open();
    let mut run = demo.question("overview", &[]);
    for request in &mut run.views {
        match request.id.as_str() {
            "flights-over-time" => request.grain = Some(tarn_dashboard::TimeUnit::Month),
            // The first measure after two keys, ascending.
            "routes" => request.order = vec![(2, false)],
            _ => {}
        }
    }
    let results = block_on(demo.runtime.run(&run));
    assert_eq!(view(&results, "flights-over-time").table.n_rows, 7, "the first night of July is in the data");
    let flights = view(&results, "routes").table.column("flights").unwrap();
    let counts: Vec<f64> = (0..500).map(|row| flights.number(row).unwrap()).collect();
    assert!(counts.is_sorted() && counts[0] == 1.0, "{:?}", &counts[..5]);
}

#[test]
fn repeated_question_is_answered_from_the_results_at_hand() {
    let demo = Demo::open();
    let first = demo.run("overview", &[("origin", "ATL,ORD")]);
    let second = demo.run("overview", &[("origin", "ATL,ORD")]);
    assert_eq!(first.views, second.views);
    assert!(second.query_ms < first.query_ms, "{} and {}", second.query_ms, first.query_ms);
}

#[test]
fn page_is_told_results_domains_and_the_state_of_its_source() {
    let demo = Demo::open();
    block_on(demo.runtime.handle(Request::Run(demo.question("overview", &[]))));
    let kinds: Vec<String> = demo
        .responses
        .borrow()
        .iter()
        .filter_map(|response| match response {
            Response::Progress { .. } => None,
            Response::Status(status) => Some(format!("{} rows of {}", status.rows, status.source)),
            Response::Results(results) => Some(format!("{} results", results.views.len())),
            Response::Domains { domains, .. } => {
                Some(domains.iter().map(|domain| format!("{}: {:?}\n", domain.filter, domain.domain)).collect())
            }
            other => Some(format!("{other:?}")),
        })
        .collect();
    expect![[r#"
        3000000 rows of flights
        12 results
        period: Dates { min: 978307260000000, max: 993945600000000, newest_complete_day: 993859200000000 }
        origin: Values { count: 229 }
        destination: Values { count: 228 }
        delay: Span { min: Int(-1116), max: Int(1688) }
        distance: Span { min: Int(21), max: Int(4962) }
        hour: Span { min: Int(0), max: Int(23) }
        weekday: Values { count: 7 }
        punctuality: Values { count: 3 }
        busiest: Values { count: 229 }
    "#]]
    .assert_eq(&kinds.join("\n"));
}

/// `cargo test -p tarn-runtime --test pipeline -- --nocapture flights::bytes` prints them.
#[test]
fn no_more_bytes_are_fetched_than_the_footer_says_that_the_page_needs() {
    let demo = Demo::open();
    demo.run("overview", &[]);
    let file = bytes::Bytes::from(std::fs::read(root().join("public/data/flights-3m.parquet")).unwrap());
    let metadata = parquet::file::metadata::ParquetMetaDataReader::new().parse_and_finish(&file).unwrap();
    // The page shows every column of the file.
    let chunks = metadata.row_groups().iter().flat_map(|group| group.columns());
    let needed: i64 = chunks.map(|chunk| chunk.compressed_size()).sum();
    let footer = u32::from_le_bytes(file[file.len() - 8..][..4].try_into().unwrap()) + 8;
    let status = demo.runtime.status("flights").unwrap();
    let ratio = status.bytes_fetched as f64 / (needed as f64 + f64::from(footer));
    println!(
        "needed {needed} bytes and a footer of {footer}, fetched {} in {} requests: {ratio:.4}",
        status.bytes_fetched, status.requests
    );
    assert!(ratio < 1.05, "{ratio}");
}

/// A gesture over the demo's filters, beside a table that is searched, which the page cannot tell: with the filter at hand, no move goes
/// over the rows, and all are answered alike.
#[test]
fn moves_of_the_filter_at_hand_are_answered_from_its_index() {
    let (prepared, plain) = (Demo::open(), Demo::open());
    let memory = |demo: &Demo| demo.runtime.status("flights").unwrap().memory_bytes;
    let question = |demo: &Demo, filters: &[(&str, &str)]| {
        let mut run = demo.question("overview", filters);
        run.views.iter_mut().filter(|view| view.id == "routes").for_each(|view| view.search = vec![(0, "A".into())]);
        run
    };
    let others = [("period", "2001-02-01..2001-03-31"), ("distance", "200..")];
    let gestures = [("delay", ["-10..20", "-9..21.5", "15..", "..3"]), ("origin", ["ATL", "ORD,DFW", "ATL,ORD,JFK", "nowhere"])];
    for (at_hand, moves) in gestures {
        let request = Request::Run(question(&prepared, &others));
        block_on(prepared.runtime.handle(request));
        block_on(prepared.runtime.handle(Request::Prepare { filter: Some(at_hand.into()) }));
        assert_eq!(prepared.responses.borrow().last(), Some(&Response::Prepared { filter: at_hand.into() }));
        let ready = memory(&prepared);
        for value in moves {
            let filters = [others[0], others[1], (at_hand, value)];
            let [found, expected] = [&prepared, &plain].map(|demo| block_on(demo.runtime.run(&question(demo, &filters))));
            assert_eq!(found.views, expected.views, "{at_hand} {value}");
        }
        assert_eq!(memory(&prepared), ready, "a move of {at_hand} derived something from the rows");
        prepared.responses.borrow_mut().clear();
        block_on(prepared.runtime.handle(Request::Run(question(&prepared, &[others[0], others[1], (at_hand, moves[0])]))));
        let told_again = prepared.responses.borrow().iter().any(|response| matches!(response, Response::Prepared { .. }));
        assert!(!told_again, "a move of {at_hand} made something ready anew");
    }
}

#[test]
fn a_parameter_changes_the_measures_that_read_it_and_nothing_else() {
    let demo = Demo::open();
    let share = |results: &Results| rows(&view(results, "kpi-late_share").table);
    let as_opened = demo.run("overview", &[]);
    let after_half_an_hour = demo.run("overview", &[("late_after", "30")]);
    assert_ne!(share(&as_opened), share(&after_half_an_hour));
    assert_eq!(rows(&view(&as_opened, "kpi-flights").table), rows(&view(&after_half_an_hour, "kpi-flights").table));
    assert_eq!(share(&as_opened), share(&demo.run("overview", &[("late_after", "15")])), "the default, chosen");
    assert_eq!(view(&after_half_an_hour, "kpi-late_share").filters_applied, ["late_after"]);
    assert_eq!(view(&after_half_an_hour, "kpi-flights").filters_applied, Vec::<String>::new());
    let again = demo.run("overview", &[("late_after", "30")]);
    assert_eq!(again.from_cache.len(), again.views.len(), "answers are kept by the parameter's value");
    assert_eq!(share(&again), share(&after_half_an_hour));
}
