//! `/admin/v1/catalog`: the catalog file, as people write it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::app::App;
use crate::extract::{self, Incoming};
use crate::keys::Admin;
use crate::publish::Change;
use crate::respond::{self, Failure};

#[derive(Serialize)]
struct CatalogView {
    release: u64,
}

pub(super) async fn show(State(app): State<Arc<App>>, _: Admin) -> Response {
    respond::catalog(app.publisher.blueprint().catalog.as_deref().unwrap_or_default().to_owned())
}

pub(super) async fn put(State(app): State<Arc<App>>, _: Admin, body: Incoming) -> Result<Response, Failure> {
    let text = extract::text(body).await?;
    let published = app.publisher.publish(Change::Catalog(text)).await?;
    Ok(respond::ok(CatalogView { release: published.release }))
}
