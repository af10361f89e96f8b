//! What a catalog says about a workflow.

use super::ladder::FailureLadder;

/// Holds what the operator has decided about one workflow. The default holds for a workflow that the catalog does not name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkflowRules {
    pub(super) on_failure: FailureLadder,
    pub(super) breaker: Breaker,
}

/// Says whether a workflow that fails most of its runs is left out for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Breaker {
    /// It is.
    #[default]
    On,
    /// It is run for every decision, whatever came of the last ones.
    Off,
}

impl WorkflowRules {
    /// Returns what a decision does when the workflow fails.
    #[must_use]
    pub fn on_failure(&self) -> &FailureLadder {
        &self.on_failure
    }

    /// Returns whether the workflow is left out for a while when it fails most of its runs.
    #[must_use]
    pub fn breaker(&self) -> Breaker {
        self.breaker
    }
}
