//! `/admin/v1/keys`: who may come in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use usher_store::{KeyKind, KeyRecord, NewKey};

use crate::app::App;
use crate::extract::{self, FromPath, Incoming};
use crate::keys::Admin;
use crate::openapi::answers::Done;
use crate::openapi::errors::{BodyErrors, Conflict, KeyErrors, Malformed, Missing};
use crate::respond::{self, Failure};
use crate::to_the_end::to_the_end;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKeyBody {
    kind: KindName,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum KindName {
    Secret,
    Public,
    Admin,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct KeyView {
    id: String,
    kind: &'static str,
    created_at_ms: u64,
    revoked_at_ms: Option<u64>,
}

/// A key on the only occasion that it is shown.
#[derive(Serialize, ToSchema)]
struct NewKeyView<'a> {
    id: &'a str,
    kind: &'static str,
    key: &'a str,
}

#[utoipa::path(
    get,
    path = "/keys",
    tag = "admin",
    operation_id = "list_keys",
    summary = "List the keys",
    security(("admin" = [])),
    responses((status = 200, description = "All keys, revoked ones too.", body = [KeyView]), KeyErrors)
)]
pub(super) async fn list(State(app): State<Arc<App>>, _: Admin) -> Result<Response, Failure> {
    let view = |record: KeyRecord| KeyView {
        id: record.id,
        kind: record.kind.as_str(),
        created_at_ms: record.created_at_ms,
        revoked_at_ms: record.revoked_at_ms,
    };
    let keys: Vec<_> = app.keys.list().await?.into_iter().map(view).collect();
    Ok(respond::ok(keys))
}

#[utoipa::path(
    post,
    path = "/keys",
    tag = "admin",
    operation_id = "create_key",
    summary = "Create a key",
    security(("admin" = [])),
    request_body = NewKeyBody,
    responses((status = 201, description = "The key, which is shown this once.", body = NewKeyView<'static>), BodyErrors, KeyErrors)
)]
pub(super) async fn create(State(app): State<Arc<App>>, _: Admin, body: Incoming) -> Result<Response, Failure> {
    let NewKeyBody { kind } = extract::json(body).await?;
    let keys = Arc::clone(&app.keys);
    let key: NewKey = to_the_end(async move { keys.create(kind.into()).await }).await??;
    Ok(respond::created(NewKeyView { id: key.id(), kind: key.kind().as_str(), key: key.text() }))
}

#[utoipa::path(
    delete,
    path = "/keys/{id}",
    tag = "admin",
    operation_id = "revoke_key",
    summary = "Revoke a key",
    security(("admin" = [])),
    params(("id" = String, Path, description = "The key's public name.")),
    responses((status = 200, description = "It opens nothing any more.", body = Done), Malformed, Missing, Conflict, KeyErrors)
)]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    _: Admin,
    FromPath(id): FromPath<String>,
) -> Result<Response, Failure> {
    let keys = Arc::clone(&app.keys);
    to_the_end(async move { keys.revoke(&id).await }).await??;
    Ok(respond::done())
}

impl From<KindName> for KeyKind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Secret => Self::Secret,
            KindName::Public => Self::Public,
            KindName::Admin => Self::Admin,
        }
    }
}
