use crate::LoadError;
use serde::{Deserialize, Serialize};
use tarn_dashboard::{Phrase, Scalar};

/// What is known of a source. Times are milliseconds since 1970, by this client's clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceStatus {
    pub source: String,
    /// `None` until a snapshot is loaded.
    pub snapshot: Option<String>,
    /// When the store last confirmed that this snapshot is the current one. Age counts from here.
    pub validated_at: Option<f64>,
    /// When the snapshot was made, where the store says so.
    pub created_at: Option<f64>,
    /// When the next snapshot is expected, where the manifest says so: later than that, a refresh is late.
    pub next_expected_at: Option<f64>,
    /// The newest value of the source's time column, in microseconds since 1970.
    pub newest: Option<i64>,
    pub rows: u64,
    pub bytes_fetched: u64,
    pub bytes_from_cache: u64,
    /// Requests for data or validation made so far.
    pub requests: u32,
    pub row_groups_read: u32,
    pub row_groups_skipped: u32,
    pub decode_ms: f64,
    /// Held by the engine for this source.
    pub memory_bytes: u64,
    /// For all sources together.
    pub memory_budget: u64,
    /// Of the worker's whole heap.
    pub worker_memory_bytes: u64,
    /// What reading the columns of each view of the source has cost.
    pub views: Vec<(String, ReadCost)>,
    /// The last load or validation failed. With a snapshot present the old data stays up.
    pub error: Option<LoadError>,
    /// The cache does not work (private mode, quota): data is fetched again on the next visit.
    pub cache_notice: Option<CacheNotice>,
}

/// What reading the columns that a view can ask for has cost since the worker started: those of its keys and measures, and of the
/// filters that it applies. A column that several views ask for counts in each of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReadCost {
    /// Of the column chunks themselves: footers, and what lies between chunks, are the source's alone.
    pub bytes_fetched: u64,
    pub bytes_from_cache: u64,
    /// Of the column that was read most often.
    pub row_groups_read: u32,
    /// Left out by now.
    pub row_groups_skipped: u32,
    pub decode_ms: f64,
}

/// Why data has to be fetched again on the next visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CacheNotice {
    /// The data is larger than the space that the browser gives.
    TooSmall,
    /// The browser stores nothing here, as in private mode.
    Unavailable,
    /// There is no space left.
    Full,
    /// A write failed for another reason.
    Failed,
}

impl CacheNotice {
    pub fn phrase(self) -> Phrase {
        match self {
            Self::TooSmall => Phrase::CacheTooSmall,
            Self::Unavailable => Phrase::CacheUnavailable,
            Self::Full => Phrase::CacheFull,
            Self::Failed => Phrase::CacheFailed,
        }
    }
}

/// What a filter can be set to, from the unfiltered snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilterDomain {
    pub filter: String,
    pub domain: FieldDomain,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FieldDomain {
    /// Least and greatest value; both null when there is none.
    Span { min: Scalar, max: Scalar },
    /// For dates: also the newest complete day, any instant of it, in microseconds.
    Dates { min: i64, max: i64, newest_complete_day: i64 },
    /// How many distinct values there are.
    Values { count: u64 },
    /// No row has a value.
    Nothing,
}
