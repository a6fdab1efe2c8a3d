use crate::{Bytes, Description, FilterDomain, LoadError, QueryError, ResultTable, SourceStatus, ViewResult};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tarn_dashboard::{Comparison, FilterValue, Interval, Scalar, TimeUnit};

/// From the page to the worker. Scripts name `Start` and `Revalidate` by their places, so a new request comes last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// The first message: the compiled dashboard's bytes. `base_url` is the document's, for relative sources.
    Start { dashboard: Vec<u8>, base_url: String },
    /// Results of views. Sources that are not loaded yet are loaded first: the answer waits for them.
    Run(Run),
    /// Values of a set filter, or the distribution of a number, for its menu.
    Options(OptionsRequest),
    /// Ask the store whether the source changed; also retries a source that failed.
    Revalidate { source: String },
    /// While it is true no new snapshot takes the place of one that is shown: the viewer is in the middle of a gesture.
    Hold { hold: bool },
    /// The viewer's hand is at a filter, or at none any more: its moves are made ready for, so that they need not go over the rows.
    Prepare { filter: Option<String> },
    /// The TTL of the source is about over: ask the store, unless another tab has just done so.
    Refresh { source: String },
    /// What the files of a source are made of, whatever its contract says. Nothing of it is kept.
    Describe { source: String },
    /// More rows of a long table.
    Rows(RowsRequest),
    /// The viewer is about to open this page: its answers are made and kept, and nothing is answered.
    Prefetch(Run),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub seq: u64,
    pub page: String,
    /// All filters in force on the page; a filter without a value is absent.
    pub selections: Vec<(String, FilterValue)>,
    /// Date filters whose comparison is another one than the author's, or none.
    pub comparisons: Vec<(String, Option<Comparison>)>,
    pub views: Vec<ViewRequest>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ViewRequest {
    pub id: String,
    /// For a time axis: the grain that the viewer picked, else the first of the view.
    pub grain: Option<TimeUnit>,
    /// For a table: the viewer's order, as positions in keys followed by measures; empty for the view's own.
    pub order: Vec<(u32, bool)>,
    /// How many rows the viewer wants, instead of the view's own limit.
    pub limit: Option<u32>,
    /// Of the view's hierarchy, from zero.
    pub level: u32,
    /// For a table: what its columns are searched for, by position, as `ColumnSearch` is written.
    pub search: Vec<(u32, String)>,
    /// Whether a long table may come without all of its rows: see [`crate::Long`].
    pub in_parts: bool,
}

/// A stretch of the rows of a long table, or the data's own rows behind one of a table's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RowsRequest {
    pub seq: u64,
    /// What the table was asked with: a run of its view alone.
    pub run: Run,
    /// Of the answer that the rows belong to.
    pub token: u64,
    pub from: u32,
    pub n_rows: u32,
    /// The first keys of a row of the view: the rows of the data that it counts are wanted, the first `n_rows` of them. Without keys all
    /// that the view counts.
    pub behind: Option<Vec<Scalar>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptionsRequest {
    pub seq: u64,
    pub page: String,
    pub filter: String,
    /// Other filters narrow the counts; the filter's own value is ignored.
    pub selections: Vec<(String, FilterValue)>,
    /// Case-insensitive substring; empty for all.
    pub search: String,
    /// How many of the matching values come before the first that is wanted.
    pub offset: u32,
    pub limit: u32,
}

/// From the worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    /// The dashboard is loaded; requests may come.
    Started,
    /// While a source loads.
    Progress {
        source: String,
        bytes_done: u64,
        bytes_total: u64,
        rows: u64,
    },
    Results(Results),
    Options(Options),
    Rows(Rows),
    /// After every load, validation or failure of a source.
    Status(SourceStatus),
    /// What the controls of a source's filters need to know, once per snapshot.
    Domains {
        source: String,
        domains: Vec<FilterDomain>,
    },
    /// A source has a new snapshot in place: results shown so far are of the old one. The page answers with a `Run`.
    SnapshotChanged {
        source: String,
    },
    /// The results of the page's views under any value of this filter are ready, as far as they can be.
    Prepared {
        filter: String,
    },
    /// Another tab has left a newer state of the source in the cache. The page answers with a `Refresh` when it is visible.
    NewerElsewhere {
        source: String,
    },
    /// The worker's heap has grown far past what it holds, and only its end gives that back: the page replaces it.
    Outgrown,
    /// The worker cannot go on; the page replaces it.
    Panicked {
        message: String,
    },
    Described(Result<Description, LoadError>),
    /// The page may answer the moves of a filter by itself: [`crate::Tiles`], encoded. They take the place of earlier ones.
    Tiles(Bytes),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    pub seq: u64,
    /// In the order of the request.
    pub views: Vec<(String, Result<ViewResult, QueryError>)>,
    /// How relative and comparison periods were resolved, by filter id.
    pub periods: Vec<(String, ResolvedPeriod)>,
    /// The views whose answer was known already.
    pub from_cache: Vec<String>,
    /// From the start of the first kernel to the last result, over all views.
    pub query_ms: f64,
    /// The part of it that each view took, in the order of `views`: its own planning, preparation and result, and an equal share of
    /// each pass over rows that other views share. Nothing for a view whose answer was known.
    pub view_ms: Vec<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvedPeriod {
    pub interval: Interval,
    pub compared: Option<Interval>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    pub seq: u64,
    pub filter: String,
    /// Of a set filter by count descending, then by value, from `offset` on; of a number its bins by their lower edges.
    pub offset: u32,
    pub rows: Result<Vec<OptionRow>, LoadError>,
    /// How many values match the search in all.
    pub n_matching: u64,
}

/// The answer to a [`RowsRequest`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    pub seq: u64,
    pub token: u64,
    pub from: u32,
    /// Fewer than were asked for at the table's end. `None`: the question has another answer by now.
    pub table: Option<ResultTable>,
    /// Of the data's own rows how many there are.
    pub n_behind: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptionRow {
    pub value: Scalar,
    /// Rows that pass the other filters.
    pub count: u64,
}

/// The bytes are not a message of this build.
#[derive(Debug)]
pub struct DecodeError(postcard::Error);

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not a message of this version of Tarn: {}", self.0)
    }
}

impl std::error::Error for DecodeError {}

pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    // Serialising to a growing vector fails only for types without a known length, which no message has.
    postcard::to_allocvec(message).unwrap_or_default()
}

pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    postcard::from_bytes(bytes).map_err(DecodeError)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{ResultColumn, ResultTable, Values};
    use tarn_dashboard::DataType;

    /// As `boot.js`, the page /explore and `tarn serve` write them.
    #[test]
    fn scripts_know_two_requests_by_their_places() {
        let start = Request::Start { dashboard: vec![7], base_url: "b".into() };
        assert_eq!(encode(&start), [0, 1, 7, 1, b'b']);
        assert_eq!(encode(&Request::Revalidate { source: "s".into() }), [3, 1, b's']);
    }

    #[test]
    fn messages_round_trip() {
        let table = ResultTable {
            columns: vec![ResultColumn {
                name: "total".into(),
                data_type: DataType::Decimal { precision: 38, scale: 2 },
                values: Values::Decimal(vec![i128::MIN, 0, i128::MAX]),
                validity: Some(vec![true, false, true]),
            }],
            n_rows: 3,
        };
        let result = ViewResult {
            table,
            n_groups: 3,
            rows_matched: u64::MAX,
            rows_total: u64::MAX,
            filters_applied: vec!["origin".into()],
            snapshot: "a1".into(),
            ..ViewResult::default()
        };
        let views = vec![("kpi".into(), Ok(result)), ("table".into(), Err(QueryError::UnknownView { id: "table".into() }))];
        let message = Response::Results(Results { seq: 7, views, periods: vec![], from_cache: vec![], query_ms: 1.5, view_ms: vec![1.0] });
        assert_eq!(decode::<Response>(&encode(&message)).unwrap(), message);
    }

    #[test]
    fn foreign_bytes_are_refused() {
        assert!(decode::<Request>(&[0xff; 16]).is_err());
        assert!(decode::<Request>(&[]).is_err());
    }
}
