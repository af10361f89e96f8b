//! Bounds: how far a canary may depart from the release beside it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::share::Share;

/// How far a canary may depart before it is to be ended. Whoever deploys it declares them.
///
/// A bound is exceeded when the departure is beyond it *and beyond what chance explains*: see [`Canary::verdict`](super::Canary::verdict).
/// Shares are in points: 1 % lets a rate of 2 % become 3 %.
///
/// ```
/// use usher_host::{Bounds, Share};
///
/// # fn main() -> Result<(), usher_host::ShareError> {
/// let mut bounds = Bounds { failed: "0.5 %".parse()?, ..Bounds::default() };
/// // It is what the release is for.
/// bounds.plans.insert("spring-offer".to_owned(), Share::ALL);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bounds {
    /// Decisions that each of the two releases has to have made before anything is said of them. Default 1 000.
    pub least_decisions: u64,
    /// How many more of the decisions may have a workflow that failed, whatever stood in for it. Default 1 %.
    pub failed: Share,
    /// How many more of the decisions may be degraded, for whatever reason. Default 1 %.
    pub degraded: Share,
    /// The fuel that 99 of 100 decisions get by with, in percent of what it is in the release beside the canary: 150 lets it
    /// be half as much again. It has no bound where the release beside uses no fuel. Default 150.
    pub fuel_percent: u32,
    /// How many more or fewer of the decisions may hold any one plan. Default 5 %.
    pub plan: Share,
    /// The same for single plans, by slug, of which something else is expected. `100 %` leaves one out. Default none.
    pub plans: BTreeMap<String, Share>,
}

impl Default for Bounds {
    fn default() -> Self {
        let percent = |percent: u16| Share::new(percent * 100).unwrap_or_default();
        Self {
            least_decisions: 1_000,
            failed: percent(1),
            degraded: percent(1),
            fuel_percent: 150,
            plan: percent(5),
            plans: BTreeMap::new(),
        }
    }
}

impl Bounds {
    /// How far the share of one plan may change.
    pub(super) fn of_plan(&self, slug: &str) -> Share {
        self.plans.get(slug).copied().unwrap_or(self.plan)
    }
}
