//! `/admin/v1/keys`: who may come in, and what for.

mod grace;
mod view;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use usher_store::{KeyName, NewKey, Rotated};

use crate::app::App;
use crate::extract::{self, FromPath, FromQuery, Incoming};
use crate::keys::{Admin, Keys};
use crate::openapi::answers::Done;
use crate::openapi::errors::{BodyErrors, Conflict, KeyErrors, Malformed, Missing};
use crate::openapi::keys::NewKey as NewKeySchema;
use crate::respond::{self, Failure};
use crate::to_the_end::to_the_end;
use grace::GraceQuery;
use view::{KeyView, NewKeyBody, NewKeyView, RotatedView};

#[utoipa::path(
    get,
    path = "/keys",
    tag = "admin",
    operation_id = "list_keys",
    summary = "List the keys",
    security(("admin" = ["keys"])),
    responses((status = 200, description = "All keys, revoked ones too.", body = [KeyView]), KeyErrors)
)]
pub(super) async fn list(State(app): State<Arc<App>>, _: Admin<Keys>) -> Result<Response, Failure> {
    let keys: Vec<_> = app.keys.list().await?.into_iter().map(|key| KeyView::of(key, &app.environments)).collect();
    Ok(respond::ok(keys))
}

#[utoipa::path(
    post,
    path = "/keys",
    tag = "admin",
    operation_id = "create_key",
    summary = "Create a key",
    description = "Nobody creates an admin key that may do more than their own.",
    security(("admin" = ["keys"])),
    request_body = NewKeySchema,
    responses((status = 201, description = "The key, which is shown this once.", body = NewKeyView<'static>), Missing, BodyErrors, KeyErrors)
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    admin: Admin<Keys>,
    body: Incoming,
) -> Result<Response, Failure> {
    let body: NewKeyBody = extract::json(body).await?;
    let kind = body.kind(admin.caller.scopes);
    let name: Option<KeyName> = body.name().map(str::parse).transpose()?;
    let running = match body.environment() {
        None => app.environments.first(),
        Some(name) => app.publisher.running(&name.parse()?)?,
    };
    let keys = Arc::clone(&app.keys);
    let created = async move { keys.create(&admin.caller, &running.environment, kind, name.as_ref()).await };
    let key: NewKey = to_the_end(created).await??;
    Ok(respond::created(NewKeyView::from(&key)))
}

#[utoipa::path(
    post,
    path = "/keys/{id}/rotate",
    tag = "admin",
    operation_id = "rotate_key",
    summary = "Create a key in the place of another, which ends by itself after a while",
    description = "The new key has the kind, the scopes and the name of the old one. Nobody rotates an admin key that may do \
                   more than their own.",
    security(("admin" = ["keys"])),
    params(("id" = String, Path, description = "The old key's public name."), GraceQuery),
    responses((status = 201, description = "The new key, which is shown this once.", body = RotatedView<'static>), Malformed, Missing, Conflict, KeyErrors)
)]
pub(super) async fn rotate(
    State(app): State<Arc<App>>,
    admin: Admin<Keys>,
    FromPath(id): FromPath<String>,
    FromQuery(query): FromQuery<GraceQuery>,
) -> Result<Response, Failure> {
    let grace = query.grace()?;
    let keys = Arc::clone(&app.keys);
    let rotated: Rotated = to_the_end(async move { keys.rotate(&admin.caller, &id, grace).await }).await??;
    Ok(respond::created(RotatedView::from(&rotated)))
}

#[utoipa::path(
    delete,
    path = "/keys/{id}",
    tag = "admin",
    operation_id = "revoke_key",
    summary = "Revoke a key",
    security(("admin" = ["keys"])),
    params(("id" = String, Path, description = "The key's public name.")),
    responses((status = 200, description = "It opens nothing any more.", body = Done), Malformed, Missing, Conflict, KeyErrors)
)]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    admin: Admin<Keys>,
    FromPath(id): FromPath<String>,
) -> Result<Response, Failure> {
    let keys = Arc::clone(&app.keys);
    to_the_end(async move { keys.revoke(admin.caller.author, &id).await }).await??;
    Ok(respond::done())
}
