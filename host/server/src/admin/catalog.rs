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
use crate::publish::{Change, Published};
use crate::respond::{self, Failure};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
struct CatalogView {
    release: u64,
    /// What enabled workflows can return and the catalog does not have, when there is anything.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

#[utoipa::path(
    get,
    path = "/catalog",
    tag = "admin",
    operation_id = "show_catalog",
    summary = "Show the live catalog",
    security(("admin" = ["read"])),
    responses((status = 200, description = "The file, as it was put.", body = String, content_type = "application/toml"), KeyErrors)
)]
pub(super) async fn show(State(app): State<Arc<App>>, _: Admin<Read>) -> Response {
    respond::catalog(app.publisher.blueprint().catalog.as_deref().unwrap_or_default().to_owned())
}

#[utoipa::path(
    put,
    path = "/catalog",
    tag = "admin",
    operation_id = "put_catalog",
    summary = "Make a catalog live",
    security(("admin" = ["catalog"])),
    params(UnknownSlugsQuery),
    request_body(content = String, content_type = "application/toml", description = "A catalog file of at most 1 MiB."),
    responses((status = 200, description = "It is live.", body = CatalogView), Conflict, Refused, BodyErrors, KeyErrors)
)]
pub(super) async fn put(
    State(app): State<Arc<App>>,
    admin: Admin<Catalog>,
    FromQuery(query): FromQuery<UnknownSlugsQuery>,
    body: Incoming,
) -> Result<Response, Failure> {
    let text = extract::text(body).await?;
    let change = Change::Catalog { text, on_unknown: query.on_unknown() };
    let Published { release, unknown, .. } = app.publisher.publish(admin.caller.author, change).await?;
    Ok(respond::ok(CatalogView { release, warnings: unknown.iter().map(ToString::to_string).collect() }))
}
