use super::*;

#[track_caller]
fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

#[test]
fn known_instants_have_known_milliseconds() {
    #[track_caller]
    fn check(text: &str, millis: u64) {
        assert_eq!(instant(text).as_millis(), millis, "{text}");
    }
    check("1970-01-01T00:00:00Z", 0);
    check("1970-01-01", 0);
    check("1969-12-31T23:00:00-01:00", 0);
    check("1970-01-02", 86_400_000);
    check("2000-02-29T12:00:00Z", 951_825_600_000);
    check("2000-03-01T00:00:00Z", 951_868_800_000);
    check("2026-07-01T20:00:00Z", 1_782_936_000_000);
    check("2026-07-01T22:00:00+02:00", 1_782_936_000_000);
    check("2026-07-01T14:30:00-05:30", 1_782_936_000_000);
    check("2026-07-01T20:00:00.2Z", 1_782_936_000_200);
    check("2026-07-01T20:00:00.2509999Z", 1_782_936_000_250);
    check("2026-07-01T00:00:00+05:00", 1_782_846_000_000);
    check("9999-12-31T23:59:59Z", 253_402_300_799_000);
}

#[test]
fn texts_that_name_no_instant_are_refused() {
    #[track_caller]
    fn check(text: &str) {
        assert_eq!(Instant::parse(text), None, "{text}");
    }
    check("");
    check("tomorrow");
    check("2026-7-1");
    check("2026-00-10");
    check("2026-13-10");
    check("2026-06-00");
    check("2026-06-31");
    check("2026-02-29");
    check("1900-02-29");
    check("2100-02-29");
    check("1969-12-31T23:59:59.999Z");
    check("0000-02-29");
    check("1970-01-01T00:00:00+01:00");
    check("2026-07-01 20:00:00Z");
    check("2026-07-01T20:00Z");
    check("2026-07-01T20:00:00");
    check("2026-07-01T24:00:00Z");
    check("2026-07-01T20:60:00Z");
    check("2026-07-01T20:00:60Z");
    check("2026-07-01T20:00:00.Z");
    check("2026-07-01T20:00:00+0200");
    check("2026-07-01T20:00:00+24:00");
    check("2026-07-01T20:00:00Z ");
    check("２026-07-01");
}

#[test]
fn clocks_on_walls_show_the_right_time() {
    use Weekday::{Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

    #[track_caller]
    fn check(text: &str, offset: i32, date: (i64, u8, u8), time: (u8, u8, u8), weekday: Weekday) {
        let shown = instant(text).at_offset(offset);
        assert_eq!(shown.date(), date, "{text}");
        assert_eq!((shown.hour, shown.minute, shown.second), time, "{text}");
        assert_eq!(shown.weekday, weekday, "{text}");
    }
    check("1970-01-01T00:00:00Z", 0, (1970, 1, 1), (0, 0, 0), Thursday);
    check("1970-01-01T00:00:00Z", -1, (1969, 12, 31), (23, 59, 59), Wednesday);
    check("2024-02-29T12:34:56Z", 0, (2024, 2, 29), (12, 34, 56), Thursday);
    check("2024-02-28T23:30:00Z", 3600, (2024, 2, 29), (0, 30, 0), Thursday);
    check("2023-02-28T23:30:00Z", 3600, (2023, 3, 1), (0, 30, 0), Wednesday);
    check("2000-02-29T00:00:00Z", 0, (2000, 2, 29), (0, 0, 0), Tuesday);
    check("2100-02-28T23:59:59Z", 1, (2100, 3, 1), (0, 0, 0), Monday);
    check("2026-07-01T20:00:00Z", 7200, (2026, 7, 1), (22, 0, 0), Wednesday);
    check("2026-07-01T22:00:00Z", 7200, (2026, 7, 2), (0, 0, 0), Thursday);
    check("2026-07-01T21:59:59Z", 7200, (2026, 7, 1), (23, 59, 59), Wednesday);
    check("2026-01-01T02:15:00Z", -18_000, (2025, 12, 31), (21, 15, 0), Wednesday);
    check("2026-01-01T00:00:00Z", -12_600, (2025, 12, 31), (20, 30, 0), Wednesday);
    check("2026-08-01T18:20:00Z", 20_700, (2026, 8, 2), (0, 5, 0), Sunday);
    check("2027-01-01T23:59:59Z", 50_400, (2027, 1, 2), (13, 59, 59), Saturday);
}

#[test]
fn every_day_of_four_centuries_is_read_back() {
    for day in 0..146_097 {
        let instant = Instant::from_millis(day * 86_400_000);
        assert_eq!(Instant::parse(&instant.to_string()), Some(instant));
    }
}

#[test]
fn the_end_of_time_can_be_shown() {
    assert_eq!(Instant::from_millis(u64::MAX).at_offset(i32::MAX).year, 584_556_087);
    assert_eq!(Instant::from_millis(0).at_offset(i32::MIN).date(), (1901, 12, 13));
    assert_eq!(Instant::from_millis(253_402_300_800_000).to_string(), "10000-01-01T00:00:00Z");
}

#[test]
fn milliseconds_are_written_when_there_are_any() {
    assert_eq!(Instant::from_millis(0).to_string(), "1970-01-01T00:00:00Z");
    assert_eq!(Instant::from_millis(1_782_936_000_007).to_string(), "2026-07-01T20:00:00.007Z");
}

#[test]
fn distances_end_at_zero_and_at_the_end_of_time() {
    let (earlier, later) = (Instant::from_millis(1_000), Instant::from_millis(3_500));
    assert_eq!(later.since(earlier), Duration::from_millis(2_500));
    assert_eq!(earlier.since(later), Duration::ZERO);
    assert_eq!(earlier.saturating_add(Duration::from_millis(2_500)), later);
    assert_eq!(later.saturating_add(Duration::MAX), Instant::from_millis(u64::MAX));
}

#[test]
fn an_instant_stands_in_an_authors_struct() {
    let read: Result<Vec<Instant>, _> = serde_json::from_str(r#"["2026-07-01T20:00:00Z"]"#);
    assert_eq!(read.unwrap(), [Instant::from_millis(1_782_936_000_000)]);
    let error = serde_json::from_str::<Instant>(r#""soon""#).unwrap_err().to_string();
    assert!(error.starts_with("`soon` is not a date and time"), "{error}");
}

#[test]
fn weekends_are_two_days() {
    assert!(Weekday::Saturday.is_weekend() && Weekday::Sunday.is_weekend());
    assert!(!Weekday::Friday.is_weekend() && !Weekday::Monday.is_weekend());
}
