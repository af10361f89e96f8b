//! How values of one property compare.

use super::property::{PropertyKind, Wins};
use super::value::{Meter, Period, Value};

/// Places a value among all values of its property: of two, the one with the greater rank wins.
///
/// It is computed once, when the catalog is read. A decision then compares integers, whatever the kind of the property
/// and whichever way its conflicts are settled. Ranks of different properties have nothing to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank(u128);

impl Rank {
    /// Returns the rank of a value of a property of this kind.
    pub(super) fn of(value: &Value, kind: &PropertyKind, wins: Wins) -> Self {
        let height = match (value, kind) {
            (Value::Meter(meter), _) => meter_height(*meter),
            (Value::Number(number), _) => number_height(*number),
            (Value::Boolean(boolean), _) => u128::from(*boolean),
            (Value::Text(text), PropertyKind::String { order }) => {
                order.iter().zip(0..).find(|(known, _)| *known == text).map_or(0, |(_, position)| position)
            }
            // Reading a catalog lets no text into a property that is not of the string kind.
            (Value::Text(_), _) => 0,
        };
        match wins {
            Wins::Higher => Self(height),
            Wins::Lower => Self(!height),
        }
    }
}

/// Maps a finite number to an integer that compares as it does.
fn number_height(number: f64) -> u128 {
    const SIGN: u64 = 1 << 63;
    let bits = number.to_bits();
    u128::from(if bits & SIGN == 0 { bits | SIGN } else { !bits })
}

/// Maps a meter to an integer: `on`, then the larger allowance per day, then the larger limit, then `off`.
fn meter_height(meter: Meter) -> u128 {
    match meter {
        Meter::Off => 0,
        // INVARIANT: limits stay below 2^48, so that they never reach into the allowance above them. The largest that a
        // file may have, 10^12, is far below; and 5040 times that, the largest allowance, leaves `u128::MAX` to `on`.
        Meter::Metered { limit, per } => 1 + ((u128::from(limit) * weight(per)) << 48) + u128::from(limit),
        Meter::On => u128::MAX,
    }
}

/// Returns what a limit of 1 in this period comes to per day, in 210ths: a number that both 7 and 30 divide.
fn weight(per: Period) -> u128 {
    const DAY: u128 = 210;
    match per {
        Period::Lifetime => 0,
        Period::Hour => DAY * 24,
        Period::Day => DAY,
        Period::Week => DAY / 7,
        Period::Month => DAY / 30,
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;
    use std::sync::Arc;

    use super::*;

    const METERABLE: PropertyKind = PropertyKind::Meterable { unique_resources: false };

    /// Checks how two values compare, both ways round and under both rules.
    #[track_caller]
    fn check(kind: &PropertyKind, left: &Value, right: &Value, expected: Ordering) {
        let higher = |value| Rank::of(value, kind, Wins::Higher);
        let lower = |value| Rank::of(value, kind, Wins::Lower);
        assert_eq!(higher(left).cmp(&higher(right)), expected, "{left:?} to {right:?}");
        assert_eq!(higher(right).cmp(&higher(left)), expected.reverse(), "{right:?} to {left:?}");
        assert_eq!(lower(left).cmp(&lower(right)), expected.reverse(), "{left:?} to {right:?}, lower wins");
    }

    #[track_caller]
    fn check_meters(left: Meter, expected: Ordering, right: Meter) {
        check(&METERABLE, &Value::Meter(left), &Value::Meter(right), expected);
    }

    fn metered(limit: u64, per: Period) -> Meter {
        Meter::Metered { limit, per }
    }

    #[test]
    fn numbers_compare_by_size() {
        let ascending = [f64::MIN, -1e9, -2.5, -2.0, -f64::MIN_POSITIVE, 0.0, 5e-324, 0.1, 2.0, 2.5, 1e9, f64::MAX];
        for pair in ascending.windows(2) {
            let [low, high] = [Value::Number(pair[0]), Value::Number(pair[1])];
            check(&PropertyKind::Number, &low, &high, Ordering::Less);
            check(&PropertyKind::Number, &low, &low, Ordering::Equal);
        }
    }

    #[test]
    fn true_is_higher_than_false() {
        check(&PropertyKind::Boolean, &Value::Boolean(true), &Value::Boolean(false), Ordering::Greater);
        check(&PropertyKind::Boolean, &Value::Boolean(true), &Value::Boolean(true), Ordering::Equal);
    }

    #[test]
    fn texts_compare_by_their_place_in_the_order() {
        let order: Vec<Arc<str>> = ["sd", "hd", "uhd"].map(Arc::from).into();
        let [sd, hd, uhd] = ["sd", "hd", "uhd"].map(|text| Value::Text(text.into()));
        let kind = PropertyKind::String { order };
        check(&kind, &sd, &hd, Ordering::Less);
        check(&kind, &hd, &uhd, Ordering::Less);
        check(&kind, &sd, &uhd, Ordering::Less);
        check(&kind, &hd, &hd, Ordering::Equal);
    }

    #[test]
    fn on_is_higher_than_metered_and_metered_than_off() {
        check_meters(Meter::On, Ordering::Greater, metered(1_000_000_000_000, Period::Hour));
        check_meters(metered(0, Period::Lifetime), Ordering::Greater, Meter::Off);
        check_meters(Meter::On, Ordering::Greater, Meter::Off);
        check_meters(Meter::On, Ordering::Equal, Meter::On);
        check_meters(Meter::Off, Ordering::Equal, Meter::Off);
    }

    #[test]
    fn meters_compare_by_allowance_per_day() {
        use Period::{Day, Hour, Lifetime, Month, Week};
        check_meters(metered(3, Month), Ordering::Greater, metered(2, Month));
        check_meters(metered(1, Hour), Ordering::Greater, metered(23, Day));
        check_meters(metered(1, Hour), Ordering::Less, metered(25, Day));
        check_meters(metered(1, Day), Ordering::Greater, metered(6, Week));
        check_meters(metered(1, Day), Ordering::Less, metered(8, Week));
        check_meters(metered(1, Day), Ordering::Greater, metered(29, Month));
        check_meters(metered(1, Day), Ordering::Less, metered(31, Month));
        check_meters(metered(1, Month), Ordering::Greater, metered(1_000_000_000_000, Lifetime));
        check_meters(metered(0, Hour), Ordering::Less, metered(1, Lifetime));
    }

    #[test]
    fn the_larger_limit_settles_equal_allowances() {
        use Period::{Day, Hour, Lifetime, Month, Week};
        check_meters(metered(24, Day), Ordering::Greater, metered(1, Hour));
        check_meters(metered(7, Week), Ordering::Greater, metered(1, Day));
        check_meters(metered(30, Month), Ordering::Greater, metered(7, Week));
        check_meters(metered(5, Lifetime), Ordering::Greater, metered(4, Lifetime));
        check_meters(metered(0, Hour), Ordering::Equal, metered(0, Lifetime));
    }

    #[test]
    fn the_largest_limits_compare_without_rounding() {
        use Period::{Hour, Month, Week};
        const MOST: u64 = 1_000_000_000_000;
        check_meters(metered(MOST, Hour), Ordering::Greater, metered(MOST - 1, Hour));
        // Per day, these differ by about one part in a million million.
        check_meters(metered(233_333_333_333, Week), Ordering::Less, metered(MOST, Month));
        check_meters(metered(233_333_333_334, Week), Ordering::Greater, metered(MOST, Month));
    }
}
