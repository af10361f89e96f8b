//! The failure ladder: what a decision does about a workflow that failed, as the catalog says.

use std::sync::Arc;
use std::time::Duration;

use usher_decision::{FailureKind, FailureLadder, FailurePolicy, Origin};
use usher_sandbox::{Found, Outcome, Run};

/// How a workflow failed a decision, and what was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WorkflowFailure {
    /// In which way it failed.
    pub kind: FailureKind,
    /// What the decision did about that.
    pub policy: AppliedPolicy,
}

/// What a decision did about a workflow that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AppliedPolicy {
    /// It went on without the workflow's plans, or with what there was to take of the run; also for want of a last good answer.
    Ignore,
    /// The user's last good answer of the workflow stood in for it.
    LastGood,
    /// The fallback plans of the catalog stood in for it.
    FallbackPlans,
    /// Nothing was decided.
    Fail,
}

impl AppliedPolicy {
    /// The policy's name, in diagnostics and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::LastGood => "last-good",
            Self::FallbackPlans => "fallback-plans",
            Self::Fail => "fail",
        }
    }

    /// Where the plans come from that stand in for those of a workflow.
    pub(crate) fn origin(self, workflow: &Arc<str>) -> Origin {
        match self {
            Self::Ignore | Self::Fail => Origin::Workflow(Arc::clone(workflow)),
            Self::LastGood => Origin::LastGood(Arc::clone(workflow)),
            Self::FallbackPlans => Origin::FallbackPlans(Arc::clone(workflow)),
        }
    }
}

/// What a decision does about a run that failed; none if it did not. The slugs, if any, stand in for those of the run, and
/// `recall` finds those of the last good answer that is no older than this.
///
/// A failed look-up comes first, whatever the workflow made of it. When the catalog ignores that, the run is taken as it ended.
pub(crate) fn step(
    ladder: &FailureLadder,
    run: &Run,
    recall: impl Fn(Duration) -> Option<Vec<String>>,
) -> Option<(WorkflowFailure, Vec<String>)> {
    let read_failed = run.lookups.iter().any(|lookup| lookup.found == Found::Unavailable);
    let read_failed = read_failed.then_some(FailureKind::ReadFailed);
    let kinds = || read_failed.into_iter().chain(kind(&run.outcome));
    let applied = kinds().find_map(|kind| {
        let (policy, slugs) = match ladder.policy(kind) {
            FailurePolicy::Ignore => return None,
            FailurePolicy::LastGood { max_age } => (AppliedPolicy::LastGood, recall(*max_age)?),
            FailurePolicy::FallbackPlans(plans) => {
                (AppliedPolicy::FallbackPlans, plans.iter().map(|slug| slug.clone().into()).collect())
            }
            FailurePolicy::Fail => (AppliedPolicy::Fail, Vec::new()),
        };
        Some((WorkflowFailure { kind, policy }, slugs))
    });
    let ignored = || Some((WorkflowFailure { kind: kinds().next()?, policy: AppliedPolicy::Ignore }, Vec::new()));
    applied.or_else(ignored)
}

/// In which way a run failed that ended so; none for an answer.
fn kind(outcome: &Outcome) -> Option<FailureKind> {
    Some(match outcome {
        Outcome::Ok => return None,
        Outcome::Refused { .. } => FailureKind::Refused,
        Outcome::OutOfFuel { .. } => FailureKind::Fuel,
        Outcome::Deadline { .. } => FailureKind::Deadline,
        Outcome::Memory { .. } => FailureKind::Memory,
        Outcome::BadOutput { .. } => FailureKind::BadOutput,
        Outcome::Unavailable { .. } => FailureKind::NotLoaded,
        // Another crate's outcomes may grow; all of them are the workflow's own faults.
        Outcome::Trapped { .. } | _ => FailureKind::Trap,
    })
}
