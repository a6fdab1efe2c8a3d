use crate::host::FetchFailure;
use bytes::Bytes;

/// What a request meets instead of its answer.
#[derive(Clone)]
pub enum Fault {
    Status(u16),
    /// The store is busy, and says for how long.
    Busy {
        status: u16,
        retry_after_ms: f64,
    },
    Failure(FetchFailure),
    /// The bytes at another place, labelled as such.
    ShiftedRange,
    /// The body ends after that many bytes.
    Cut(usize),
    /// One byte of the body is another.
    Damaged,
    /// Status 200 and the whole file.
    WholeFile,
    /// A login page with status 200.
    LoginPage,
    /// Before this request is answered, the file gets these bytes and this ETag.
    Replaced {
        bytes: Bytes,
        etag: String,
    },
}
