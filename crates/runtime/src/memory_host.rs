//! A world in memory, for tests: files with validators, a clock that is set, faults on demand and a log of all requests.
mod fault;
mod later;

use crate::host::{Answer, CacheFailure, CacheWrite, FetchFailure, FetchRequest, Host};
use crate::tabs::{News, Turn};
use bytes::Bytes;
pub use fault::Fault;
use futures_util::lock::Mutex;
use later::Later;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use tarn_snapshot::{ByteRange, ContentRange, Validators};

/// Bodies arrive in pieces of so many bytes.
const PIECE: u64 = 16 << 10;

/// Shared: clones are the same tab of the same viewer in the same world.
#[derive(Clone, Default)]
pub struct MemoryHost {
    world: Rc<World>,
    viewer: Rc<Viewer>,
    tab: u64,
}

type Listener = Box<dyn FnMut(News)>;

/// Whom the store gives files of their own, whatever their addresses, and the browser a storage that no other viewer's tabs reach.
#[derive(Default)]
struct Viewer {
    files: RefCell<BTreeMap<String, StoredFile>>,
    cache: RefCell<BTreeMap<String, Bytes>>,
    turns: RefCell<BTreeMap<String, Arc<Mutex<()>>>>,
    /// When those in a turn were heard of last.
    signs_of_life: RefCell<BTreeMap<String, f64>>,
    news: RefCell<Vec<News>>,
    /// The tab that each belongs to.
    listeners: RefCell<Vec<(u64, Listener)>>,
}

#[derive(Default)]
struct World {
    n_tabs: Cell<u64>,
    now_ms: Cell<f64>,
    ms_per_piece: Cell<f64>,
    faults: RefCell<VecDeque<Option<Fault>>>,
    requests: RefCell<Vec<String>>,
    cache_failure: Cell<Option<CacheFailure>>,
    quota: Cell<Option<u64>>,
    longest_value: Cell<Option<usize>>,
    memory_budget: Cell<Option<u64>>,
    has_no_turns: Cell<bool>,
    /// Requests under way that ask whether something changed: now, and at most since that was taken.
    asking: Cell<usize>,
    most_asking: Cell<usize>,
}

#[derive(Clone)]
struct StoredFile {
    bytes: Bytes,
    validators: Validators,
}

impl MemoryHost {
    /// The same world, as a tab of another viewer sees it.
    pub fn another_viewer(&self) -> Self {
        Self { viewer: Rc::default(), ..self.another_tab() }
    }

    pub fn another_tab(&self) -> Self {
        self.world.n_tabs.set(self.world.n_tabs.get() + 1);
        Self { tab: self.world.n_tabs.get(), ..self.clone() }
    }

    /// Calls back with what other tabs of the viewer tell, at once.
    pub fn listen(&self, hear: impl FnMut(News) + 'static) {
        self.viewer.listeners.borrow_mut().push((self.tab, Box::new(hear)));
    }

    pub fn put_file(&self, url: &str, bytes: Bytes, etag: Option<&str>) {
        let validators = Validators { etag: etag.map(str::to_owned), last_modified: None };
        self.viewer.files.borrow_mut().insert(url.to_owned(), StoredFile { bytes, validators });
    }

    /// Puts all files of another world in place.
    pub fn put_files_of(&self, other: &Self) {
        let files = other.viewer.files.borrow();
        self.viewer.files.borrow_mut().extend(files.iter().map(|(url, file)| (url.clone(), file.clone())));
    }

    pub fn file_urls(&self) -> Vec<String> {
        self.viewer.files.borrow().keys().cloned().collect()
    }

    pub fn file(&self, url: &str) -> Option<Bytes> {
        Some(self.viewer.files.borrow().get(url)?.bytes.clone())
    }

    pub fn remove_file(&self, url: &str) {
        self.viewer.files.borrow_mut().remove(url);
    }

    /// The next requests meet these, in order; `None` lets one pass.
    pub fn faults(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.world.faults.borrow_mut().extend(faults);
    }

    /// All following requests pass.
    pub fn clear_faults(&self) {
        self.world.faults.borrow_mut().clear();
    }

    pub fn advance_ms(&self, ms: f64) {
        self.world.now_ms.set(self.world.now_ms.get() + ms);
    }

    /// From now on each piece of 16 KiB of a body takes so long.
    pub fn set_ms_per_piece(&self, ms: f64) {
        self.world.ms_per_piece.set(ms);
    }

    /// The requests since the last call, such as `f.parquet 0-16383` or `f.parquet 0-0 if-none-match "1"`.
    pub fn take_requests(&self) -> Vec<String> {
        self.world.requests.take()
    }

    pub fn cached(&self) -> Vec<(String, usize)> {
        self.viewer.cache.borrow().iter().map(|(key, bytes)| (key.clone(), bytes.len())).collect()
    }

    /// For runtimes that begin from now on.
    pub fn set_memory_budget(&self, bytes: u64) {
        self.world.memory_budget.set(Some(bytes));
    }

    pub fn clear_cache(&self) {
        self.viewer.cache.borrow_mut().clear();
    }

    /// Changes the byte in the middle of a cached value.
    pub fn damage_cached(&self, key: &str) {
        let length = self.viewer.cache.borrow().get(key).map_or(0, Bytes::len);
        self.damage_cached_at(key, length / 2);
    }

    pub fn damage_cached_at(&self, key: &str, at: usize) {
        if let Some(bytes) = self.viewer.cache.borrow_mut().get_mut(key) {
            let mut damaged = bytes.to_vec();
            damaged.get_mut(at).into_iter().for_each(|byte| *byte ^= 0x40);
            *bytes = damaged.into();
        }
    }

    /// From now on every write fails so; `Unavailable` fails reads too.
    pub fn fail_cache(&self, failure: Option<CacheFailure>) {
        self.world.cache_failure.set(failure);
    }

    pub fn set_quota(&self, quota: Option<u64>) {
        self.world.quota.set(quota);
    }

    /// From now on there is no space for a longer value.
    pub fn limit_values(&self, bytes: usize) {
        self.world.longest_value.set(Some(bytes));
    }

    /// From now on tabs do not know of each other, as in a browser without Web Locks.
    pub fn separate_tabs(&self) {
        self.world.has_no_turns.set(true);
    }

    /// How many requests at most have asked at the same time whether something changed, since the last call.
    pub fn take_most_asking(&self) -> usize {
        self.world.most_asking.take()
    }

    /// What tabs have told since the last call: for all others to hear.
    pub fn take_news(&self) -> Vec<News> {
        self.viewer.news.take()
    }

    fn log(&self, request: &FetchRequest) {
        let range = format!("{}-{}", request.range.start, request.range.end.saturating_sub(1));
        let etag = request.unless.as_ref().and_then(|unless| unless.etag.as_ref());
        let condition = etag.map_or_else(String::new, |etag| format!(" if-none-match {etag}"));
        self.world.requests.borrow_mut().push(format!("{} {range}{condition}", request.url));
    }

    fn answer(&self, request: &FetchRequest) -> Result<Answer, FetchFailure> {
        let fault = self.world.faults.borrow_mut().pop_front().flatten();
        if let Some(Fault::Replaced { bytes, etag }) = &fault {
            self.put_file(&request.url, bytes.clone(), Some(etag));
        }
        let status = |status| Answer { status, ..Answer::default() };
        let file = self.viewer.files.borrow().get(&request.url).cloned();
        let mut range = request.range;
        match &fault {
            Some(Fault::Status(code)) => return Ok(status(*code)),
            Some(Fault::Busy { status: code, retry_after_ms }) => {
                return Ok(Answer { retry_after_ms: Some(*retry_after_ms), ..status(*code) });
            }
            Some(Fault::Failure(failure)) => return Err(failure.clone()),
            Some(Fault::LoginPage) => {
                let content_type = Some("text/html".to_owned());
                return Ok(Answer { status: 200, content_type, body: Bytes::from_static(b"<!doctype html>"), ..Answer::default() });
            }
            Some(Fault::ShiftedRange) => range = ByteRange::new(range.start + 1, range.end + 1),
            _ => {}
        }
        let Some(StoredFile { bytes, validators }) = file else { return Ok(status(404)) };
        let length = bytes.len() as u64;
        let same = |known: &Validators| known.agreement(&validators) == tarn_snapshot::Agreement::Same;
        if request.unless.as_ref().is_some_and(same) {
            return Ok(Answer { validators, ..status(304) });
        }
        if let Some(Fault::WholeFile) = fault {
            return Ok(Answer { content_length: Some(length), validators, body: bytes, ..status(200) });
        }
        let range = ByteRange::new(range.start, range.end.min(length));
        if range.is_empty() {
            return Ok(status(416));
        }
        let mut body = bytes.slice(range.start as usize..range.end as usize);
        if let Some(Fault::Cut(length)) = fault {
            body.truncate(length);
        }
        if let Some(Fault::Damaged) = fault {
            let mut damaged = body.to_vec();
            let middle = damaged.len() / 2;
            damaged.get_mut(middle).into_iter().for_each(|byte| *byte ^= 0x40);
            body = damaged.into();
        }
        let content_range = Some(ContentRange { range, file_length: Some(length) });
        Ok(Answer { content_range, content_length: Some(range.len()), validators, body, ..status(206) })
    }
}

impl Host for MemoryHost {
    fn now_ms(&self) -> f64 {
        self.world.now_ms.get()
    }

    fn stopwatch_ms(&self) -> f64 {
        self.world.now_ms.get()
    }

    fn memory_bytes(&self) -> u64 {
        u64::MAX
    }

    fn memory_budget(&self) -> Option<u64> {
        Some(self.world.memory_budget.get().unwrap_or(512_000_000))
    }

    fn resolve(&self, base_url: &str, location: &str) -> String {
        // Relative to the folder of a document, whatever its query says.
        let (folder, _) = base_url.split_once('?').unwrap_or((base_url, ""));
        format!("{folder}{location}")
    }

    async fn fetch(&self, request: &FetchRequest, progress: &dyn Fn(u64)) -> Result<Answer, FetchFailure> {
        self.log(request);
        let asks = request.headers_only || request.unless.is_some() || request.url.ends_with("manifest.json");
        let _asking = asks.then(|| Asking::begin(&self.world));
        let answer = self.answer(request);
        Later::default().await;
        let mut left = answer.as_ref().map_or(0, |answer| answer.body.len() as u64);
        while left > 0 {
            let piece = left.min(PIECE);
            self.advance_ms(self.world.ms_per_piece.get());
            progress(piece);
            left -= piece;
        }
        answer
    }

    async fn pause(&self, ms: f64) {
        Later::default().await;
        self.advance_ms(ms);
    }

    async fn turn(&self, name: &str, silence_ms: Option<u32>) -> Turn {
        if self.world.has_no_turns.get() {
            return Turn::default();
        }
        Later::default().await;
        let turn = Arc::clone(self.viewer.turns.borrow_mut().entry(name.to_owned()).or_default());
        let Some(silence_ms) = silence_ms else {
            let held = turn.lock_owned().await;
            return Turn::new(move || drop(held));
        };
        let began = self.now_ms();
        loop {
            if let Some(held) = turn.try_lock_owned() {
                return Turn::new(move || drop(held));
            }
            let heard = self.viewer.signs_of_life.borrow().get(name).map_or(began, |heard| heard.max(began));
            if self.now_ms() - heard >= f64::from(silence_ms) {
                return Turn::default();
            }
            Later::default().await;
        }
    }

    fn tell(&self, news: &News) {
        if news.is_sign_of_life() {
            self.viewer.signs_of_life.borrow_mut().insert(news.key.clone(), self.now_ms());
        } else if !self.world.has_no_turns.get() {
            self.viewer.news.borrow_mut().push(news.clone());
            let mut listeners = self.viewer.listeners.borrow_mut();
            listeners.iter_mut().filter(|(tab, _)| *tab != self.tab).for_each(|(_, hear)| hear(news.clone()));
        }
    }

    async fn cache_read(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheFailure> {
        Later::default().await;
        if self.world.cache_failure.get() == Some(CacheFailure::Unavailable) {
            return Err(CacheFailure::Unavailable);
        }
        let cache = self.viewer.cache.borrow();
        Ok(keys.iter().map(|key| cache.get(key).cloned()).collect())
    }

    async fn cache_write(&self, writes: Vec<CacheWrite>) -> Result<(), CacheFailure> {
        Later::default().await;
        if let Some(failure) = self.world.cache_failure.get() {
            return Err(failure);
        }
        let is_too_long = |write: &CacheWrite| match write {
            CacheWrite::Put { bytes, .. } => self.world.longest_value.get().is_some_and(|longest| bytes.len() > longest),
            CacheWrite::Delete { .. } => false,
        };
        if writes.iter().any(is_too_long) {
            return Err(CacheFailure::Full);
        }
        let Some(quota) = self.world.quota.get() else {
            apply(&mut self.viewer.cache.borrow_mut(), writes);
            return Ok(());
        };
        let mut after = self.viewer.cache.borrow().clone();
        apply(&mut after, writes);
        let bytes: usize = after.values().map(Bytes::len).sum();
        if bytes as u64 > quota {
            return Err(CacheFailure::Full);
        }
        *self.viewer.cache.borrow_mut() = after;
        Ok(())
    }

    async fn cache_keys(&self) -> Result<Vec<String>, CacheFailure> {
        Later::default().await;
        Ok(self.viewer.cache.borrow().keys().cloned().collect())
    }

    async fn cache_quota(&self) -> Option<u64> {
        self.world.quota.get()
    }
}

fn apply(cache: &mut BTreeMap<String, Bytes>, writes: Vec<CacheWrite>) {
    for write in writes {
        match write {
            CacheWrite::Put { key, bytes } => cache.insert(key, bytes),
            CacheWrite::Delete { key } => cache.remove(&key),
        };
    }
}

/// A request under way, until it is dropped.
struct Asking(Rc<World>);

impl Asking {
    fn begin(world: &Rc<World>) -> Self {
        world.asking.set(world.asking.get() + 1);
        world.most_asking.set(world.most_asking.get().max(world.asking.get()));
        Self(Rc::clone(world))
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.asking.set(self.0.asking.get() - 1);
    }
}
