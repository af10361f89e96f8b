//! A report on a canary: what the decisions of the two releases have come to, in numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::fuel::FuelDistribution;
use super::tally::Tally;
use super::{Canary, Share};

/// What the decisions of a canary and of the release beside it have come to since it began. Those for users on its lists are left
/// out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CanaryReport {
    /// The share of the users that the canary decides for.
    pub share: Share,
    /// Of the release beside the canary.
    pub beside: ReleaseTally,
    /// Of the canary.
    pub canary: ReleaseTally,
}

/// What the decisions of one release have come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReleaseTally {
    /// The release's number.
    pub release: u64,
    /// Decisions, those included that were not made because a workflow failed.
    pub decisions: u64,
    /// Decisions that were not made because a workflow failed.
    pub undecided: u64,
    /// Decisions with a workflow that failed.
    pub failed: u64,
    /// Decisions that were degraded.
    pub degraded: u64,
    /// Fuel that 99 of 100 decisions get by with, right to three hundredths.
    pub fuel_p99: u64,
    /// How many decisions hold each plan, of all plans that either of the two releases has.
    pub plans: BTreeMap<String, u64>,
}

impl Canary {
    /// What the decisions of both releases have come to so far.
    #[must_use]
    pub fn report(&self) -> CanaryReport {
        let [beside, canary] = &self.tallies;
        CanaryReport {
            share: self.split.share(),
            beside: self.tally_of(self.beside.number(), beside),
            canary: self.tally_of(self.release.number(), canary),
        }
    }

    fn tally_of(&self, release: u64, tally: &Tally) -> ReleaseTally {
        let now = tally.now();
        let [decisions, undecided, failed, degraded] =
            [now.decisions, now.undecided, now.failed, now.degraded].map(|folds| folds.iter().sum());
        let fuel_p99 = FuelDistribution::sum(&now.fuel).quantile(0.99).middle();
        let plans = self.plans.iter().zip(&now.plans).map(|(plan, folds)| (plan.to_string(), folds.iter().sum()));
        ReleaseTally { release, decisions, undecided, failed, degraded, fuel_p99, plans: plans.collect() }
    }
}
