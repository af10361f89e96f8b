//! What is asked of releases.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::whole::Whole;

/// A draft that is to be frozen.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::admin) struct NewReleaseBody {
    /// What it is for.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")]
    pub(super) note: Option<String>,
    /// The number that the draft ought to have: nothing is frozen when somebody has changed it meanwhile.
    pub(super) draft: Option<Whole>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::admin) struct DiffQuery {
    /// What to compare with: a number, or `draft`. The release before when nothing is said.
    #[param(pattern = "^(draft|[0-9]{1,19})$")]
    pub(super) from: Option<String>,
}
