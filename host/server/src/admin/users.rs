//! `/admin/v1/users` and `/admin/v1/identity-links`: what the operator knows of users. Decisions only ever read it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use usher_host::{CustomerRecord, IdentityLink, JsonObject, Scope, User, UserType};

use crate::app::App;
use crate::extract::{self, FromPath, FromQuery, Incoming};
use crate::keys::{Admin, UsersWrite};
use crate::openapi::answers::Done;
use crate::openapi::errors::{BodyErrors, KeyErrors, Malformed};
use crate::respond::{self, Failure};
use utoipa::ToSchema;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ScopeQuery {
    #[serde(default)]
    cross_brand: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CustomerBody {
    #[serde(default)]
    customer_identifiers: Vec<String>,
    #[serde(default)]
    product_ids: Vec<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkBody {
    #[schema(value_type = UserBody)]
    source: JsonObject<UserBody>,
    #[schema(value_type = UserBody)]
    target: JsonObject<UserBody>,
    #[schema(min_length = 1, max_length = 64)]
    mode: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnlinkBody {
    #[schema(value_type = UserBody)]
    source: JsonObject<UserBody>,
    #[schema(value_type = UserBody)]
    target: JsonObject<UserBody>,
    /// Whatever it is, there is one link from a user to another.
    #[serde(rename = "mode")]
    _mode: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UserBody {
    #[schema(min_length = 1, max_length = 512, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")]
    identifier: String,
    user_type: UserTypeName,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum UserTypeName {
    Authenticated,
    Anonymous,
}

#[utoipa::path(
    put,
    path = "/users/{user_type}/{identifier}/customer",
    tag = "admin",
    summary = "Keep what billing knows of a user",
    security(("admin" = ["users-write"])),
    params(("user_type" = UserTypeName, Path, description = "Whether the user has an account."), ("identifier" = String, Path, description = "Who, in at most 512 bytes.", min_length = 1, max_length = 512, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")),
    request_body = CustomerBody,
    responses((status = 200, description = "It is done.", body = Done), BodyErrors, KeyErrors)
)]
pub(super) async fn put_customer(
    State(app): State<Arc<App>>,
    admin: Admin<UsersWrite>,
    FromPath((user_type, identifier)): FromPath<(UserTypeName, String)>,
    body: Incoming,
) -> Result<Response, Failure> {
    let CustomerBody { customer_identifiers, product_ids } = extract::json(body).await?;
    app.store
        .on_behalf(admin.caller.author)
        .put_customer(&user_type.user(identifier), &CustomerRecord { customer_identifiers, product_ids })
        .await?;
    Ok(respond::done())
}

#[utoipa::path(
    delete,
    path = "/users/{user_type}/{identifier}/customer",
    tag = "admin",
    summary = "Forget what billing knows of a user",
    security(("admin" = ["users-write"])),
    params(("user_type" = UserTypeName, Path, description = "Whether the user has an account."), ("identifier" = String, Path, description = "Who, in at most 512 bytes.", min_length = 1, max_length = 512, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")),
    responses((status = 200, description = "It is done.", body = Done), Malformed, KeyErrors)
)]
pub(super) async fn delete_customer(
    State(app): State<Arc<App>>,
    admin: Admin<UsersWrite>,
    FromPath((user_type, identifier)): FromPath<(UserTypeName, String)>,
) -> Result<Response, Failure> {
    app.store.on_behalf(admin.caller.author).delete_customer(&user_type.user(identifier)).await?;
    Ok(respond::done())
}

#[utoipa::path(
    put,
    path = "/users/{user_type}/{identifier}/custom-data/{key}",
    tag = "admin",
    summary = "Keep a custom value of a user",
    security(("admin" = ["users-write"])),
    params(("user_type" = UserTypeName, Path, description = "Whether the user has an account."), ("identifier" = String, Path, description = "Who, in at most 512 bytes.", min_length = 1, max_length = 512, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$"), ("key" = String, Path, description = "The value's key.", min_length = 1, max_length = 999), ("crossBrand" = Option<bool>, Query, description = "Whether it is the value of all brands.")),
    request_body(content = serde_json::Value, description = "Any JSON of at most 64 KiB."),
    responses((status = 200, description = "It is done.", body = Done), BodyErrors, KeyErrors)
)]
pub(super) async fn put_custom_data(
    State(app): State<Arc<App>>,
    admin: Admin<UsersWrite>,
    FromPath((user_type, identifier, key)): FromPath<(UserTypeName, String, String)>,
    FromQuery(query): FromQuery<ScopeQuery>,
    body: Incoming,
) -> Result<Response, Failure> {
    let json = extract::text(body).await?;
    app.store
        .on_behalf(admin.caller.author)
        .put_custom_data(&user_type.user(identifier), &key, query.scope(), &json)
        .await?;
    Ok(respond::done())
}

#[utoipa::path(
    delete,
    path = "/users/{user_type}/{identifier}/custom-data/{key}",
    tag = "admin",
    summary = "Forget a custom value of a user",
    security(("admin" = ["users-write"])),
    params(("user_type" = UserTypeName, Path, description = "Whether the user has an account."), ("identifier" = String, Path, description = "Who, in at most 512 bytes.", min_length = 1, max_length = 512, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$"), ("key" = String, Path, description = "The value's key.", min_length = 1, max_length = 999), ("crossBrand" = Option<bool>, Query, description = "Whether it is the value of all brands.")),
    responses((status = 200, description = "It is done.", body = Done), Malformed, KeyErrors)
)]
pub(super) async fn delete_custom_data(
    State(app): State<Arc<App>>,
    admin: Admin<UsersWrite>,
    FromPath((user_type, identifier, key)): FromPath<(UserTypeName, String, String)>,
    FromQuery(query): FromQuery<ScopeQuery>,
) -> Result<Response, Failure> {
    app.store
        .on_behalf(admin.caller.author)
        .delete_custom_data(&user_type.user(identifier), &key, query.scope())
        .await?;
    Ok(respond::done())
}

#[utoipa::path(
    put,
    path = "/identity-links",
    tag = "admin",
    summary = "Link two users",
    security(("admin" = ["users-write"])),
    request_body = LinkBody,
    responses((status = 200, description = "It is done.", body = Done), BodyErrors, KeyErrors)
)]
pub(super) async fn put_link(
    State(app): State<Arc<App>>,
    admin: Admin<UsersWrite>,
    body: Incoming,
) -> Result<Response, Failure> {
    let LinkBody { source, target, mode } = extract::json(body).await?;
    app.store
        .on_behalf(admin.caller.author)
        .put_link(&IdentityLink { source: source.0.into(), target: target.0.into(), mode })
        .await?;
    Ok(respond::done())
}

#[utoipa::path(
    delete,
    path = "/identity-links",
    tag = "admin",
    summary = "Unlink two users",
    security(("admin" = ["users-write"])),
    request_body = UnlinkBody,
    responses((status = 200, description = "It is done.", body = Done), BodyErrors, KeyErrors)
)]
pub(super) async fn delete_link(
    State(app): State<Arc<App>>,
    admin: Admin<UsersWrite>,
    body: Incoming,
) -> Result<Response, Failure> {
    let UnlinkBody { source, target, .. } = extract::json(body).await?;
    app.store.on_behalf(admin.caller.author).delete_link(&source.0.into(), &target.0.into()).await?;
    Ok(respond::done())
}

impl ScopeQuery {
    fn scope(&self) -> Scope {
        if self.cross_brand { Scope::CrossBrand } else { Scope::Brand }
    }
}

impl UserTypeName {
    pub(super) fn user(self, identifier: String) -> User {
        let user_type = match self {
            Self::Authenticated => UserType::Authenticated,
            Self::Anonymous => UserType::Anonymous,
        };
        User { identifier, user_type }
    }
}

impl From<UserBody> for User {
    fn from(body: UserBody) -> Self {
        body.user_type.user(body.identifier)
    }
}
