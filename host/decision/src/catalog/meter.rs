//! How much of a feature someone may use.

use std::fmt;

use super::word::Word;

/// Says how much of a feature someone may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meter {
    /// No use at all.
    Off,
    /// So many uses per period.
    Metered {
        /// How many uses; 0 is allowed.
        limit: u64,
        /// How long they have to last.
        per: Period,
    },
    /// Any number of uses.
    On,
}

/// Names the time that a limit has to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// Forever: what is used up does not come back.
    Lifetime,
    /// One hour.
    Hour,
    /// One day.
    Day,
    /// One week.
    Week,
    /// One month.
    Month,
}

impl Word for Period {
    const ALL: &'static [Self] = &[Self::Lifetime, Self::Hour, Self::Day, Self::Week, Self::Month];

    fn word(self) -> &'static str {
        match self {
            Self::Lifetime => "lifetime",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
