use serde::{Deserialize, Serialize};

const SECOND_MICROS: i64 = 1_000_000;

/// A time zone as far as the data can meet it: the offsets from UTC and when they change. Compiled into the dashboard, so
/// that every viewer sees the same wall time, whatever their device knows about zones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// As in the IANA database, such as `Europe/Berlin`.
    pub name: String,
    /// Before the first change.
    pub first_offset_secs: i32,
    /// Changes in their order: seconds since 1970 in UTC, and the offset from then on.
    pub changes: Vec<(i64, i32)>,
}

impl Default for Zone {
    fn default() -> Self {
        Self { name: "UTC".into(), first_offset_secs: 0, changes: vec![] }
    }
}

impl Zone {
    /// Whether wall time is UTC, always.
    pub fn is_utc(&self) -> bool {
        self.first_offset_secs == 0 && self.changes.iter().all(|(_, offset)| *offset == 0)
    }

    /// Microseconds to add to the instant, which makes it wall time.
    pub fn offset(&self, instant: i64) -> i64 {
        let after = self.changes.partition_point(|(at, _)| at.saturating_mul(SECOND_MICROS) <= instant);
        self.offset_after(after)
    }

    /// The wall time of an instant, both in microseconds since 1970.
    pub fn wall(&self, instant: i64) -> i64 {
        instant.saturating_add(self.offset(instant))
    }

    /// The instant of a wall time. Of one that occurs twice, the later; one that is skipped is as much later as the clock
    /// was moved. Both as DuckDB has it.
    pub fn instant(&self, wall: i64) -> i64 {
        // A change has come once the clock shows what it shows after it: so a skipped time still has the offset before, and
        // a repeated one that after.
        let after = self.changes.partition_point(|(at, offset)| (at + i64::from(*offset)).saturating_mul(SECOND_MICROS) <= wall);
        wall.saturating_sub(self.offset_after(after))
    }

    /// The offset after so many changes.
    fn offset_after(&self, n_changes: usize) -> i64 {
        let secs = n_changes.checked_sub(1).map_or(self.first_offset_secs, |last| self.changes[last].1);
        i64::from(secs) * SECOND_MICROS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Berlin's summer of 2001.
    fn berlin() -> Zone {
        Zone { name: "Europe/Berlin".into(), first_offset_secs: 3_600, changes: vec![(985_482_000, 7_200), (1_004_230_800, 3_600)] }
    }

    const HOUR: i64 = 3_600 * SECOND_MICROS;
    const SPRING: i64 = 985_482_000 * SECOND_MICROS;
    const AUTUMN: i64 = 1_004_230_800 * SECOND_MICROS;

    #[test]
    fn instants_and_wall_times_follow_the_changes() {
        let zone = berlin();
        for (instant, offset) in [(SPRING - 1, 1), (SPRING, 2), (AUTUMN - 1, 2), (AUTUMN, 1), (i64::MIN, 1), (i64::MAX, 1)] {
            assert_eq!(zone.offset(instant), offset * HOUR, "{instant}");
        }
        // 01:59:59 and 03:00 in spring.
        assert_eq!(zone.instant(SPRING + HOUR - 1), SPRING - 1);
        assert_eq!(zone.instant(SPRING + 2 * HOUR), SPRING);
        // 02:30 is skipped, and 03:30 is meant.
        assert_eq!(zone.instant(SPRING + HOUR + HOUR / 2), SPRING + HOUR / 2);
        // 02:30 in autumn occurs twice, and the second is meant.
        assert_eq!(zone.instant(AUTUMN + HOUR + HOUR / 2), AUTUMN + HOUR / 2);
        assert_eq!(zone.instant(AUTUMN + HOUR - 1), AUTUMN - HOUR - 1);
        assert!(!zone.is_utc() && Zone::default().is_utc());
    }
}
