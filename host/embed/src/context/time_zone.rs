//! Time zones: how far a zone is ahead of UTC at an instant, from the IANA database that is part of the binary, so that
//! every machine gives the same answer.

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

thread_local! {
    /// The zones that this thread was asked about, by their own names: the database takes a lock for each look, which all threads
    /// would pass to each other. There are some six hundred.
    static ZONES: RefCell<HashMap<Box<str>, TimeZone>> = RefCell::default();
}

pub(super) fn offset_seconds(zone: &str, now_ms: u64) -> Option<i32> {
    let instant = Timestamp::from_millisecond(i64::try_from(now_ms).ok()?).ok()?;
    ZONES.with_borrow_mut(|zones| {
        if let Some(known) = zones.get(zone) {
            return Some(known.to_offset(instant).seconds());
        }
        let found = TimeZone::get(zone).ok()?;
        let offset = found.to_offset(instant).seconds();
        // The database takes a name in any case, and a visitor may think of many.
        if found.iana_name() == Some(zone) {
            zones.insert(zone.into(), found);
        }
        Some(offset)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zone: &str, instant: &str, hours: Option<f64>) {
        let instant: Timestamp = instant.parse().unwrap();
        let now_ms = u64::try_from(instant.as_millisecond()).unwrap();
        assert_eq!(offset_seconds(zone, now_ms).map(|seconds| f64::from(seconds) / 3_600.0), hours, "{zone}");
    }

    #[test]
    fn daylight_saving_counts() {
        check("Europe/Berlin", "2026-01-01T00:00:00Z", Some(1.0));
        check("Europe/Berlin", "2026-07-01T00:00:00Z", Some(2.0));
        check("America/New_York", "2026-07-01T00:00:00Z", Some(-4.0));
        check("Asia/Kathmandu", "2026-07-01T00:00:00Z", Some(5.75));
        check("Europe/Berlin", "2026-01-01T00:00:00Z", Some(1.0));
        check("europe/BERLIN", "2026-01-01T00:00:00Z", Some(1.0));
        check("Europe/Atlantis", "2026-07-01T00:00:00Z", None);
        check("../../etc/passwd", "2026-07-01T00:00:00Z", None);
    }

    #[test]
    fn a_zone_is_remembered_by_its_own_name_only() {
        let known = || ZONES.with_borrow(|zones| zones.keys().cloned().collect::<Vec<_>>());
        for zone in ["europe/berlin", "Europe/Atlantis", "Europe/Berlin", "EUROPE/BERLIN", "Europe/Berlin"] {
            offset_seconds(zone, 0);
        }
        assert_eq!(known(), ["Europe/Berlin".into()]);
    }
}
