//! The last check: an instance is made, its imports and its export have the contract's types, and it starts.

use std::sync::Arc;
use std::time::Duration;

use super::Refusal;
use crate::compile::Artifact;
use crate::engine::Sandbox;
use crate::limits::Limits;
use crate::workflow::{LoadError, Workflow};

pub(super) fn run(sandbox: &Sandbox, artifact: &Artifact) -> Result<(), Refusal> {
    // Whatever an operator may ever allow it: the limits of a decision are not known here.
    let limits =
        Limits { memory_bytes: Limits::MAX_MEMORY_BYTES, deadline: Duration::from_secs(1), ..Limits::default() };
    let workflow = Workflow::load(sandbox, artifact, Arc::new(limits)).map_err(|error| match error {
        LoadError::DoesNotFit { reason } => Refusal::DoesNotFit { reason },
        LoadError::Damaged { reason } => Refusal::DoesNotCompile { reason },
    })?;
    workflow.try_out()
}
