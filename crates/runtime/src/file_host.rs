//! Local files, for the command line: no network, no cache.
use crate::host::{Answer, CacheFailure, CacheWrite, FetchFailure, FetchRequest, Host};
use bytes::Bytes;
use std::fs::File;
use std::future::Future;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tarn_snapshot::{ByteRange, ContentRange, Validators};

/// Reads files below a directory. A file that is not there is answered with 404, one that may not be read with 403.
pub struct FileHost {
    base: PathBuf,
    started: Instant,
}

impl FileHost {
    /// Sources are relative to `base`.
    pub fn new(base: impl Into<PathBuf>) -> Self {
        Self { base: base.into(), started: Instant::now() }
    }

    fn read(&self, request: &FetchRequest) -> std::io::Result<Answer> {
        let mut file = File::open(Path::new(&request.url))?;
        let metadata = file.metadata()?;
        let modified = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let validators = Validators { etag: None, last_modified: modified.map(|at| at.as_nanos().to_string()) };
        if request.unless.as_ref().is_some_and(|known| *known == validators) {
            return Ok(Answer { status: 304, validators, ..Answer::default() });
        }
        let length = metadata.len();
        let range = ByteRange::new(request.range.start, request.range.end.min(length));
        if range.is_empty() {
            return Ok(Answer { status: 416, ..Answer::default() });
        }
        let mut body = vec![0; range.len() as usize];
        file.seek(SeekFrom::Start(range.start))?;
        file.read_exact(&mut body)?;
        let content_range = Some(ContentRange { range, file_length: Some(length) });
        let content_length = Some(range.len());
        Ok(Answer { status: 206, content_range, content_length, validators, body: body.into(), ..Answer::default() })
    }
}

impl Host for FileHost {
    fn now_ms(&self) -> f64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1e3)
    }

    fn stopwatch_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1e3
    }

    fn memory_bytes(&self) -> u64 {
        0
    }

    fn resolve(&self, _base_url: &str, location: &str) -> String {
        self.base.join(location).to_string_lossy().into_owned()
    }

    async fn fetch(&self, request: &FetchRequest, progress: &dyn Fn(u64)) -> Result<Answer, FetchFailure> {
        let status = |status| Ok(Answer { status, ..Answer::default() });
        if request.url.contains("://") {
            return Err(FetchFailure::Offline);
        }
        match self.read(request) {
            Ok(answer) => {
                progress(answer.body.len() as u64);
                Ok(answer)
            }
            Err(error) => match error.kind() {
                std::io::ErrorKind::PermissionDenied => status(403),
                std::io::ErrorKind::UnexpectedEof => Err(FetchFailure::CutShort { found: 0 }),
                _ => status(404),
            },
        }
    }

    async fn cache_read(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheFailure> {
        Ok(vec![None; keys.len()])
    }

    async fn cache_write(&self, _writes: Vec<CacheWrite>) -> Result<(), CacheFailure> {
        Ok(())
    }

    async fn cache_keys(&self) -> Result<Vec<String>, CacheFailure> {
        Ok(vec![])
    }

    async fn cache_quota(&self) -> Option<u64> {
        None
    }
}

/// Runs a future to its end on this thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
