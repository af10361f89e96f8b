//! `/admin/v1/workflows`: the programs that decide.

mod options;
mod view;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use usher_host::{Admitted, Limits, Sandbox};
use usher_store::{Enabled, WorkflowSlug};

use crate::admin::unknown_slugs::UnknownSlugsQuery;
use crate::app::App;
use crate::blueprint::StockedWorkflow;
use crate::extract::{self, FromPath, FromQuery, Incoming};
use crate::keys::{Admin, Read, Workflows};
use crate::openapi::errors::{BodyErrors, Conflict, KeyErrors, Malformed, Missing, Refused};
use crate::publish::{Change, PublishError};
use crate::respond::{self, Failure};
use options::UploadQuery;
use view::{ChangedView, WorkflowView};

pub(crate) use options::OptionError;
pub(super) use options::within;

#[utoipa::path(
    get,
    path = "/workflows",
    tag = "admin",
    operation_id = "list_workflows",
    summary = "List the workflows of the draft",
    security(("admin" = ["read"])),
    responses((status = 200, description = "All of them, in the order in which they run.", body = [WorkflowView<'static>]), KeyErrors)
)]
pub(super) async fn list(State(app): State<Arc<App>>, _: Admin<Read>) -> Response {
    let blueprint = app.publisher.draft();
    respond::ok(blueprint.workflows.iter().map(|workflow| WorkflowView::of(workflow)).collect::<Vec<_>>())
}

#[utoipa::path(
    get,
    path = "/workflows/{slug}",
    tag = "admin",
    operation_id = "show_workflow",
    summary = "Show a workflow of the draft",
    security(("admin" = ["read"])),
    params(("slug" = String, Path, description = "The workflow's name.", min_length = 1, max_length = 64, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")),
    responses((status = 200, description = "The workflow.", body = WorkflowView<'static>), Malformed, Missing, KeyErrors)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    _: Admin<Read>,
    FromPath(slug): FromPath<String>,
) -> Result<Response, Failure> {
    let slug = slug.parse()?;
    match app.publisher.draft().workflow(&slug) {
        Some(workflow) => Ok(respond::ok(WorkflowView::of(workflow))),
        None => Err(PublishError::UnknownWorkflow { slug }.into()),
    }
}

/// Uploads a module. What the query does not say is as for a new workflow, whatever was there before.
#[utoipa::path(
    put,
    path = "/workflows/{slug}",
    tag = "admin",
    operation_id = "put_workflow",
    summary = "Upload a workflow into the draft, which is live when it is answered wherever the draft is followed",
    security(("admin" = ["workflows"])),
    params(("slug" = String, Path, description = "The workflow's name.", min_length = 1, max_length = 64, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"), UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/wasm", description = "A WebAssembly component of at most 16 MiB."),
    responses((status = 200, description = "It replaced one.", body = WorkflowView<'static>), (status = 201, description = "It is new.", body = WorkflowView<'static>), Conflict, Refused, BodyErrors, KeyErrors)
)]
pub(super) async fn put(
    State(app): State<Arc<App>>,
    admin: Admin<Workflows>,
    FromPath(slug): FromPath<String>,
    FromQuery(query): FromQuery<UploadQuery>,
    body: Incoming,
) -> Result<Response, Failure> {
    let slug: WorkflowSlug = slug.parse()?;
    let limits = query.limits()?;
    let wasm = extract::bytes(body, Sandbox::MAX_MODULE_BYTES).await?;
    let Admitted { report, workflow } = app.admissions.admit(&wasm, limits.over(&Limits::default())).await?;
    let workflow = Arc::new(StockedWorkflow::of(report, Ok(workflow?), slug, query.enabled(), limits));
    let put = Change::PutWorkflow { workflow: Arc::clone(&workflow), wasm, on_unknown: query.on_unknown() };
    let published = app.publisher.publish(admin.caller.author, put).await?;
    let view = WorkflowView::of(&workflow).published(&published);
    Ok(if published.is_new { respond::created(view) } else { respond::ok(view) })
}

#[utoipa::path(
    post,
    path = "/workflows/{slug}/enable",
    tag = "admin",
    operation_id = "enable_workflow",
    summary = "Let a workflow take part in decisions",
    security(("admin" = ["workflows"])),
    params(("slug" = String, Path, description = "The workflow's name.", min_length = 1, max_length = 64, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"), UnknownSlugsQuery),
    responses((status = 200, description = "It takes part.", body = ChangedView<'static>), Malformed, Missing, Conflict, KeyErrors)
)]
pub(super) async fn enable(
    State(app): State<Arc<App>>,
    admin: Admin<Workflows>,
    FromPath(slug): FromPath<String>,
    FromQuery(query): FromQuery<UnknownSlugsQuery>,
) -> Result<Response, Failure> {
    let slug: WorkflowSlug = slug.parse()?;
    let enable = Change::Enable { slug: slug.clone(), on_unknown: query.on_unknown() };
    let published = app.publisher.publish(admin.caller.author, enable).await?;
    Ok(respond::ok(ChangedView::of(&slug, Some(Enabled::Yes), &published)))
}

#[utoipa::path(
    post,
    path = "/workflows/{slug}/disable",
    tag = "admin",
    operation_id = "disable_workflow",
    summary = "Keep a workflow out of decisions",
    security(("admin" = ["workflows"])),
    params(("slug" = String, Path, description = "The workflow's name.", min_length = 1, max_length = 64, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")),
    responses((status = 200, description = "It takes part.", body = ChangedView<'static>), Malformed, Missing, Conflict, KeyErrors)
)]
pub(super) async fn disable(
    State(app): State<Arc<App>>,
    admin: Admin<Workflows>,
    FromPath(slug): FromPath<String>,
) -> Result<Response, Failure> {
    let slug: WorkflowSlug = slug.parse()?;
    let published = app.publisher.publish(admin.caller.author, Change::Disable { slug: slug.clone() }).await?;
    Ok(respond::ok(ChangedView::of(&slug, Some(Enabled::No), &published)))
}

#[utoipa::path(
    delete,
    path = "/workflows/{slug}",
    tag = "admin",
    operation_id = "delete_workflow",
    summary = "Delete a workflow",
    security(("admin" = ["workflows"])),
    params(("slug" = String, Path, description = "The workflow's name.", min_length = 1, max_length = 64, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")),
    responses((status = 200, description = "It is gone.", body = ChangedView<'static>), Malformed, Missing, KeyErrors)
)]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    admin: Admin<Workflows>,
    FromPath(slug): FromPath<String>,
) -> Result<Response, Failure> {
    let slug: WorkflowSlug = slug.parse()?;
    let published = app.publisher.publish(admin.caller.author, Change::DeleteWorkflow { slug: slug.clone() }).await?;
    Ok(respond::ok(ChangedView::of(&slug, None, &published)))
}
