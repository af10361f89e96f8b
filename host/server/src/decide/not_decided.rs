//! What a caller is told when nothing is decided, because a workflow failed.

use usher_host::{DecideError, Undecided};

use crate::keys::SecretOrPublic;
use crate::respond::Failure;
use crate::to_the_end::Abandoned;

/// Nothing is decided: a workflow failed of which the catalog says so. The operator's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotDecided {
    /// To a caller who may know which.
    #[error(transparent)]
    Told(Box<Undecided>),
    /// To everybody else.
    #[error("nothing could be decided, because a rule failed that has to hold; the caller has to ask again later")]
    Untold(Box<Undecided>),
}

impl NotDecided {
    pub(crate) fn undecided(&self) -> &Undecided {
        match self {
            Self::Told(undecided) | Self::Untold(undecided) => undecided,
        }
    }
}

impl Failure {
    /// Why there is no decision, as far as this caller may know.
    pub(crate) fn of_decide(error: DecideError, caller: SecretOrPublic) -> Self {
        match (error, caller) {
            (DecideError::Identity(error), _) => error.into(),
            (DecideError::Undecided(undecided), SecretOrPublic::Secret) => NotDecided::Told(undecided).into(),
            (DecideError::Undecided(undecided), SecretOrPublic::Public) => NotDecided::Untold(undecided).into(),
            // Another crate's errors may grow; one that is not known here is the server's to look into.
            (error, _) => Abandoned::because(error).into(),
        }
    }
}
