use crate::SourceTimes;

/// How old the data of a source is, counted from the last time the store confirmed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    Fresh,
    /// Older than the TTL: shown at once, marked, refreshed in the background.
    Stale,
    /// Older than `max_stale`: dimmed and never passed off as current.
    Expired,
}

impl Freshness {
    pub fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Stale => "stale",
            Self::Expired => "expired",
        }
    }
}

/// A clock that went backwards makes an age of zero, not a negative one.
pub fn freshness(validated_at: f64, now: f64, times: &SourceTimes) -> Freshness {
    let age = (now - validated_at).max(0.0);
    if age >= times.max_stale_ms() {
        Freshness::Expired
    } else if age >= times.ttl_ms() {
        Freshness::Stale
    } else {
        Freshness::Fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_counts_from_the_last_validation() {
        let times = SourceTimes { source: "s".into(), ttl_secs: 300, max_stale_secs: 3600 };
        let at = |seconds: f64| freshness(1_000.0, 1_000.0 + seconds * 1e3, &times);
        assert_eq!(at(-60.0), Freshness::Fresh);
        assert_eq!(at(299.9), Freshness::Fresh);
        assert_eq!(at(300.0), Freshness::Stale);
        assert_eq!(at(3599.0), Freshness::Stale);
        assert_eq!(at(3600.0), Freshness::Expired);
    }
}
