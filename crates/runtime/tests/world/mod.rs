//! What the tests of the runtime share.
pub mod judge;
pub mod store;
pub mod trouble;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tarn_dashboard::{Dashboard, Scalar};
use tarn_protocol::{LoadErrorKind, QueryError, Request, Response, ResultTable, Results, Run, ViewRequest};
use tarn_runtime::{MemoryHost, Runtime, block_on};

pub const FILE: &str = "https://store/trips.parquet";

/// Two pages over one file: `money` needs the column `fare`, `places` needs `city` too.
pub const TRIPS: &str = "
title: Trips
data:
  trips:
    source: trips.parquet
    ttl: 5m
    max_stale: 1h
    schema: { at: timestamp!, fare: int64!, city: string }
    measures: { trips: count(*), takings: sum(fare) }
filters:
  fare: { field: trips.fare, type: range }
pages:
  - title: Money
    filters: [fare]
    rows: [[{ table: [trips, takings], by: [fare], limit: 1, id: fares }]]
  - title: Places
    rows: [[{ table: [trips, takings], by: [city], limit: 5, id: cities }]]
";

pub fn compile(yaml: &str) -> Dashboard {
    let compiled = tarn_spec::compile("dashboard.yaml", yaml.as_bytes());
    let problems = tarn_spec::render_all(&compiled.files, &compiled.diagnostics);
    compiled.dashboard.unwrap_or_else(|| panic!("{problems}"))
}

/// 40,000 trips in two row groups: `at` and `fare` take 160 kB of each, `city` little. `base` is added to every fare.
pub fn trips(base: i64) -> Bytes {
    let n = 40_000i64;
    let scramble = |row: i64| (row * 7_919) % 1_000_003;
    let at: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter_values((0..n).map(|row| scramble(row) * 1_000_000)));
    let fare: ArrayRef = Arc::new(Int64Array::from_iter_values((0..n).map(|row| base + scramble(row))));
    let city: ArrayRef = Arc::new(StringArray::from_iter((0..n).map(|row| [Some("Oslo"), Some("Rome"), None][row as usize % 3])));
    parquet(&RecordBatch::try_from_iter([("at", at), ("fare", fare), ("city", city)]).unwrap())
}

/// Uncompressed and without dictionaries of numbers, so that sizes are easy to tell.
pub fn parquet(batch: &RecordBatch) -> Bytes {
    let properties =
        WriterProperties::builder().set_max_row_group_row_count(Some(20_000)).set_column_dictionary_enabled("at".into(), false);
    let properties = properties.set_column_dictionary_enabled("fare".into(), false).build();
    let mut bytes = vec![];
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes.into()
}

/// A tab: a runtime of its own over a world that outlives it.
pub struct Tab {
    pub runtime: Runtime<MemoryHost>,
    responses: Rc<RefCell<Vec<Response>>>,
}

impl Tab {
    pub fn open(host: &MemoryHost) -> Self {
        Self::with(host, TRIPS)
    }

    pub fn with(host: &MemoryHost, yaml: &str) -> Self {
        let responses = Rc::new(RefCell::new(vec![]));
        let sink = Rc::clone(&responses);
        let runtime = Runtime::new(host.clone(), compile(yaml), "https://store/", move |response| sink.borrow_mut().push(response));
        Self { runtime, responses }
    }

    /// Asks for all views of a page, as the worker does. The first view's rows as text, or its error.
    pub fn show(&self, page: &str) -> Result<Vec<String>, QueryError> {
        block_on(self.ask(page))
    }

    /// The same, while other things happen.
    pub async fn ask(&self, page: &str) -> Result<Vec<String>, QueryError> {
        self.runtime.handle(Request::Run(self.run(page))).await;
        let results = self.last_results();
        results.views.into_iter().next().unwrap().1.map(|result| rows(&result.table))
    }

    /// Makes and keeps the answers of a page that is not on the screen.
    pub fn prefetch(&self, page: &str) {
        block_on(self.runtime.handle(Request::Prefetch(self.run(page))));
    }

    fn run(&self, page: &str) -> Run {
        let views = self.runtime.dashboard().page(page).unwrap().views();
        let views = views.map(|view| ViewRequest { id: view.id.clone(), ..ViewRequest::default() }).collect();
        Run { seq: 1, page: page.into(), selections: vec![], comparisons: vec![], views }
    }

    /// Why the first view of the page has no result.
    pub fn failure(&self, page: &str) -> LoadErrorKind {
        match self.show(page) {
            Err(QueryError::Load(error)) => error.kind,
            other => panic!("{other:?}"),
        }
    }

    pub fn revalidate(&self) {
        block_on(self.runtime.handle(Request::Revalidate { source: "trips".into() }));
    }

    /// What was told since the last call, in short: `status`, `results`, `domains`, `changed`. Progress is left out.
    pub fn told(&self) -> String {
        let told = self.responses.take();
        let words = told.iter().filter_map(|response| match response {
            Response::Progress { .. } => None,
            Response::Status(status) => Some(if status.error.is_some() { "status with error" } else { "status" }),
            Response::Results(_) => Some("results"),
            Response::Domains { .. } => Some("domains"),
            Response::SnapshotChanged { .. } => Some("changed"),
            Response::NewerElsewhere { .. } => Some("newer elsewhere"),
            Response::Outgrown => Some("outgrown"),
            _ => Some("something else"),
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// What was told of loads since the last call: bytes here and in all.
    pub fn progress(&self) -> Vec<(u64, u64)> {
        let progress = |response: Response| match response {
            Response::Progress { bytes_done, bytes_total, .. } => Some((bytes_done, bytes_total)),
            _ => None,
        };
        self.responses.take().into_iter().filter_map(progress).collect()
    }

    pub fn last_results(&self) -> Results {
        let responses = self.responses.borrow();
        let results = responses.iter().rev().find_map(|response| match response {
            Response::Results(results) => Some(results.clone()),
            _ => None,
        });
        results.unwrap()
    }
}

/// The question for all views of a page.
pub fn run(dashboard: &Dashboard, page: &str) -> Request {
    let views = dashboard.page(page).unwrap().views();
    let views = views.map(|view| ViewRequest { id: view.id.clone(), ..ViewRequest::default() }).collect();
    Request::Run(Run { seq: 1, page: page.into(), selections: vec![], comparisons: vec![], views })
}

/// Rows as text, values separated by blanks.
pub fn rows(table: &ResultTable) -> Vec<String> {
    let value = |scalar: Scalar| match scalar {
        Scalar::Null => "null".to_owned(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => format!("{value:.3}"),
        Scalar::String(value) => value,
        Scalar::Timestamp(at) => date(at),
        Scalar::Decimal { unscaled, scale: 0 } => unscaled.to_string(),
        other => format!("{other:?}"),
    };
    (0..table.n_rows as usize)
        .map(|row| table.columns.iter().map(|column| value(column.scalar(row))).collect::<Vec<_>>().join(" "))
        .collect()
}

/// The day of an instant, as ISO 8601.
pub fn date(micros: i64) -> String {
    let day = tarn_dashboard::FilterValue::DateRange { from: Some(micros), to: None };
    let filter = compile(TRIPS_BY_DAY).filters.remove(0);
    filter.text(&day).trim_end_matches("..").to_owned()
}

const TRIPS_BY_DAY: &str = "
title: Days
data:
  trips: { source: t.parquet, ttl: 5m, schema: { at: timestamp! }, measures: { trips: count(*) } }
filters:
  day: { field: trips.at, type: date_range }
pages:
  - { title: Only, filters: [day], rows: [[kpi: trips]] }
";
