use tarn_protocol::SourceStatus;

/// After a failed load or validation the next attempt comes at the latest after this time.
const MAX_RETRY_MS: f64 = 300_000.0;

/// What the schedule needs to know of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceTimes {
    pub source: String,
    pub ttl_secs: u32,
    pub max_stale_secs: u32,
}

impl SourceTimes {
    pub(crate) fn ttl_ms(&self) -> f64 {
        f64::from(self.ttl_secs) * 1e3
    }

    pub(crate) fn max_stale_ms(&self) -> f64 {
        f64::from(self.max_stale_secs) * 1e3
    }
}

/// When each source is to be validated again. Many tabs that opened together spread out, because each waits a random 80
/// to 100 % of the TTL.
#[derive(Debug)]
pub struct Schedule {
    sources: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    times: SourceTimes,
    /// `None`: never loaded, or a validation is under way.
    due_at: Option<f64>,
}

impl Schedule {
    pub fn new(sources: Vec<SourceTimes>) -> Self {
        Self { sources: sources.into_iter().map(|times| Entry { times, due_at: None }).collect() }
    }

    /// After every load, validation or failure. `random` is in 0..1.
    pub fn note(&mut self, status: &SourceStatus, now: f64, random: f64) {
        let Some(entry) = self.sources.iter_mut().find(|entry| entry.times.source == status.source) else { return };
        let share = entry.times.ttl_ms() * (0.8 + 0.2 * random);
        entry.due_at = match status.validated_at {
            _ if status.error.is_some() => Some(now + share.min(MAX_RETRY_MS)),
            Some(at) => Some(at + share),
            None => None,
        };
    }

    /// There is news of a source that is not being validated: it is due now.
    pub fn hasten(&mut self, source: &str, now: f64) {
        let entry = self.sources.iter_mut().find(|entry| entry.times.source == source);
        if let Some(due_at) = entry.and_then(|entry| entry.due_at.as_mut()) {
            *due_at = due_at.min(now);
        }
    }

    /// The sources that are due; they are not due again until the next [`Schedule::note`].
    pub fn take_due(&mut self, now: f64) -> Vec<String> {
        let due = self.sources.iter_mut().filter(|entry| entry.due_at.is_some_and(|at| at <= now));
        due.map(|entry| {
            entry.due_at = None;
            entry.times.source.clone()
        })
        .collect()
    }

    pub fn next_due(&self) -> Option<f64> {
        self.sources.iter().filter_map(|entry| entry.due_at).min_by(f64::total_cmp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tarn_protocol::{LoadError, LoadErrorKind};

    fn schedule(ttl_secs: u32) -> Schedule {
        Schedule::new(vec![SourceTimes { source: "flights".into(), ttl_secs, max_stale_secs: ttl_secs }])
    }

    fn status(validated_at: Option<f64>, failed: bool) -> SourceStatus {
        let error = failed.then(|| LoadError { source: "flights".into(), url: "f".into(), kind: LoadErrorKind::Offline });
        SourceStatus { source: "flights".into(), validated_at, error, ..SourceStatus::default() }
    }

    #[test]
    fn due_between_four_fifths_and_all_of_the_ttl_after_validation() {
        for (random, due) in [(0.0, 1_000.0 + 240_000.0), (0.5, 1_000.0 + 270_000.0), (1.0, 1_000.0 + 300_000.0)] {
            let mut schedule = schedule(300);
            schedule.note(&status(Some(1_000.0), false), 50_000.0, random);
            assert_eq!(schedule.next_due(), Some(due));
            assert!(schedule.take_due(due - 1.0).is_empty());
            assert_eq!(schedule.take_due(due), ["flights"]);
            assert!(schedule.take_due(due + 1e9).is_empty(), "a validation is under way");
        }
    }

    #[test]
    fn a_thousand_tabs_that_become_stale_together_ask_one_after_another() {
        // Numbers without an order, the same on every run.
        let mut state = 7_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let mut in_second = std::collections::BTreeMap::<u64, u32>::new();
        for _ in 0..1_000 {
            let mut tab = schedule(60);
            tab.note(&status(Some(0.0), false), 0.0, random());
            *in_second.entry((tab.next_due().unwrap_or_default() / 1e3) as u64).or_default() += 1;
        }
        assert_eq!((in_second.keys().next(), in_second.keys().last()), (Some(&48), Some(&59)));
        assert!(in_second.values().all(|tabs| (50..=120).contains(tabs)), "{in_second:?}");
    }

    #[test]
    fn failures_are_tried_again_soon_even_under_a_long_ttl() {
        let mut schedule = schedule(86_400);
        schedule.note(&status(None, true), 7_000.0, 0.3);
        assert_eq!(schedule.next_due(), Some(307_000.0));
    }

    #[test]
    fn sources_that_were_never_loaded_are_not_due() {
        let mut schedule = schedule(300);
        schedule.note(&status(None, false), 0.0, 0.0);
        assert_eq!(schedule.next_due(), None);
    }
}
