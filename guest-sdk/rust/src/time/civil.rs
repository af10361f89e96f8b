//! From seconds to calendar and clock, and back.

const SECONDS_PER_DAY: i64 = 86_400;

/// Shows what a calendar and a clock on the wall show at one instant, in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CivilTime {
    /// The year, such as 2026.
    pub year: i64,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, 1 to 31.
    pub day: u8,
    /// The hour of the day, 0 to 23.
    pub hour: u8,
    /// The minute of the hour, 0 to 59.
    pub minute: u8,
    /// The second of the minute, 0 to 59.
    pub second: u8,
    /// The day of the week.
    pub weekday: Weekday,
}

impl CivilTime {
    /// Answers year, month and day, which compare as dates do.
    ///
    /// ```
    /// use usher_guest::Instant;
    ///
    /// let now = Instant::parse("2026-12-06T09:30:00Z").unwrap().utc();
    /// assert!(now.date() >= (2026, 12, 1) && now.date() < (2026, 12, 25));
    /// ```
    pub const fn date(self) -> (i64, u8, u8) {
        (self.year, self.month, self.day)
    }

    pub(super) const fn from_unix_seconds(utc: i64, offset: i32) -> Self {
        let local = utc + widen(offset);
        let days = local.div_euclid(SECONDS_PER_DAY);
        let of_day = local.rem_euclid(SECONDS_PER_DAY);
        let (year, month, day) = date_of(days);
        Self {
            year,
            month,
            day,
            hour: narrow(of_day / 3600),
            minute: narrow(of_day / 60 % 60),
            second: narrow(of_day % 60),
            weekday: Weekday::of(days),
        }
    }
}

/// Names a day of the week. Days compare from Monday to Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// Tells whether this is Saturday or Sunday.
    pub const fn is_weekend(self) -> bool {
        matches!(self, Self::Saturday | Self::Sunday)
    }

    /// The weekday so many days after 1970-01-01, a Thursday.
    const fn of(days: i64) -> Self {
        match days.rem_euclid(7) {
            0 => Self::Thursday,
            1 => Self::Friday,
            2 => Self::Saturday,
            3 => Self::Sunday,
            4 => Self::Monday,
            5 => Self::Tuesday,
            _ => Self::Wednesday,
        }
    }
}

// The two functions below count in eras of 400 years that begin on the first of March: with the leap day last, the
// lengths of the months before it follow one formula, and every era has the same number of days.
const DAYS_PER_ERA: i64 = 146_097;
const FIRST_OF_MARCH_0000_TO_1970: i64 = 719_468;

/// The date so many days after 1970-01-01.
const fn date_of(days: i64) -> (i64, u8, u8) {
    let days = days + FIRST_OF_MARCH_0000_TO_1970;
    let era = days.div_euclid(DAYS_PER_ERA);
    let of_era = days.rem_euclid(DAYS_PER_ERA);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let january_or_february = if month <= 2 { 1 } else { 0 };
    (era * 400 + year_of_era + january_or_february, narrow(month), narrow(day))
}

/// How many days after 1970-01-01 this date is; `None` when the calendar does not have it.
pub(super) const fn days_to(year: i64, month: i64, day: i64) -> Option<i64> {
    if month < 1 || month > 12 || day < 1 || day > days_in(year, month) {
        return None;
    }
    let year_from_march = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let year_of_era = year_from_march.rem_euclid(400);
    let of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let of_era = 365 * year_of_era + year_of_era / 4 - year_of_era / 100 + of_year;
    Some(year_from_march.div_euclid(400) * DAYS_PER_ERA + of_era - FIRST_OF_MARCH_0000_TO_1970)
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[expect(clippy::as_conversions, reason = "`From` is not const yet")]
const fn widen(value: i32) -> i64 {
    value as i64
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "every caller passes 0 to 59")]
const fn narrow(value: i64) -> u8 {
    value as u8
}
