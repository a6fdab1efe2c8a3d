/// Deaths within this time count together.
const WINDOW_MS: f64 = 60_000.0;
/// That many deaths within the window end the attempts: something kills every worker.
const MAX_DEATHS: usize = 3;

/// Decides whether a dead worker is replaced.
#[derive(Debug, Default)]
pub struct RestartPolicy {
    deaths: Vec<f64>,
}

impl RestartPolicy {
    /// Counts a death; `true` when another worker may be started.
    pub fn allows_restart(&mut self, now: f64) -> bool {
        self.deaths.retain(|at| now - at < WINDOW_MS);
        self.deaths.push(now);
        self.deaths.len() < MAX_DEATHS
    }

    pub fn forgive(&mut self) {
        self.deaths.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn third_death_within_a_minute_is_the_last() {
        let mut policy = RestartPolicy::default();
        assert!(policy.allows_restart(0.0));
        assert!(policy.allows_restart(10_000.0));
        assert!(!policy.allows_restart(59_000.0));
        policy.forgive();
        assert!(policy.allows_restart(59_500.0));
    }

    #[test]
    fn deaths_far_apart_are_forgotten() {
        let mut policy = RestartPolicy::default();
        for minute in 0..10 {
            assert!(policy.allows_restart(f64::from(minute) * 31_000.0), "{minute}");
        }
    }
}
