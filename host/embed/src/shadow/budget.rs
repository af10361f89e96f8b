//! The budget: how much of a processor a shadow may have.

use std::time::{Duration, Instant};

use crate::canary::Share;

/// What may be used at once after a time of rest.
const AT_ONCE: Duration = Duration::from_millis(10);

/// Holds what is paid for to a share of one processor: in whatever time goes by, no more than the share of it, ten milliseconds
/// and what was paid for last.
#[derive(Debug)]
pub(super) struct Budget {
    share: Share,
    /// When everything so far is paid for.
    even_at: Instant,
}

impl Budget {
    pub(super) fn new(share: Share, now: Instant) -> Self {
        Self { share, even_at: now }
    }

    /// Pays for something that was done, and returns how long to wait before more is.
    pub(super) fn pay(&mut self, cost: Duration, now: Instant) -> Duration {
        let rested = now.checked_sub(self.worth(AT_ONCE)).unwrap_or(now);
        let even_at = self.even_at.max(rested).checked_add(self.worth(cost));
        // An end of time that nobody will see is as good as a year.
        self.even_at = even_at.unwrap_or(now + Duration::from_secs(365 * 24 * 60 * 60));
        self.even_at.saturating_duration_since(now)
    }

    /// The time in which the share comes to this.
    fn worth(&self, cost: Duration) -> Duration {
        // A share of nothing would never be even.
        let basis_points = self.share.basis_points().max(1);
        cost.saturating_mul(u32::from(Share::ALL.basis_points())) / u32::from(basis_points)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn what_is_paid_for_is_a_share_of_the_time_that_goes_by() {
        for (basis_points, cost) in [(1_000, MS), (1_000, 7 * MS), (100, 50 * MS), (10_000, MS), (1, MS / 100)] {
            let began = Instant::now();
            let (mut budget, mut now, mut paid) =
                (Budget::new(Share::new(basis_points).unwrap(), began), began, Duration::ZERO);
            for _ in 0..1_000 {
                // It takes at least as long as it costs.
                now += cost;
                paid += cost;
                now += budget.pay(cost, now);
                let most = (now - began).mul_f64(f64::from(basis_points) / 10_000.0) + AT_ONCE + cost;
                assert!(paid <= most, "{basis_points} {cost:?}: {paid:?} of {most:?}");
            }
            let least = (now - began).mul_f64(f64::from(basis_points) / 10_000.0);
            assert!(paid + AT_ONCE + cost >= least, "{basis_points} {cost:?}: {paid:?} of {least:?}");
        }
    }

    #[test]
    fn rest_is_worth_ten_milliseconds_and_no_more() {
        let began = Instant::now();
        let mut budget = Budget::new(Share::new(1_000).unwrap(), began);
        let later = began + Duration::from_secs(3_600);
        assert_eq!(budget.pay(10 * MS, later), Duration::ZERO);
        assert_eq!(budget.pay(MS, later), 10 * MS);
    }

    #[test]
    fn whatever_it_costs_there_is_an_end() {
        let mut budget = Budget::new(Share::NONE, Instant::now());
        assert!(budget.pay(Duration::MAX, Instant::now()) > Duration::from_secs(1));
    }
}
