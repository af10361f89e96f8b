//! `/admin/v1/workflows/{slug}/module`: the module of a workflow, as it was uploaded.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use usher_store::WorkflowSlug;

use crate::app::App;
use crate::extract::FromPath;
use crate::keys::{Admin, Read};
use crate::openapi::errors::{KeyErrors, Malformed, Missing};
use crate::publish::PublishError;
use crate::respond::{self, Failure};

#[utoipa::path(
    get,
    path = "/workflows/{slug}/module",
    tag = "admin",
    operation_id = "show_module",
    summary = "Fetch the module of a workflow",
    security(("admin" = ["read"])),
    params(("slug" = String, Path, description = "The workflow's name.", min_length = 1, max_length = 64, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")),
    responses((status = 200, description = "The module, as it was uploaded.", body = Vec<u8>, content_type = "application/wasm"), Malformed, Missing, KeyErrors)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    _: Admin<Read>,
    FromPath(slug): FromPath<String>,
) -> Result<Response, Failure> {
    let slug: WorkflowSlug = slug.parse()?;
    let digest = app.publisher.draft().workflow(&slug).and_then(|workflow| workflow.digest.parse().ok());
    let module = match &digest {
        Some(digest) => app.store.module(digest).await?,
        None => None,
    };
    match module {
        Some(wasm) => Ok(respond::module(wasm)),
        // Or it was replaced or deleted at this very moment.
        None => Err(PublishError::UnknownWorkflow { slug }.into()),
    }
}
