//! `/admin/v1/release`: everything that the release is made of which decides in an environment, as it was at one moment, for
//! whoever takes it elsewhere.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::environments::EnvironmentQuery;
use crate::admin::releases::ReleasedWorkflow;
use crate::app::App;
use crate::extract::FromQuery;
use crate::keys::{Admin, Read};
use crate::openapi::errors::{KeyErrors, Malformed, Missing};
use crate::respond::{self, Failure};

#[derive(Serialize, ToSchema)]
struct LiveView<'a> {
    /// The environment that it is live in.
    environment: &'a str,
    /// Its number; or that of the draft, where that is followed.
    release: u64,
    /// The catalog file, as it was put.
    catalog: &'a str,
    /// The workflows, in the order in which they run.
    workflows: Vec<ReleasedWorkflow>,
}

#[utoipa::path(
    get,
    path = "/release",
    tag = "admin",
    operation_id = "show_release",
    summary = "Show what the live release is made of",
    security(("admin" = ["read"])),
    params(EnvironmentQuery),
    responses((status = 200, description = "All of it, as it was at one moment.", body = LiveView<'static>), Malformed, Missing, KeyErrors)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    _: Admin<Read>,
    FromQuery(query): FromQuery<EnvironmentQuery>,
) -> Result<Response, Failure> {
    let running = query.running(&app)?;
    let blueprint = Arc::clone(&running.in_force().blueprint);
    let workflows = blueprint.workflows.iter().map(|workflow| {
        let (slug, digest) = (workflow.slug.as_str().to_owned(), workflow.digest.clone());
        ReleasedWorkflow::of(slug, digest, workflow.enabled, workflow.limits)
    });
    Ok(respond::ok(LiveView {
        environment: &running.name,
        release: blueprint.number,
        catalog: blueprint.catalog.as_deref().unwrap_or_default(),
        workflows: workflows.collect(),
    }))
}
