use std::time::Duration;

/// How old the data of a source is, counted from the last time that the store confirmed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    Fresh,
    /// Older than the TTL: shown at once, marked, refreshed in the background.
    Stale,
    /// Older than `max_stale`: never passed off as current.
    Expired,
}

/// `max_stale` below `ttl` counts as `ttl`.
pub fn freshness(age: Duration, ttl: Duration, max_stale: Duration) -> Freshness {
    if age < ttl {
        Freshness::Fresh
    } else if age < max_stale {
        Freshness::Stale
    } else {
        Freshness::Expired
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_belong_to_the_older_state() {
        let at = |age: u64| freshness(Duration::from_secs(age), Duration::from_secs(300), Duration::from_secs(3600));
        assert_eq!(
            [at(0), at(299), at(300), at(3599), at(3600)],
            [Freshness::Fresh, Freshness::Fresh, Freshness::Stale, Freshness::Stale, Freshness::Expired]
        );
    }

    #[test]
    fn max_stale_below_the_ttl_leaves_no_stale_time() {
        let at = |age: u64| freshness(Duration::from_secs(age), Duration::from_secs(300), Duration::from_secs(60));
        assert_eq!([at(299), at(300)], [Freshness::Fresh, Freshness::Expired]);
    }
}
