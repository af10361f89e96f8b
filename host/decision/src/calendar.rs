//! An environment's calendar: when the periods begin that limits have to last.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::Period;

/// Says when the period around an instant began, by the clocks of one time zone.
///
/// Zones come from the IANA database that is part of the binary, so that every machine has the same calendar.
///
/// ```
/// use usher_decision::{Calendar, Period};
///
/// let berlin = Calendar::of_zone("Europe/Berlin").unwrap();
/// let noon = 1_772_366_400_000; // 2026-03-01T12:00:00Z
/// assert_eq!(berlin.start_of(Period::Month, noon), 1_772_319_600_000); // 2026-02-28T23:00:00Z
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    zone: TimeZone,
}

/// The calendar of UTC.
impl Default for Calendar {
    fn default() -> Self {
        Self { zone: TimeZone::UTC }
    }
}

impl Calendar {
    /// Returns the calendar of an IANA time zone, such as `Europe/Berlin`; none when there is no such zone.
    #[must_use]
    pub fn of_zone(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(|zone| Self { zone })
    }

    /// Returns the name of the zone.
    #[must_use]
    pub fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Returns when the period began that this instant is in, both in milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// Weeks begin on Monday. A lifetime began with the year 1970, and so did every period of an instant that no
    /// calendar has.
    #[must_use]
    pub fn start_of(&self, period: Period, instant_ms: u64) -> u64 {
        self.find_start(period, instant_ms).and_then(|start| u64::try_from(start.as_millisecond()).ok()).unwrap_or(0)
    }

    fn find_start(&self, period: Period, instant_ms: u64) -> Option<Timestamp> {
        let instant = Timestamp::from_millisecond(i64::try_from(instant_ms).ok()?).ok()?;
        let today = || instant.to_zoned(self.zone.clone()).start_of_day().ok();
        let start = match period {
            Period::Lifetime => return Some(Timestamp::UNIX_EPOCH),
            Period::Hour => {
                // Not by the face of the clock: an hour that is there twice, when clocks are put back, is two hours.
                let offset = i64::from(self.zone.to_offset(instant).seconds());
                let into_the_hour = instant.as_second().checked_add(offset)?.rem_euclid(3_600);
                return Timestamp::from_second(instant.as_second().checked_sub(into_the_hour)?).ok();
            }
            Period::Day => today()?,
            Period::Week => {
                let today = today()?;
                let since_monday = today.weekday().since(Weekday::Monday);
                let monday = today.date().checked_sub(jiff::Span::new().try_days(since_monday).ok()?).ok()?;
                monday.to_zoned(self.zone.clone()).ok()?
            }
            Period::Month => today()?.first_of_month().ok()?.start_of_day().ok()?,
        };
        Some(start.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zone: &str, period: Period, instant: &str, expected: &str) {
        let ms = |instant: &str| u64::try_from(instant.parse::<Timestamp>().unwrap().as_millisecond()).unwrap();
        let start = Calendar::of_zone(zone).unwrap().start_of(period, ms(instant));
        assert_eq!(start, ms(expected), "{zone}, {period} of {instant}");
    }

    #[test]
    fn periods_follow_the_calendar() {
        let instant = "2026-03-01T14:35:10.5Z"; // a Sunday
        check("UTC", Period::Lifetime, instant, "1970-01-01T00:00:00Z");
        check("UTC", Period::Hour, instant, "2026-03-01T14:00:00Z");
        check("UTC", Period::Day, instant, "2026-03-01T00:00:00Z");
        check("UTC", Period::Week, instant, "2026-02-23T00:00:00Z");
        check("UTC", Period::Month, instant, "2026-03-01T00:00:00Z");
        check("UTC", Period::Week, "2026-02-23T00:00:00Z", "2026-02-23T00:00:00Z");
        check("UTC", Period::Month, "2028-02-29T23:59:59Z", "2028-02-01T00:00:00Z");
    }

    #[test]
    fn a_period_begins_by_the_clocks_of_its_zone() {
        check("Europe/Berlin", Period::Day, "2026-03-01T23:00:00Z", "2026-03-01T23:00:00Z");
        check("Europe/Berlin", Period::Day, "2026-03-01T22:59:59.999Z", "2026-02-28T23:00:00Z");
        check("Europe/Berlin", Period::Month, "2026-02-28T23:30:00Z", "2026-02-28T23:00:00Z");
        check("America/New_York", Period::Month, "2026-03-01T04:59:59Z", "2026-02-01T05:00:00Z");
        check("Asia/Kathmandu", Period::Hour, "2026-03-01T14:20:00Z", "2026-03-01T14:15:00Z");
        check("Asia/Kathmandu", Period::Hour, "2026-03-01T14:14:59Z", "2026-03-01T13:15:00Z");
    }

    #[test]
    fn a_change_of_clocks_moves_the_start_with_it() {
        // Summer time began on 2026-03-29: the week began in winter time, the day after it in summer time.
        check("Europe/Berlin", Period::Week, "2026-03-29T12:00:00Z", "2026-03-22T23:00:00Z");
        check("Europe/Berlin", Period::Day, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z");
        check("Europe/Berlin", Period::Day, "2026-03-30T12:00:00Z", "2026-03-29T22:00:00Z");
        // It ended on 2026-10-25: two hours are called two o'clock.
        check("Europe/Berlin", Period::Hour, "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z");
        check("Europe/Berlin", Period::Hour, "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z");
        // There is no midnight on this day: clocks go from 23:59:59 to 01:00:00.
        check("Africa/Cairo", Period::Day, "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z");
    }

    #[test]
    fn what_no_calendar_has_began_with_the_epoch() {
        assert_eq!(Calendar::default().start_of(Period::Day, u64::MAX), 0);
        assert!(Calendar::of_zone("Europe/Atlantis").is_none() && Calendar::of_zone("").is_none());
        assert_eq!(
            (Calendar::default().zone(), Calendar::of_zone("Asia/Tokyo").unwrap().zone()),
            ("UTC", "Asia/Tokyo")
        );
    }
}
