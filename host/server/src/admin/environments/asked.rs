//! What is asked of environments.

use std::sync::Arc;

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::admin::releases::WhichView;
use crate::app::App;
use crate::environments::Running;
use crate::respond::Failure;

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
    /// The deployment that this takes the place of: nothing happens when another one is in force by then.
    pub(super) replaces: Option<u64>,
    /// What it is for.
    #[schema(min_length = 1, max_length = 500)]
    pub(super) note: Option<String>,
    /// Whether plans that a workflow can return and the catalog does not have are no reason to refuse.
    pub(super) allow_unknown_slugs: Option<bool>,
}

/// What there is to say when an environment goes back.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::admin) struct RollbackBody {
    /// The deployment that this takes the place of: nothing happens when another one is in force by then.
    pub(super) replaces: Option<u64>,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
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
