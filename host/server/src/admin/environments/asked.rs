//! What is asked of environments.

use std::sync::Arc;

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::admin::releases::WhichView;
use crate::app::App;
use crate::environments::Running;
use crate::respond::Failure;
use crate::rollout::{BoundsTerms, CanaryTerms, Percent, ShadowTerms};
use crate::whole::Whole;

/// Which environment is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::admin) struct EnvironmentQuery {
    /// The environment's name. `live` when nothing is said.
    #[param(min_length = 1, max_length = 32, pattern = "^[a-z][a-z0-9-]*$")]
    environment: Option<String>,
}

/// An environment that is to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::admin) struct NewEnvironmentBody {
    #[schema(min_length = 1, max_length = 32, pattern = "^[a-z][a-z0-9-]*$")]
    pub(super) name: String,
}

/// What is to decide in an environment.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::admin) struct DeploymentBody {
    /// The number of a release; or `draft`, which decides as it is at any time.
    pub(super) release: WhichView,
    /// A release that decides for some of the users instead. Absent, there is none from then on.
    pub(super) canary: Option<CanaryBody>,
    /// A release that is tried on what is asked, and answers nobody. Absent, there is none from then on.
    pub(super) shadow: Option<ShadowBody>,
    /// The deployment that this takes the place of: nothing happens when another one is in force by then.
    pub(super) replaces: Option<Whole>,
    /// What it is for.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")]
    pub(super) note: Option<String>,
    /// Whether plans that a workflow can return and the catalog does not have are no reason to refuse.
    pub(super) allow_unknown_slugs: Option<bool>,
}

/// A release that decides for some of the users, for as long as it keeps within its bounds.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::admin) struct CanaryBody {
    /// Its number.
    release: Whole,
    /// Percent of the users, from 0 to 100, in steps of 0.01. A larger share takes nobody out who is in.
    #[serde(default)]
    percent: Percent,
    /// Identifiers of users that it decides for in any case.
    #[serde(default)]
    #[schema(max_items = 10_000)]
    include: Vec<String>,
    /// Identifiers of users that it does not decide for in any case.
    #[serde(default)]
    #[schema(max_items = 10_000)]
    exclude: Vec<String>,
    /// How far it may depart from the release beside it.
    #[serde(default)]
    bounds: BoundsTerms,
}

/// A release that is tried on what is asked.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::admin) struct ShadowBody {
    /// Its number.
    release: Whole,
    /// Percent of the decisions that are to be made again: 100 when nothing is said.
    sample: Option<Percent>,
    /// Percent of one processor that it may take on each server: 10 when nothing is said.
    processor: Option<Percent>,
}

impl CanaryBody {
    /// The release, and the terms that it decides by.
    pub(super) fn terms(self) -> (u64, CanaryTerms) {
        let Self { release, percent, include, exclude, bounds } = self;
        (release.0, CanaryTerms { percent, include, exclude, bounds })
    }
}

impl ShadowBody {
    /// The release, and how it goes about it.
    pub(super) fn terms(self) -> (u64, ShadowTerms) {
        let Self { release, sample, processor } = self;
        (release.0, ShadowTerms { sample, processor })
    }
}

/// What there is to say when an environment goes back.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::admin) struct RollbackBody {
    /// The deployment that this takes the place of: nothing happens when another one is in force by then.
    pub(super) replaces: Option<Whole>,
    /// Why.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")]
    pub(super) note: Option<String>,
}

impl EnvironmentQuery {
    /// The environment that is meant.
    pub(in crate::admin) fn running(&self, app: &App) -> Result<Arc<Running>, Failure> {
        match &self.environment {
            None => Ok(app.environments.first()),
            Some(name) => Ok(app.publisher.running(&name.parse()?)?),
        }
    }
}
