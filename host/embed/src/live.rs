//! What is live: the release that decides, and what goes on beside it. It is replaced whole, so that a decision never sees half of
//! a change.

use std::sync::Arc;

use crate::canary::{Canary, Counted, Seat};
use crate::decide_error::DecideError;
use crate::decision::Decision;
use crate::provisioning::WorkflowReport;
use crate::release::Release;
use crate::shadow::Shadow;

/// Everything that decisions are made by at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) release: Arc<Release>,
    pub(crate) canary: Option<Arc<Canary>>,
    pub(crate) shadow: Option<Arc<Shadow>>,
}

/// The release that decides for one user, and where that is counted.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) release: Arc<Release>,
    pub(crate) seat: Option<(Arc<Canary>, Seat)>,
    /// What makes the same decision again. It is compared with the release that decides for everybody in the end, and so not with
    /// a canary.
    pub(crate) shadow: Option<Arc<Shadow>>,
}

impl Live {
    /// A release that decides for everybody.
    pub(crate) fn of(release: Arc<Release>) -> Self {
        Self { release, canary: None, shadow: None }
    }

    /// Chooses who decides for the user of this identifier.
    pub(crate) fn choose(&self, identifier: &str) -> Chosen {
        let seat = self.canary.as_ref().map(|canary| (Arc::clone(canary), canary.split().seat(identifier)));
        match &seat {
            Some((canary, seat_of)) if seat_of.is_canary => {
                Chosen { release: Arc::clone(canary.release()), seat, shadow: None }
            }
            _ => Chosen { release: Arc::clone(&self.release), seat, shadow: self.shadow.clone() },
        }
    }
}

impl Chosen {
    /// The canary, if it is what decides.
    pub(crate) fn canary(&self) -> Option<&Canary> {
        self.seat.as_ref().filter(|(_, seat)| seat.is_canary).map(|(canary, _)| &**canary)
    }

    /// Counts what came of it, if anybody compares.
    pub(crate) fn count(&self, decided: &Result<Decision, DecideError>) {
        let Some((canary, seat)) = &self.seat else { return };
        let (workflows, is_degraded, plans): (_, _, Vec<_>) = match decided {
            Ok(decision) => (decision.workflows(), !decision.degraded().is_empty(), decision.plans().collect()),
            Err(DecideError::Undecided(undecided)) => (undecided.workflows(), true, Vec::new()),
            // It was not this release that had to say who it is.
            Err(DecideError::Identity(_)) => return,
        };
        let failed = |report: &WorkflowReport| report.failure.is_some();
        let fuel = workflows.iter().map(|report| report.run.fuel).fold(0, u64::saturating_add);
        let (is_undecided, has_failed) = (decided.is_err(), workflows.iter().any(failed));
        canary.count(*seat, &Counted { is_undecided, has_failed, is_degraded, fuel, plans });
    }
}
