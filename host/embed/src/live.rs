//! What is live: the release that decides, and what goes on beside it. It is replaced whole, so that a decision never sees half of
//! a change.

use std::sync::Arc;

use usher_decision::Bot;
use usher_sandbox::request::Request;

use crate::canary::{Canary, Counted, Seat};
use crate::decision::Decision;
use crate::provisioning::WorkflowReport;
use crate::release::Release;
use crate::shadow::Shadow;

/// Everything that decisions are made by at one moment.
// Every decision counts that it has it, and reads it: the count is not in the two lines of memory that are read.
#[derive(Debug, Clone)]
#[repr(align(128))]
pub(crate) struct Live {
    pub(crate) release: Arc<Release>,
    pub(crate) canary: Option<Arc<Canary>>,
    pub(crate) shadow: Option<Arc<Shadow>>,
}

/// What a decision is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// For whoever asks, who has proved who they are.
    Decide,
    /// To show what somebody would get. What is only supposed must not be their last good answer, and is compared with nothing.
    Suppose,
}

/// The release that decides for one user, and where that is counted. It has all that is live, since a count for each of its parts
/// would be passed from thread to thread.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    live: Arc<Live>,
    /// The user's, while there is a canary.
    seat: Option<Seat>,
    pub(crate) purpose: Purpose,
}

impl Live {
    /// A release that decides for everybody.
    pub(crate) fn of(release: Arc<Release>) -> Self {
        Self { release, canary: None, shadow: None }
    }

    /// Chooses who decides for the user of this identifier.
    pub(crate) fn choose(self: Arc<Self>, identifier: &str, purpose: Purpose) -> Chosen {
        let seat = self.canary.as_ref().map(|canary| canary.split().seat(identifier));
        Chosen { live: self, seat, purpose }
    }
}

impl Chosen {
    /// The release that decides.
    pub(crate) fn release(&self) -> &Arc<Release> {
        self.canary().map_or(&self.live.release, Canary::release)
    }

    /// The canary, if it is what decides.
    pub(crate) fn canary(&self) -> Option<&Canary> {
        self.live.canary.as_deref().filter(|_| self.seat.is_some_and(|seat| seat.is_canary))
    }

    /// Hands a decision to whoever compares. A shadow compares it with the release that decides for everybody in the end, and so not
    /// with a canary.
    pub(crate) fn compare(&self, decision: &Decision, request: &Arc<Request>, verified_bot: Option<Bot>) {
        let is_compared = self.purpose == Purpose::Decide && self.canary().is_none();
        if let Some(shadow) = self.live.shadow.as_ref().filter(|_| is_compared) {
            shadow.offer(decision, request, verified_bot);
        }
        self.count(Ok(decision));
    }

    /// Counts what came of it, if anybody compares: the decision, or the workflows of one without which nothing was decided.
    pub(crate) fn count(&self, decided: Result<&Decision, &[WorkflowReport]>) {
        let (Some(canary), Some(seat)) = (&self.live.canary, self.seat) else { return };
        if self.purpose == Purpose::Suppose {
            return;
        }
        let (workflows, is_degraded, plans): (_, _, Vec<_>) = match decided {
            Ok(decision) => (decision.workflows(), !decision.degraded().is_empty(), decision.plans().collect()),
            Err(workflows) => (workflows, true, Vec::new()),
        };
        let failed = |report: &WorkflowReport| report.failure.is_some();
        let fuel = workflows.iter().map(|report| report.run.fuel).fold(0, u64::saturating_add);
        let (is_undecided, has_failed) = (decided.is_err(), workflows.iter().any(failed));
        canary.count(seat, &Counted { is_undecided, has_failed, is_degraded, fuel, plans });
    }
}
