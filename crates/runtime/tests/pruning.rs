//! Row groups that cannot matter to what is asked are neither fetched nor decoded, and no number shows it.

use crate::world;
use crate::world::{FILE, compile, rows};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tarn_dashboard::FilterValue;
use tarn_protocol::{FieldDomain, OptionsRequest, Request, Response, Results, Run, ViewRequest};
use tarn_runtime::{Fault, MemoryHost, Runtime, block_on};

const ROWS: i64 = 1_000;
const DAY: i64 = 86_400_000_000;

const YAML: &str = "
title: Trips
data:
  trips:
    source: trips.parquet
    ttl: 5m
    max_stale: 1h
    schema: { at: timestamp!, fare: int64, miles: int64, city: string }
    time: at
    dimensions: { hour: extract(hour from at) }
    measures: { trips: count(*), takings: sum(fare) }
filters:
  period: { field: trips.at, type: date_range, default: last 50 days, compare: previous period }
  fare: { field: trips.fare, type: range }
  city: { field: trips.city, type: multi_select }
  hour: { field: trips.hour, type: range }
pages:
  - title: Figures
    filters: [period, fare, city]
    rows: [[{ kpi: trips, id: n }, { histogram: fare, bins: { width: 100 }, id: fares }, { table: [trips, takings], by: [city], limit: 9, id: cities }]]
  - title: Time
    filters: [city]
    rows: [[{ line: trips, by: at, grain: [day], selects: period, id: days }]]
  - title: Hours
    filters: [period, hour]
    rows: [[{ kpi: takings, id: hours }]]
  - title: Points
    filters: [period]
    rows: [[{ scatter: [fare, miles], id: open }]]
  - title: Bounded points
    filters: [period]
    rows: [[{ scatter: [miles, fare], bounds: { miles: [0, 500], fare: [-200, 800] }, id: bounded }]]
  - title: Powers
    filters: [period]
    rows: [[{ scatter: [fare, miles], scale: symlog, id: powers }]]
";

/// A trip a day; fares rise, with a null now and then; cities follow each other. `n` rows in a row group.
fn trips(n: usize, statistics: EnabledStatistics) -> Bytes {
    let at: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter_values((0..ROWS).map(|row| row * DAY + 5)));
    let fare: ArrayRef = Arc::new(Int64Array::from_iter((0..ROWS).map(|row| (row % 7 != 3).then_some(row - 200))));
    let miles: ArrayRef = Arc::new(Int64Array::from_iter_values((0..ROWS).map(|row| row * 37 % 500)));
    let city: ArrayRef =
        Arc::new(StringArray::from_iter((0..ROWS).map(|row| [Some("Aix"), Some("Bonn"), Some("Cork"), None][row as usize / 250])));
    let batch = RecordBatch::try_from_iter([("at", at), ("fare", fare), ("miles", miles), ("city", city)]).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(n)).set_statistics_enabled(statistics).build();
    let mut bytes = vec![];
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes.into()
}

struct Page {
    host: MemoryHost,
    runtime: Runtime<MemoryHost>,
    told: Rc<RefCell<Vec<Response>>>,
}

impl Page {
    fn over(file: Bytes) -> Self {
        let host = MemoryHost::default();
        host.advance_ms(1e12);
        host.put_file(FILE, file, Some("\"1\""));
        Self::on(&host)
    }

    fn on(host: &MemoryHost) -> Self {
        let told = Rc::<RefCell<Vec<Response>>>::default();
        let sink = Rc::clone(&told);
        let runtime = Runtime::new(host.clone(), compile(YAML), "https://store/", move |response| sink.borrow_mut().push(response));
        Self { host: host.clone(), runtime, told }
    }

    fn ask(&self, page: &str, filters: &[(&str, &str)]) -> Results {
        let dashboard = self.runtime.dashboard();
        let selections = filters.iter().map(|(id, text)| ((*id).to_owned(), dashboard.filter(id).unwrap().parse_text(text).unwrap()));
        let views = dashboard.page(page).unwrap().views();
        let views = views.map(|view| ViewRequest { id: view.id.clone(), ..ViewRequest::default() });
        let run = Run { seq: 1, page: page.into(), selections: selections.collect(), comparisons: vec![], views: views.collect() };
        let results = block_on(self.runtime.run(&run));
        block_on(self.runtime.settle());
        results
    }

    /// The rows of one view.
    fn rows(&self, page: &str, view: &str, filters: &[(&str, &str)]) -> Vec<String> {
        let results = self.ask(page, filters);
        rows(&results.views.iter().find(|(id, _)| id == view).unwrap().1.as_ref().unwrap().table)
    }

    fn skipped(&self) -> u32 {
        self.runtime.status("trips").unwrap().row_groups_skipped
    }

    /// Bytes of the file that were asked for since the last call.
    fn bytes_asked(&self) -> u64 {
        let bytes = |request: &String| {
            let (from, to) = request.split(' ').nth(1).unwrap().split_once('-').unwrap();
            to.parse::<u64>().unwrap() + 1 - from.parse::<u64>().unwrap()
        };
        self.host.take_requests().iter().map(bytes).sum()
    }
}

#[test]
fn filters_leave_out_the_row_groups_that_cannot_match() {
    let page = Page::over(trips(100, EnabledStatistics::Chunk));
    let results = page.ask("figures", &[("period", "last 50 days")]);
    // The newest complete day comes from all rows; the 50 days before end in the last row group but one.
    let (_, period) = &results.periods[0];
    assert_eq!([period.interval.from, period.interval.to].map(world::date), ["1972-08-07", "1972-09-26"]);
    assert_eq!(page.skipped(), 8, "the period and the one before lie in the last two");
    let status = page.runtime.status("trips").unwrap();
    assert_eq!((status.rows, status.row_groups_read), (1_000, 2));
    assert_eq!(status.newest, Some(999 * DAY + 5));
    let result = results.views[0].1.as_ref().unwrap();
    assert_eq!((result.rows_matched, result.rows_total), (50, 1_000));
}

#[test]
fn values_of_a_set_choose_row_groups_too() {
    let page = Page::over(trips(50, EnabledStatistics::Chunk));
    assert_eq!(page.rows("figures", "cities", &[("city", "Bonn")]), ["Bonn 250 37535"]);
    assert_eq!(page.skipped(), 10, "row groups of nulls alone have no bounds");
    // Bounds say nothing of null.
    let page = Page::over(trips(50, EnabledStatistics::Chunk));
    let set = FilterValue::Set(vec![tarn_dashboard::Scalar::Null]);
    let text = page.runtime.dashboard().filter("city").unwrap().text(&set);
    assert_eq!(page.rows("figures", "cities", &[("city", &text)]), ["null 250 144343"]);
}

#[test]
fn bins_and_domains_come_from_all_rows() {
    let page = Page::over(trips(100, EnabledStatistics::Chunk));
    let bins = page.rows("figures", "fares", &[("period", "last 50 days")]);
    assert_eq!((bins.len(), bins[0].as_str(), bins[9].as_str()), (10, "-200.000 0", "700.000 43"));
    let told = page.told.borrow();
    let domains = told.iter().find_map(|response| if let Response::Domains { domains, .. } = response { Some(domains) } else { None });
    let domain = |id: &str| domains.unwrap().iter().find(|domain| domain.filter == id).map(|domain| domain.domain.clone());
    let newest = 998 * DAY;
    assert_eq!(domain("period"), Some(FieldDomain::Dates { min: 5, max: 999 * DAY + 5, newest_complete_day: newest }));
    assert_eq!(domain("fare"), Some(FieldDomain::Span { min: tarn_dashboard::Scalar::Int(-200), max: tarn_dashboard::Scalar::Int(799) }));
    assert_eq!(domain("city"), None, "values are counted where all rows are here");
}

#[test]
fn scatter_plots_of_a_part_of_the_rows_have_the_axes_of_all() {
    for (id, spans) in [("points", [(-200.0, 800.0), (0.0, 500.0)]), ("bounded-points", [(0.0, 500.0), (-200.0, 800.0)])] {
        let page = Page::over(trips(100, EnabledStatistics::Chunk));
        let results = page.ask(id, &[("period", "last 50 days")]);
        assert_eq!(page.skipped(), 8);
        let result = results.views[0].1.as_ref().unwrap();
        assert_eq!((result.spans.as_slice(), result.table.n_rows), (spans.as_slice(), 43), "{id}");
    }
}

/// Footers tell of columns, and not of their logarithms.
#[test]
fn scatter_plots_by_powers_of_ten_have_the_axes_of_all_rows() {
    let page = Page::over(trips(100, EnabledStatistics::Chunk));
    let results = page.ask("powers", &[("period", "last 50 days")]);
    let result = results.views[0].1.as_ref().unwrap();
    assert_eq!((page.skipped(), result.table.n_rows), (0, 43));
    let [(from, to), (least, most)] = result.spans[..] else { panic!("{:?}", result.spans) };
    assert!(from <= -200.0 && to > 799.0 && least == 0.0 && (499.0..600.0).contains(&most), "{:?}", result.spans);
}

#[test]
fn wider_filter_loads_what_it_adds_and_nothing_twice() {
    let page = Page::over(trips(100, EnabledStatistics::Chunk));
    page.ask("figures", &[("period", "last 50 days")]);
    page.bytes_asked();
    page.ask("figures", &[("period", "last 28 days")]);
    assert_eq!(page.bytes_asked(), 0, "a narrower one has all that it needs");
    assert_eq!(page.rows("figures", "n", &[("period", "1972-01-01..1972-09-25")]), ["268 268"]);
    assert_eq!(page.skipped(), 4);
    assert_eq!(page.rows("figures", "n", &[]), ["1000"]);
    assert_eq!(page.skipped(), 0);
    let again = Page::on(&page.host);
    page.bytes_asked();
    assert_eq!(again.rows("figures", "n", &[]), ["1000"]);
    assert_eq!(again.bytes_asked(), 0, "all of it is in the cache");
}

/// Bytes of columns in row groups, as the footer has them.
fn in_footer(file: &Bytes, columns: &[&str], groups: std::ops::Range<usize>) -> u64 {
    let footer = parquet::file::metadata::ParquetMetaDataReader::new().parse_and_finish(file).unwrap();
    let chunks = footer.row_groups()[groups].iter().flat_map(|group| group.columns());
    chunks.filter(|chunk| columns.contains(&chunk.column_path().string().as_str())).map(|chunk| chunk.compressed_size() as u64).sum()
}

#[test]
fn views_are_told_what_their_columns_took() {
    let file = trips(100, EnabledStatistics::Chunk);
    let of = |page: &Page, view: &str| {
        let status = page.runtime.status("trips").unwrap();
        let (dashboard, mut columns) = (page.runtime.dashboard(), vec![]);
        dashboard.add_columns_of(dashboard.view(view).unwrap().1, &mut columns);
        dashboard.add_columns_of_filter("period", "trips", &mut columns);
        let cost = tarn_protocol::ReadCost::of(&status.columns, &columns);
        [cost.bytes_fetched, cost.bytes_from_cache, cost.row_groups_read.into(), status.row_groups_skipped.into()]
    };
    let ask = |page: &Page, period: &str| {
        let period = page.runtime.dashboard().filter("period").unwrap().parse_text(period).unwrap();
        let views = vec![ViewRequest { id: "open".into(), ..ViewRequest::default() }];
        let selections = vec![("period".into(), period)];
        block_on(page.runtime.run(&Run { seq: 1, page: "points".into(), selections, comparisons: vec![], views }));
    };
    let page = Page::over(file.clone());
    ask(&page, "last 50 days");
    let columns = ["at", "fare", "miles"];
    let newest = in_footer(&file, &columns, 8..10);
    assert_eq!(of(&page, "open"), [newest, 0, 2, 8], "keys and the filter");
    assert_eq!(of(&page, "hours")[0], in_footer(&file, &["at", "fare"], 8..10), "what is here of its columns");
    // What lies in the memory is not fetched again, and not counted again.
    ask(&page, "1972-01-01..1972-09-25");
    let fetched = in_footer(&file, &columns, 7..10);
    assert_eq!(of(&page, "open"), [fetched, 0, 5, 7], "two were decoded twice");
    block_on(page.runtime.settle());
    page.bytes_asked();
    let again = Page::on(&page.host);
    ask(&again, "1972-01-01..1972-09-25");
    // A load also has the period before, for a view that compares: the two sources of bytes together are the columns' own.
    let [fetched, from_cache, read, skipped] = of(&again, "open");
    assert_eq!((fetched + from_cache, read, skipped), (in_footer(&file, &columns, 4..10), 6, 4));
    assert!(from_cache >= in_footer(&file, &columns, 7..10) && fetched <= page.bytes_asked(), "{fetched} and {from_cache}");
}

#[test]
fn view_that_selects_the_filter_needs_all_rows() {
    let page = Page::over(trips(100, EnabledStatistics::Chunk));
    page.ask("figures", &[("period", "last 50 days")]);
    assert_eq!(page.rows("time", "days", &[("period", "last 50 days")]).len(), 1_000);
    assert_eq!(page.skipped(), 0);
}

#[test]
fn span_that_no_footer_tells_is_looked_for_in_all_rows() {
    let page = Page::over(trips(100, EnabledStatistics::Chunk));
    page.ask("figures", &[("period", "last 50 days")]);
    assert_eq!(page.skipped(), 8);
    page.ask("hours", &[("period", "last 50 days")]);
    assert_eq!(page.skipped(), 0, "the hours of all trips are a domain");
    let page = Page::over(trips(100, EnabledStatistics::None));
    page.ask("figures", &[("period", "last 50 days")]);
    assert_eq!(page.skipped(), 0, "a file without statistics");
}

#[test]
fn menu_asks_for_the_rows_that_its_own_filter_leaves_out() {
    let page = Page::over(trips(50, EnabledStatistics::Chunk));
    page.ask("figures", &[("city", "Bonn")]);
    let selections = vec![("city".to_owned(), page.runtime.dashboard().filter("city").unwrap().parse_text("Bonn").unwrap())];
    let (page_id, filter) = ("figures".to_owned(), "city".to_owned());
    let request = OptionsRequest { seq: 2, page: page_id, filter, selections, search: String::new(), offset: 0, limit: 9 };
    let options = block_on(page.runtime.options(&request));
    assert_eq!(options.rows.unwrap().iter().map(|row| row.count).collect::<Vec<_>>(), [250; 4]);
}

#[test]
fn new_snapshot_is_pruned_by_what_the_page_shows() {
    let page = Page::over(trips(50, EnabledStatistics::Chunk));
    page.ask("figures", &[("city", "Bonn")]);
    page.host.put_file(FILE, trips(25, EnabledStatistics::Chunk), Some("\"2\""));
    page.host.advance_ms(300_000.0);
    block_on(page.runtime.handle(Request::Revalidate { source: "trips".into() }));
    assert_eq!(page.skipped(), 20);
    assert_eq!(page.rows("figures", "cities", &[("city", "Bonn")]), ["Bonn 250 37535"]);
}

#[test]
fn store_that_fails_while_rows_are_added_leaves_the_narrow_answer() {
    let page = Page::over(trips(50, EnabledStatistics::Chunk));
    page.ask("figures", &[("city", "Bonn")]);
    page.host.clear_cache();
    page.host.faults(std::iter::repeat_n(Some(Fault::Status(403)), 9));
    let wide = page.ask("figures", &[]);
    assert!(wide.views.iter().all(|(_, result)| result.is_err()));
    assert_eq!(page.rows("figures", "cities", &[("city", "Bonn")]), ["Bonn 250 37535"]);
    page.host.clear_faults();
    block_on(page.runtime.handle(Request::Revalidate { source: "trips".into() }));
    assert_eq!(page.rows("figures", "n", &[]), ["1000"]);
}

/// Any sequence of filters gives the answers of a file with one row group, of which nothing can be left out.
#[test]
fn any_filters_give_the_answers_of_the_whole() {
    let seed = 20_240_807u64;
    let mut state = seed;
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let (file, whole) = (trips(40, EnabledStatistics::Chunk), Page::over(trips(ROWS as usize, EnabledStatistics::Chunk)));
    let mut skipped = 0;
    let mut pruned = Page::over(file.clone());
    for round in 0..48 {
        if round % 4 == 0 {
            pruned = Page::over(file.clone());
        }
        let mut filters = vec![];
        if next(2) == 0 {
            filters.push((
                "fare",
                match next(3) {
                    0 => format!("{}..", next(1_100) as i64 - 300),
                    1 => format!("..{}", next(1_100) as i64 - 300),
                    _ => format!("{}..{}", next(600) as i64 - 300, next(600) + 300),
                },
            ));
        }
        if next(2) == 0 {
            filters.push(("city", ["Aix", "Bonn,Cork", "Zagreb", "A", "Aix,Cork"][next(5) as usize].to_owned()));
        }
        if next(2) == 0 {
            filters.push((
                "period",
                ["last 7 days", "last 28 days", "1970-02-03..1970-05-01", "1999-01-01..1999-02-01", "previous month"][next(5) as usize]
                    .to_owned(),
            ));
        }
        let filters: Vec<(&str, &str)> = filters.iter().map(|(id, text)| (*id, text.as_str())).collect();
        let page = ["figures", "figures", "time", "hours"][next(4) as usize];
        let answers = |results: Results| {
            let table = |(id, result): (String, Result<tarn_protocol::ViewResult, _>)| {
                let result = result.unwrap_or_else(|error: tarn_protocol::QueryError| panic!("{id}: {error:?}"));
                let series = result.series.as_ref().map(rows);
                (id, rows(&result.table), series, result.rows_matched, result.rows_total)
            };
            results.views.into_iter().map(table).collect::<Vec<_>>()
        };
        let (found, expected) = (answers(pruned.ask(page, &filters)), answers(whole.ask(page, &filters)));
        assert_eq!(found, expected, "seed {seed}, round {round}: {page} {filters:?}");
        skipped += pruned.skipped();
    }
    assert!(skipped > 50, "{skipped}");
}
