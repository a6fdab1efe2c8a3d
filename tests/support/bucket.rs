//! An S3 in the test's own process: it can fail at any request, hold one until something else has happened, and show what a
//! reader would find. What it does to a request is the test's to say, request by request.
mod objects;
mod wire;

pub use objects::Objects;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wire::{Asked, Reply};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Served,
    /// Refused with a status and one of S3's codes, and not done.
    Refused(u16, &'static str),
    /// The connection ends before anything is done.
    Cut,
    /// Done, but the answer never arrives.
    AnswerLost,
    /// Nothing is done and nothing answered, for as long as the client waits.
    Stalled,
}

/// One request, before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    pub method: String,
    /// The object's name; empty for a list or a deletion of several.
    pub name: String,
    /// Whether it would change something.
    pub writes: bool,
}

type Judge = Arc<dyn Fn(&Operation) -> Turn + Send + Sync>;

pub struct Bucket {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    objects: Mutex<Objects>,
    judge: Mutex<Judge>,
}

impl Bucket {
    /// Serves an empty bucket on a free port for as long as the process lives.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { objects: Mutex::default(), judge: Mutex::new(Arc::new(|_| Turn::Served)) });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            // One that was reset before it was taken is no reason to end.
            for stream in listener.incoming().filter_map(Result::ok) {
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || shared.serve(stream));
            }
        });
        Self { port, shared }
    }

    /// What a publication to `s3://bucket/…` needs in its environment.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_ALLOW_HTTP", "true".into()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_ACCESS_KEY_ID", "tarn".into()),
            ("AWS_SECRET_ACCESS_KEY", "secret".into()),
        ]
    }

    /// The same objects as Google's stores serve them, for `gs://bucket/…`: the key as it stands in a file.
    pub fn google_key(&self) -> String {
        let url = format!("http://127.0.0.1:{}", self.port);
        format!(r#"{{"gcs_base_url":"{url}","disable_oauth":true,"client_email":"","private_key":"","private_key_id":""}}"#)
    }

    /// From now on every request is judged so. It may wait for something else to happen.
    pub fn judge(&self, judge: impl Fn(&Operation) -> Turn + Send + Sync + 'static) {
        *lock(&self.shared.judge) = Arc::new(judge);
    }

    pub fn objects(&self) -> Objects {
        lock(&self.shared.objects).clone()
    }

    pub fn set_objects(&self, objects: Objects) {
        *lock(&self.shared.objects) = objects;
    }

    /// Time goes by on the store's clock.
    pub fn pass(&self, seconds: u64) {
        lock(&self.shared.objects).clock += seconds;
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) {
        let Some(asked) = Asked::read(&stream) else { return };
        let judge = Arc::clone(&lock(&self.judge));
        let reply = match judge(&asked.operation()) {
            Turn::Served => Some(lock(&self.objects).answer(&asked)),
            Turn::Refused(status, code) => Some(Reply::refused(status, code)),
            Turn::AnswerLost => {
                lock(&self.objects).answer(&asked);
                None
            }
            Turn::Cut => None,
            Turn::Stalled => {
                // Until the client closes.
                let _ = std::io::Read::read(&mut &stream, &mut [0]);
                None
            }
        };
        if let Some(reply) = reply {
            reply.write(&stream, asked.method == "HEAD");
        }
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
