//! Keys that are to be made, as the document has them. `admin/keys` reads them.
#![expect(dead_code, reason = "only their descriptions are of use")]

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key that is to be made.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum NewKey {
    Site(SiteKey),
    Admin(AdminKey),
}

/// A key for the decision API.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteKey {
    kind: SiteKind,
    /// What it is for.
    #[schema(min_length = 1, max_length = 64, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")]
    name: Option<String>,
    /// The environment whose plans it is told: `live` when nothing is said.
    #[schema(min_length = 1, max_length = 32, pattern = "^[a-z][a-z0-9-]*$")]
    environment: Option<String>,
}

/// A key for the admin API.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdminKey {
    kind: AdminKind,
    /// What it is for.
    #[schema(min_length = 1, max_length = 64, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")]
    name: Option<String>,
    /// What it may do: at most what the caller's own key may, and all of that when nothing is said.
    scopes: Option<Vec<Scope>>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SiteKind {
    Secret,
    Public,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AdminKind {
    Admin,
}

#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scope {
    Read,
    Workflows,
    Catalog,
    UsersRead,
    UsersWrite,
    Keys,
    Audit,
    Deploy,
}
