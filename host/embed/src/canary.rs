//! A canary: a new release that decides for a part of the users, beside the one that decides for all others.

mod bounds;
mod chance;
mod fuel;
mod report;
mod share;
mod split;
mod tally;
mod verdict;

use std::sync::Arc;

pub use bounds::Bounds;
pub use report::{CanaryReport, ReleaseTally};
pub use share::{Share, ShareError};
pub use split::{Split, SplitError};
pub use verdict::{CanaryVerdict, Evidence, Lack, Measure, Measured};

pub(crate) use split::Seat;
pub(crate) use tally::Counted;

use crate::last_good::LastGood;
use crate::release::Release;
use tally::Tally;

/// A release that decides for a part of the users, and what has come of that so far.
///
/// It begins with [`Host::deploy`](crate::Host::deploy), and never changes: another split is another canary of the same release
/// ([`Host::resplit`](crate::Host::resplit)), which counts from the start, because what one split's users did in the morning says nothing of
/// those of another in the evening.
#[derive(Debug)]
pub struct Canary {
    release: Arc<Release>,
    beside: Arc<Release>,
    split: Split,
    bounds: Bounds,
    /// Those of both catalogs, in the order of their bytes, each once.
    plans: Vec<Arc<str>>,
    /// Of the release beside it, and its own.
    tallies: [Tally; 2],
    /// What its workflows last granted users. Should it be ended, that must not stand in for anything.
    last_good: Arc<LastGood>,
}

impl Canary {
    /// A canary beside a release, whose last good answers stand in until it has some of its own.
    pub(crate) fn new(
        release: Arc<Release>,
        beside: &Arc<Release>,
        (split, bounds): (Split, Bounds),
        last_good: LastGood,
    ) -> Self {
        let mut plans: Vec<Arc<str>> = [&release, beside]
            .iter()
            .flat_map(|release| release.catalog().plans())
            .map(|plan| plan.slug().into())
            .collect();
        plans.sort_unstable();
        plans.dedup();
        let tallies = [Tally::new(plans.len()), Tally::new(plans.len())];
        Self { release, beside: Arc::clone(beside), split, bounds, plans, tallies, last_good: Arc::new(last_good) }
    }

    /// The same canary for other users, with nothing counted yet.
    pub(crate) fn resplit(&self, split: Split) -> Self {
        Self {
            release: Arc::clone(&self.release),
            beside: Arc::clone(&self.beside),
            split,
            bounds: self.bounds.clone(),
            plans: self.plans.clone(),
            tallies: [Tally::new(self.plans.len()), Tally::new(self.plans.len())],
            last_good: Arc::clone(&self.last_good),
        }
    }

    /// The release that decides for the users of the split.
    #[must_use]
    pub fn release(&self) -> &Arc<Release> {
        &self.release
    }

    /// The release that decides for all others.
    #[must_use]
    pub fn beside(&self) -> &Arc<Release> {
        &self.beside
    }

    /// Whom it decides for.
    #[must_use]
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// How far it may depart.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    pub(crate) fn last_good(&self) -> &Arc<LastGood> {
        &self.last_good
    }

    /// Counts a decision. Nobody waits for that.
    pub(crate) fn count(&self, seat: Seat, counted: &Counted<'_>) {
        let [beside, own] = &self.tallies;
        if let Some(fold) = seat.fold {
            let tally = if seat.is_canary { own } else { beside };
            tally.count(fold, counted, &self.plans);
        }
    }
}
