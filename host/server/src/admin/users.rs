//! `/admin/v1/users` and `/admin/v1/identity-links`: what the operator knows of users. Decisions only ever read it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use usher_host::{CustomerRecord, IdentityLink, Scope, User, UserType};

use crate::app::App;
use crate::extract::{self, FromPath, FromQuery};
use crate::keys::Admin;
use crate::respond::{self, Failure};

/// A user type that there is none of. The caller's move.
#[derive(Debug, thiserror::Error)]
#[error("path: expected the user type `authenticated` or `anonymous`, found `{}`; the caller has to correct it", found.escape_debug())]
pub(crate) struct UserPathError {
    found: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ScopeQuery {
    #[serde(default)]
    cross_brand: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CustomerBody {
    #[serde(default)]
    customer_identifiers: Vec<String>,
    #[serde(default)]
    product_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkBody {
    source: UserBody,
    target: UserBody,
    mode: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnlinkBody {
    source: UserBody,
    target: UserBody,
    /// Whatever it is, there is one link from a user to another.
    #[serde(rename = "mode")]
    _mode: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UserBody {
    identifier: String,
    user_type: UserTypeName,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum UserTypeName {
    Authenticated,
    Anonymous,
}

pub(super) async fn put_customer(
    State(app): State<Arc<App>>,
    _: Admin,
    FromPath((user_type, identifier)): FromPath<(String, String)>,
    body: Body,
) -> Result<Response, Failure> {
    let user = user(&user_type, identifier)?;
    let CustomerBody { customer_identifiers, product_ids } = extract::json(body).await?;
    app.store.put_customer(&user, &CustomerRecord { customer_identifiers, product_ids }).await?;
    Ok(respond::done())
}

pub(super) async fn delete_customer(
    State(app): State<Arc<App>>,
    _: Admin,
    FromPath((user_type, identifier)): FromPath<(String, String)>,
) -> Result<Response, Failure> {
    app.store.delete_customer(&user(&user_type, identifier)?).await?;
    Ok(respond::done())
}

pub(super) async fn put_custom_data(
    State(app): State<Arc<App>>,
    _: Admin,
    FromPath((user_type, identifier, key)): FromPath<(String, String, String)>,
    FromQuery(query): FromQuery<ScopeQuery>,
    body: Body,
) -> Result<Response, Failure> {
    let user = user(&user_type, identifier)?;
    let json = extract::text(body).await?;
    app.store.put_custom_data(&user, &key, query.scope(), &json).await?;
    Ok(respond::done())
}

pub(super) async fn delete_custom_data(
    State(app): State<Arc<App>>,
    _: Admin,
    FromPath((user_type, identifier, key)): FromPath<(String, String, String)>,
    FromQuery(query): FromQuery<ScopeQuery>,
) -> Result<Response, Failure> {
    app.store.delete_custom_data(&user(&user_type, identifier)?, &key, query.scope()).await?;
    Ok(respond::done())
}

pub(super) async fn put_link(State(app): State<Arc<App>>, _: Admin, body: Body) -> Result<Response, Failure> {
    let LinkBody { source, target, mode } = extract::json(body).await?;
    app.store.put_link(&IdentityLink { source: source.into(), target: target.into(), mode }).await?;
    Ok(respond::done())
}

pub(super) async fn delete_link(State(app): State<Arc<App>>, _: Admin, body: Body) -> Result<Response, Failure> {
    let UnlinkBody { source, target, .. } = extract::json(body).await?;
    app.store.delete_link(&source.into(), &target.into()).await?;
    Ok(respond::done())
}

fn user(user_type: &str, identifier: String) -> Result<User, UserPathError> {
    let user_type = match user_type {
        "authenticated" => UserType::Authenticated,
        "anonymous" => UserType::Anonymous,
        other => return Err(UserPathError { found: other.to_owned() }),
    };
    Ok(User { identifier, user_type })
}

impl ScopeQuery {
    fn scope(&self) -> Scope {
        if self.cross_brand { Scope::CrossBrand } else { Scope::Brand }
    }
}

impl From<UserBody> for User {
    fn from(body: UserBody) -> Self {
        let user_type = match body.user_type {
            UserTypeName::Authenticated => UserType::Authenticated,
            UserTypeName::Anonymous => UserType::Anonymous,
        };
        Self { identifier: body.identifier, user_type }
    }
}
