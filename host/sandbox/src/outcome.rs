//! How one run of a workflow ended, and what it cost.

use std::fmt;
use std::time::Duration;

use crate::log::Log;
use crate::lookup::LookupReport;

/// How one run of a workflow ended. Every kind but [`Outcome::Ok`] costs the decision this workflow's plans and
/// nothing else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Outcome {
    /// It answered.
    #[error("ok")]
    Ok,
    /// It said that it could not answer, in its own words. The author's move.
    #[error("the workflow refused to answer: {reason}")]
    Refused {
        /// The workflow's own words.
        reason: String,
    },
    /// It stopped at a fault of its own, such as a panic. The author's move: the log has the panic's message.
    #[error("the workflow trapped: {cause}")]
    Trapped {
        /// The kind of trap.
        cause: String,
    },
    /// It did more work than it may. The author's move, or the operator's who sets the limit.
    #[error("the workflow used up its {limit} units of fuel")]
    OutOfFuel {
        /// The limit in force.
        limit: u64,
    },
    /// It took longer than it may. The author's move, or the operator's who sets the limit.
    #[error("the workflow ran past its deadline of {limit:?}")]
    Deadline {
        /// The time it had: its own deadline, or what was left of the decision's.
        limit: Duration,
    },
    /// It asked for more memory than it may have, and did not survive being refused.
    #[error("the workflow asked for more than its {limit} bytes of memory")]
    Memory {
        /// The limit in force.
        limit: usize,
    },
    /// Its answer breaks the contract. The author's move.
    #[error("the workflow's answer breaks the contract: {reason}")]
    BadOutput {
        /// What was expected and what came.
        reason: String,
    },
    /// It was not run, or could not be. The operator's move.
    #[error("the workflow could not be run: {reason}")]
    Unavailable {
        /// Why not.
        reason: String,
    },
}

impl Outcome {
    /// The outcome's name in diagnostics and metrics, in kebab-case.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused { .. } => "refused",
            Self::Trapped { .. } => "trapped",
            Self::OutOfFuel { .. } => "out-of-fuel",
            Self::Deadline { .. } => "deadline",
            Self::Memory { .. } => "memory",
            Self::BadOutput { .. } => "bad-output",
            Self::Unavailable { .. } => "unavailable",
        }
    }

    /// What went wrong, for people; none when nothing did.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        (*self != Self::Ok).then(|| self.to_string())
    }
}

/// One run of one workflow: how it ended, what it answered, what it cost.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Run {
    /// How it ended.
    pub outcome: Outcome,
    /// The slugs it returned, in its own order, duplicates and unknown ones included; empty unless the outcome is ok.
    pub slugs: Vec<String>,
    /// Fuel used. The same module and request use the same fuel on every machine.
    pub fuel: u64,
    /// Bytes of linear memory that its instance had in the end.
    pub memory_bytes: usize,
    /// Wall-clock time, look-ups included.
    pub elapsed: Duration,
    /// What it logged.
    pub log: Log,
    /// The look-ups it made, in order.
    pub lookups: Vec<LookupReport>,
}

impl Run {
    /// A run that never happened, because its workflow is not there to be run.
    #[must_use]
    pub fn unavailable(reason: impl fmt::Display) -> Self {
        Self::ended(Outcome::Unavailable { reason: reason.to_string() })
    }

    /// A run that ended before the workflow did anything.
    pub(crate) fn ended(outcome: Outcome) -> Self {
        Self {
            outcome,
            slugs: Vec::new(),
            fuel: 0,
            memory_bytes: 0,
            elapsed: Duration::ZERO,
            log: Log::default(),
            lookups: Vec::new(),
        }
    }
}
