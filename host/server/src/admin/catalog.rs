//! `/admin/v1/catalog`: the catalog file, as people write it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::admin::unknown_slugs::UnknownSlugsQuery;
use crate::app::App;
use crate::extract::{self, FromQuery, Incoming};
use crate::keys::{Admin, Catalog, Read};
use crate::openapi::errors::{BodyErrors, Conflict, KeyErrors, Refused};
use crate::publish::Change;
use crate::respond::{self, Failure};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CatalogView {
    /// The number that the draft has now.
    release: u64,
    /// The environments that follow the draft, and so decide by it.
    live_in: Vec<String>,
    /// What enabled workflows can return and the catalog does not have, when there is anything.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

#[utoipa::path(
    get,
    path = "/catalog",
    tag = "admin",
    operation_id = "show_catalog",
    summary = "Show the catalog of the draft",
    security(("admin" = ["read"])),
    responses((status = 200, description = "The file, as it was put.", body = String, content_type = "application/toml"), KeyErrors)
)]
pub(super) async fn show(State(app): State<Arc<App>>, _: Admin<Read>) -> Response {
    respond::catalog(app.publisher.draft().catalog.as_deref().unwrap_or_default().to_owned())
}

#[utoipa::path(
    put,
    path = "/catalog",
    tag = "admin",
    operation_id = "put_catalog",
    summary = "Replace the catalog of the draft",
    security(("admin" = ["catalog"])),
    params(UnknownSlugsQuery),
    request_body(content = String, content_type = "application/toml", description = "A catalog file of at most 1 MiB."),
    responses((status = 200, description = "It is in the draft, and live wherever that is followed.", body = CatalogView), Conflict, Refused, BodyErrors, KeyErrors)
)]
pub(super) async fn put(
    State(app): State<Arc<App>>,
    admin: Admin<Catalog>,
    FromQuery(query): FromQuery<UnknownSlugsQuery>,
    body: Incoming,
) -> Result<Response, Failure> {
    let text = extract::text(body).await?;
    let change = Change::Catalog { text, on_unknown: query.on_unknown() };
    let published = app.publisher.publish(admin.caller.author, change).await?;
    let warnings = published.unknown.iter().map(ToString::to_string).collect();
    Ok(respond::ok(CatalogView { release: published.release, live_in: published.live_in(), warnings }))
}
