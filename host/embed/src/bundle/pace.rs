//! The pace: how long to wait until the next look.

use std::time::Duration;

use uuid::Uuid;

/// The longest wait after failures, unless the usual one is longer.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// The wait after so many failures in a row: doubled for each, a tenth more or less.
pub(super) fn wait(interval: Duration, failures: u32) -> Duration {
    let doubled = interval.saturating_mul(2_u32.saturating_pow(failures.min(16)));
    jittered(doubled.min(LONGEST.max(interval)), Uuid::new_v4().as_u64_pair().1)
}

/// Nine to eleven tenths of a wait, by some random number.
fn jittered(wait: Duration, random: u64) -> Duration {
    let thousandths = 900 + u32::try_from(random % 201).unwrap_or_default();
    wait.checked_mul(thousandths).map_or(wait, |wait| wait / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(interval: u64, failures: u32, expected: u64) {
        let (interval, expected) = (Duration::from_secs(interval), Duration::from_secs(expected));
        for _ in 0..100 {
            let wait = wait(interval, failures);
            assert!(wait >= expected * 9 / 10 && wait <= expected * 11 / 10, "{wait:?}");
        }
    }

    #[test]
    fn the_wait_doubles_with_each_failure_up_to_ten_minutes() {
        check(30, 0, 30);
        check(30, 1, 60);
        check(30, 4, 480);
        check(30, 5, 600);
        check(30, u32::MAX, 600);
        check(3_600, 3, 3_600);
        assert_eq!(wait(Duration::ZERO, 9), Duration::ZERO);
        assert!(wait(Duration::MAX, 1) >= LONGEST);
    }

    #[test]
    fn not_all_hosts_come_at_once() {
        let waits: std::collections::BTreeSet<_> = (0..=200).map(|random| jittered(LONGEST, random)).collect();
        assert_eq!(waits.len(), 201);
    }
}
