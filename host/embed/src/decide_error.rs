//! Why there is no decision.

use std::sync::Arc;

use usher_decision::FailureKind;
use uuid::Uuid;

use crate::identity::IdentityError;
use crate::provisioning::WorkflowReport;

/// Why there is no decision.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecideError {
    /// The request does not establish who is asking. The caller's move.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A workflow failed without which, says the catalog, nothing is decided. The operator's move.
    #[error(transparent)]
    Undecided(#[from] Box<Undecided>),
}

/// What there is instead of a decision when a workflow failed whose policy in the catalog is `fail`.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "workflow `{workflow}` failed ({kind}), and the catalog says that nothing is decided then; the caller has to ask again later"
)]
pub struct Undecided {
    pub(crate) id: Uuid,
    pub(crate) workflow: Arc<str>,
    pub(crate) kind: FailureKind,
    pub(crate) workflows: Vec<WorkflowReport>,
}

impl Undecided {
    /// The id that the decision would have had, as in logs.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Which workflow failed.
    #[must_use]
    pub fn workflow(&self) -> &Arc<str> {
        &self.workflow
    }

    /// In which way it failed.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// What each workflow did until then. The last one is the one that failed; those after it were not run.
    #[must_use]
    pub fn workflows(&self) -> &[WorkflowReport] {
        &self.workflows
    }
}
