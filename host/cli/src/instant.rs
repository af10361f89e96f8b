//! Instants, as people read them.

use std::fmt;

use jiff::Timestamp;

/// Milliseconds since 1970, as an instant that people read.
pub(crate) struct Instant(pub(crate) i64);

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_millisecond(self.0) {
            Ok(instant) => write!(f, "{instant:.0}"),
            Err(_beyond_the_calendar) => write!(f, "{} ms after 1970", self.0),
        }
    }
}
