//! A tally: what the decisions of one release have come to, fold by fold. Many threads add to it, and none waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use usher_decision::RolloutPlace;

use super::chance::{FOLDS, Rates};
use super::fuel::{FuelCounts, FuelDistribution};

/// What there is to count of one decision.
#[derive(Debug)]
pub(crate) struct Counted<'a> {
    /// Whether nothing was decided.
    pub(crate) is_undecided: bool,
    /// Whether a workflow failed.
    pub(crate) has_failed: bool,
    /// Whether anything failed.
    pub(crate) is_degraded: bool,
    /// What all of its runs used.
    pub(crate) fuel: u64,
    /// The plans that the user holds.
    pub(crate) plans: Vec<&'a str>,
}

/// The decisions of one release.
#[derive(Debug)]
pub(super) struct Tally {
    folds: Vec<Fold>,
}

/// The decisions of one release for the users of one fold.
#[derive(Debug)]
struct Fold {
    decisions: AtomicU64,
    undecided: AtomicU64,
    failed: AtomicU64,
    degraded: AtomicU64,
    plans: Box<[AtomicU64]>,
    fuel: FuelCounts,
}

/// A tally as it was at one moment, more or less: decisions go on while it is read.
#[derive(Debug)]
pub(super) struct Tallied {
    pub(super) decisions: [u64; FOLDS],
    pub(super) undecided: [u64; FOLDS],
    pub(super) failed: [u64; FOLDS],
    pub(super) degraded: [u64; FOLDS],
    /// By the plan's place among those of the canary.
    pub(super) plans: Vec<[u64; FOLDS]>,
    pub(super) fuel: Vec<FuelDistribution>,
}

impl Tally {
    pub(super) fn new(plans: usize) -> Self {
        let fold = || Fold {
            decisions: AtomicU64::default(),
            undecided: AtomicU64::default(),
            failed: AtomicU64::default(),
            degraded: AtomicU64::default(),
            plans: std::iter::repeat_with(AtomicU64::default).take(plans).collect(),
            fuel: FuelCounts::new(),
        };
        Self { folds: std::iter::repeat_with(fold).take(usize::from(RolloutPlace::FOLDS)).collect() }
    }

    /// Counts a decision for a user of this fold. The plans are those of all that the canary knows, by their slugs' order.
    pub(super) fn count(&self, fold: u8, counted: &Counted<'_>, plans: &[Arc<str>]) {
        let Some(fold) = self.folds.get(usize::from(fold)) else { return };
        let add = |count: &AtomicU64, times: bool| {
            if times {
                count.fetch_add(1, Ordering::Relaxed);
            }
        };
        // What happened to a decision comes before the decision, so that no rate is above one for long.
        add(&fold.undecided, counted.is_undecided);
        add(&fold.failed, counted.has_failed);
        add(&fold.degraded, counted.is_degraded);
        for slug in &counted.plans {
            let place = plans.binary_search_by(|plan| (**plan).cmp(slug)).ok();
            if let Some(count) = place.and_then(|place| fold.plans.get(place)) {
                add(count, true);
            }
        }
        fold.fuel.count(counted.fuel);
        add(&fold.decisions, true);
    }

    pub(super) fn now(&self) -> Tallied {
        let of = |count: fn(&Fold) -> &AtomicU64| self.each(|fold| count(fold).load(Ordering::Relaxed));
        let plans = self.folds.first().map_or(0, |fold| fold.plans.len());
        let held = |fold: &Fold, place: usize| fold.plans.get(place).map_or(0, |count| count.load(Ordering::Relaxed));
        let plan = |place| self.each(|fold| held(fold, place));
        Tallied {
            decisions: of(|fold| &fold.decisions),
            undecided: of(|fold| &fold.undecided),
            failed: of(|fold| &fold.failed),
            degraded: of(|fold| &fold.degraded),
            plans: (0..plans).map(plan).collect(),
            fuel: self.folds.iter().map(|fold| fold.fuel.now()).collect(),
        }
    }

    fn each(&self, count: impl Fn(&Fold) -> u64) -> [u64; FOLDS] {
        let mut counts = [0; FOLDS];
        counts.iter_mut().zip(&self.folds).for_each(|(to, fold)| *to = count(fold));
        counts
    }
}

impl Tallied {
    /// How often decisions had a workflow that failed.
    pub(super) fn failed(&self) -> Rates {
        Rates { happened: self.failed, of: self.decisions }
    }

    /// How often decisions were degraded.
    pub(super) fn degraded(&self) -> Rates {
        Rates { happened: self.degraded, of: self.decisions }
    }

    /// How often users held one plan, where anything was decided.
    pub(super) fn plan(&self, place: usize) -> Rates {
        let mut of = self.decisions;
        of.iter_mut().zip(self.undecided).for_each(|(of, undecided)| *of = of.saturating_sub(undecided));
        Rates { happened: self.plans.get(place).copied().unwrap_or([0; FOLDS]), of }
    }

    /// How often decisions used more fuel than what is in a range.
    pub(super) fn beyond(&self, range: super::fuel::FuelRange) -> Rates {
        let (mut happened, mut of) = ([0; FOLDS], [0; FOLDS]);
        for ((happened, of), fuel) in happened.iter_mut().zip(&mut of).zip(&self.fuel) {
            (*happened, *of) = (fuel.beyond(range), fuel.decisions());
        }
        Rates { happened, of }
    }
}
