//! The trial: an instance is made, its imports and its export have the contract's types, and it starts.

use super::{Refusal, probe};
use crate::artifact::Artifact;
use crate::engine::Sandbox;
use crate::limits::Limits;
use crate::workflow::{LoadError, Workflow};

/// The workflow that a module makes, and the bytes of memory that an instance of it starts with.
pub(super) fn run(sandbox: &Sandbox, artifact: &Artifact) -> Result<(Workflow, usize), Refusal> {
    // Whatever an operator may ever allow it: the limits of a decision are not known here.
    let most = Limits { memory_bytes: Limits::MAX_MEMORY_BYTES, ..probe::limits() };
    let load = |limits| Workflow::on_trial(sandbox, artifact, limits);
    let does_not_load = |error| match error {
        LoadError::DoesNotFit { reason } => Refusal::DoesNotFit { reason },
        LoadError::NoMemory { reason } => Refusal::TooExpensive { reason },
        LoadError::Damaged { reason } => Refusal::DoesNotCompile { reason },
    };
    // Held until the other has its code, which is loaded once for both.
    let with_most = load(most).map_err(does_not_load)?;
    let memory_bytes = with_most.try_out()?;
    Ok((load(probe::limits()).map_err(does_not_load)?, memory_bytes))
}
