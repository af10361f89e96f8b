//! What a decision does when one of its workflows fails.

use std::fmt;
use std::time::Duration;

use super::word::Word;

/// Names the ways in which a workflow can fail a decision.
///
/// Its text form is the key of a catalog's `on-failure`, and the name in diagnostics and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The workflow stopped at a fault of its own, such as a panic.
    Trap,
    /// It did more work than it may.
    Fuel,
    /// It took longer than it may.
    Deadline,
    /// It asked for more memory than it may have.
    Memory,
    /// Its answer breaks the contract.
    BadOutput,
    /// It said that it could not answer.
    Refused,
    /// Something that it looked up was not to be had, whatever it made of that.
    ReadFailed,
    /// It was not run: its module is not loaded, every place is taken, or its circuit breaker is open.
    NotLoaded,
}

impl FailureKind {
    /// Returns the kind's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.word()
    }
}

impl Word for FailureKind {
    const ALL: &'static [Self] = &[
        Self::Trap,
        Self::Fuel,
        Self::Deadline,
        Self::Memory,
        Self::BadOutput,
        Self::Refused,
        Self::ReadFailed,
        Self::NotLoaded,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Trap => "trap",
            Self::Fuel => "fuel",
            Self::Deadline => "deadline",
            Self::Memory => "memory",
            Self::BadOutput => "bad-output",
            Self::Refused => "refused",
            Self::ReadFailed => "read-failed",
            Self::NotLoaded => "not-loaded",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Says what a decision does when a workflow fails in one way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FailurePolicy {
    /// It goes on without the workflow's plans. After a failed look-up alone, it takes the run as it ended.
    #[default]
    Ignore,
    /// It takes the plans that the workflow last granted the same user, unless that is too long ago.
    LastGood {
        /// How long ago it may be.
        max_age: Duration,
    },
    /// It takes these plans in the place of the workflow's; all are in the catalog.
    FallbackPlans(Box<[Box<str>]>),
    /// There is no decision: the caller gets an error.
    Fail,
}

/// Holds what a decision does about each kind of failure of one workflow.
///
/// The default ignores them all: it costs the decision this workflow's plans and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FailureLadder {
    pub(super) default: FailurePolicy,
    /// INVARIANT: there is at most one for each kind.
    pub(super) steps: Vec<(FailureKind, FailurePolicy)>,
}

impl FailureLadder {
    /// Returns what a decision does about this kind of failure.
    #[must_use]
    pub fn policy(&self, kind: FailureKind) -> &FailurePolicy {
        self.steps.iter().find(|(of, _)| *of == kind).map_or(&self.default, |(_, policy)| policy)
    }

    /// Returns whether any step wants to know what the workflow last granted a user.
    #[must_use]
    pub fn remembers(&self) -> bool {
        let policies = self.steps.iter().map(|(_, policy)| policy);
        policies.chain([&self.default]).any(|policy| matches!(policy, FailurePolicy::LastGood { .. }))
    }
}
