//! Keys as the admin API takes and shows them.

use serde::{Deserialize, Serialize};
use usher_store::{KeyKind, KeyRecord, KeyScope, KeyScopes, NewKey, Rotated};
use utoipa::ToSchema;

use crate::environments::Environments;
use crate::openapi::keys::Scope;

/// A key that is to be made.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum NewKeyBody {
    Secret { name: Option<String>, environment: Option<String> },
    Public { name: Option<String>, environment: Option<String> },
    Admin { name: Option<String>, scopes: Option<Vec<Scope>> },
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyView {
    id: String,
    name: Option<String>,
    kind: &'static str,
    /// The name of its environment. An admin key is for all of them, and has that of `live`.
    environment: String,
    /// What an admin key may do.
    scopes: Vec<&'static str>,
    created_at_ms: u64,
    revoked_at_ms: Option<u64>,
    /// When it ends by itself, or has, because it was rotated.
    ends_at_ms: Option<u64>,
}

/// A key on the only occasion that it is shown.
#[derive(Serialize, ToSchema)]
pub(super) struct NewKeyView<'a> {
    id: &'a str,
    kind: &'static str,
    scopes: Vec<&'static str>,
    key: &'a str,
}

/// A key in the place of another, on the only occasion that it is shown.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RotatedView<'a> {
    #[serde(flatten)]
    key: NewKeyView<'a>,
    /// Until when the old one is good.
    old_ends_at_ms: u64,
}

impl NewKeyBody {
    /// What it is to open, if the caller has these scopes.
    pub(super) fn kind(&self, caller: KeyScopes) -> KeyKind {
        match self {
            Self::Secret { .. } => KeyKind::Secret,
            Self::Public { .. } => KeyKind::Public,
            Self::Admin { scopes: None, .. } => KeyKind::Admin(caller),
            Self::Admin { scopes: Some(scopes), .. } => {
                KeyKind::Admin(scopes.iter().copied().map(KeyScope::from).collect())
            }
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Secret { name, .. } | Self::Public { name, .. } | Self::Admin { name, .. } => name.as_deref(),
        }
    }

    /// The name of its environment, if one is named.
    pub(super) fn environment(&self) -> Option<&str> {
        match self {
            Self::Secret { environment, .. } | Self::Public { environment, .. } => environment.as_deref(),
            Self::Admin { .. } => None,
        }
    }
}

impl From<Scope> for KeyScope {
    fn from(name: Scope) -> Self {
        match name {
            Scope::Read => Self::Read,
            Scope::Workflows => Self::Workflows,
            Scope::Catalog => Self::Catalog,
            Scope::UsersRead => Self::UsersRead,
            Scope::UsersWrite => Self::UsersWrite,
            Scope::Keys => Self::Keys,
            Scope::Audit => Self::Audit,
            Scope::Deploy => Self::Deploy,
        }
    }
}

impl KeyView {
    pub(super) fn of(record: KeyRecord, environments: &Environments) -> Self {
        let environment = environments.by_id(&record.environment).map(|running| running.name.to_string());
        Self {
            id: record.id,
            name: record.name.map(|name| name.as_str().to_owned()),
            kind: record.kind.as_str(),
            environment: environment.unwrap_or(record.environment),
            scopes: words(record.kind),
            created_at_ms: record.created_at_ms,
            revoked_at_ms: record.revoked_at_ms,
            ends_at_ms: record.ends_at_ms,
        }
    }
}

impl<'a> From<&'a NewKey> for NewKeyView<'a> {
    fn from(key: &'a NewKey) -> Self {
        Self { id: key.id(), kind: key.kind().as_str(), scopes: words(key.kind()), key: key.text() }
    }
}

impl<'a> From<&'a Rotated> for RotatedView<'a> {
    fn from(rotated: &'a Rotated) -> Self {
        Self { key: (&rotated.key).into(), old_ends_at_ms: rotated.old_ends_at_ms }
    }
}

fn words(kind: KeyKind) -> Vec<&'static str> {
    kind.scopes().iter().map(KeyScope::as_str).collect()
}
