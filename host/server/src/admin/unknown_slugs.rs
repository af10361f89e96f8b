//! What a change may say about slugs that are not in the catalog.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::unknown_slugs::OnUnknownSlugs;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UnknownSlugsQuery {
    /// Whether plans that a workflow can return and the catalog does not have are a warning, and not a refusal.
    allow_unknown_slugs: Option<bool>,
}

impl UnknownSlugsQuery {
    pub(super) fn on_unknown(&self) -> OnUnknownSlugs {
        OnUnknownSlugs::asked(self.allow_unknown_slugs)
    }
}
