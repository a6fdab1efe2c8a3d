//! What the runtime holds of one source.
use crate::cache::NewBlob;
use crate::kept::{Kept, Remembered};
use crate::network::Counters;
use crate::open::OpenFile;
use crate::prune::{Demand, RowGroups};
use crate::record::{FileRecord, Published, SourceRecord, record_key};
use crate::tabs::Turn;
use futures_util::lock::Mutex;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use tarn_dashboard::{Column, DataType, Expr, Filter, FilterKind, Location, Measure, Node, ParameterValues, Scalar, Source, Weekday, Zone};
use tarn_engine::Table;
use tarn_protocol::LoadError;

/// A source of the dashboard and its place in the world.
pub(crate) struct SourceSlot {
    pub source: Source,
    /// Absolute addresses.
    pub urls: Vec<String>,
    /// The snapshot that the address asks for, instead of the one that the manifest names.
    pub pin: Option<String>,
    /// Of its record in the cache.
    pub key: String,
    measures: Vec<Arc<Measure>>,
    /// Of the dashboard.
    pub zone: Arc<Zone>,
    pub week_start: Weekday,
    pub counters: Counters,
    /// What the cache knew at the start, until it is used; `None` before and after.
    pub record: Mutex<Option<Option<SourceRecord>>>,
    /// The record was read.
    pub recalled: Cell<bool>,
    /// Other tabs wait until what this one loads is in the cache.
    pub turn: RefCell<Option<Turn>>,
    /// The turn is held by a validation.
    pub in_turn: Cell<bool>,
    /// Another tab could leave nothing in the cache.
    pub alone: Cell<bool>,
    /// Held while the cache is written.
    pub saving: Mutex<()>,
    /// Held while the source is loaded or validated: one at a time.
    pub lock: Mutex<()>,
    /// Never borrowed across an await.
    pub state: RefCell<SourceState>,
}

#[derive(Default)]
pub(crate) struct SourceState {
    pub snapshot: Option<Snapshot>,
    /// Stands in for the snapshot until it is loaded.
    pub remembered: Option<Remembered>,
    /// The keys of what the last run answered.
    pub answered: Vec<Vec<u8>>,
    /// Every column that a page asked for, loaded or not; without those that were dropped to keep the memory budget.
    pub wanted: Vec<String>,
    /// The columns that the visible page needs.
    pub visible: Vec<String>,
    /// What was asked last: only row groups that can matter to it are loaded. `None`: all are.
    pub demand: Option<Demand>,
    /// The last load or validation failed. A load that failed is not tried again before the next validation.
    pub error: Option<LoadError>,
    /// Fetched and not yet in the cache.
    pub pending: Vec<NewBlob>,
    /// The record in the cache no longer says what is so.
    pub unsaved: bool,
    /// The snapshot came from the cache and is older than the TTL.
    pub revalidation_due: bool,
    /// Another tab has told that it has left a newer state in the cache.
    pub newer_elsewhere: bool,
    /// The snapshot and the number of columns that the page knows the domains of.
    pub domains_sent: Option<(String, usize)>,
    /// Loaded while the present snapshot was held, with what the cache is to keep of it.
    pub next: Option<(Snapshot, Vec<NewBlob>)>,
}

/// Loaded columns of one version of the source's files.
pub(crate) struct Snapshot {
    pub id: String,
    pub files: Vec<OpenFile>,
    /// The row groups whose rows the table has; `None`: all.
    pub held: Option<RowGroups>,
    pub table: Table,
    pub validated_at: f64,
    /// The store takes no conditional headers.
    pub unconditional: bool,
    /// `None` for plain files.
    pub published: Option<Published>,
}

impl SourceSlot {
    pub fn new(source: Source, zone: Arc<Zone>, week_start: Weekday, resolve: impl Fn(&str) -> String, pin: Option<String>) -> Self {
        let urls: Vec<String> = match &source.location {
            Location::Parquet(urls) => urls.iter().map(|url| resolve(url)).collect(),
            Location::Manifest(url) => vec![resolve(url)],
        };
        let pin = pin.filter(|_| matches!(source.location, Location::Manifest(_)));
        let key = pin.iter().fold(record_key(&urls), |key, pin| format!("{key} {pin}"));
        let measures = source.measures.iter().cloned().map(Arc::new).collect();
        Self {
            source,
            urls,
            pin,
            key,
            measures,
            zone,
            week_start,
            counters: Counters::default(),
            record: Mutex::new(None),
            recalled: Cell::new(false),
            turn: RefCell::default(),
            in_turn: Cell::new(false),
            alone: Cell::new(false),
            saving: Mutex::new(()),
            lock: Mutex::new(()),
            state: RefCell::default(),
        }
    }

    /// Moves the loaded columns over, unless the other source is busy.
    pub fn take_over(&self, other: &Self) {
        if let Some(_held) = other.lock.try_lock() {
            let taken = other.state.take();
            let mut state = SourceState { error: None, domains_sent: None, remembered: None, answered: vec![], ..taken };
            if let Some(snapshot) = &mut state.snapshot {
                snapshot.table.set_zone(self.zone.clone());
            }
            *self.state.borrow_mut() = state;
        }
    }

    /// What the store has confirmed last, and when; also of a snapshot that still waits.
    pub fn newest_validation(&self) -> Option<(String, f64)> {
        let state = self.state.borrow();
        let snapshot = state.next.as_ref().map(|(next, _)| next).or(state.snapshot.as_ref())?;
        Some((snapshot.id.clone(), snapshot.validated_at))
    }

    /// Columns of the contract, in its order.
    pub fn columns(&self, names: &[String]) -> Vec<Column> {
        self.source.columns.iter().filter(|column| names.contains(&column.name)).cloned().collect()
    }

    /// With the values of parameters in it.
    pub fn measure(&self, name: &str, parameters: &ParameterValues) -> Option<Arc<Measure>> {
        let measure = self.measures.iter().find(|measure| measure.name == name)?;
        let mut reads = false;
        measure.parameters(&mut |_| reads = true);
        Some(if reads { Arc::new(parameters.bind_measure(measure)) } else { measure.clone() })
    }

    /// The time column; of instants, their wall time.
    pub fn time_expr(&self) -> Option<Expr> {
        let name = self.source.time.as_ref()?;
        let column = self.source.columns.iter().find(|column| column.name == *name)?;
        let time = Expr { data_type: column.column_type.data_type(), node: Node::Column(name.clone()) };
        let shifted = time.data_type == DataType::TimestampTz && !self.zone.is_utc();
        Some(if shifted { Expr { data_type: DataType::Timestamp, node: Node::Cast(Box::new(time)) } } else { time })
    }
}

impl SourceState {
    /// Puts a snapshot in place. Whether another one was there.
    pub fn put(&mut self, snapshot: Snapshot, pending: Vec<NewBlob>) -> bool {
        let id = snapshot.id.clone();
        self.revalidation_due = false;
        self.unsaved = true;
        self.pending = pending;
        self.next = None;
        self.snapshot.replace(snapshot).is_some_and(|old| old.id != id)
    }

    pub fn holds(&self, columns: &[String]) -> bool {
        self.snapshot.as_ref().is_some_and(|snapshot| columns.iter().all(|column| snapshot.table.has_column(column)))
    }
}

impl Snapshot {
    /// Rows of the files, loaded or not.
    pub fn n_rows(&self) -> u64 {
        self.files.iter().map(|file| file.footer.n_rows()).sum()
    }

    /// Whether what a filter can be set to is known: distinct values are counted only where all rows are here.
    pub fn knows_domain(&mut self, filter: &Filter) -> bool {
        let spans = matches!(filter.kind, FilterKind::DateRange | FilterKind::Range);
        self.held.is_none() || (spans && self.table.min_max(&filter.expr).is_ok())
    }

    pub fn record(&self, ttl_secs: u32, now: f64, kept: Option<Kept>) -> SourceRecord {
        let files = self.files.iter().map(|file| FileRecord {
            identity: file.identity.clone(),
            footer: file.footer_bytes.to_vec(),
            digests: file.digests.as_deref().cloned(),
            blobs: file.blobs.clone(),
        });
        SourceRecord {
            snapshot: self.id.clone(),
            validated_at: self.validated_at,
            ttl_secs,
            used_at: now,
            unconditional: self.unconditional,
            published: self.published.clone(),
            kept,
            files: files.collect(),
        }
    }

    /// The newest value of the time column, in microseconds since 1970, in the dashboard's wall time.
    pub fn newest(&mut self, time: &Expr) -> Option<i64> {
        let (_, newest) = self.table.min_max(time).ok()?;
        instant(&newest)
    }
}

/// A date or timestamp in microseconds since 1970.
pub(crate) fn instant(value: &Scalar) -> Option<i64> {
    match value {
        Scalar::Date(days) => i64::from(*days).checked_mul(86_400_000_000),
        Scalar::Timestamp(at) => Some(*at),
        _ => None,
    }
}
