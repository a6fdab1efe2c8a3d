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
    /// What reading each of its columns has cost.
    pub columns: Vec<(String, ReadCost)>,
    /// The last load or validation failed. With a snapshot present the old data stays up.
    pub error: Option<LoadError>,
    /// The cache does not work (private mode, quota): data is fetched again on the next visit.
    pub cache_notice: Option<CacheNotice>,
}

/// What reading columns has cost since the worker started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReadCost {
    /// Of the column chunks themselves: footers, and what lies between chunks, are the source's alone.
    pub bytes_fetched: u64,
    pub bytes_from_cache: u64,
    /// Of the column that was read most often.
    pub row_groups_read: u32,
    pub decode_ms: f64,
}

impl ReadCost {
    /// One more row group of the same column.
    pub fn add(&mut self, cost: &Self) {
        self.bytes_fetched += cost.bytes_fetched;
        self.bytes_from_cache += cost.bytes_from_cache;
        self.row_groups_read += cost.row_groups_read;
        self.decode_ms += cost.decode_ms;
    }

    /// What the named columns have cost together.
    pub fn of(columns: &[(String, Self)], names: &[String]) -> Self {
        let mut all = Self::default();
        for (_, cost) in columns.iter().filter(|(name, _)| names.contains(name)) {
            let row_groups_read = all.row_groups_read.max(cost.row_groups_read);
            all.add(cost);
            all.row_groups_read = row_groups_read;
        }
        all
    }
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
