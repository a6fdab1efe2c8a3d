use crate::Weekday;
use serde::{Deserialize, Serialize};

/// A calendar unit: the grain of a time axis, the unit of a relative period, the argument of `date_trunc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    /// Starts on this day. The text form says nothing of it: what is read from text starts on Monday until
    /// [`TimeUnit::starting`] says otherwise.
    Week(Weekday),
    Month,
    Quarter,
    Year,
}

impl TimeUnit {
    pub const ALL: [Self; 10] = [
        Self::Microsecond,
        Self::Millisecond,
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Week(Weekday::Monday),
        Self::Month,
        Self::Quarter,
        Self::Year,
    ];

    /// The name in YAML, SQL and URLs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Microsecond => "microsecond",
            Self::Millisecond => "millisecond",
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week(_) => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// The same unit, of a week that starts on the day.
    pub fn starting(self, week_start: Weekday) -> Self {
        if let Self::Week(_) = self { Self::Week(week_start) } else { self }
    }

    /// The unit of that name, singular or plural.
    pub fn from_name(name: &str) -> Option<Self> {
        let singular = name.strip_suffix('s').unwrap_or(name);
        Self::ALL.into_iter().find(|unit| unit.name() == singular)
    }
}
