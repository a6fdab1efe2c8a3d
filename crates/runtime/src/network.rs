//! Requests of one source: counted, checked, with their bytes reported.
use crate::answer::{Checked, check, failure};
use crate::host::{FetchRequest, Host};
use std::cell::{Cell, RefCell};
use tarn_protocol::{LoadErrorKind, ReadCost};
use tarn_snapshot::{ByteRange, FileIdentity, Validators};

/// Between the first failure and the next attempt at least twice this; then twice as long.
const FIRST_PAUSE_MS: f64 = 200.0;

/// A store that asks for more patience is left to the next validation.
const MAX_PAUSE_MS: f64 = 30_000.0;

/// The pause after that attempt, the first being 1; `told` is what the store asked for. `share` is in 0..1 and another one in
/// every tab: those that failed together do not come back together. `None`: too long to wait.
fn pause_ms(attempt: u32, told: Option<f64>, share: f64) -> Option<f64> {
    let own = FIRST_PAUSE_MS * (f64::from(1 << attempt) + share);
    let told = told.unwrap_or(0.0);
    (told <= MAX_PAUSE_MS).then_some(own.max(told * (1.0 + share / 4.0)))
}

/// How often a request is made in all when it ends so: a store that is busy or a connection that broke may be better soon,
/// a store that refuses will not. A silent one has taken its time already.
fn attempts(kind: &LoadErrorKind) -> u32 {
    match kind {
        LoadErrorKind::Status { status: 429 | 500 | 502 | 503 | 504 } | LoadErrorKind::CutShort { .. } => 3,
        LoadErrorKind::Timeout { .. } => 2,
        _ => 1,
    }
}

/// What a source has cost so far.
#[derive(Default)]
pub(crate) struct Counters {
    pub requests: Cell<u32>,
    /// When the newest request was sent. What its answer says was so then; it may be no longer when the answer is here.
    pub asked_at: Cell<f64>,
    pub bytes_fetched: Cell<u64>,
    pub bytes_from_cache: Cell<u64>,
    pub row_groups_read: Cell<u32>,
    pub decode_ms: Cell<f64>,
    /// Of each column that was read.
    pub columns: RefCell<Vec<(String, ReadCost)>>,
}

impl Counters {
    /// One more row group of a column was read.
    pub fn note_column(&self, name: &str, cost: &ReadCost) {
        let mut columns = self.columns.borrow_mut();
        match columns.iter_mut().find(|(known, _)| known == name) {
            Some((_, all)) => all.add(cost),
            None => columns.push((name.to_owned(), *cost)),
        }
    }
}

type Outcome = Result<(Checked, Validators), LoadErrorKind>;

pub(crate) struct Network<'a, H> {
    pub host: &'a H,
    pub counters: &'a Counters,
    /// Told after every piece of a body, with the piece's length.
    pub on_bytes: &'a dyn Fn(u64),
}

impl<H: Host> Network<'_, H> {
    /// A range of a file. `known` is `None` for the first request alone.
    pub async fn range(&self, url: &str, range: ByteRange, known: Option<&FileIdentity>) -> Outcome {
        let request = FetchRequest { url: url.to_owned(), range, unless: None, headers_only: false };
        self.send(&request, known).await
    }

    /// Whether the file still is what it was. With `conditional`, an unchanged file is answered without a body.
    pub async fn is_unchanged(&self, file: &FileIdentity, conditional: bool) -> Result<bool, LoadErrorKind> {
        let unless = (conditional && !file.validators.is_empty()).then(|| file.validators.clone());
        let request = FetchRequest { url: file.url.clone(), range: ByteRange::new(0, 1), unless, headers_only: true };
        match self.send(&request, Some(file)).await {
            Ok((Checked::Unchanged, _)) => Ok(true),
            // Without any validator the same length proves nothing.
            Ok((_, validators)) => Ok(file.agreement(&validators, None) == tarn_snapshot::Agreement::Same),
            Err(LoadErrorKind::Replaced) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Asks again, after a pause, where that may help.
    async fn send(&self, request: &FetchRequest, known: Option<&FileIdentity>) -> Outcome {
        let mut attempt = 1;
        loop {
            let (outcome, told) = self.send_once(request, known).await;
            if outcome.as_ref().err().is_none_or(|kind| attempt >= attempts(kind)) {
                return outcome;
            }
            let share = (self.host.stopwatch_ms() % FIRST_PAUSE_MS) / FIRST_PAUSE_MS;
            let Some(pause) = pause_ms(attempt, told, share) else { return outcome };
            self.host.pause(pause).await;
            attempt += 1;
        }
    }

    /// The outcome, and when the store wants to be asked again if it said so.
    async fn send_once(&self, request: &FetchRequest, known: Option<&FileIdentity>) -> (Outcome, Option<f64>) {
        self.counters.requests.set(self.counters.requests.get() + 1);
        self.counters.asked_at.set(self.host.now_ms());
        let progress = |bytes: u64| {
            self.counters.bytes_fetched.set(self.counters.bytes_fetched.get() + bytes);
            (self.on_bytes)(bytes);
        };
        match self.host.fetch(request, &progress).await {
            Ok(answer) => (check(request, &answer, known).map(|checked| (checked, answer.validators)), answer.retry_after_ms),
            Err(error) => (Err(failure(request, error)), None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_are_spread_and_last_at_least_as_long_as_the_store_asks() {
        for (attempt, told, range) in [
            (1, None, 400.0..600.0),
            (2, None, 800.0..1_000.0),
            (1, Some(100.0), 400.0..600.0),
            (1, Some(8_000.0), 8_000.0..10_000.0),
            (2, Some(30_000.0), 30_000.0..37_500.0),
        ] {
            assert_eq!(pause_ms(attempt, told, 0.0), Some(range.start));
            assert_eq!(pause_ms(attempt, told, 1.0), Some(range.end));
        }
        assert_eq!(pause_ms(1, Some(31_000.0), 0.0), None);
    }
}
