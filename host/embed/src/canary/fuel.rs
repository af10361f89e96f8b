//! A distribution of fuel: counts in ranges that grow with what they hold, so that a quantile is right to a few hundredths.

use std::sync::atomic::{AtomicU64, Ordering};

/// Ranges to each doubling. A range is at most a sixteenth as wide as what it holds, and its middle half of that away.
const PARTS: u64 = 16;
const PARTS_LOG2: u32 = PARTS.ilog2();
/// Fuel that is told from more: 2^40, far beyond any limit.
const MOST: u64 = (1 << 40) - 1;
/// How many ranges there are.
const RANGES: usize = range_of(MOST) + 1;

/// Counts that many threads add to.
#[derive(Debug)]
pub(super) struct FuelCounts(Box<[AtomicU64]>);

/// The same counts, to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FuelDistribution(Vec<u64>);

/// The range that an amount is in.
const fn range_of(fuel: u64) -> usize {
    let fuel = if fuel > MOST { MOST } else { fuel };
    let range = if fuel < PARTS {
        fuel
    } else {
        let shift = fuel.ilog2() - PARTS_LOG2;
        #[expect(clippy::as_conversions, reason = "a constant function has no other way; it is below 64")]
        let doublings = shift as u64;
        // The leading bit of what is left after the shift counts one doubling more.
        doublings * PARTS + (fuel >> shift)
    };
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "it is below a thousand")]
    let range = range as usize;
    range
}

/// The least amount in a range.
fn start_of(range: usize) -> u64 {
    let range = u64::try_from(range).unwrap_or(u64::MAX);
    if range < 2 * PARTS {
        return range;
    }
    let doublings = range / PARTS - 1;
    (PARTS + range % PARTS) << doublings
}

impl FuelCounts {
    pub(super) fn new() -> Self {
        Self(std::iter::repeat_with(AtomicU64::default).take(RANGES).collect())
    }

    pub(super) fn count(&self, fuel: u64) {
        if let Some(range) = self.0.get(range_of(fuel)) {
            range.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn now(&self) -> FuelDistribution {
        FuelDistribution(self.0.iter().map(|count| count.load(Ordering::Relaxed)).collect())
    }
}

impl FuelDistribution {
    /// What all of these come to together.
    pub(super) fn sum<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = vec![0; RANGES];
        for part in parts {
            sum.iter_mut().zip(&part.0).for_each(|(sum, count)| *sum += count);
        }
        Self(sum)
    }

    pub(super) fn decisions(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The range that this part of the decisions, from 0 to 1, get by with.
    pub(super) fn quantile(&self, part: f64) -> FuelRange {
        let decisions = self.decisions();
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a row, which need not be exact beyond 2^52"
        )]
        let place = ((decisions as f64 * part.clamp(0.0, 1.0)).ceil() as u64).clamp(1, decisions.max(1));
        let mut so_far = 0;
        let mut counts = self.0.iter().enumerate();
        let range = counts.find(|(_, count)| {
            so_far += **count;
            so_far >= place
        });
        FuelRange(range.map_or(0, |(range, _)| range))
    }

    /// How many decisions used more than what is in this range.
    pub(super) fn beyond(&self, range: FuelRange) -> u64 {
        self.0.iter().skip(range.0.saturating_add(1)).sum()
    }
}

/// A range of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FuelRange(usize);

impl FuelRange {
    pub(super) fn least(self) -> u64 {
        start_of(self.0)
    }

    pub(super) fn most(self) -> u64 {
        start_of(self.0.saturating_add(1)).saturating_sub(1)
    }

    /// An amount that is near all that are in it.
    pub(super) fn middle(self) -> u64 {
        self.least().midpoint(self.most())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_amount_is_in_its_range_and_ranges_are_narrow() {
        let around = |fuel: u64| [fuel.saturating_sub(1), fuel, fuel + 1];
        let amounts = (0..40).flat_map(|bits| around(1_u64 << bits)).chain(0..5_000).chain([MOST]);
        for fuel in amounts.filter(|fuel| *fuel <= MOST) {
            let range = FuelRange(range_of(fuel));
            assert!((range.least()..=range.most()).contains(&fuel), "{fuel} {range:?}");
            let off = range.middle().abs_diff(fuel);
            assert!(off * 32 <= fuel, "{fuel} is taken for {}", range.middle());
        }
        assert_eq!((range_of(MOST), range_of(u64::MAX)), (RANGES - 1, RANGES - 1));
    }

    #[test]
    fn a_quantile_is_right_to_three_hundredths() {
        let counts = FuelCounts::new();
        (1..=100_000).for_each(|fuel| counts.count(fuel));
        let fuel = counts.now();
        for (part, expected) in [(0.0, 1), (0.5, 50_000), (0.99, 99_000), (1.0, 100_000)] {
            let found = fuel.quantile(part).middle();
            assert!(found.abs_diff(expected) * 32 <= expected, "{part}: {found}");
        }
        let range = fuel.quantile(0.9);
        assert_eq!(fuel.beyond(range), 100_000 - range.most());
    }

    #[test]
    fn nothing_used_is_a_distribution_too() {
        let counts = FuelCounts::new();
        assert_eq!(counts.now().quantile(0.99).most(), 0);
        (0..10).for_each(|_| counts.count(0));
        assert_eq!((counts.now().quantile(0.99).most(), counts.now().decisions()), (0, 10));
    }
}
