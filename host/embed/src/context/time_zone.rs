//! Time zones: how far a zone is ahead of UTC at an instant, from the IANA database that is part of the binary, so that
//! every machine gives the same answer.

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(super) fn offset_seconds(zone: &str, now_ms: u64) -> Option<i32> {
    let instant = Timestamp::from_millisecond(i64::try_from(now_ms).ok()?).ok()?;
    let zone = TimeZone::get(zone).ok()?;
    Some(zone.to_offset(instant).seconds())
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
        check("Europe/Atlantis", "2026-07-01T00:00:00Z", None);
        check("../../etc/passwd", "2026-07-01T00:00:00Z", None);
    }
}
