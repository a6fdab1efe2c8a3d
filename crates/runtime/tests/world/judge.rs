//! What tabs may show in a world whose store serves ten trips of a few fares, which tell the viewer and the generation.
use super::rows;
use std::collections::BTreeMap;
use tarn_protocol::{QueryError, Results, SourceStatus};

pub const GENERATIONS: u64 = 9;
/// Two fares of a generation: a sum over files of two generations is none of a single one.
pub const OTHER_FARE: u64 = 1000;

/// What the store gives this viewer in this generation, as a number that every fare is made of.
pub fn edition(viewer: usize, generation: u64) -> u64 {
    10 * viewer as u64 + generation
}

/// Knows what was served, and when.
pub struct Judge {
    pub is_published: bool,
    /// When the store began to serve which generation.
    pub history: Vec<(f64, u64)>,
    /// The viewer and generation that a snapshot's name stands for.
    pub known: BTreeMap<String, (usize, u64)>,
}

impl Judge {
    pub fn served(&self) -> u64 {
        self.history.last().unwrap().1
    }

    /// What is called current at an instant was served then. Its age, and with it stale and expired, count from there.
    pub fn check_status(&self, viewer: usize, status: &SourceStatus, now: f64) {
        let (Some(snapshot), Some(validated_at)) = (&status.snapshot, status.validated_at) else { return };
        assert!(validated_at <= now, "validated in the future");
        let Some((whose, generation)) = self.known.get(snapshot).copied() else { return };
        assert_eq!(whose, viewer, "another identity's snapshot");
        let until_then = || self.history.iter().rev().skip_while(|(at, _)| *at > validated_at);
        let n_at_once = until_then().take_while(|(at, _)| *at == validated_at).count();
        let served: Vec<u64> = until_then().take(n_at_once + 1).map(|(_, generation)| *generation).collect();
        assert!(served.contains(&generation), "generation {generation} is called current at {validated_at}, when {served:?} was served");
    }

    /// Rows are of one generation and of this viewer, or there are none. How many views were shown, and how many failed.
    pub fn check_results(&mut self, viewer: usize, results: &Results) -> (u64, u64) {
        let (mut shown, mut failed) = (0, 0);
        let mut snapshots: Vec<(&str, u64)> = vec![];
        for (view, result) in &results.views {
            match result {
                Ok(result) => {
                    shown += 1;
                    let n_rows = match view.as_str() {
                        "cities" => 3,
                        "total" => 1,
                        _ => continue,
                    };
                    let (whose, generation) = self.edition_of(&rows(&result.table), n_rows);
                    assert_eq!(whose, viewer, "another identity's bytes");
                    snapshots.push((&result.snapshot, generation));
                }
                Err(QueryError::Load(_)) => failed += 1,
                Err(error) => panic!("{view}: {error:?}"),
            }
        }
        for (snapshot, generation) in &snapshots {
            assert_eq!((snapshot, generation), (&snapshots[0].0, &snapshots[0].1), "two snapshots on one page");
            let known = *self.known.entry((*snapshot).to_owned()).or_insert((viewer, *generation));
            assert_eq!(known, (viewer, *generation), "snapshot {snapshot} shows other rows than it did");
            assert!(!self.is_published || *snapshot == format!("g{}", edition(viewer, *generation)));
        }
        (shown, failed)
    }

    /// Whose rows these are, and of which generation, by the last value of each: ten trips a file, of that fare.
    fn edition_of(&self, rows: &[String], n_rows: usize) -> (usize, u64) {
        assert_eq!(rows.len(), n_rows, "{rows:?}");
        let takings: u64 = rows.iter().map(|row| row.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum();
        let unit = if self.is_published { 10 * (1 + OTHER_FARE) } else { 10 };
        let (viewer, generation) = ((takings / unit / 10) as usize, takings / unit % 10);
        assert!(takings.is_multiple_of(unit) && (1..=GENERATIONS).contains(&generation), "rows of no generation: {rows:?}");
        (viewer, generation)
    }
}
