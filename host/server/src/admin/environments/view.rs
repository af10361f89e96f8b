//! Environments and deployments as the admin API shows them.

use serde::Serialize;
use usher_store::Deployment;
use utoipa::ToSchema;

use crate::admin::releases::WhichView;
use crate::environments::Running;

/// An environment, and what decides there.
#[derive(Serialize, ToSchema)]
pub(super) struct EnvironmentView {
    name: String,
    /// What its keys have in their middle.
    id: String,
    deployment: DeploymentView,
}

/// What an environment decides by, or did for a while.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeploymentView {
    id: u64,
    /// The number of a release; or `draft`, which decides as it is at any time.
    release: WhichView,
    /// The id of the key that asked for it, or `command-line`.
    author: String,
    note: Option<String>,
    at_ms: u64,
    /// The deployment whose release a rollback from this one brings back; none when there is nothing to go back to.
    back_to: Option<u64>,
}

impl EnvironmentView {
    pub(super) fn of(running: &Running) -> Self {
        let environment = &running.environment;
        let (name, id) = (environment.name.to_string(), environment.id.clone());
        Self { name, id, deployment: running.in_force().deployment.clone().into() }
    }
}

impl From<Deployment> for DeploymentView {
    fn from(deployment: Deployment) -> Self {
        let Deployment { id, target, author, note, at_ms, back_to, .. } = deployment;
        Self { id, release: target.into(), author, note, at_ms, back_to }
    }
}
