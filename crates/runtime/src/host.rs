use crate::tabs::{News, Turn};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tarn_snapshot::{ByteRange, ContentRange, Digest, Validators};

/// The world as the runtime sees it: clock, network and storage. Everything runs on one thread, so futures need not be `Send`.
#[allow(async_fn_in_trait, reason = "implemented for single-threaded workers only, where a future's Send-ness does not matter")]
pub trait Host {
    /// Milliseconds since 1970, by this client's clock.
    fn now_ms(&self) -> f64;

    /// Milliseconds since some start, monotonic and as fine as the host has it: for measuring, never for ages.
    fn stopwatch_ms(&self) -> f64;

    /// The whole heap of this worker; 0 where nobody knows.
    fn memory_bytes(&self) -> u64;

    /// How many bytes sources may take together unless the dashboard says so; `None`: as many as they need, whatever it says.
    fn memory_budget(&self) -> Option<u64> {
        None
    }

    /// Tells this build of the program from others, where the host knows: answers that another one gave are not kept.
    fn build(&self) -> String {
        String::new()
    }

    /// The absolute address of a source's location.
    fn resolve(&self, base_url: &str, location: &str) -> String;

    /// One GET, never answered from an HTTP cache. `progress` is told the bytes of the body as they come.
    async fn fetch(&self, request: &FetchRequest, progress: &dyn Fn(u64)) -> Result<Answer, FetchFailure>;

    /// Waits; not at all where there is nobody to wait for.
    async fn pause(&self, _ms: f64) {}

    /// Lets messages in that have come meanwhile.
    async fn give_way(&self) {}

    /// Waits until no other tab of this origin and this viewer is in the turn of that name, and takes it. A tab that ends has
    /// given its turns back. At once where the host cannot tell; after a while where the other one is stuck. With `silence_ms`: as
    /// soon as it has given no sign of life ([`News::at_work`]) for that long.
    async fn turn(&self, _name: &str, _silence_ms: Option<u32>) -> Turn {
        Turn::default()
    }

    /// Tells the other tabs of this origin and this viewer; their runtimes [`hear`](crate::Runtime::hear) it.
    fn tell(&self, _news: &News) {}

    /// The digest by which published bytes are verified. A host that computes it outside this thread's way may do so.
    async fn digest(&self, bytes: &Bytes) -> Digest {
        software_digest(bytes)
    }

    /// The stored values, in the order of the keys.
    async fn cache_read(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheFailure>;

    /// All writes happen, in one transaction, or none.
    async fn cache_write(&self, writes: Vec<CacheWrite>) -> Result<(), CacheFailure>;

    async fn cache_keys(&self) -> Result<Vec<String>, CacheFailure>;

    /// How many bytes may be stored in all, where the host knows.
    async fn cache_quota(&self) -> Option<u64>;
}

/// For hosts that have nothing faster.
pub fn software_digest(bytes: &[u8]) -> Digest {
    Digest::of(&Sha256::digest(bytes).into())
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchRequest {
    pub url: String,
    pub range: ByteRange,
    /// Asks for an answer without a body (304) when the file still has these validators.
    pub unless: Option<Validators>,
    /// The body matters only as a part: a host may stop reading an answer that is the whole file.
    pub headers_only: bool,
}

/// What came back, before any check.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    pub content_range: Option<ContentRange>,
    /// Smaller than the body when that was compressed on the way.
    pub content_length: Option<u64>,
    pub validators: Validators,
    /// When a busy store wants to be asked again (`Retry-After`), from now on.
    pub retry_after_ms: Option<f64>,
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchFailure {
    /// The store lets no page of this origin read the answer.
    Blocked {
        origin: String,
    },
    Offline,
    /// No byte for that long.
    Timeout {
        seconds: u32,
    },
    /// The connection ended within the body.
    CutShort {
        found: u64,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CacheWrite {
    Put { key: String, bytes: Bytes },
    Delete { key: String },
}

/// Why storage does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheFailure {
    /// There is none here: private mode, switched off.
    Unavailable,
    /// The quota is used up.
    Full,
    /// Anything else; trying again may help.
    Failed,
}
