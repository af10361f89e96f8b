//! `/admin/v1/workflows`: the programs that decide.

mod options;
mod view;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use usher_host::{Limits, Sandbox};
use usher_store::{Enabled, WorkflowSlug};

use crate::admission::Admitted;
use crate::app::App;
use crate::blueprint::StockedWorkflow;
use crate::extract::{self, FromPath, FromQuery, Incoming};
use crate::keys::Admin;
use crate::publish::{Change, PublishError, Published};
use crate::respond::{self, Failure};
use options::UploadQuery;
use view::{ChangedView, WorkflowView};

pub(crate) use options::OptionError;

pub(super) async fn list(State(app): State<Arc<App>>, _: Admin) -> Response {
    let blueprint = app.publisher.blueprint();
    respond::ok(blueprint.workflows.iter().map(|workflow| WorkflowView::of(workflow)).collect::<Vec<_>>())
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    _: Admin,
    FromPath(slug): FromPath<String>,
) -> Result<Response, Failure> {
    let slug = slug.parse()?;
    match app.publisher.blueprint().workflow(&slug) {
        Some(workflow) => Ok(respond::ok(WorkflowView::of(workflow))),
        None => Err(PublishError::UnknownWorkflow { slug }.into()),
    }
}

/// Uploads a module. What the query does not say is as for a new workflow, whatever was there before.
pub(super) async fn put(
    State(app): State<Arc<App>>,
    _: Admin,
    FromPath(slug): FromPath<String>,
    FromQuery(query): FromQuery<UploadQuery>,
    body: Incoming,
) -> Result<Response, Failure> {
    let slug: WorkflowSlug = slug.parse()?;
    let limits = query.limits()?;
    let wasm = extract::bytes(body, Sandbox::MAX_MODULE_BYTES).await?;
    let Admitted { report, workflow } = app.admissions.admit(wasm.clone(), limits.over(&Limits::default())).await?;
    let workflow = Arc::new(StockedWorkflow::of(report, Ok(workflow?), slug, query.enabled(), limits));
    let put = Change::PutWorkflow { workflow: Arc::clone(&workflow), wasm };
    let Published { release, is_new } = app.publisher.publish(put).await?;
    let view = WorkflowView::of(&workflow).live_in(release);
    Ok(if is_new { respond::created(view) } else { respond::ok(view) })
}

pub(super) async fn enable(
    State(app): State<Arc<App>>,
    _: Admin,
    FromPath(slug): FromPath<String>,
) -> Result<Response, Failure> {
    set_enabled(&app, slug.parse()?, Enabled::Yes).await
}

pub(super) async fn disable(
    State(app): State<Arc<App>>,
    _: Admin,
    FromPath(slug): FromPath<String>,
) -> Result<Response, Failure> {
    set_enabled(&app, slug.parse()?, Enabled::No).await
}

pub(super) async fn delete(
    State(app): State<Arc<App>>,
    _: Admin,
    FromPath(slug): FromPath<String>,
) -> Result<Response, Failure> {
    let slug: WorkflowSlug = slug.parse()?;
    let published = app.publisher.publish(Change::DeleteWorkflow { slug: slug.clone() }).await?;
    Ok(respond::ok(ChangedView { slug: slug.as_str(), enabled: None, release: published.release }))
}

async fn set_enabled(app: &App, slug: WorkflowSlug, enabled: Enabled) -> Result<Response, Failure> {
    let published = app.publisher.publish(Change::SetEnabled { slug: slug.clone(), enabled }).await?;
    let enabled = Some(enabled == Enabled::Yes);
    Ok(respond::ok(ChangedView { slug: slug.as_str(), enabled, release: published.release }))
}
