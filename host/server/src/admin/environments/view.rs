//! Environments and deployments as the admin API shows them.

use serde::Serialize;
use serde_json::{Map, Value};
use usher_host::{CanaryReport, CanaryVerdict, ShadowReport};
use usher_store::{Deployment, Trial};
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
    /// The number of a `release` that decides for some of the users instead, and the terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    canary: Option<Value>,
    /// The number of a `release` that is tried on what is asked, and the terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    shadow: Option<Value>,
    /// The id of the key that asked for it, or `command-line`.
    author: String,
    note: Option<String>,
    at_ms: u64,
    /// The deployment whose release a rollback from this one brings back; none when there is nothing to go back to.
    back_to: Option<u64>,
}

/// What a canary has come to.
#[derive(Serialize, ToSchema)]
pub(super) struct CanaryView {
    /// `share`, and of the two releases, `beside` and `canary`: `release`, `decisions`, `undecided`, `failed`, `degraded`, `fuelP99`,
    /// `plans`.
    #[schema(value_type = Object)]
    pub(super) report: CanaryReport,
    /// Whether it keeps within its bounds, or why nothing can be said yet.
    #[schema(value_type = Object)]
    pub(super) verdict: CanaryVerdict,
}

/// What a shadow has found: `release`, `sampled`, `dropped`, `evaluated`, `inconclusive`, `different`, `processorMicros`, `differences`,
/// `otherDifferences`.
#[derive(Serialize, ToSchema)]
pub(super) struct ShadowView {
    #[schema(value_type = Object)]
    pub(super) report: ShadowReport,
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
        let Deployment { id, target, canary, shadow, author, note, at_ms, back_to, .. } = deployment;
        let [canary, shadow] = [canary, shadow].map(|trial| trial.as_ref().map(shown));
        Self { id, release: target.into(), canary, shadow, author, note, at_ms, back_to }
    }
}

/// A trial as it was asked for.
fn shown(trial: &Trial) -> Value {
    // What another version has stored is shown as well.
    let mut terms: Map<String, Value> = serde_json::from_str(&trial.terms).unwrap_or_default();
    terms.insert("release".to_owned(), trial.release.into());
    terms.into()
}
