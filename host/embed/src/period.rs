//! Metering periods: when the one that an instant falls into began, in UTC.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use usher_decision::Period;

/// The start of the calendar period around an instant. Weeks begin on Monday; a lifetime began with the epoch.
pub(crate) fn start(period: Period, now_ms: u64) -> Option<Timestamp> {
    let now = Timestamp::from_millisecond(i64::try_from(now_ms).ok()?).ok()?;
    let hour = SignedDuration::from_secs(3_600);
    let today = || now.to_zoned(TimeZone::UTC).start_of_day().ok();
    let start = |day: Option<Zoned>| day.map(|day| day.timestamp());
    match period {
        Period::Lifetime => Some(Timestamp::UNIX_EPOCH),
        Period::Hour => {
            now.round(jiff::TimestampRound::new().smallest(jiff::Unit::Hour).mode(jiff::RoundMode::Trunc)).ok()
        }
        Period::Day => start(today()),
        Period::Week => {
            let since_monday = i64::from(today()?.weekday().since(Weekday::Monday));
            today()?.timestamp().checked_sub(hour.checked_mul(i32::try_from(since_monday.checked_mul(24)?).ok()?)?).ok()
        }
        Period::Month => start(today()?.first_of_month().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(period: Period, instant: &str, expected: &str) {
        let instant: Timestamp = instant.parse().unwrap();
        let now_ms = u64::try_from(instant.as_millisecond()).unwrap();
        assert_eq!(start(period, now_ms).unwrap().to_string(), expected);
    }

    #[test]
    fn periods_follow_the_calendar() {
        let instant = "2026-03-01T14:35:10.5Z"; // a Sunday
        check(Period::Lifetime, instant, "1970-01-01T00:00:00Z");
        check(Period::Hour, instant, "2026-03-01T14:00:00Z");
        check(Period::Day, instant, "2026-03-01T00:00:00Z");
        check(Period::Week, instant, "2026-02-23T00:00:00Z");
        check(Period::Month, instant, "2026-03-01T00:00:00Z");
        check(Period::Week, "2026-02-23T00:00:00Z", "2026-02-23T00:00:00Z");
        check(Period::Month, "2028-02-29T23:59:59Z", "2028-02-01T00:00:00Z");
    }
}
