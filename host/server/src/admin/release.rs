//! `/admin/v1/release`: everything that the live release is made of, as it was at one moment, for whoever takes it elsewhere.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use usher_store::{Enabled, LimitOverrides};
use utoipa::ToSchema;

use crate::app::App;
use crate::blueprint::StockedWorkflow;
use crate::keys::{Admin, Read};
use crate::openapi::errors::KeyErrors;
use crate::respond;

#[derive(Serialize, ToSchema)]
struct ReleaseView<'a> {
    /// The environment that it is live in.
    environment: &'a str,
    release: u64,
    /// The catalog file, as it was put.
    catalog: &'a str,
    /// The workflows, in the order in which they run.
    workflows: Vec<ReleasedWorkflow<'a>>,
}

#[derive(Serialize, ToSchema)]
struct ReleasedWorkflow<'a> {
    slug: &'a str,
    /// SHA-256 of its module, which `/admin/v1/workflows/{slug}/module` answers.
    digest: &'a str,
    enabled: bool,
    limits: OwnLimits,
}

/// The limits that were set for a workflow; the others are the host's.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OwnLimits {
    #[serde(skip_serializing_if = "Option::is_none")]
    fuel: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_bytes: Option<u64>,
}

#[utoipa::path(
    get,
    path = "/release",
    tag = "admin",
    operation_id = "show_release",
    summary = "Show what the live release is made of",
    security(("admin" = ["read"])),
    responses((status = 200, description = "All of it, as it was at one moment.", body = ReleaseView<'static>), KeyErrors)
)]
pub(super) async fn show(State(app): State<Arc<App>>, _: Admin<Read>) -> Response {
    let (release, blueprint) = app.publisher.release().await;
    respond::ok(ReleaseView {
        environment: &app.store.environment().name,
        release,
        catalog: blueprint.catalog.as_deref().unwrap_or_default(),
        workflows: blueprint.workflows.iter().map(|workflow| ReleasedWorkflow::of(workflow)).collect(),
    })
}

impl<'a> ReleasedWorkflow<'a> {
    fn of(workflow: &'a StockedWorkflow) -> Self {
        let LimitOverrides { fuel, deadline_ms, memory_bytes } = workflow.limits;
        Self {
            slug: workflow.slug.as_str(),
            digest: &workflow.digest,
            enabled: workflow.enabled == Enabled::Yes,
            limits: OwnLimits { fuel, deadline_ms, memory_bytes },
        }
    }
}
