//! Health: is the process alive, and what does it decide by?

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::respond;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
struct Alive {
    status: &'static str,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Readiness<'a> {
    /// The number of the release that decides in `live`.
    release: u64,
    /// Seconds since it was last known that no other server of the database has changed anything; absent where there is no other.
    /// What is live goes on however many there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    stale_seconds: Option<u64>,
    /// The workflows of that release.
    workflows: Vec<WorkflowReadiness<'a>>,
    environments: Vec<EnvironmentReadiness<'a>>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EnvironmentReadiness<'a> {
    name: &'a str,
    /// The number of the release that decides there, or that of the draft.
    release: u64,
    /// Whether it is the draft, as it is at any time.
    follows_draft: bool,
}

#[derive(Serialize, ToSchema)]
struct WorkflowReadiness<'a> {
    slug: &'a str,
    loaded: bool,
    error: Option<&'a str>,
    /// `closed`, `open` or `off`; null for a workflow that takes no part in decisions.
    breaker: Option<&'static str>,
}

pub(crate) fn router() -> (Router<Arc<App>>, OpenApi) {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready)).split_for_parts()
}

#[utoipa::path(
    get,
    path = "/healthz",
    tag = "watching",
    summary = "Does the server run?",
    responses((status = 200, description = "It does.", body = Alive))
)]
async fn alive() -> Response {
    respond::ok(Alive { status: "ok" })
}

/// A server that listens is ready: everything that could be loaded was loaded before.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "watching",
    summary = "Is every workflow ready?",
    responses((status = 200, description = "What is live.", body = Readiness<'static>))
)]
async fn ready(State(app): State<Arc<App>>) -> Response {
    let first = app.environments.first();
    let (live, blueprint) = (first.host.live(), Arc::clone(&first.in_force().blueprint));
    let breaker = |slug: &str| {
        let loaded = live.loaded_workflows().find(|loaded| **loaded.slug == *slug)?;
        Some(loaded.breaker.map_or("off", |breaker| breaker.state().name()))
    };
    let workflows = blueprint.workflows.iter().map(|stocked| WorkflowReadiness {
        slug: stocked.slug.as_str(),
        loaded: stocked.fault().is_none(),
        error: stocked.fault(),
        breaker: breaker(stocked.slug.as_str()),
    });
    let all = app.environments.all();
    let environments = all.iter().map(|running| EnvironmentReadiness {
        name: &running.name,
        release: running.host.live().number(),
        follows_draft: running.follows_draft(),
    });
    let environments = environments.collect();
    let stale_seconds = app.freshness.stale_for().map(|stale| stale.as_secs());
    respond::ok(Readiness { release: live.number(), stale_seconds, workflows: workflows.collect(), environments })
}
