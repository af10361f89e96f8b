//! Reads RFC 3339, in a way that also works in constants.

use super::civil::days_to;

/// A number that was read, and the text after it.
type Read<'a> = Option<(i64, &'a [u8])>;

/// Milliseconds from 1970-01-01T00:00:00Z to the time this text names, negative before.
pub(super) const fn millis(text: &[u8]) -> Option<i64> {
    let Some((days, rest)) = date(text) else { return None };
    let midnight = days * 86_400_000;
    if rest.is_empty() {
        return Some(midnight);
    }
    let Some((of_day, rest)) = time(rest) else { return None };
    match offset(rest) {
        Some((ahead, [])) => Some(midnight + of_day - ahead),
        _ => None,
    }
}

/// `2026-12-24`, in days since 1970-01-01.
const fn date(text: &[u8]) -> Read<'_> {
    let Some((year, rest)) = digits(text, 4) else { return None };
    let Some((month, rest)) = after(b'-', rest) else { return None };
    let Some((day, rest)) = after(b'-', rest) else { return None };
    match days_to(year, month, day) {
        Some(days) => Some((days, rest)),
        None => None,
    }
}

/// `T18:00:00` with an optional fraction, in milliseconds since midnight.
const fn time(text: &[u8]) -> Read<'_> {
    let Some((hour, rest)) = after(b'T', text) else { return None };
    let Some((minute, rest)) = after(b':', rest) else { return None };
    let Some((second, rest)) = after(b':', rest) else { return None };
    let Some((fraction, rest)) = fraction(rest) else { return None };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some((((hour * 60 + minute) * 60 + second) * 1000 + fraction, rest))
}

/// `.250`, in milliseconds; nothing is zero.
const fn fraction(text: &[u8]) -> Read<'_> {
    let [b'.', first, rest @ ..] = text else { return Some((0, text)) };
    let Some(first) = digit(*first) else { return None };
    let (mut millis, mut rest, mut worth) = (first * 100, rest, 10);
    while let [next, after @ ..] = rest {
        let Some(next) = digit(*next) else { break };
        millis += next * worth;
        worth /= 10;
        rest = after;
    }
    Some((millis, rest))
}

/// `Z` or `+01:00`, in milliseconds ahead of UTC.
const fn offset(text: &[u8]) -> Read<'_> {
    let (sign, text) = match text {
        [b'Z', rest @ ..] => return Some((0, rest)),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let Some((hours, rest)) = digits(text, 2) else { return None };
    let Some((minutes, rest)) = after(b':', rest) else { return None };
    if hours > 23 || minutes > 59 {
        return None;
    }
    Some((sign * (hours * 60 + minutes) * 60_000, rest))
}

/// Two digits that follow this byte.
const fn after(mark: u8, text: &[u8]) -> Read<'_> {
    match text {
        [first, rest @ ..] if *first == mark => digits(rest, 2),
        _ => None,
    }
}

/// Exactly so many digits.
const fn digits(text: &[u8], count: u8) -> Read<'_> {
    let (mut value, mut rest, mut left) = (0, text, count);
    while left > 0 {
        let [next, after @ ..] = rest else { return None };
        let Some(next) = digit(*next) else { return None };
        value = value * 10 + next;
        rest = after;
        left -= 1;
    }
    Some((value, rest))
}

#[expect(clippy::as_conversions, reason = "`From` is not const yet")]
const fn digit(byte: u8) -> Option<i64> {
    if byte.is_ascii_digit() { Some((byte - b'0') as i64) } else { None }
}
