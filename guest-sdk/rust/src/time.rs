//! Points in time, and what a calendar and a clock on the wall show at them. Integer arithmetic only: a workflow
//! carries no time-zone database, because the host has already worked out the visitor's offset.

mod civil;
mod parse;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;

pub use self::civil::{CivilTime, Weekday};

/// Marks a point in time, to the millisecond, from 1970 on.
///
/// A workflow is told the decision's instant and has no other clock: every clock it can read stands still there.
/// Deadlines in the rules are best written as constants, which makes a mistyped date an error of the compiler:
///
/// ```
/// use usher_guest::Instant;
///
/// const SALE_ENDS: Instant = Instant::parse("2026-12-24T18:00:00Z").unwrap();
///
/// let now = Instant::parse("2026-12-24T18:59:59+01:00").unwrap();
/// assert!(now < SALE_ENDS);
/// ```
///
/// It also deserializes from the same texts, so it may stand in an author's own structs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    millis: u64,
}

impl Instant {
    /// Places an instant so many milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: u64) -> Self {
        Self { millis }
    }

    /// Counts the milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> u64 {
        self.millis
    }

    /// Reads a date and time in the form of RFC 3339, such as `2026-12-24T18:00:00Z` or
    /// `2026-12-24T19:00:00.250+01:00`. A date alone, such as `2026-12-24`, is its midnight in UTC.
    ///
    /// Answers `None` for any other text, for dates that no calendar has, and for times before 1970. Digits after
    /// the millisecond are dropped.
    pub const fn parse(text: &str) -> Option<Self> {
        match parse::millis(text.as_bytes()) {
            Some(millis) if millis >= 0 => Some(Self { millis: millis.cast_unsigned() }),
            _ => None,
        }
    }

    /// Shows this instant on a calendar and a clock in UTC.
    pub const fn utc(self) -> CivilTime {
        self.at_offset(0)
    }

    /// Shows this instant on a calendar and a clock that are so many seconds ahead of UTC.
    ///
    /// [`Request::local_time`](crate::Request::local_time) does so with the visitor's offset.
    pub const fn at_offset(self, seconds: i32) -> CivilTime {
        CivilTime::from_unix_seconds((self.millis / 1000).cast_signed(), seconds)
    }

    /// Tells how long ago `earlier` was; zero when it is still to come.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.millis.saturating_sub(earlier.millis))
    }

    /// Moves so far into the future, or to the end of time when that is nearer.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self { millis: self.millis.saturating_add(millis) }
    }
}

/// Tells that a text is not a date and time; see [`Instant::parse`] for the ones that are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a date and time such as `2026-12-24T18:00:00Z`")]
pub struct InstantError {
    text: String,
}

impl FromStr for Instant {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).ok_or_else(|| InstantError { text: text.to_owned() })
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Instant {
    /// Writes the form of RFC 3339 in UTC, with milliseconds only when there are any.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CivilTime { year, month, day, hour, minute, second, .. } = self.utc();
        write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        match self.millis % 1000 {
            0 => formatter.write_str("Z"),
            millis => write!(formatter, ".{millis:03}Z"),
        }
    }
}

#[cfg(test)]
mod tests;
