//! When reading costs less: over lunch on the visitor's own clock, and in Advent.

use usher_guest::{CivilTime, Request, workflow};

/// Lunch is where the visitor is. Whoever hides their time zone eats in UTC.
#[workflow]
fn happy_hour(request: &Request) -> Vec<&'static str> {
    let now = request.local_time().unwrap_or_else(|| request.instant().utc());
    let rules = [("happy-hour", is_lunch(now)), ("advent", is_advent(now))];
    rules.into_iter().filter_map(|(plan, holds)| holds.then_some(plan)).collect()
}

/// Monday to Friday, noon to two.
fn is_lunch(now: CivilTime) -> bool {
    !now.weekday.is_weekend() && (12..14).contains(&now.hour)
}

/// The first of December 2026 to Christmas Eve, both included.
fn is_advent(now: CivilTime) -> bool {
    ((2026, 12, 1)..=(2026, 12, 24)).contains(&now.date())
}

#[cfg(test)]
mod tests {
    use usher_guest::testing;

    #[track_caller]
    fn check(utc: &str, offset_hours: i32, plans: &[&str]) {
        let request = testing::request().at(utc).timezone("somewhere", offset_hours * 3600).build();
        assert_eq!(super::happy_hour(&request), plans);
    }

    #[test]
    fn lunch_is_on_the_visitors_clock() {
        check("2026-07-01T09:59:59Z", 2, &[]);
        check("2026-07-01T10:00:00Z", 2, &["happy-hour"]);
        check("2026-07-01T11:59:59Z", 2, &["happy-hour"]);
        check("2026-07-01T12:00:00Z", 2, &[]);
        check("2026-07-01T12:00:00Z", 0, &["happy-hour"]);
        check("2026-07-04T10:00:00Z", 2, &[]);
    }

    #[test]
    fn advent_begins_where_the_visitor_is() {
        check("2026-11-30T22:59:59Z", 1, &[]);
        check("2026-11-30T23:00:00Z", 1, &["advent"]);
        check("2026-12-24T12:30:00Z", 1, &["happy-hour", "advent"]);
        check("2026-12-25T04:59:59Z", -5, &["advent"]);
        check("2026-12-25T05:00:00Z", -5, &[]);
    }

    #[test]
    fn without_a_time_zone_the_clock_is_utc() {
        assert_eq!(super::happy_hour(&testing::request().at("2026-07-01T12:00:00Z").build()), ["happy-hour"]);
    }
}
